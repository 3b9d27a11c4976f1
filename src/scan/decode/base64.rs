//! Base64 in any alphabet, at any alignment, wrapped or not.

use crate::model::{Layer, OffsetMap};
use crate::scan::class::is_base64;
use crate::scan::decode::inflate::is_compressed;
use crate::scan::decode::{Decoded, begins_as_text, may_begin};
use crate::scan::view::Back;
use std::ops::Range;

/// The shortest base64 text worth a look: 24 bytes, less than any credential.
const MIN_DECODED: usize = 24;
/// How much is decoded in front of a needle and from it on.
const NEEDLE_LEAD: usize = 1024;
const NEEDLE_REACH: usize = 4096;

/// The base64 text that holds the run `run`, decoded, if it begins as text (or as compressed text) does. Says what
/// part of it was looked at: an image is one line of a million letters with thousands of runs.
pub(crate) fn region(text: &[u8], run: Range<usize>) -> (Range<usize>, Option<Decoded>) {
    let start = start_of_letters(text, run.start);
    let Some(phase) = (0..4).find(|&phase| is_plausible(text, start + phase)) else {
        let rest = text[run.end..].iter().take_while(|&&byte| is_base64(byte)).count();
        return (start..run.end + rest, None);
    };
    let letters = Letters::around(text, run);
    let decoded = letters.decode(text, phase);
    (letters.region, decoded)
}

/// Do the letters from `at` on decode to what a text, or a compressed text, begins with? Nothing is copied, and the
/// first three bytes nearly always decide: this is asked of every long run.
fn is_plausible(text: &[u8], at: usize) -> bool {
    let mut head = [0; 15];
    let mut letters = text[at.min(text.len())..].iter().filter(|&&byte| byte != b'\\');
    for group in 0..head.len() / 3 {
        let mut word = 0;
        for _ in 0..4 {
            let Some(value) = letters.next().and_then(|&letter| value(letter)) else { return false };
            word = word << 6 | u32::from(value);
        }
        let end = 3 * (group + 1);
        head[end - 3..end].copy_from_slice(&word.to_be_bytes()[1..]);
        if !may_begin(&head[..end]) {
            return false;
        }
    }
    begins_as_text(&head) || is_compressed(&head).is_some()
}

fn start_of_letters(text: &[u8], at: usize) -> usize {
    start_of_letters_above(text, at, 0)
}

fn start_of_letters_above(text: &[u8], at: usize, floor: usize) -> usize {
    past_escape(text, at - text[floor..at].iter().rev().take_while(|&&byte| is_base64(byte)).count())
}

/// The base64 text around `at`, where a known needle stands whose first letter begins (`phase` 0) or continues a
/// group. It need not begin as text: the needle is proof enough, and a prefix all that a value behind it needs.
pub(crate) fn with_needle(text: &[u8], at: usize, phase: usize) -> Option<Decoded> {
    let window = &text[..text.len().min(at + NEEDLE_REACH)];
    let letters = Letters::from(window, start_of_letters_above(text, at, at.saturating_sub(NEEDLE_LEAD)));
    let index = letters.at.partition_point(|&letter| (letter as usize) < at);
    let first = (index + 4 - phase) % 4;
    letters.decode(text, first)
}

/// The same for a needle that stands further in, so that what it belongs to may begin on the line before.
pub(crate) fn around_needle(text: &[u8], at: usize, phase: usize) -> Option<Decoded> {
    let floor = at.saturating_sub(NEEDLE_LEAD);
    let line = start_of_letters_above(text, at, floor);
    let gap = text[floor..line].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let before = start_of_letters_above(text, line - gap, floor);
    let window = &text[..text.len().min(at + NEEDLE_REACH)];
    let letters = Letters::from(window, if gap > 0 { before } else { line });
    let index = letters.at.partition_point(|&letter| (letter as usize) < at);
    letters.decode(text, (index + 4 - phase) % 4)
}

/// The base64 text that begins at `at`, where the mark of compressed text stands.
pub(crate) fn packed(text: &[u8], at: usize) -> Option<Decoded> {
    let decoded = Letters::from(text, at).decode(text, 0)?;
    is_compressed(&decoded.text).is_some().then_some(decoded)
}

/// The letters of a base64 text: where each stands, line breaks left out.
struct Letters {
    at: Vec<u32>,
    region: Range<usize>,
}

impl Letters {
    fn around(text: &[u8], run: Range<usize>) -> Letters {
        Letters::from(text, start_of_letters(text, run.start))
    }

    fn from(text: &[u8], start: usize) -> Letters {
        let mut at = Vec::new();
        let mut end = start;
        let mut first_line = 0;
        loop {
            let line = line_of_letters(text, end, &mut at);
            end = line.end;
            let length = line.count;
            if first_line == 0 {
                first_line = length;
            }
            match next_line(text, end) {
                Some(next) if length == first_line && length >= 40 => end = next,
                _ => break,
            }
        }
        Letters { at, region: start..end }
    }

    fn decode(&self, text: &[u8], phase: usize) -> Option<Decoded> {
        let letters = &self.at[phase.min(self.at.len())..];
        let mut out = Vec::with_capacity(letters.len() * 3 / 4);
        let mut map = OffsetMap::new();
        let mut url = false;
        for group in letters.chunks(4) {
            let values: Vec<u8> = group.iter().filter_map(|&at| value(text[at as usize])).collect();
            url |= group.iter().any(|&at| matches!(text[at as usize], b'-' | b'_'));
            let bytes = values.len() * 6 / 8;
            let word =
                values.iter().fold(0u32, |word, &v| word << 6 | u32::from(v)) << (6 * (4 - values.len()));
            out.extend_from_slice(&word.to_be_bytes()[1..=bytes]);
            let (first, last) = (group[0] as usize, group[group.len() - 1] as usize);
            let raw_len = last + 1 - first;
            map.push(first, raw_len, bytes, bytes.max(1) as u8, raw_len.min(255) as u8);
        }
        let layer = if url { Layer::Base64url } else { Layer::Base64 };
        let armour = pem_armour(text, self.region.start);
        let layers = match armour {
            Some(true) => vec![Layer::Pem, layer, Layer::Json],
            Some(false) => vec![Layer::Pem, layer],
            None => vec![layer],
        };
        let long_enough = out.len() >= MIN_DECODED;
        long_enough.then(|| Decoded { text: out, back: Back::Map(map), layers, region: self.region.clone() })
    }
}

struct Line {
    end: usize,
    count: usize,
}

/// Letters up to the end of the line. `\/` is a slash in JSON.
fn line_of_letters(text: &[u8], mut at: usize, letters: &mut Vec<u32>) -> Line {
    let before = letters.len();
    loop {
        match text.get(at) {
            Some(&byte) if is_base64(byte) => {
                letters.push(at as u32);
                at += 1;
            }
            Some(b'\\') if text.get(at + 1) == Some(&b'/') => {
                letters.push(at as u32 + 1);
                at += 2;
            }
            _ => return Line { end: at, count: letters.len() - before },
        }
    }
}

/// A run may begin with the letter of an escape (`\n`): that letter is not of the text.
fn past_escape(text: &[u8], start: usize) -> usize {
    let escaped = start > 0 && text[start - 1] == b'\\';
    let skip = match text.get(start) {
        Some(b'n' | b'r' | b't') if escaped => 1,
        Some(b'u') if escaped => 5,
        _ => 0,
    };
    (start + skip).min(text.len())
}

/// Where the next line's letters begin: behind a real or spelled line break and its indent.
fn next_line(text: &[u8], mut at: usize) -> Option<usize> {
    let start = at;
    loop {
        match text.get(at..) {
            Some([b'\r' | b'\n', ..]) => at += 1,
            Some([b'\\', b'\\', ..]) => at += 1,
            Some([b'\\', b'n' | b'r', ..]) => at += 2,
            _ => break,
        }
    }
    if at == start {
        return None;
    }
    at += text[at..].iter().take(64).take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    text.get(at).is_some_and(|&byte| is_base64(byte)).then_some(at)
}

/// Is the text in PEM armour, and if so is it `cloudflared`'s, whose body is JSON (CLOUDFLARE.md 1.10)?
fn pem_armour(text: &[u8], start: usize) -> Option<bool> {
    let before = &text[start.saturating_sub(80)..start];
    let begin = memchr::memmem::rfind(before, b"-----BEGIN ")?;
    Some(memchr::memmem::find(&before[begin..], b"ARGO TUNNEL TOKEN").is_some())
}

/// The value of every letter of any base64 alphabet.
static VALUES: [u8; 256] = {
    let mut table = [NO_LETTER; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < alphabet.len() {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

const NO_LETTER: u8 = 0xff;

fn value(letter: u8) -> Option<u8> {
    let value = VALUES[usize::from(letter)];
    (value != NO_LETTER).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64, BASE64URL_NOPAD};

    fn decoded(text: &str, at: usize) -> Option<Decoded> {
        region(text.as_bytes(), at..at + 1).1
    }

    #[test]
    fn plain_wrapped_and_url_safe_texts_decode_and_map_back() {
        let secret = "CLOUDFLARE_API_TOKEN=some text that is long enough to be wrapped over lines, >>>???~~~";
        let plain = BASE64.encode(secret.as_bytes());
        let wrapped = format!("{}\n  {}\n  {}", &plain[..44], &plain[44..88], &plain[88..]);
        let spelled = format!("{}\\n{}\\n{}", &plain[..44], &plain[44..88], &plain[88..]);
        let url = BASE64URL_NOPAD.encode(secret.as_bytes());
        for spelling in [plain, wrapped, spelled, url] {
            let text = format!("data: {spelling}\n");
            let found = decoded(&text, 10).expect("decodes");
            assert_eq!(String::from_utf8_lossy(&found.text), secret, "{text}");
            assert_eq!(found.back.span(0..3), 6..10);
            let last = found.back.span(secret.len() - 1..secret.len());
            assert!(
                text[..last.end].trim_end_matches('=').ends_with(spelling.trim_end_matches('=')),
                "{text}"
            );
        }
    }

    #[test]
    fn a_needle_gives_the_alignment() {
        let mut bytes = vec![0x80, 0xff, 0x13, 0x99];
        bytes.extend_from_slice(b"cfut_and the rest of it, which is text");
        let text = BASE64.encode(&bytes);
        let at = text.find("NmdXRf").expect("the needle of a prefix one byte into a group");
        let found = with_needle(text.as_bytes(), at, 2).expect("decodes");
        assert!(String::from_utf8_lossy(&found.text).contains("cfut_and"), "{:?}", found.text);
    }

    #[test]
    fn identifiers_and_digests_are_not_text() {
        for text in ["CloudflareDurableObjectNamespaceBindings", "0123456789abcdef0123456789abcdef01234567"] {
            assert!(decoded(text, 3).is_none(), "{text}");
        }
    }
}
