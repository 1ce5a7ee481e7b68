//! Reads `metrics.jsonl` into columns of numbers, fast enough for a plot that is redrawn while training
//! runs: about a million rows per second.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Which columns and rows to read.
pub struct Layout {
    /// The columns to read, in the order of the result.
    pub columns: Vec<String>,
    /// Keys that an object must have to count as a row.
    pub required: Vec<String>,
    /// The format of the rows; rows of another format are skipped.
    pub format: i64,
}

/// Rows end to end, one number per column; NaN where a row has no value.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    pub train: Vec<f64>,
    pub validation: Vec<f64>,
    /// The number of bytes that were read: up to the last line feed.
    pub taken: usize,
}

/// Reads whole lines. Lines that are not rows are skipped, so that one damaged line does not hide the
/// rest.
pub fn read_rows(data: &[u8], layout: &Layout) -> Rows {
    let taken = memchr::memrchr(b'\n', data).map_or(0, |end| end + 1);
    let mut rows = Rows {
        taken,
        ..Rows::default()
    };
    let mut values = vec![f64::NAN; layout.columns.len()];
    for line in data[..taken].split(|&byte| byte == b'\n') {
        match read_row(line, layout, &mut values) {
            Some(Split::Train) => rows.train.extend_from_slice(&values),
            Some(Split::Validation) => rows.validation.extend_from_slice(&values),
            None => {}
        }
    }
    rows
}

#[derive(Clone, Copy)]
enum Split {
    Train,
    Validation,
}

fn read_row(line: &[u8], layout: &Layout, values: &mut [f64]) -> Option<Split> {
    let row = Row { layout, values };
    let mut json = serde_json::Deserializer::from_slice(line);
    match json
        .deserialize_map(row)
        .and_then(|split| json.end().map(|()| split))
    {
        Ok(split) => split,
        Err(_) => without_infinities(line).and_then(|line| read_row(&line, layout, values)),
    }
}

/// Replaces NaN and Infinity, which Python writes and JSON does not have. None where the line has
/// neither.
fn without_infinities(line: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(line).ok()?;
    let found = text.contains("NaN") || text.contains("Infinity");
    let nulls = || {
        text.replace("-Infinity", "null")
            .replace("Infinity", "null")
            .replace("NaN", "null")
    };
    found.then(|| nulls().into_bytes())
}

/// Reads the values of one row.
struct Row<'a> {
    layout: &'a Layout,
    values: &'a mut [f64],
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Option<Split>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row of metrics.jsonl")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.values.fill(f64::NAN);
        let (mut split, mut format, mut found) = (None, None, 0);
        let mut expected = 0; // keys come in the order of the columns, as they were written
        while let Some(Key(key)) = map.next_key()? {
            found += usize::from(self.layout.required.iter().any(|name| *name == key));
            if key == "split" {
                split = match map.next_value::<&RawValue>()?.get() {
                    "\"train\"" => Some(Split::Train),
                    "\"validation\"" => Some(Split::Validation),
                    _ => None,
                };
            } else if key == "format" {
                format = map.next_value::<&RawValue>()?.get().parse().ok();
            } else if let Some(column) = column_at(&self.layout.columns, &key, expected) {
                self.values[column] = map
                    .next_value::<&RawValue>()?
                    .get()
                    .parse()
                    .unwrap_or(f64::NAN);
                expected = column + 1;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let is_row = found >= self.layout.required.len() && format == Some(self.layout.format);
        Ok(split.filter(|_| is_row))
    }
}

fn column_at(columns: &[String], key: &str, expected: usize) -> Option<usize> {
    if columns.get(expected).is_some_and(|name| name == key) {
        return Some(expected);
    }
    columns.iter().position(|name| name == key)
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        Layout {
            columns: vec!["step".into(), "loss".into()],
            required: vec!["step".into(), "split".into()],
            format: 2,
        }
    }

    fn train(text: &str) -> Vec<f64> {
        read_rows(text.as_bytes(), &layout()).train
    }

    #[test]
    fn rows_go_to_their_split_in_the_order_of_the_columns() {
        let text = "{\"format\": 2, \"loss\": 1.5, \"split\": \"train\", \"step\": 3}\n\
                    {\"format\": 2, \"step\": 4, \"split\": \"validation\", \"loss\": -2e-3}\n";
        let rows = read_rows(text.as_bytes(), &layout());
        assert_eq!(rows.train, [3.0, 1.5]);
        assert_eq!(rows.validation, [4.0, -0.002]);
        assert_eq!(rows.taken, text.len());
    }

    #[test]
    fn a_line_without_its_end_waits() {
        let rows = read_rows(
            b"{\"format\": 2, \"step\": 1, \"split\": \"train\"}\n{\"format\": 2, \"step\": 2",
            &layout(),
        );
        assert_eq!((rows.train.len(), rows.taken), (2, 43));
        assert_eq!(read_rows(b"{\"step\"", &layout()), Rows::default());
    }

    #[test]
    fn what_is_no_row_is_passed_over() {
        for line in [
            "",
            "}",
            "[1]",
            "null",
            "{\"format\": 2, \"step\": 1}",
            "{\"format\": 2, \"split\": \"train\", \"loss\": 1}",
            "{\"format\": 2, \"step\": 1, \"split\": \"other\"}",
            "{\"format\": 2, \"step\": 1, \"split\": 2}",
            "{\"format\": 2, \"step\": 1, \"split\": \"train\"} {}",
            "{\"format\": 2, \"step\": 1, \"split\": \"train\"",
            "{\"step\": 1, \"split\": \"train\"}",
            "{\"format\": 1, \"step\": 1, \"split\": \"train\"}",
            "{\"format\": 3, \"step\": 1, \"split\": \"train\"}",
            "{\"format\": \"2\", \"step\": 1, \"split\": \"train\"}",
            "{\"format\": 2, \"step\": 1, \"split\": \"train\", \"loss\": Nan}",
        ] {
            let text = format!(
                "{line}\n{{\"format\": 2, \"step\": 7, \"split\": \"train\", \"loss\": 0}}\n"
            );
            assert_eq!(train(&text), [7.0, 0.0], "{line}");
        }
        assert!(read_rows(b"\xff\xfe\n", &layout()).train.is_empty());
    }

    #[test]
    fn a_value_that_is_no_number_is_nan() {
        for value in [
            "null",
            "\"1\"",
            "true",
            "[1]",
            "{}",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            let found = train(&format!(
                "{{\"format\": 2, \"step\": 1, \"split\": \"train\", \"loss\": {value}}}\n"
            ));
            assert!(found[1].is_nan(), "{value}");
            assert_eq!(found[0].to_bits(), 1f64.to_bits(), "{value}");
        }
    }

    #[test]
    fn names_may_be_escaped_and_lines_end_as_on_windows() {
        let text = "{\"format\": 2, \"\\u0073tep\": 1, \"split\": \"train\", \"loss\": 2}\r\n";
        assert_eq!(train(text), [1.0, 2.0]);
    }
}
