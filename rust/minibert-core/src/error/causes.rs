//! How the errors of a subject are declared: a variant, its cause by name, and its sentence.

/// A fact about an error, for programs.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Integer(u64),
    Number(f64),
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&&'static str> for Value {
    fn from(text: &&'static str) -> Self {
        Self::Text((*text).to_owned())
    }
}

impl From<&usize> for Value {
    fn from(number: &usize) -> Self {
        Self::Integer(*number as u64)
    }
}

impl From<&u64> for Value {
    fn from(number: &u64) -> Self {
        Self::Integer(*number)
    }
}

impl From<&u32> for Value {
    fn from(number: &u32) -> Self {
        Self::Integer(u64::from(*number))
    }
}

impl From<&f64> for Value {
    fn from(number: &f64) -> Self {
        Self::Number(*number)
    }
}

/// Declares an error type. Each variant has fields, a cause in snake case, which programs may rely on, and
/// a sentence that uses the fields.
macro_rules! causes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(
                $variant:ident { $($field:ident: $kind:ty),* } = $cause:literal, $sentence:literal;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, thiserror::Error)]
        pub enum $name {
            $(
                #[error($sentence)]
                $variant { $($field: $kind),* },
            )*
        }

        impl $name {
            /// The cause by name.
            pub fn cause(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $cause,)*
                }
            }

            /// The fields by name.
            pub fn context(&self) -> Vec<(&'static str, super::causes::Value)> {
                match self {
                    $(
                        Self::$variant { $($field),* } => vec![$((stringify!($field), $field.into())),*],
                    )*
                }
            }
        }
    };
}

pub(super) use causes;
