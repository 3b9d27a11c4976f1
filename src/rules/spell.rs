//! Spells a value the way carriers do: the inverse of the scan's decoders, for examples and tests.

use data_encoding::{BASE64, HEXLOWER};
use std::io::Write;

/// `text` spelled as `how` says; `None` for a spelling that is not known.
pub fn spell(text: &str, how: &str) -> Option<Vec<u8>> {
    let third = text.len() / 3;
    let cut = |joint: &str| format!("{}{joint}{}", &text[..third], &text[third..]).into_bytes();
    let each = |spell: &dyn Fn(u8) -> String| text.bytes().map(spell).collect::<String>().into_bytes();
    let base64 = BASE64.encode(text.as_bytes());
    Some(match how {
        "base64" => base64.into_bytes(),
        "base64-wrapped" => {
            let lines: Vec<String> = base64
                .as_bytes()
                .chunks(76)
                .map(|line| format!("  {}", String::from_utf8_lossy(line)))
                .collect();
            lines.join("\n").into_bytes()
        }
        "base64-twice" => BASE64.encode(base64.as_bytes()).into_bytes(),
        "gzip-base64" => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(text.as_bytes()).ok()?;
            BASE64.encode(&gzip.finish().ok()?).into_bytes()
        }
        "hex" => HEXLOWER.encode(text.as_bytes()).into_bytes(),
        "xxd" => xxd(text.as_bytes()).into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "percent" => {
            text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D").replace(':', "%3A").into_bytes()
        }
        "percent-all" => each(&|byte| format!("%{byte:02X}")),
        "unicode" => text.replace('_', "\\u005f").replace('-', "\\u002d").replace('/', "\\/").into_bytes(),
        "hex-escapes" => each(&|byte| format!("\\x{byte:02x}")),
        "entities" => each(&|byte| format!("&#{byte};")),
        "soft-break" => cut("=\r\n"),
        "ansi" => cut("\u{1b}[1m\u{1b}[31m"),
        "wrap" => cut("\n"),
        "box" => cut(" │\n│ "),
        "concat" => cut("\" +\n  \""),
        "shell" => [b"'", cut("'\"").as_slice(), b"\""].concat(),
        "continuation" => cut("\\\n"),
        "zero-width" => cut("\u{200b}"),
        _ => return None,
    })
}

fn xxd(bytes: &[u8]) -> String {
    let row = |(index, row): (usize, &[u8])| {
        let hex: Vec<String> = row.chunks(2).map(|pair| HEXLOWER.encode(pair)).collect();
        let ascii: String =
            row.iter().map(|&byte| if byte.is_ascii_graphic() { byte as char } else { '.' }).collect();
        format!("{:08x}: {:<39}  {ascii}\n", index * 16, hex.join(" "))
    };
    bytes.chunks(16).enumerate().map(row).collect()
}
