//! Where reports go: stdout, and files that appear whole or not at all.

use crate::cli::{self, Global};
use crate::commands::CommandError;
use crate::model::incident::Incident;
use crate::report::case::{self, CaseFormat, NoSuchForm};
use crate::report::{Format, Report, Style};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// What to write where.
#[derive(Debug)]
pub struct Outputs {
    stdout: Format,
    files: Vec<(Format, PathBuf)>,
}

impl Outputs {
    /// Refuses what could not all come out: two reports on stdout, two in one file.
    pub fn plan(global: &Global) -> Result<Self, CommandError> {
        let (to_stdout, files): (Vec<_>, Vec<_>) =
            global.outputs.iter().partition(|output| output.path == Path::new("-"));
        let formats: Vec<cli::Format> =
            global.format.into_iter().chain(to_stdout.iter().map(|output| output.format)).collect();
        if formats.len() > 1 {
            return Err(CommandError::usage("two reports cannot both go to stdout")
                .hint("give one of them a file, like -o json=findings.json"));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = files.iter().find(|output| !seen.insert(&output.path)) {
            let path = twice.path.display();
            return Err(CommandError::usage(format!("two reports cannot both go to {path}")));
        }
        Ok(Outputs {
            stdout: formats.first().copied().map_or(Format::Human, format),
            files: files.into_iter().map(|output| (format(output.format), output.path.clone())).collect(),
        })
    }

    /// The human report to stdout, and one file beside it.
    pub fn beside(file: &cli::Output) -> Self {
        Outputs { stdout: Format::Human, files: vec![(format(file.format), file.path.clone())] }
    }

    /// Fails now, rather than after an hour of scanning, where a file could not be written.
    pub fn probe(&self) -> Result<(), CommandError> {
        for (_, path) in &self.files {
            Destination::open(path).map_err(|error| cannot_write(path, error))?;
        }
        Ok(())
    }

    /// Files first: a reader of stdout that goes away must not cost them.
    pub fn write(&self, report: &Report, style: &Style) -> Result<(), CommandError> {
        for (format, path) in &self.files {
            write_file(path, |out| report.print(*format, &on_paper(style), out))
                .map_err(|error| cannot_write(path, error))?;
        }
        on_stdout(|out| report.print(self.stdout, style, out))
    }

    /// A case has fewer forms than findings have: those it lacks are refused before anything is written.
    pub fn write_case(&self, incident: &Incident, style: &Style) -> Result<(), CommandError> {
        let stdout = case_form(self.stdout)?;
        let forms = self.files.iter().map(|(format, path)| Ok((case_form(*format)?, path)));
        for (form, path) in forms.collect::<Result<Vec<_>, CommandError>>()? {
            write_file(path, |out| case::print(incident, form, &on_paper(style), out))
                .map_err(|error| cannot_write(path, error))?;
        }
        on_stdout(|out| case::print(incident, stdout, style, out))
    }
}

/// A file has no colours and no width.
fn on_paper(style: &Style) -> Style {
    Style { color: false, width: None, ..*style }
}

fn case_form(format: Format) -> Result<CaseFormat, CommandError> {
    CaseFormat::try_from(format)
        .map_err(|missing| CommandError::usage(missing.to_string()).hint(NoSuchForm::HINT))
}

pub fn to_stdout(bytes: &[u8]) -> Result<(), CommandError> {
    on_stdout(|out| out.write_all(bytes))
}

/// A reader that had enough, as `head` has, is no failure, and changes nothing about what the run found.
fn on_stdout(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    match print(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::fatal("cannot write to stdout").because(error))
        }
        Ok(()) | Err(_) => {
            // Nothing is left to say, or nobody to say it to: no second try when this is dropped.
            let _ = stdout.into_parts();
            Ok(())
        }
    }
}

/// Writes a file with mode 0600, so that nobody ever sees half of it.
pub fn write_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut destination = Destination::open(path)?;
    let mut out = BufWriter::new(destination.as_write());
    content(&mut out)?;
    out.flush()?;
    drop(out);
    destination.keep()
}

/// A new, empty file with mode 0600; where something is already, it is left alone.
pub fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

fn cannot_write(path: &Path, error: io::Error) -> CommandError {
    CommandError::fatal(format!("cannot write {}", path.display())).because(error)
}

enum Destination {
    /// Renamed into place when it is complete. `tempfile` makes it with mode 0600.
    Renamed { file: NamedTempFile, path: PathBuf },
    /// A device, a FIFO, `/dev/stdout`: a rename would replace it with a plain file.
    Direct(File),
}

impl Destination {
    fn open(path: &Path) -> io::Result<Self> {
        // Through a link, so that the link stays a link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(about) if !about.is_file() => {
                return Ok(Destination::Direct(OpenOptions::new().write(true).open(&path)?));
            }
            Ok(_) | Err(_) => {}
        }
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".cfleak-").tempfile_in(directory)?;
        Ok(Destination::Renamed { file, path })
    }

    fn as_write(&mut self) -> &mut dyn Write {
        match self {
            Destination::Renamed { file, .. } => file,
            Destination::Direct(file) => file,
        }
    }

    fn keep(self) -> io::Result<()> {
        match self {
            Destination::Renamed { file, path } => file.persist(path).map(drop).map_err(|error| error.error),
            Destination::Direct(_) => Ok(()),
        }
    }
}

fn format(format: cli::Format) -> Format {
    match format {
        cli::Format::Human => Format::Human,
        cli::Format::Jsonl => Format::Jsonl,
        cli::Format::Json => Format::Json,
        cli::Format::Sarif => Format::Sarif,
        cli::Format::Csv => Format::Csv,
        cli::Format::Html => Format::Html,
        cli::Format::Markdown => Format::Markdown,
        cli::Format::Junit => Format::Junit,
        cli::Format::Gitlab => Format::Gitlab,
    }
}
