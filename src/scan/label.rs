//! What names a value: the variable, key, header, option or tag in front of it.
//!
//! Reads backwards through whatever stands between a name and its value in two dozen syntaxes, escaped or
//! not. Does not judge names; that is `evidence`.

use crate::rules::{Words, words};
use crate::scan::beside;
use crate::scan::class::is_token;
use std::ops::Range;

/// How far back a name may stand.
pub(crate) const REACH: usize = 400;
const MAX_NAMES: usize = 6;
/// A longer word is another value, not a name.
pub(crate) const MAX_NAME: usize = 64;
/// Words in front of a name that may belong to it: `Cloudflare global API key`.
const MAX_PHRASE: usize = 3;

/// A name in front of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub range: Range<usize>,
    pub words: Vec<String>,
}

impl Label {
    pub(crate) fn new(text: &[u8], range: Range<usize>) -> Self {
        Label { words: words(&text[range.clone()]), range }
    }

    /// As written, for reasons shown to people.
    pub(crate) fn written(&self, text: &[u8]) -> String {
        let name = String::from_utf8_lossy(&text[self.range.clone()]);
        name.trim_start_matches(['-', '$', '.']).to_owned()
    }

    fn says_nothing(&self) -> bool {
        let pass_through = &Words::shipped().pass_through;
        self.words.iter().all(|word| pass_through.contains(word))
    }

    /// The words behind the last dot: `apiToken` of `options.apiToken`.
    pub(crate) fn member(&self, text: &[u8]) -> Option<Vec<String>> {
        let name = &text[self.range.clone()];
        memchr::memrchr(b'.', name).map(|dot| words(&name[dot + 1..]))
    }

    /// The name with the words of prose in front of it: `Cloudflare API token` where the name is `token`.
    pub(crate) fn in_prose(&self, text: &[u8]) -> Option<Label> {
        let mut start = self.range.start;
        for _ in 0..MAX_PHRASE {
            let Some(before) = text[..start].strip_suffix(b" ") else { break };
            let word =
                before.iter().rev().take(MAX_NAME).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let whole = before.len() == word || !is_word(before[before.len() - word - 1]);
            if word == 0 || !whole {
                break;
            }
            start = before.len() - word;
        }
        (start < self.range.start).then(|| Label::new(text, start..self.range.end))
    }
}

/// What names the value at `at`.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The name that belongs to the value: only separators and words that say nothing are between.
    pub direct: Option<Label>,
    /// `=`, `:` or a tag stands between the two.
    pub assigned: bool,
    /// Other names that the same piece of syntax gives it (attributes of an XML tag, `name:` beside
    /// `value:`).
    pub beside: Vec<Label>,
    /// The value is called just that: `value: …`.
    pub explicit_value: bool,
    /// Nothing but separators stands before the value: a decoded text whose name is outside.
    pub at_start: bool,
    /// `e-mail:VALUE`
    pub after_email: bool,
}

/// Finds what names the value at `value`.
pub(crate) fn names(text: &[u8], value: Range<usize>) -> Names {
    let mut names = Names { after_email: beside::is_after_email(text, value.start), ..Names::default() };
    let mut walk =
        Walk { text, at: value.start, floor: value.start.saturating_sub(REACH), gap: Gap::default() };
    let mut passed = false;
    for _ in 0..MAX_NAMES {
        let Some(range) = walk.previous_name() else {
            names.at_start = walk.at == 0 && !passed;
            break;
        };
        if is_in_address(text, &range) {
            break;
        }
        let word = &text[range.clone()];
        if is_number(word) && (walk.gap.lines == 0 || word.starts_with(b"$")) {
            passed = true;
            continue;
        }
        let is_option = text[range.clone()].starts_with(b"--");
        let belongs = match walk.gap.lines {
            0 => true,
            1 => walk.gap.assigns || passed || is_option,
            2 => walk.gap.assigns || passed,
            _ => false,
        };
        if !belongs {
            break;
        }
        let label = Label::new(text, range);
        if label.says_nothing() {
            passed = true;
            names.explicit_value |= label.words.iter().any(|word| word == "value" || word == "val");
            continue;
        }
        // `name: default` beside `value: …`: what the walk passed was somebody's name.
        let names_a_passed_word = passed && label.words == ["name"];
        names.direct = Some(label).filter(|_| !names_a_passed_word);
        break;
    }
    names.assigned = walk.gap.assigns;
    if walk.gap.closes_tag {
        names.beside.extend(beside::tag_names(text, value.start));
    }
    if names.explicit_value {
        names.beside.extend(beside::name_behind(text, value.end));
        names.beside.extend(beside::sibling_name(text, value.start));
    }
    names
}

/// `40` between a name and its value is a length: `string(40) "…"`, `$40` in Redis' protocol.
fn is_number(word: &[u8]) -> bool {
    word.strip_prefix(b"$").unwrap_or(word).iter().all(u8::is_ascii_digit)
}

/// `example.net` of `dev@example.net` is no name, and `cloudflare` of `@cloudflare/…` is one.
fn is_in_address(text: &[u8], word: &Range<usize>) -> bool {
    word.start > 0 && text[word.start - 1] == b'@' && text[word.clone()].contains(&b'.')
}

/// What lies between two words, walking backwards.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    lines: usize,
    assigns: bool,
    closes_tag: bool,
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    floor: usize,
    gap: Gap,
}

impl Walk<'_> {
    /// The next name before the current place.
    fn previous_name(&mut self) -> Option<Range<usize>> {
        loop {
            self.skip_separators();
            let end = self.at;
            let start = self.start_of_word(end);
            if start == end || end - start > MAX_NAME {
                return None;
            }
            self.at = start;
            if let Some(tag) = closing_tag(self.text, start) {
                self.at = tag;
                continue;
            }
            let name = self.without_spelled_separators(start..end);
            if self.text[name.clone()].iter().any(u8::is_ascii_alphanumeric) {
                return Some(name);
            }
        }
    }

    fn skip_separators(&mut self) {
        while self.at > self.floor {
            let byte = self.text[self.at - 1];
            match byte {
                b'\n' => self.gap.lines += 1,
                b'=' | b':' => self.gap.assigns = true,
                b'>' => {
                    self.gap.assigns = true;
                    self.gap.closes_tag = true;
                }
                byte if is_word(byte) => return,
                _ => {}
            }
            self.at -= 1;
        }
    }

    fn start_of_word(&self, end: usize) -> usize {
        let mut start = end;
        while start > self.floor && is_word(self.text[start - 1]) {
            start -= 1;
        }
        start
    }

    /// Words may begin with what an escape spells (`\n`, `%3D`, `&quot;`, `=3D`, a colour code): that part is
    /// a separator.
    fn without_spelled_separators(&mut self, word: Range<usize>) -> Range<usize> {
        let Range { start, end } = word;
        let Some(before) = start.checked_sub(1).map(|index| self.text[index]) else { return start..end };
        let body = &self.text[start..end];
        let spelled = match before {
            b'\\' => self.backslash_spells(body),
            b'%' => self.percent_spells(body),
            b'&' if self.text.get(end) == Some(&b';') => body.len(),
            b'#' if start >= 2 && self.text[start - 2] == b'&' => body.len(),
            b'=' if body.starts_with(b"3D") => 2,
            b'[' | b';' if self.follows_escape(start) => match colour(body) {
                // `1` of `1;31m`
                None if is_number(body) && self.text.get(end) == Some(&b';') => body.len(),
                colour => colour.unwrap_or(0),
            },
            _ => 0,
        };
        start + spelled..end
    }

    /// Does an escape character, spelled or not, stand close before? `[31m` and `;31m` may be text without
    /// one.
    fn follows_escape(&self, at: usize) -> bool {
        let before = &self.text[at.saturating_sub(12)..at];
        let spelled: [&[u8]; 5] = [b"\x1b", b"1b", b"33", b"\\e", b"^["];
        spelled.iter().any(|escape| memchr::memmem::find(before, escape).is_some())
    }

    fn backslash_spells(&mut self, body: &[u8]) -> usize {
        match body {
            [b'n', ..] => {
                // A line break spelled right behind the last word counts; before a name it only ends the gap.
                self.gap.lines += usize::from(body.len() == 1);
                1
            }
            [b'r' | b't' | b'b' | b'f' | b'v' | b'0', ..] => 1,
            [b'u', digits @ ..] if digits.len() >= 4 => {
                self.gap.assigns |= matches!(&digits[..4], b"003d" | b"003D" | b"003a" | b"003A");
                5
            }
            [b'x', _, _, ..] => 3,
            _ => 0,
        }
    }

    /// The `3D` of `%3D`, or of `%253D`, which was encoded twice.
    fn percent_spells(&mut self, body: &[u8]) -> usize {
        let again = body.chunks_exact(2).take_while(|pair| *pair == b"25").count() * 2;
        self.gap.assigns |= matches!(body.get(again..again + 2), Some(b"3D" | b"3d" | b"3A" | b"3a"));
        (again + 2).min(body.len())
    }
}

/// Where the tag begins that closes right behind `start`: `</key` or, in JSON, `<\/key`.
fn closing_tag(text: &[u8], start: usize) -> Option<usize> {
    let slash = text[..start].strip_suffix(b"/")?;
    let slash = slash.strip_suffix(b"\\").unwrap_or(slash);
    slash.strip_suffix(b"<").map(<[u8]>::len)
}

pub(crate) fn is_word(byte: u8) -> bool {
    is_token(byte) || byte == b'.' || byte == b'$'
}

/// The length of the end of a colour code: `32m…`, `0m…`
fn colour(body: &[u8]) -> Option<usize> {
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits <= 3 && body.get(digits) == Some(&b'm')).then_some(digits + 1)
}

/// Where a value really begins: a run may start with what an escape spells (`\n`, `%3D`, a colour code).
pub(crate) fn value_start(text: &[u8], run: &Range<usize>) -> usize {
    let mut walk = Walk { text, at: run.start, floor: 0, gap: Gap::default() };
    walk.without_spelled_separators(run.clone()).start
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "VALUEVALUE";

    fn named(text: &str) -> (Option<String>, Names) {
        let start = text.find(VALUE).expect("the table has the value");
        let names = names(text.as_bytes(), start..start + VALUE.len());
        (names.direct.as_ref().map(|label| label.written(text.as_bytes())), names)
    }

    #[test]
    fn the_name_is_found_through_every_syntax() {
        let table = [
            ("CF_TOKEN=VALUEVALUE", "CF_TOKEN"),
            ("export CF_TOKEN='VALUEVALUE'", "CF_TOKEN"),
            ("\"apiToken\": \"VALUEVALUE\"", "apiToken"),
            ("{\\\"api_token\\\":\\\"VALUEVALUE\\\"}", "api_token"),
            ("{\\\\\\\"api_token\\\\\\\":\\\\\\\"VALUEVALUE", "api_token"),
            ("x\\nCF_TOKEN=VALUEVALUE\\n", "CF_TOKEN"),
            ("Authorization: Bearer VALUEVALUE", "Authorization"),
            ("-H \"X-Auth-Key: VALUEVALUE\"", "X-Auth-Key"),
            ("[\"-H\",\"X-Auth-Key:\",\"VALUEVALUE\"]", "X-Auth-Key"),
            ("--api-token VALUEVALUE", "api-token"),
            ("ENV CF_TOKEN VALUEVALUE", "CF_TOKEN"),
            ("- name: CF_TOKEN\n  value: VALUEVALUE", "CF_TOKEN"),
            ("{\"name\":\"X-Auth-Key\",\"value\":\"VALUEVALUE\"}", "X-Auth-Key"),
            ("token: >-\n  VALUEVALUE", "token"),
            ("token%3DVALUEVALUE", "token"),
            ("api_token&quot;: &quot;VALUEVALUE&quot;", "api_token"),
            ("api_token\\u003dVALUEVALUE", "api_token"),
            ("api_token=3DVALUEVALUE", "api_token"),
            ("CF_TOKEN: \u{1b}[32mVALUEVALUE", "CF_TOKEN"),
            ("<dns_cf_token>VALUEVALUE</dns_cf_token>", "dns_cf_token"),
            ("option password 'VALUEVALUE'", "password"),
            ("process.env.CF_TOKEN ?? 'VALUEVALUE'", "process.env.CF_TOKEN"),
            ("$CfToken = \"VALUEVALUE\"", "CfToken"),
            ("<key>CF_TOKEN</key>\n<string>VALUEVALUE</string>", "CF_TOKEN"),
            ("<td class=\"e\">CF_TOKEN </td><td class=\"v\">VALUEVALUE </td>", "CF_TOKEN"),
            ("[\"CF_TOKEN\"]=>\n  string(40) \"VALUEVALUE\"", "CF_TOKEN"),
            ("$8\r\nCF_TOKEN\r\n$40\r\nVALUEVALUE\r\n", "CF_TOKEN"),
            ("CF_TOKEN=\u{1b}[1;31mVALUEVALUE", "CF_TOKEN"),
            ("CF_TOKEN: \\u001b[32mVALUEVALUE", "CF_TOKEN"),
            ("CF_TOKEN%253DVALUEVALUE", "CF_TOKEN"),
            ("[\n  \"--api-token\",\n  \"VALUEVALUE\"", "api-token"),
        ];
        for (text, expected) in table {
            let text = text.replace("=3DVALUE", "=3D\u{0}VALUE").replace('\u{0}', "");
            let start = text.find(VALUE).unwrap_or_default();
            let run = start - text[..start].bytes().rev().take_while(|&byte| is_token(byte)).count()
                ..start + VALUE.len();
            assert_eq!(value_start(text.as_bytes(), &run), start, "start of the value in {text}");
            assert_eq!(named(&text).0.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn values_that_begin_like_the_end_of_an_escape_are_whole() {
        for (before, value) in
            [("CF_TOKEN=", "22VALUE"), ("CF_TOKEN;", "4mVALUE"), ("<pre>&#39;", "mVALUE"), ("map[", "mVALUE")]
        {
            let text = format!("{before}{value}");
            assert_eq!(value_start(text.as_bytes(), &(before.len()..text.len())), before.len(), "{text}");
        }
    }

    #[test]
    fn a_line_above_names_nothing() {
        for text in ["CF_TOKEN=other\nVALUEVALUE", "cloudflare\n\nVALUEVALUE", "a:CF_TOKEN:20\nVALUEVALUE"] {
            assert_eq!(named(text).0, None, "{text}");
        }
        assert!(named("\"VALUEVALUE\"").1.at_start);
    }

    #[test]
    fn names_beside_the_value_are_kept() {
        let (_, names) =
            named("<Config Target=\"CF_TOKEN\" Mode=\"\" Display=\"always\">VALUEVALUE</Config>");
        assert!(names.beside.iter().any(|label| label.words == ["cf", "token"]));
        let (_, names) = named("{\"value\":\"VALUEVALUE\",\"name\":\"X-Auth-Key\"}");
        assert!(names.beside.iter().any(|label| label.words == ["x", "auth", "key"]));
        assert!(named("curl -u dev@example.net:VALUEVALUE").1.after_email);
    }
}
