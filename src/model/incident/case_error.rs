use super::SCHEMA;
use crate::model::Shown;
use std::fmt;

/// Why a text is no case file. Never a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseError {
    /// It ends in the middle.
    Torn,
    NotJson {
        line: usize,
    },
    /// JSON of something else.
    NotACase,
    /// Written by another version of cfleak.
    OtherSchema(String),
    /// A field is missing or is not what it should be.
    Field {
        line: usize,
        column: usize,
    },
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaseError::Torn => f.write_str("the file ends in the middle"),
            CaseError::NotJson { line } => write!(f, "line {line} is not JSON"),
            CaseError::NotACase => write!(f, "its schema is not {SCHEMA}"),
            CaseError::OtherSchema(other) => {
                write!(f, "its schema is {}, and this cfleak reads {SCHEMA}", Shown(other))
            }
            CaseError::Field { line, column } => {
                write!(f, "a field of {SCHEMA} is missing or wrong at line {line}, column {column}")
            }
        }
    }
}

impl std::error::Error for CaseError {}

#[cfg(test)]
mod tests {
    use crate::model::incident::Incident;

    #[test]
    fn what_is_no_case_says_why_and_quotes_nothing() {
        let table = [
            ("", "the file ends in the middle"),
            ("{\"schema\": \"cfleak-case/1\", \"id\": \"2026", "the file ends in the middle"),
            ("{\n]", "line 2 is not JSON"),
            ("{}", "its schema is not cfleak-case/1"),
            ("{\"schema\":\"cfleak/1\"}", "its schema is not cfleak-case/1"),
            (
                "{\"schema\":\"cfleak-case/2\"}",
                "its schema is cfleak-case/2, and this cfleak reads cfleak-case/1",
            ),
            (
                "{\"schema\":\"cfleak-case/1\"}",
                "a field of cfleak-case/1 is missing or wrong at line 1, column 26",
            ),
        ];
        for (text, why) in table {
            assert_eq!(Incident::from_json(text).unwrap_err().to_string(), why, "{text}");
        }
    }
}
