use std::fmt::{self, Write};

/// Text from outside (paths, names, messages of others) made safe to put in front of a person.
///
/// A file name may hold an escape sequence that repaints the terminal, a line break that forges a line of our
/// report, or a bidirectional override that shows `gpj.exe` as `exe.jpg`. They are written out as
/// `\u{1b}`; everything else, whatever the script, stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_deceptive(character) {
                write!(f, "\\u{{{:x}}}", u32::from(character))?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Characters that change what is around them, or cannot be seen at all.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // direction
            | '\u{00ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' // no width
            | '\u{2028}' | '\u{2029}' // line and paragraph separators
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}') // annotations and tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_written_out() {
        for (outside, shown) in [
            ("deploy/.env", "deploy/.env"),
            ("日本語/ключ", "日本語/ключ"),
            ("\u{1b}]8;;http://evil\u{7}x", "\\u{1b}]8;;http://evil\\u{7}x"),
            ("a\nerror: b", "a\\u{a}error: b"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("in\u{200b}visible", "in\\u{200b}visible"),
        ] {
            assert_eq!(Shown(outside).to_string(), shown);
        }
    }
}
