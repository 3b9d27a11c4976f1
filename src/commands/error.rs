use crate::config;
use crate::source::files;
use std::error::Error;

/// Why a command could not do its work: what failed, why, and what to try.
#[derive(Debug)]
pub struct CommandError {
    kind: ErrorKind,
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
}

/// Who can do something about it. All of them end with exit code 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    /// The arguments contradict each other or the machine.
    Usage,
    /// A file that was written by hand is wrong.
    Config,
    /// The machine said no.
    Fatal,
}

impl CommandError {
    fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        CommandError { kind, what: what.into(), source: None, hints: Vec::new() }
    }

    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, what)
    }

    pub fn config(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, what)
    }

    pub fn fatal(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Fatal, what)
    }

    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What failed and every reason below it, on one line.
    pub fn message(&self) -> String {
        let mut message = self.what.clone();
        let mut cause: Option<&dyn Error> = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = cause {
            let text = error.to_string();
            // Many errors repeat their source in their own text.
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        message
    }

    /// What stands before the message.
    pub fn label(&self) -> &'static str {
        match self.kind {
            ErrorKind::Usage | ErrorKind::Fatal => "error:",
            ErrorKind::Config => "configuration error:",
        }
    }

    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<files::Error> for CommandError {
    fn from(error: files::Error) -> Self {
        CommandError::usage(error.to_string())
    }
}

impl From<config::Error> for CommandError {
    fn from(error: config::Error) -> Self {
        let mut failed = CommandError::config(error.to_string());
        failed.hints.extend(error.hint().map(str::to_owned));
        if let Some(source) = std::error::Error::source(&error) {
            failed = failed.because(source.to_string());
        }
        failed
    }
}
