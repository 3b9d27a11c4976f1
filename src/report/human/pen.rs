use crate::report::human::Style;
use crate::report::words::number;
use anstyle::{AnsiColor, Color, Style as Ansi};
use std::fmt::{self, Display};
use std::io::{self, Write};

/// Writes lines; knows colours and the width of the screen.
pub struct Pen<'a> {
    out: &'a mut dyn Write,
    style: Style,
}

/// Where text that belongs to a label starts.
const INDENT: usize = 11;

impl<'a> Pen<'a> {
    pub fn new(out: &'a mut dyn Write, style: &Style) -> Self {
        Pen { out, style: *style }
    }

    pub fn verbose(&self) -> bool {
        self.style.verbose
    }

    pub fn line(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    pub fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// "… and 12 more", where a list was cut.
    pub fn more(&mut self, count: usize) -> io::Result<()> {
        match count {
            0 => Ok(()),
            count => {
                let text =
                    self.dim(format_args!("… and {} more; -v lists all", number(count as u64))).to_string();
                self.line(format_args!("  {text}"))
            }
        }
    }

    /// A labelled line whose text is never broken, so that a path can be copied.
    pub fn item(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.dim(format_args!("{label:<width$}", width = INDENT - 2)).to_string();
        self.line(format_args!("  {label}{text}"))
    }

    /// A labelled text, broken at spaces to fit the screen.
    pub fn text(&mut self, label: &str, text: &str) -> io::Result<()> {
        let room = self.style.width.unwrap_or(usize::MAX).saturating_sub(INDENT).max(20);
        let mut label = label;
        for line in wrap(text, room) {
            self.item(label, &line)?;
            label = "";
        }
        Ok(())
    }

    pub fn bold<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(Ansi::new().bold(), text)
    }

    pub fn dim<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(Ansi::new().dimmed(), text)
    }

    pub fn value<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Cyan), text)
    }

    pub fn place<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Magenta), text)
    }

    pub fn good<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Green).bold(), text)
    }

    pub fn warn<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Yellow).bold(), text)
    }

    pub fn bad<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Red).bold(), text)
    }

    /// A live credential: the one thing nobody may overlook.
    pub fn alarm<T: Display>(&self, text: T) -> Painted<T> {
        self.paint(color(AnsiColor::Red).bold().invert(), text)
    }

    fn paint<T: Display>(&self, style: Ansi, text: T) -> Painted<T> {
        Painted { style: if self.style.color { style } else { Ansi::new() }, text }
    }
}

fn color(color: AnsiColor) -> Ansi {
    Ansi::new().fg_color(Some(Color::Ansi(color)))
}

/// Text in a colour, or plain where nobody wants any.
pub struct Painted<T> {
    style: Ansi,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style, self.text, self.style.render_reset())
    }
}

fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn text_breaks_at_spaces_and_never_inside_a_word() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("averylongword x", 5), ["averylongword", "x"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
