//! Texts with secrets in them, from templates: `«user»` is a secret, `«hex:32»` is not, `«[…]|base64»` spells
//! a piece.
//!
//! Everything random is made when the test runs; every secret leaves a mark where it stands, and the marks
//! follow the text through each spelling. Written from the formats alone: nothing here knows how the scan
//! undoes them.

use cfleak::rules::examples::{Seed, expand};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use std::fmt::Write as _;
use std::io::Write as _;

/// A secret, where it begins, and what it is.
#[derive(Clone, Debug)]
pub struct Mark {
    pub at: usize,
    pub kind: &'static str,
    pub secret: String,
}

#[derive(Clone, Debug, Default)]
pub struct Text {
    pub bytes: Vec<u8>,
    pub marks: Vec<Mark>,
}

impl Text {
    pub fn new(template: &str, seed: &mut Seed) -> Text {
        parse(template, seed, &mut String::new())
    }

    pub fn line_of(&self, at: usize) -> u64 {
        1 + self.bytes[..at].iter().filter(|&&byte| byte == b'\n').count() as u64
    }

    fn append(&mut self, other: Text) {
        let shift = self.bytes.len();
        self.bytes.extend(other.bytes);
        self.marks.extend(other.marks.into_iter().map(|mark| Mark { at: mark.at + shift, ..mark }));
    }

    /// The same marks over other bytes; `moved` says where an offset went.
    fn respelled(self, bytes: Vec<u8>, moved: impl Fn(usize) -> usize) -> Text {
        let marks = self.marks.into_iter().map(|mark| Mark { at: moved(mark.at), ..mark }).collect();
        Text { bytes, marks }
    }

    fn each(self, spell: impl Fn(char) -> Vec<u8>) -> Text {
        let text = String::from_utf8(self.bytes.clone()).expect("character spellings are of text");
        let mut offsets = vec![0; text.len() + 1];
        let mut out = Vec::new();
        for (at, character) in text.char_indices() {
            offsets[at] = out.len();
            out.extend(spell(character));
        }
        offsets[text.len()] = out.len();
        self.respelled(out, |at| offsets[at])
    }

    fn each_ascii(self, spell: impl Fn(char) -> String) -> Text {
        self.each(|character| spell(character).into_bytes())
    }

    /// `joint` put before every offset in `cuts`.
    fn cut(self, cuts: &[usize], joint: &str) -> Text {
        let mut out = Vec::new();
        for (at, &byte) in self.bytes.iter().enumerate() {
            if cuts.contains(&at) {
                out.extend_from_slice(joint.as_bytes());
            }
            out.push(byte);
        }
        let joint = joint.len();
        self.respelled(out, |at| at + joint * cuts.iter().filter(|&&cut| cut <= at).count())
    }
}

fn parse(template: &str, seed: &mut Seed, last: &mut String) -> Text {
    let mut text = Text::default();
    let mut rest = template;
    while let Some(open) = rest.find('«') {
        text.bytes.extend_from_slice(&rest.as_bytes()[..open]);
        let close = open + closing(&rest[open..]);
        let piece = placeholder(&rest[open + '«'.len_utf8()..close], seed, last);
        text.append(piece);
        rest = &rest[close + '»'.len_utf8()..];
    }
    text.bytes.extend_from_slice(rest.as_bytes());
    text
}

/// Where the placeholder that `text` begins with ends.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '«' => depth += 1,
            '»' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("a placeholder is not closed: {text}");
}

fn placeholder(body: &str, seed: &mut Seed, last: &mut String) -> Text {
    let (piece, hows) = match body.strip_prefix('[') {
        Some(nested) => {
            let (inner, hows) = nested.rsplit_once("]|").expect("a nested template ends with ]|");
            (parse(inner, seed, last), hows)
        }
        None => {
            let (name, hows) = body.split_once('|').map_or((body, ""), |(name, hows)| (name, hows));
            (named(name, seed, last), hows)
        }
    };
    spelled(piece, hows.strip_prefix('|').unwrap_or(hows))
}

/// Spellings one after the other; one that has a joint is the last, since the joint may hold anything.
fn spelled(piece: Text, hows: &str) -> Text {
    let with_joint = ["cut:", "cut3:", "every:"].iter().any(|how| hows.starts_with(how));
    match hows.split_once('|') {
        Some((how, rest)) if !with_joint => spelled(spell(piece, how), rest),
        Some(_) | None if hows.is_empty() => piece,
        Some(_) | None => spell(piece, hows),
    }
}

fn named(name: &str, seed: &mut Seed, last: &mut String) -> Text {
    if let Some((kind, value)) = secret(name, seed, last) {
        value.clone_into(last);
        let (secret, shown) = match kind {
            "stream_signing_key" => (String::new(), value),
            _ => (value.clone(), value),
        };
        return Text { bytes: shown.into_bytes(), marks: vec![Mark { at: 0, kind, secret }] };
    }
    let value = match name {
        "nul" => "\0".into(),
        "soh" => "\u{1}".into(),
        "stx" => "\u{2}".into(),
        "etx" => "\u{3}".into(),
        "enq" => "\u{5}".into(),
        "bel" => "\u{7}".into(),
        "cr" => "\r".into(),
        "esc" => "\u{1b}".into(),
        "bom" => "\u{feff}".into(),
        "same" => last.clone(),
        "email" => format!("{}.{}@example-mail.net", seed.text("abcdefgh", 5), seed.text("klmnoprs", 6)),
        "sha256-of-last" => sha256_of(last),
        "cert" => return cert_pem(seed),
        _ => expand(&format!("{{{name}}}"), "", seed),
    };
    assert!(!value.starts_with('{'), "no such placeholder: {name}");
    Text { bytes: value.into_bytes(), marks: Vec::new() }
}

fn sha256_of(text: &str) -> String {
    use sha2::{Digest, Sha256};
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// The shapes of CLOUDFLARE.md section 1.
fn secret(name: &str, seed: &mut Seed, last: &str) -> Option<(&'static str, String)> {
    let mut random = |shape: &str| expand(shape, "", seed);
    Some(match name {
        "user" => ("user_api_token", random("{crc:cfut_}")),
        "account" => ("account_api_token", random("{crc:cfat_}")),
        "global" => ("global_api_key", random("{crc:cfk_}")),
        "bad-user" => ("user_api_token", random("{badcrc:cfut_}")),
        "bad-account" => ("account_api_token", random("{badcrc:cfat_}")),
        "bad-global" => ("global_api_key", random("{badcrc:cfk_}")),
        "legacy" => ("legacy_api_token", random("{token:40}")),
        "dashed" => ("legacy_api_token", format!("-{}_", random("{token:38}"))),
        "key" => ("global_api_key", random("{hex:37}")),
        "key45" => ("global_api_key", random("{hex:45}")),
        "origin" => ("origin_ca_key", random("v1.0-{hex:24}-{hex:146}")),
        "oauth" => ("oauth_access_token", random("cfoat_{token:43}.{token:43}")),
        "old-oauth" => ("oauth_access_token", random("{token:43}.{token:43}")),
        "refresh" => ("oauth_refresh_token", random("{token:43}.{token:43}")),
        "r2" => ("r2_s3_credentials", random("{hex:64}")),
        "r2-of-last" => ("r2_s3_credentials", sha256_of(last)),
        "tunnel" => ("tunnel_token", random("{tunnel-token}")),
        "tunnel-tas" => ("tunnel_token", random("{tunnel-token:tas}")),
        "tunnel-secret" => ("tunnel_credentials", random("{base64:32}")),
        "access" => ("access_service_token", random("{crc:cfast_}")),
        "access64" => ("access_service_token", random("{hex:64}")),
        "turnstile" => ("turnstile_secret", random("0x4AAAAAAA{token:25}")),
        "calls" => ("calls_secret", random("{hex:64}")),
        "stream" => ("stream_signing_key", random("{pem64}")),
        "images" => ("images_signing_key", random("{alnum:40}")),
        "hook" => {
            ("deploy_hook", random("https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/{uuid}"))
        }
        "build-hook" => {
            ("deploy_hook", random("https://api.cloudflare.com/client/v4/workers/builds/deploy_hooks/{uuid}"))
        }
        "mcp" => ("mcp_token", random("{hex:32}:{token:16}:{token:32}")),
        _ => return None,
    })
}

/// The file that `cloudflared login` leaves: base64 of JSON in PEM lines of 64.
fn cert_pem(seed: &mut Seed) -> Text {
    let json = parse(
        "{\"zoneID\":\"«hex:32»\",\"accountID\":\"«hex:32»\",\"apiToken\":\"«user»\"}",
        seed,
        &mut String::new(),
    );
    let mut pem = Text { bytes: b"-----BEGIN ARGO TUNNEL TOKEN-----\n".to_vec(), ..Text::default() };
    pem.append(spell(spell(json, "base64"), "every:64:\n"));
    pem.bytes.extend_from_slice(b"\n-----END ARGO TUNNEL TOKEN-----\n");
    pem
}

/// One way to write bytes down (SURFACES.md section 4).
fn spell(text: Text, how: &str) -> Text {
    if let Some(joint) = how.strip_prefix("cut:") {
        let third = text.bytes.len() / 3;
        return text.cut(&[third], joint);
    }
    if let Some(joint) = how.strip_prefix("cut3:") {
        let quarter = text.bytes.len() / 4;
        return text.cut(&[quarter, 2 * quarter, 3 * quarter], joint);
    }
    if let Some((width, joint)) = how.strip_prefix("every:").and_then(|rest| rest.split_once(':')) {
        let width: usize = width.parse().expect("a width");
        let cuts: Vec<usize> = (width..text.bytes.len()).step_by(width).collect();
        return text.cut(&cuts, joint);
    }
    match how {
        "base64" => encoded(text, |bytes| BASE64.encode(bytes), |at| at * 4 / 3),
        "base64-nopad" => encoded(text, |bytes| BASE64_NOPAD.encode(bytes), |at| at * 4 / 3),
        "base64url" => encoded(text, |bytes| BASE64URL_NOPAD.encode(bytes), |at| at * 4 / 3),
        "hex" => encoded(text, |bytes| HEXLOWER.encode(bytes), |at| at * 2),
        "HEX" => encoded(text, |bytes| HEXUPPER.encode(bytes), |at| at * 2),
        "xxd" => encoded(text, xxd, |at| at / 16 * 68 + 10),
        "hexdump" => encoded(text, hexdump, |at| at / 16 * 79 + 10),
        "gzip" => blob(text, gzip),
        "zstd" => blob(text, |bytes| zstd::encode_all(bytes, 3).expect("zstd of memory")),
        "quoted-printable" => quoted_printable(text),
        _ => text.each(|character| {
            character_as(character, how).unwrap_or_else(|| panic!("no such spelling: {how}"))
        }),
    }
}

fn encoded(text: Text, encode: impl Fn(&[u8]) -> String, moved: impl Fn(usize) -> usize) -> Text {
    let bytes = encode(&text.bytes).into_bytes();
    text.respelled(bytes, moved)
}

fn blob(text: Text, pack: impl Fn(&[u8]) -> Vec<u8>) -> Text {
    let bytes = pack(&text.bytes);
    text.respelled(bytes, |_| 0)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).and_then(|()| gzip.finish()).expect("gzip to memory")
}

fn character_as(character: char, how: &str) -> Option<Vec<u8>> {
    let units = || character.encode_utf16(&mut [0; 2]).to_vec();
    let plain = character.to_string();
    let text = match how {
        "utf-16le" => return Some(units().into_iter().flat_map(u16::to_le_bytes).collect()),
        "utf-16be" => return Some(units().into_iter().flat_map(u16::to_be_bytes).collect()),
        "json" => json_escape(character),
        "json-slash" => {
            if character == '/' {
                "\\/".into()
            } else {
                json_escape(character)
            }
        }
        "json-ascii" => match character {
            '_' | '-' | '<' | '>' | '&' | '=' | '.' | ':' => format!("\\u{:04x}", character as u32),
            _ => json_escape(character),
        },
        "unicode-all" => format!("\\u{:04x}", character as u32),
        "unicode-braces" => format!("\\u{{{:x}}}", character as u32),
        "hex-escapes" => format!("\\x{:02x}", character as u32),
        "hex-array" => format!("0x{:02x}, ", character as u32),
        "hex-spaced" => format!("{:02x} ", character as u32),
        "hex-commas" => format!("{:02x},00,", character as u32),
        "percent" if character.is_ascii_alphanumeric() || "-_.~".contains(character) => plain,
        "form" if character == ' ' => "+".into(),
        "form" if character.is_ascii_alphanumeric() || "-_.*".contains(character) => plain,
        "percent" | "form" | "percent-all" => percent(character),
        "percent-marks" if character.is_ascii_alphanumeric() => plain,
        "percent-marks" => percent(character),
        "html" => match character {
            '-' | '_' | '"' | '\'' | '<' | '>' | '&' => format!("&#{};", character as u32),
            _ => plain,
        },
        "xml" => match character {
            '"' => "&quot;".into(),
            '\'' => "&apos;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '&' => "&amp;".into(),
            _ => plain,
        },
        "html-all" => format!("&#{};", character as u32),
        "html-hex" => format!("&#x{:X};", character as u32),
        "en-dash" => {
            if character == '-' {
                "\u{2013}".into()
            } else {
                plain
            }
        }
        "smart-hyphen" => {
            if character == '-' {
                "\u{2011}".into()
            } else {
                plain
            }
        }
        "sql" => {
            if character == '\'' {
                "\\'".into()
            } else {
                plain
            }
        }
        "crlf" => {
            if character == '\n' {
                "\r\n".into()
            } else {
                plain
            }
        }
        "quote-lines" => {
            if character == '\n' {
                "\n> ".into()
            } else {
                plain
            }
        }
        _ => return None,
    };
    Some(text.into_bytes())
}

fn percent(character: char) -> String {
    character.encode_utf8(&mut [0; 4]).bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

fn json_escape(character: char) -> String {
    match character {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        control if (control as u32) < 0x20 => format!("\\u{:04x}", control as u32),
        _ => character.to_string(),
    }
}

fn quoted_printable(text: Text) -> Text {
    let escaped = text.each_ascii(|character| if character == '=' { "=3D".into() } else { character.into() });
    let mut cuts = Vec::new();
    let mut column = 0;
    for (at, &byte) in escaped.bytes.iter().enumerate() {
        if byte == b'\n' {
            column = 0;
            continue;
        }
        let near_escape = byte == b'=' || (at > 0 && escaped.bytes[at - 1] == b'=');
        if column >= 73 && !near_escape {
            cuts.push(at);
            column = 0;
        }
        column += 1;
    }
    escaped.cut(&cuts, "=\r\n")
}

fn ascii_gutter(row: &[u8]) -> String {
    row.iter().map(|&byte| if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' }).collect()
}

fn xxd(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, row) in bytes.chunks(16).enumerate() {
        let pairs: Vec<String> = row.chunks(2).map(|pair| HEXLOWER.encode(pair)).collect();
        let _ = writeln!(out, "{:08x}: {:<39}  {}", index * 16, pairs.join(" "), ascii_gutter(row));
    }
    out
}

/// `hexdump -C`.
fn hexdump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, row) in bytes.chunks(16).enumerate() {
        let halves: Vec<String> = row
            .chunks(8)
            .map(|half| half.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(out, "{:08x}  {:<48}  |{}|", index * 16, halves.join("  "), ascii_gutter(row));
    }
    out
}
