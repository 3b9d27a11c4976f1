//! One question to the person at the terminal.

use crate::model::Shown;
use std::io::{self, BufRead, Write};

/// Shows `question` on stderr and reads one line of what is typed on the terminal, also where stdin is a pipe.
pub fn line(question: &str) -> io::Result<String> {
    let mut stderr = io::stderr().lock();
    for line in question.split_inclusive('\n') {
        let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
        write!(stderr, "{}{end}", Shown(text))?;
    }
    stderr.flush()?;
    let mut answer = String::new();
    terminal()?.read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

/// Is there a terminal to ask on? Stdin may be the pipe that the credential came from.
pub fn is_possible() -> bool {
    use std::io::IsTerminal;
    io::stderr().is_terminal() && terminal().is_ok()
}

#[cfg(unix)]
fn terminal() -> io::Result<Box<dyn BufRead>> {
    Ok(Box::new(io::BufReader::new(std::fs::File::open("/dev/tty")?)))
}

#[cfg(not(unix))]
fn terminal() -> io::Result<Box<dyn BufRead>> {
    use std::io::IsTerminal;
    let stdin = io::stdin();
    if stdin.is_terminal() { Ok(Box::new(stdin.lock())) } else { Err(io::ErrorKind::NotConnected.into()) }
}
