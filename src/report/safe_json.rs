//! JSON that can be looked at in a terminal.
//!
//! serde_json escapes what RFC 8259 asks for and leaves C1 controls and bidirectional overrides as they are.
//! Escaped, they mean the same to every reader and do nothing to a screen.

use crate::model::is_deceptive;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io::{self, Write};

/// One value on one line.
pub fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_with(out, value, CompactFormatter)?;
    out.write_all(b"\n")
}

/// One value over many lines.
pub fn pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_with(out, value, PrettyFormatter::new())?;
    out.write_all(b"\n")
}

fn write_with(out: &mut dyn Write, value: &impl Serialize, inner: impl Formatter) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Safe(inner));
    // An I/O error keeps its kind on the way back, which is how a closed pipe is told from a full disk.
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices().filter(|(_, character)| is_deceptive(*character)) {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_escaped_and_reads_back_the_same() {
        let outside = "a\u{1b}[2J\u{9b}\u{202e}\u{e0041}ключ\"\n";
        let mut out = Vec::new();
        line(&mut out, &outside).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\"a\\u001b[2J\\u009b\\u202e\\udb40\\udc41ключ\\\"\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), outside);
    }
}
