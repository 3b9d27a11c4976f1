//! What may stand between two characters of one value: an escape that spells a character, or something that
//! only breaks the value up (a colour code, a wrapped line, `" + "`).
//!
//! Each function looks at one place and says how many bytes are in the way and what they spell. Deciding
//! whether the pieces make a credential is left to the caller.

use crate::model::Layer;
use crate::scan::class::is_token;
use crate::scan::records::rest_of_record;

/// Bytes between, or instead of, characters of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joint {
    pub len: usize,
    /// The character spelled, if any.
    pub spells: Option<u8>,
    pub layer: Layer,
}

impl Joint {
    fn gap(len: usize, layer: Layer) -> Option<Joint> {
        Some(Joint { len, spells: None, layer })
    }

    fn spelling(len: usize, byte: u8, layer: Layer) -> Option<Joint> {
        let visible = byte.is_ascii_graphic();
        visible.then_some(Joint { len, spells: Some(byte), layer })
    }
}

/// May a value go on with this byte? Token characters, and what URLs, base64 and dotted tokens have besides.
fn goes_on(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'/' | b'.' | b'+' | b':')
}

/// The joint at `at`, if there is one.
pub(crate) fn joint_at(text: &[u8], at: usize) -> Option<Joint> {
    // First, since the end of a record looks like a wrapped line or like two string literals.
    if let Some(len) = rest_of_record(text, at) {
        return Joint::gap(len, Layer::Wrapped);
    }
    let before = at.checked_sub(1).map(|index| text[index]);
    joint(before, text.get(at..)?)
}

/// What the escape at the start of `rest` spells, white space and quotes too: its length, the byte, how.
pub(crate) fn spelling(rest: &[u8]) -> Option<(usize, u8, Layer)> {
    if rest.starts_with(b"&quot;") {
        return Some((6, b'"', Layer::Html));
    }
    let joint = match rest.first()? {
        b'\\' => backslash(rest),
        b'%' => percent(rest),
        b'&' => entity(rest),
        _ => None,
    }?;
    joint.spells.map(|byte| (joint.len, byte, joint.layer))
}

/// The joint at the start of `rest`, if there is one. `before` is the byte in front of it.
pub(crate) fn joint(before: Option<u8>, rest: &[u8]) -> Option<Joint> {
    match *rest.first()? {
        b'\\' => backslash(rest),
        b'%' => percent(rest),
        b'&' => entity(rest),
        b'=' => quoted_printable(rest),
        0x1b => ansi(rest, 1).and_then(|len| Joint::gap(len, Layer::Ansi)),
        0xc2 | 0xe2 | 0xef => invisible(rest),
        b'"' | b'\'' => concatenation(rest).or_else(|| shell_quote(before, rest)),
        // PowerShell goes on behind a backtick.
        b'`' => concatenation(rest).or_else(|| continuation(rest, 1)),
        b'\n' | b'\r' | b' ' | b'\t' => line_break(rest),
        b'^' => caret(rest),
        b'|' => line_break(rest),
        _ => None,
    }
}

/// `\u005f`, `\x5f`, `\137`, `\/`, a spelled colour code, a spelled or real line continuation.
fn backslash(rest: &[u8]) -> Option<Joint> {
    let slashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
    let after = &rest[slashes..];
    let spelled = |digits: usize, skip: usize, radix: u32| {
        let code = number(after.get(skip..skip + digits)?, radix)?;
        if code == 0x1b {
            return ansi(after, skip + digits).and_then(|len| Joint::gap(slashes + len, Layer::Ansi));
        }
        Joint::spelling(slashes + skip + digits, u8::try_from(code).ok()?, Layer::UnicodeEscape)
    };
    match *after.first()? {
        b'u' if after.get(1) == Some(&b'{') => braced_escape(after, slashes),
        b'u' => spelled(4, 1, 16).or_else(|| invisible_escape(after, slashes)),
        b'U' => spelled(8, 1, 16),
        b'x' => spelled(2, 1, 16),
        b'e' => ansi(after, 1).and_then(|len| Joint::gap(slashes + len, Layer::Ansi)),
        b'0'..=b'3' => spelled(3, 0, 8),
        b'/' => Joint::spelling(slashes + 1, b'/', Layer::Json),
        b'_' if slashes == 1 => Joint::spelling(2, b'_', Layer::Shell), // Markdown and LaTeX escape it too
        b'n' | b'r' => spelled_line_break(rest),
        b'\n' | b'\r' | b' ' => continuation(rest, slashes),
        b'"' | b'\'' => concatenation(rest),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, &byte| Some(sum * radix + (byte as char).to_digit(radix)?))
}

/// `\u{5f}`
fn braced_escape(after: &[u8], slashes: usize) -> Option<Joint> {
    let close = after.iter().take(9).position(|&byte| byte == b'}')?;
    let code = number(&after[2..close], 16)?;
    Joint::spelling(slashes + close + 1, u8::try_from(code).ok()?, Layer::UnicodeEscape)
}

/// `\u200b`: a character nobody sees, spelled.
fn invisible_escape(after: &[u8], slashes: usize) -> Option<Joint> {
    let code = number(after.get(1..5)?, 16)?;
    match char::from_u32(code)? {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {
            Joint::gap(slashes + 5, Layer::ZeroWidth)
        }
        _ => None,
    }
}

/// A backslash (or backtick, or caret) and the line break it hides, with the next line's indent.
fn continuation(rest: &[u8], marks: usize) -> Option<Joint> {
    let breaks = newline(&rest[marks..])?;
    let indent = rest[marks + breaks..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    Joint::gap(marks + breaks + indent, Layer::Shell)
}

fn caret(rest: &[u8]) -> Option<Joint> {
    // `^[[31m` is how `cat -v` shows a colour code; `^` and a line break is cmd.exe's continuation.
    if rest.starts_with(b"^[") {
        return ansi(rest, 2).and_then(|len| Joint::gap(len, Layer::Ansi));
    }
    continuation(rest, 1)
}

fn newline(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] | [b'\r', ..] => Some(1),
        _ => None,
    }
}

fn percent(rest: &[u8]) -> Option<Joint> {
    // `%255F` is percent-encoding encoded again.
    let twice = rest.starts_with(b"%25");
    let skip = if twice { 3 } else { 1 };
    let code = number(rest.get(skip..skip + 2)?, 16)?;
    Joint::spelling(skip + 2, code as u8, Layer::Percent)
}

fn entity(rest: &[u8]) -> Option<Joint> {
    let close = rest.iter().take(12).position(|&byte| byte == b';')?;
    let name = &rest[1..close];
    let byte = match name {
        [b'#', b'x' | b'X', digits @ ..] => u8::try_from(number(digits, 16)?).ok()?,
        [b'#', digits @ ..] => u8::try_from(number(digits, 10)?).ok()?,
        b"lowbar" | b"UnderBar" => b'_',
        b"hyphen" | b"dash" | b"minus" => b'-',
        b"plus" => b'+',
        b"sol" => b'/',
        b"equals" => b'=',
        b"period" => b'.',
        b"colon" => b':',
        b"shy" | b"ZeroWidthSpace" | b"zwnj" | b"zwj" => return Joint::gap(close + 1, Layer::Html),
        _ => return None,
    };
    Joint::spelling(close + 1, byte, Layer::Html)
}

/// A soft line break, or `=5F`.
fn quoted_printable(rest: &[u8]) -> Option<Joint> {
    if let Some(breaks) = newline(&rest[1..]) {
        return Joint::gap(1 + breaks, Layer::QuotedPrintable);
    }
    let digits = rest.get(1..3)?;
    let upper_hex = digits.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte));
    let code = number(digits, 16).filter(|_| upper_hex)?;
    Joint::spelling(3, code as u8, Layer::QuotedPrintable)
}

/// The rest of an escape sequence whose introducer ends at `at`: CSI up to its final byte, OSC up to BEL or
/// ST.
pub(crate) fn ansi(rest: &[u8], at: usize) -> Option<usize> {
    match rest.get(at)? {
        b'[' => {
            let parameters =
                rest[at + 1..].iter().take(32).take_while(|byte| (0x20..0x40).contains(*byte)).count();
            let last = rest.get(at + 1 + parameters)?;
            (0x40..0x7f).contains(last).then_some(at + parameters + 2)
        }
        b']' | b'_' => {
            let body = &rest[at..rest.len().min(at + 512)];
            let end = body.iter().position(|&byte| byte == 0x07 || byte == 0x1b)?;
            let st = usize::from(body[end] == 0x1b);
            Some(at + end + 1 + st)
        }
        b'(' | b')' => Some(at + 2),
        _ => None,
    }
}

/// Characters that nobody sees, and dashes that an editor made of `-`.
fn invisible(rest: &[u8]) -> Option<Joint> {
    let text = std::str::from_utf8(rest.get(..rest.len().min(3))?)
        .or_else(|error| std::str::from_utf8(&rest[..error.valid_up_to()]));
    match text.ok()?.chars().next()? {
        character @ ('\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{ad}') => Joint::gap(character.len_utf8(), Layer::ZeroWidth),
        character @ ('\u{2010}'..='\u{2015}' | '\u{2212}') => {
            Joint::spelling(character.len_utf8(), b'-', Layer::ZeroWidth)
        }
        '│' | '┃' | '║' => line_break(rest),
        _ => None,
    }
}

/// A quote, possibly escaped; its length.
fn quote(rest: &[u8]) -> Option<usize> {
    let slashes = rest.iter().take(8).take_while(|&&byte| byte == b'\\').count();
    matches!(rest.get(slashes)?, b'"' | b'\'' | b'`').then_some(slashes + 1)
}

fn blanks(rest: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match rest.get(at..) {
            Some([b' ' | b'\t' | b'\n' | b'\r', ..]) => at += 1,
            // an escaped line break of source code inside JSON
            Some([b'\\', b'n' | b'r' | b't', ..]) => at += 2,
            _ => return at,
        }
    }
}

/// `" + "`, `' . '`, `" "`, `",\n  "`: two string literals that the language joins.
fn concatenation(rest: &[u8]) -> Option<Joint> {
    let close = quote(rest)?;
    let mut at = close + blanks(&rest[close..]);
    let operators: [&[u8]; 10] = [b"++", b"..", b"<>", b"||", b"+", b".", b"&", b"\\", b",", b".concat("];
    let operator = operators
        .iter()
        .filter(|operator| rest[at..].starts_with(operator))
        .max_by_key(|operator| operator.len());
    if let Some(operator) = operator {
        let skip = if rest[at..].starts_with(b"..") && operator.len() == 1 { 2 } else { operator.len() };
        at += skip + blanks(&rest[at + skip..]);
        // Visual Basic says that the statement goes on.
        if matches!(rest.get(at..), Some([b'_', b'\r' | b'\n', ..])) {
            at += 1 + blanks(&rest[at + 1..]);
        }
    }
    // Without an operator, adjacent literals are joined only where something separates them; `''` is an empty
    // string.
    if operator.is_none() && at == close {
        return None;
    }
    let prefix = usize::from(
        matches!(rest.get(at), Some(b'f' | b'b' | b'r' | b'u')) && quote(&rest[at + 1..]).is_some(),
    );
    let open = quote(&rest[at + prefix..])?;
    let after = at + prefix + open;
    rest.get(after).is_some_and(|&byte| goes_on(byte)).then_some(())?;
    Joint::gap(after, Layer::Concatenated)
}

/// `'a'"b"`, `a""b`, `"a"b`: quotes that a shell drops. Only inside a value: a quote that ends it is followed by
/// something else.
fn shell_quote(before: Option<u8>, rest: &[u8]) -> Option<Joint> {
    let quotes = rest.iter().take(4).take_while(|byte| matches!(byte, b'"' | b'\'')).count();
    let inside = before.is_some_and(goes_on) && rest.get(quotes).is_some_and(|&byte| goes_on(byte));
    (inside && (1..=2).contains(&quotes)).then_some(())?;
    Joint::gap(quotes, Layer::Shell)
}

/// `\n` of a string inside JSON, where a wrapped line was quoted.
fn spelled_line_break(rest: &[u8]) -> Option<Joint> {
    let mut at = 0;
    while at < rest.len().min(16) {
        let slashes = rest[at..].iter().take_while(|&&byte| byte == b'\\').count();
        match rest.get(at + slashes) {
            Some(b'n' | b'r') if slashes > 0 => at += slashes + 1,
            _ => break,
        }
    }
    let gutter = gutter(&rest[at..]);
    Joint::gap(at + gutter, Layer::Wrapped)
}

/// The end of a line in the middle of a value: trailing blanks and box border, line break, indent or gutter.
fn line_break(rest: &[u8]) -> Option<Joint> {
    let mut at = rest.iter().take(240).take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    at += border(&rest[at..]);
    at += rest[at..].iter().take(8).take_while(|&&byte| byte == b' ').count();
    at += newline(&rest[at..])?;
    at += gutter(&rest[at..]);
    rest.get(at).is_some_and(|&byte| goes_on(byte)).then_some(())?;
    Joint::gap(at, Layer::Wrapped)
}

fn border(rest: &[u8]) -> usize {
    match rest {
        [b'|', ..] => 1,
        [0xe2, 0x94, 0x82 | 0x83, ..] | [0xe2, 0x95, 0x91, ..] => 3,
        _ => 0,
    }
}

/// Indent, box border, quote mark, or the line number of a viewer.
fn gutter(rest: &[u8]) -> usize {
    let indent = rest.iter().take(80).take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    let edge = border(&rest[indent..]);
    if edge > 0 {
        let cell = rest[indent + edge..].iter().take(80).take_while(|&&byte| byte == b' ').count();
        // An empty cell stands before the one that goes on.
        let next = border(&rest[indent + edge + cell..]);
        let blank =
            rest[indent + edge + cell + next..].iter().take(4).take_while(|&&byte| byte == b' ').count();
        return indent + edge + if next > 0 { cell + next + blank } else { cell.min(4) };
    }
    let digits = rest[indent..].iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 {
        let mark = match &rest[indent + digits..] {
            [b'\t' | b'|', ..] => 1,
            [0xe2, 0x86, 0x92, ..] | [0xe2, 0x94, 0x82, ..] => 3,
            _ => 0,
        };
        if mark > 0 {
            return indent + digits + mark;
        }
    }
    let quotes = [b"> ", b"# ", b"+ "].iter().any(|quote| rest[indent..].starts_with(*quote));
    indent + if quotes { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_joint_is_read() {
        let table: [(&[u8], usize, Option<u8>, Layer); 30] = [
            (b"\\u005fa", 6, Some(b'_'), Layer::UnicodeEscape),
            (b"\\\\u005fa", 7, Some(b'_'), Layer::UnicodeEscape),
            (b"\\x5fa", 4, Some(b'_'), Layer::UnicodeEscape),
            (b"\\137a", 4, Some(b'_'), Layer::UnicodeEscape),
            (b"\\u{5f}a", 6, Some(b'_'), Layer::UnicodeEscape),
            (b"\\u001b[31ma", 10, None, Layer::Ansi),
            (b"\x1b[1;31ma", 7, None, Layer::Ansi),
            (b"\x1b]8;;http://x\x07a", 14, None, Layer::Ansi),
            (b"%5Fa", 3, Some(b'_'), Layer::Percent),
            (b"%255Fa", 5, Some(b'_'), Layer::Percent),
            (b"&#95;a", 5, Some(b'_'), Layer::Html),
            (b"&#x5f;a", 6, Some(b'_'), Layer::Html),
            (b"&lowbar;a", 8, Some(b'_'), Layer::Html),
            (b"=\r\na", 3, None, Layer::QuotedPrintable),
            (b"=5Fa", 3, Some(b'_'), Layer::QuotedPrintable),
            (b"\xe2\x80\x8ba", 3, None, Layer::ZeroWidth),
            (b"\xe2\x80\x91a", 3, Some(b'-'), Layer::ZeroWidth),
            (b"\" + \"a", 5, None, Layer::Concatenated),
            (b"\" & _\n  \"a", 9, None, Layer::Concatenated),
            (b"' .\n  'a", 7, None, Layer::Concatenated),
            (b"\\\" +\\n \\\"a", 9, None, Layer::Concatenated),
            (b"\",\n  \"a", 6, None, Layer::Concatenated),
            (b"'\"a", 2, None, Layer::Shell),
            (b"\\\n  a", 4, None, Layer::Shell),
            (b"\n  a", 3, None, Layer::Wrapped),
            (b" \xe2\x94\x82\n\xe2\x94\x82 a", 9, None, Layer::Wrapped),
            (b"\\na", 2, None, Layer::Wrapped),
            (b"\" ++ \"a", 6, None, Layer::Concatenated),
            (b"`\r\n  a", 5, None, Layer::Shell),
            (b"\n# a", 3, None, Layer::Wrapped),
        ];
        for (rest, len, spells, layer) in table {
            assert_eq!(
                joint(Some(b'x'), rest),
                Some(Joint { len, spells, layer }),
                "{}",
                String::from_utf8_lossy(rest)
            );
        }
    }

    #[test]
    fn what_ends_a_value_is_no_joint() {
        for rest in [b"\",".as_slice(), b"\"}", b" other", b"; x", b"&amp;x", b"%zz", b"=\"x", b"\n\n", b"''"]
        {
            assert_eq!(joint(Some(b'x'), rest), None, "{}", String::from_utf8_lossy(rest));
        }
    }
}
