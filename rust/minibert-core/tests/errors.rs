//! The declarations of the errors: their sentences and the names of their causes.

mod sources;

use std::collections::BTreeSet;

use sources::{rust_files, without_comments};

/// The string literals of the files in `src/error/`, each on one line.
fn literals() -> Vec<String> {
    let mut found = Vec::new();
    for (_, text) in rust_files("minibert-core/src/error") {
        let code = without_comments(&text)
            .replace("\\\n", "")
            .replace("\\\"", "'");
        let strings = code.split('"').skip(1).step_by(2);
        found.extend(strings.map(str::to_owned));
    }
    found
}

#[test]
fn no_sentence_names_an_option_of_a_command_line() {
    let literals = literals();
    assert!(literals.len() > 80, "{}", literals.len());
    let with_flag: Vec<_> = literals.iter().filter(|text| text.contains("--")).collect();
    assert!(with_flag.is_empty(), "{with_flag:?}");
}

#[test]
fn no_two_errors_have_one_cause() {
    let mut causes = BTreeSet::new();
    for (path, text) in rust_files("minibert-core/src/error") {
        let declared = text.split("} = \"").skip(1);
        for cause in declared.filter_map(|rest| rest.split('"').next()) {
            let is_snake_case = cause
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'));
            assert!(is_snake_case, "{cause}");
            assert!(
                causes.insert(cause.to_owned()),
                "{cause} in {}",
                path.display()
            );
        }
    }
    assert!(causes.len() > 40, "{causes:?}");
}

#[test]
fn a_sentence_is_one_line_without_a_full_stop() {
    for text in literals() {
        assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}
