//! Names that a syntax keeps somewhere else than in front of the value: in the tag, behind it, in a sibling
//! field, on the line above, at the other end of a pipe.
//!
//! Finds names only; like `label` it does not judge them.

use crate::scan::class::{is_base64, is_token};
use crate::scan::label::{Label, MAX_NAME, REACH, is_word};
use crate::scan::surroundings::line_around;
use std::ops::Range;

/// How far a sibling field may stand from its value.
const SIBLING_REACH: usize = 300;
/// Keys whose value is the name of what stands beside them.
const NAMING_KEYS: [&[u8]; 6] = [b"name", b"key", b"Name", b"Key", b"header", b"variable"];

/// The words of the tag whose text the value is: `<Config Target="CLOUDFLARE_API_TOKEN" …>VALUE`.
pub(crate) fn tag_names(text: &[u8], at: usize) -> Vec<Label> {
    let floor = at.saturating_sub(REACH);
    let Some(open) = memchr::memrchr(b'<', &text[floor..at]).map(|index| floor + index + 1) else {
        return Vec::new();
    };
    let mut labels = Vec::new();
    let mut start = open;
    for index in open..=at {
        if index == at || !is_word(text[index]) {
            if (1..=MAX_NAME).contains(&(index - start)) {
                labels.push(Label::new(text, start..index));
            }
            start = index + 1;
        }
    }
    labels
}

/// `"value": "…", "name": "X-Auth-Key"`, `value='…' where name='cloudflare_api_token'`: the name behind the value.
pub(crate) fn name_behind(text: &[u8], at: usize) -> Option<Label> {
    // A decoded value ends a little before the text that spells it.
    let rest = text[at..].iter().take_while(|&&byte| is_base64(byte) || byte == b'=').count();
    let mut key = word_from(text, at + rest)?;
    if text[key.clone()].eq_ignore_ascii_case(b"where") {
        key = word_from(text, key.end)?;
    }
    let names_it = NAMING_KEYS.contains(&&text[key.clone()]);
    names_it.then(|| word_from(text, key.end)).flatten().map(|range| Label::new(text, range))
}

fn word_from(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].iter().take(24).position(|&byte| is_token(byte))?;
    let length = text[start..].iter().take(MAX_NAME).take_while(|&&byte| is_word(byte)).count();
    Some(start..start + length)
}

/// `name: CF_API_TOKEN` some fields above `value: …`, in the same object or list item.
pub(crate) fn sibling_name(text: &[u8], value: usize) -> Option<Label> {
    let floor = value.saturating_sub(SIBLING_REACH);
    let mut end = value;
    while end > floor {
        let start = text[floor..end]
            .iter()
            .rposition(|byte| matches!(byte, b'\n' | b',' | b'{' | b'}'))
            .map_or(floor, |index| floor + index + 1);
        if let Some(name) = named_by_field(text, start..end) {
            return Some(name);
        }
        let opens_item = text[start..end].trim_ascii_start().starts_with(b"- ");
        let leaves_object = start > 0 && matches!(text[start - 1], b'{' | b'}');
        if opens_item || leaves_object {
            return None;
        }
        end = start.saturating_sub(1);
    }
    None
}

/// The value of one field, if the field is called `name` or the like.
fn named_by_field(text: &[u8], field: Range<usize>) -> Option<Label> {
    let mut words = (field.start..field.end)
        .filter(|&at| is_word(text[at]) && (at == field.start || !is_word(text[at - 1])))
        .map(|start| start..start + text[start..field.end].iter().take_while(|&&byte| is_word(byte)).count())
        .filter(|word| text[word.clone()].iter().any(u8::is_ascii_alphanumeric));
    let key = words.next()?;
    let name = words.next()?;
    NAMING_KEYS.contains(&&text[key]).then(|| Label::new(text, name))
}

/// The name of the object that a field's value is in: `"apiToken":{"protected":"","value":"…"}`, or in YAML
/// the key of the line above that stands further left.
pub(crate) fn parent_name(text: &[u8], value: usize) -> Option<Label> {
    object_name(text, value).or_else(|| block_name(text, value))
}

fn object_name(text: &[u8], value: usize) -> Option<Label> {
    let floor = value.saturating_sub(SIBLING_REACH);
    let mut inner = 0;
    let open = (floor..value).rev().find(|&at| {
        inner += usize::from(text[at] == b'}');
        let opens = text[at] == b'{';
        let unmatched = opens && inner == 0;
        inner -= usize::from(opens && inner > 0);
        unmatched
    })?;
    let gap = text[..open].iter().rev().take(12).take_while(|byte| b"\\\": =>'\t".contains(byte)).count();
    let separated = text[open - gap..open].iter().any(|byte| b":=".contains(byte));
    separated.then(|| word_until(text, open - gap)).flatten()
}

/// Two lines are enough: a key, and one field above the value.
fn block_name(text: &[u8], value: usize) -> Option<Label> {
    let indent = |line: &Range<usize>| text[line.clone()].iter().take_while(|&&byte| byte == b' ').count();
    let mut line = line_around(text, &(value..value));
    let depth = indent(&line);
    for _ in 0..2 {
        line = line_around(text, &(line.start.checked_sub(1)?..line.start - 1));
        if indent(&line) < depth {
            let key = text[line.clone()].trim_ascii_end().strip_suffix(b":")?;
            return word_until(text, line.start + key.len());
        }
    }
    None
}

fn word_until(text: &[u8], end: usize) -> Option<Label> {
    let length = text[..end].iter().rev().take(MAX_NAME).take_while(|&&byte| is_word(byte)).count();
    (length > 0).then(|| Label::new(text, end - length..end))
}

/// The name that a command on the value's line stores it under: `echo VALUE | gh secret set CF_API_TOKEN`.
pub(crate) fn stored_as(text: &[u8], value: &Range<usize>) -> Option<Label> {
    let line = line_around(text, value);
    [b"set ".as_slice(), b"put ", b"add ", b"create "].into_iter().find_map(|verb| {
        let at = line.start + memchr::memmem::find(&text[line.clone()], verb)?;
        let begins_word = at == line.start || !is_token(text[at - 1]);
        let name = word_from(text, at + verb.len())?;
        (begins_word && name.end <= line.end).then(|| Label::new(text, name))
    })
}

/// The last word of the line above, for a value that stands alone on its line: `$ echo $CF_API_TOKEN`.
pub(crate) fn line_above(text: &[u8], value: &Range<usize>) -> Option<Label> {
    let line = line_around(text, value);
    let says_nothing = |bytes: &[u8]| bytes.iter().all(|byte| !byte.is_ascii_alphanumeric());
    let alone = says_nothing(&text[line.start..value.start]) && says_nothing(&text[value.end..line.end]);
    if !alone || line.start < 2 || line.len() > value.len() + 16 {
        return None;
    }
    let above = line_around(text, &(line.start - 1..line.start - 1));
    word_until(text, above.start + text[above.clone()].iter().rposition(|&byte| is_word(byte))? + 1)
}

/// `e-mail:VALUE`
pub(crate) fn is_after_email(text: &[u8], at: usize) -> bool {
    text[..at].strip_suffix(b":").is_some_and(ends_with_email)
}

/// An e-mail address is the argument, the field or the half before or behind the value.
pub(crate) fn is_beside_email(text: &[u8], value: &Range<usize>) -> bool {
    let separates = |byte: &&u8| b"\"'`,: \\".contains(*byte);
    let parts = |gap: &[u8]| gap.iter().any(|byte| *byte != b' ');
    let before = text[..value.start].iter().rev().take(8).take_while(separates).count();
    let behind = text[value.end..].iter().take(8).take_while(separates).count();
    let (start, end) = (value.start - before, value.end + behind);
    (parts(&text[start..value.start]) && ends_with_email(&text[..start]))
        || (parts(&text[value.end..end]) && begins_with_email(&text[end..]))
}

fn ends_with_email(text: &[u8]) -> bool {
    let length = text.iter().rev().take(80).take_while(|&&byte| is_of_email(byte)).count();
    is_email(&text[text.len() - length..])
}

fn begins_with_email(text: &[u8]) -> bool {
    is_email(&text[..text.iter().take(80).take_while(|&&byte| is_of_email(byte)).count()])
}

fn is_of_email(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"@._%+-".contains(&byte)
}

fn is_email(word: &[u8]) -> bool {
    memchr::memchr(b'@', word).is_some_and(|at| at > 0 && word[at + 1..].contains(&b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str) -> Range<usize> {
        let start = text.find("VALUE").expect("the table has the value");
        start..start + 5
    }

    fn written(text: &str, label: Option<Label>) -> Option<String> {
        label.map(|label| label.written(text.as_bytes()))
    }

    #[test]
    fn siblings_name_a_value_inside_their_object_only() {
        let table = [
            ("- name: CF_TOKEN\n  description: used by CI\n  value: VALUE", Some("CF_TOKEN")),
            ("{\n \"key\": \"CF_TOKEN\",\n \"enabled\": true,\n \"value\": \"VALUE\"", Some("CF_TOKEN")),
            ("- name: CF_TOKEN\n- value: VALUE", None),
            ("{\"name\":\"CF_TOKEN\"},{\"value\":\"VALUE\"}", None),
        ];
        for (text, expected) in table {
            let name = sibling_name(text.as_bytes(), around(text).start);
            assert_eq!(written(text, name).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_field_is_named_by_what_it_is_in() {
        let table = [
            ("{\"apiToken\":{\"protected\":\"\",\"x\":\"VALUE\"}", Some("apiToken")),
            ("{\"a\":{\"b\":{}},\"x\":\"VALUE\"}", None),
            ("env:\n  CF_TOKEN:\n    plain: VALUE", Some("CF_TOKEN")),
            ("env:\n  CF_TOKEN:\n    plain: true\n    x: VALUE", Some("CF_TOKEN")),
            ("CF_TOKEN: a\nx: VALUE", None),
        ];
        for (text, expected) in table {
            let name = parent_name(text.as_bytes(), around(text).start);
            assert_eq!(written(text, name).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn emails_stand_beside_a_value() {
        let table = [
            ("curl -u dev@example.net:VALUE", true),
            ("New(\"VALUE\", \"dev@example.net\")", true),
            ("('dev@example.net', 'VALUE')", true),
            ("VALUE dev@example.net", false),
            ("Author: <dev@example.net>\n\n VALUE", false),
            ("import '@example/net', 'VALUE'", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_beside_email(text.as_bytes(), &around(text)), expected, "{text}");
        }
    }

    #[test]
    fn commands_and_lines_above_name_a_value() {
        let table = [
            ("echo VALUE | gh secret set CF_TOKEN", Some("CF_TOKEN")),
            ("vercel env add CF_TOKEN production <<< \"VALUE\"", Some("CF_TOKEN")),
            ("reset CF_TOKEN VALUE", None),
        ];
        for (text, expected) in table {
            let name = stored_as(text.as_bytes(), &around(text));
            assert_eq!(written(text, name).as_deref(), expected, "{text}");
        }
        let table = [
            ("$ echo $CF_TOKEN\nVALUE\n$ ls", Some("CF_TOKEN")),
            ("PS> $env:CF_TOKEN\r\nVALUE\r\n", Some("CF_TOKEN")),
            ("CF_TOKEN\nother VALUE\n", None),
            ("VALUE\n", None),
        ];
        for (text, expected) in table {
            let name = line_above(text.as_bytes(), &around(text));
            assert_eq!(written(text, name).as_deref(), expected, "{text}");
        }
    }
}
