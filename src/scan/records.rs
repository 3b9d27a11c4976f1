//! Records that a logger cut in the middle of a value (SURFACES.md T16): the rest is in the text of the next
//! record.
//!
//! Knows how records of one line begin, in the formats that split what they record. Does not parse them.

/// A cut record goes on within this many bytes: the rest of its fields, and the beginning of the next one.
const REACH: usize = 240;

/// How a record begins, up to its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format<'t> {
    /// `{"log":"…`, `data: {"delta":"…`: a JSON object whose first field is the text.
    Object(&'t [u8]),
    /// `[0.25, "o", "…`: an asciinema event.
    Event,
    /// `2026-01-01T00:00:00Z stdout P …`: a container runtime's log; `P` goes on.
    Runtime { partial: bool },
    /// `2026-01-01T00:00:00.000000Z 01O+…`: a GitLab job; `+` continues.
    Job { continues: bool },
}

/// The bytes between `at`, where the text of one record ends, and the text of the next, if the two belong
/// together.
pub(crate) fn rest_of_record(text: &[u8], at: usize) -> Option<usize> {
    let ends_as_text = matches!(text.get(at), Some(b'"' | b'\n' | b'\r'));
    if !ends_as_text {
        return None;
    }
    // Forward first: in a text of one line there is no next record, and its beginning may be megabytes away.
    let window = &text[..text.len().min(at + REACH)];
    let break_at = at + memchr::memchr(b'\n', &window[at..])?;
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |index| index + 1);
    let next = break_at + window[break_at..].iter().take_while(|&&byte| byte == b'\n').count();
    let (first, _) = opening(&text[start..at])?;
    let (second, length) = opening(&window[next..])?;
    let quoted = text[at] == b'"';
    let belongs = match (first, second) {
        (Format::Object(one), Format::Object(other)) => quoted && one == other,
        (Format::Event, Format::Event) => quoted,
        (Format::Runtime { partial }, Format::Runtime { .. }) => !quoted && partial,
        (Format::Job { .. }, Format::Job { continues }) => !quoted && continues,
        _ => false,
    };
    belongs.then_some(next + length - at)
}

/// The format of a record, and how long its beginning is.
fn opening(line: &[u8]) -> Option<(Format<'_>, usize)> {
    match line.first()? {
        b'[' => event(line),
        b'0'..=b'9' => stamped(line),
        _ => object(line),
    }
}

fn object(line: &[u8]) -> Option<(Format<'_>, usize)> {
    let prefix = if line.starts_with(b"data: ") { 6 } else { 0 };
    let rest = line[prefix..].strip_prefix(b"{\"")?;
    let key = rest.iter().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let after = rest[key..].strip_prefix(b"\":")?;
    let blank = usize::from(after.starts_with(b" "));
    after[blank..]
        .starts_with(b"\"")
        .then(|| (Format::Object(&rest[..key]), prefix + 2 + key + 2 + blank + 1))
}

fn event(line: &[u8]) -> Option<(Format<'_>, usize)> {
    let number = line[1..].iter().take(24).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let rest = &line[1 + number..];
    let kind = [b", \"o\", \"".as_slice(), b",\"o\",\""].into_iter().find(|kind| rest.starts_with(kind))?;
    Some((Format::Event, 1 + number + kind.len()))
}

/// Behind an RFC 3339 time.
fn stamped(line: &[u8]) -> Option<(Format<'_>, usize)> {
    let time = line.iter().take(40).position(|&byte| byte == b' ')?;
    let is_time = line.get(10) == Some(&b'T') && line[time - 1] == b'Z';
    let rest = line.get(time + 1..).filter(|_| is_time)?;
    for stream in [b"stdout ".as_slice(), b"stderr "] {
        if let Some([flag @ (b'P' | b'F'), b' ', ..]) = rest.strip_prefix(stream) {
            return Some((Format::Runtime { partial: *flag == b'P' }, time + 1 + stream.len() + 2));
        }
    }
    match rest {
        [a, b, b'O' | b'E', flag @ (b' ' | b'+'), ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            Some((Format::Job { continues: *flag == b'+' }, time + 5))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_cut_record_is_found() {
        let table = [
            "[0.1, \"o\", \"ab^\"]\n[0.2, \"o\", \"$cd\"]",
            "data: {\"delta\":\"ab^\"}\n\ndata: {\"delta\":\"$cd\"}",
            "{\"log\":\"ab^\",\"stream\":\"stdout\",\"time\":\"x\"}\n{\"log\":\"$cd\\n\"}",
            "2026-01-01T00:00:00.1Z stdout P ab^\n2026-01-01T00:00:00.2Z stdout F $cd",
            "2026-01-01T00:00:00.123456Z 01O ab^\n2026-01-01T00:00:00.123457Z 01O+$cd",
        ];
        for marked in table {
            let text = marked.replace('^', "");
            let at = marked.find('^').unwrap_or_default();
            let to = text.find('$').unwrap_or_default();
            let text = text.replace('$', "");
            assert_eq!(rest_of_record(text.as_bytes(), at), Some(to - at), "{text}");
        }
    }

    #[test]
    fn whole_records_do_not_belong_together() {
        let table = [
            "{\"log\":\"ab^\"}\n{\"level\":\"cd\"}",
            "2026-01-01T00:00:00.1Z stdout F ab^\n2026-01-01T00:00:00.2Z stdout F cd",
            "2026-01-01T00:00:00.123456Z 01O ab^\n2026-01-01T00:00:00.123457Z 01O cd",
            "plain ab^\nplain cd",
            "{\"log\":\"ab^\"}",
        ];
        for marked in table {
            let text = marked.replace('^', "");
            let at = marked.find('^').unwrap_or_default();
            assert_eq!(rest_of_record(text.as_bytes(), at), None, "{text}");
        }
    }
}
