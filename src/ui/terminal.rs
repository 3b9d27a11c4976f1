use std::io::IsTerminal;

/// What somebody wants who may leave it to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Auto,
    Always,
    Never,
}

impl Choice {
    pub fn decide(self, auto: bool) -> bool {
        match self {
            Choice::Auto => auto,
            Choice::Always => true,
            Choice::Never => false,
        }
    }
}

/// What stands at the other end of stdout and stderr.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    pub stdout: bool,
    pub stderr: bool,
    /// Columns of stdout, where it is a terminal.
    pub width: Option<usize>,
    /// The terminal understands colours: not `TERM=dumb`, and nobody set `NO_COLOR`.
    pub colors: bool,
}

impl Terminal {
    /// `no_color` and `term` are the environment's `NO_COLOR` and `TERM`.
    pub fn look(no_color: Option<&str>, term: Option<&str>) -> Self {
        let stdout = std::io::stdout().is_terminal();
        // https://no-color.org: any value that is not empty counts.
        let refused = no_color.is_some_and(|value| !value.is_empty()) || term == Some("dumb");
        Terminal {
            stdout,
            stderr: std::io::stderr().is_terminal(),
            width: stdout.then(terminal_width).flatten(),
            colors: !refused,
        }
    }

    pub fn color_stdout(&self, choice: Choice) -> bool {
        choice.decide(self.stdout && self.colors)
    }

    pub fn color_stderr(&self, choice: Choice) -> bool {
        choice.decide(self.stderr && self.colors)
    }
}

fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size()?;
    Some(width.0.into())
}
