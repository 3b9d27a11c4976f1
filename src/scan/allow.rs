//! Comments that say a value is fine, on its line or on the line before.

use crate::scan::surroundings::line_around;
use std::ops::Range;

/// The comments honoured (CONTRACT section 5).
const WORDS: [&str; 7] = [
    "cfleak:allow",
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "ggignore",
    "pragma: allowlist secret",
];

/// The comment that allows the value at `value`, if one stands there.
pub(crate) fn comment(text: &[u8], value: &Range<usize>) -> Option<&'static str> {
    let line = line_around(text, value);
    if let Some(word) = WORDS.into_iter().find(|word| same_line(&text[line.clone()], word)) {
        return Some(word);
    }
    let above = line.start.checked_sub(1)?;
    let line_before = line_around(text, &(above..above));
    WORDS.into_iter().find(|word| next_line(&text[line_before.clone()], word))
}

/// `…:allow`, but not `…:allow-next-line`: that one speaks of the line below.
fn same_line(line: &[u8], word: &str) -> bool {
    memchr::memmem::find_iter(line, word.as_bytes()).any(|at| !line[at + word.len()..].starts_with(b"-next"))
}

fn next_line(line: &[u8], word: &str) -> bool {
    let suffixed = format!("{word}-next-line");
    let pragma = word == "pragma: allowlist secret"
        && memchr::memmem::find(line, b"pragma: allowlist nextline secret").is_some();
    pragma || memchr::memmem::find(line, suffixed.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_the_line_and_the_line_before() {
        let table = [
            ("VALUE # cfleak:allow", Some("cfleak:allow")),
            ("VALUE // gitleaks:allow because", Some("gitleaks:allow")),
            ("VALUE # pragma: allowlist secret", Some("pragma: allowlist secret")),
            ("# cfleak:allow-next-line\nVALUE", Some("cfleak:allow")),
            ("# pragma: allowlist nextline secret\nVALUE", Some("pragma: allowlist secret")),
            ("VALUE # cfleak:allow-next-line\nother", None),
            ("# cfleak:allow\nVALUE", None),
            ("# cfleak:allow-next-line\n\nVALUE", None),
        ];
        for (text, expected) in table {
            let at = text.find("VALUE").expect("in the table");
            assert_eq!(comment(text.as_bytes(), &(at..at + 5)), expected, "{text}");
        }
    }
}
