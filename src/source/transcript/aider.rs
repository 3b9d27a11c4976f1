//! Aider's histories: text in a project's tree, in which the first mark of a line says who speaks.

use super::label::Label;
use super::record::{Record, Target};
use super::session::Session;
use super::{Options, Tally, stream};
use crate::model::Position;
use crate::source::json::{Origin, Text};
use crate::source::{Flow, Sink};
use memchr::{memchr, memchr_iter};
use std::io::{self, Read};
use std::ops::Range;

/// What stands before a section is context for it.
const CONTEXT: usize = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    User,
    Tool,
    Assistant,
    /// `# aider chat started at …`
    Start,
}

impl Speaker {
    fn of(line: &[u8]) -> Self {
        match line {
            [b'#', b'#', b'#', b'#', b' ' | b'\r' | b'\n', ..] | b"####" => Speaker::User,
            [b'>', b' ' | b'\r' | b'\n', ..] | b">" => Speaker::Tool,
            line if line.starts_with(START) => Speaker::Start,
            _ => Speaker::Assistant,
        }
    }

    fn role(self) -> &'static str {
        match self {
            Speaker::User => "user",
            Speaker::Tool => "tool_output",
            Speaker::Assistant => "assistant",
            Speaker::Start => "system",
        }
    }

    fn gutter(self) -> &'static [u8] {
        match self {
            Speaker::User => b"#### ",
            Speaker::Tool => b"> ",
            Speaker::Assistant | Speaker::Start => b"",
        }
    }
}

const START: &[u8] = b"# aider chat started at ";

/// `.aider.chat.history.md`.
pub fn chat(
    input: &mut dyn Read,
    session: &mut Session,
    sink: &dyn Sink,
    options: &Options,
) -> io::Result<Tally> {
    with_whole(input, session, sink, options, |reader, session| {
        let mut label = session.outer().clone();
        let mut prompts = 0;
        for (speaker, section) in sections(reader.bytes) {
            if speaker == Speaker::Start {
                let line = &reader.bytes[section.start + START.len()..section.end];
                let time = String::from_utf8_lossy(line).trim().to_owned();
                label.session = Some(time.clone());
                label.session_time = Some(time);
                prompts = 0;
            }
            prompts += u64::from(speaker == Speaker::User);
            label.role = Some(speaker.role().to_owned());
            label.turn = (prompts > 0).then_some(prompts);
            if reader.section(session, &label, section, speaker.gutter()) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    })
}

/// `.aider.input.history`: what was typed, with the time before each entry.
pub fn input(
    input: &mut dyn Read,
    session: &mut Session,
    sink: &dyn Sink,
    options: &Options,
) -> io::Result<Tally> {
    with_whole(input, session, sink, options, |reader, session| {
        let mut label = Label { role: Some("user".to_owned()), ..session.outer().clone() };
        let mut entry = 0..0;
        for line in lines(reader.bytes) {
            if reader.bytes[line.clone()].starts_with(b"# ") {
                if reader.section(session, &label, entry, b"+") == Flow::Stop {
                    return Flow::Stop;
                }
                let time = &reader.bytes[line.start + 2..line.end];
                label.time = Some(String::from_utf8_lossy(time).trim().to_owned());
                entry = line.end..line.end;
            }
            entry.end = line.end;
        }
        reader.section(session, &label, entry, b"+")
    })
}

/// Reads all of the input; one that is larger than a record may be is read as text without speakers.
fn with_whole(
    input: &mut dyn Read,
    session: &mut Session,
    sink: &dyn Sink,
    options: &Options,
    read: impl FnOnce(&mut Reader<'_>, &mut Session) -> Flow,
) -> io::Result<Tally> {
    let mut bytes = Vec::new();
    input.take(options.record_cap as u64).read_to_end(&mut bytes)?;
    if bytes.len() >= options.record_cap {
        return stream::read(&mut bytes.as_slice().chain(input), session, &[], sink, options);
    }
    let target = Target { sink, max_depth: options.max_depth, layers: &[] };
    let mut reader = Reader { bytes: &bytes, target, records: 0, line: 1, counted: 0 };
    let was_stopped = read(&mut reader, session) == Flow::Stop;
    Ok(Tally { records: reader.records, was_stopped, ..Tally::default() })
}

struct Reader<'a> {
    bytes: &'a [u8],
    target: Target<'a>,
    records: u64,
    /// Of the byte at `counted`.
    line: u64,
    counted: usize,
}

impl Reader<'_> {
    /// Pushes one section, its gutter taken off, with what stands before it as context.
    fn section(
        &mut self,
        session: &mut Session,
        label: &Label,
        section: Range<usize>,
        gutter: &[u8],
    ) -> Flow {
        let near = section.start.saturating_sub(CONTEXT);
        let start = memchr(b'\n', &self.bytes[near..section.start]).map_or(near, |end| near + end + 1);
        let start = if near == 0 { 0 } else { start };
        let window = start..section.end;
        let origin = Origin::raw(&self.bytes[window.clone()]);
        let mut text = Text::with_capacity(window.len());
        text.copy(origin, 0..section.start - start);
        let core_start = text.len();
        for line in lines(&self.bytes[section.clone()]) {
            let line = section.start + line.start..section.start + line.end;
            let has_gutter = self.bytes[line.clone()].starts_with(gutter);
            let skipped = if has_gutter { gutter.len() } else { 0 };
            text.copy(origin, line.start + skipped - start..line.end - start);
        }
        let at = self.position(start);
        let record = Record { bytes: origin.bytes, offset: start as u64, at };
        self.records += 1;
        self.target.push_made(record, &text, core_start, &session.labelled(label))
    }

    /// Of the start of a line.
    fn position(&mut self, offset: usize) -> Position {
        // The context of a section starts before the section that was counted last.
        let (from, to) = (self.counted.min(offset), self.counted.max(offset));
        let lines = memchr_iter(b'\n', &self.bytes[from..to]).count() as u64;
        self.line = if offset >= self.counted { self.line + lines } else { self.line - lines };
        self.counted = offset;
        Position { line: self.line, column: 1 }
    }
}

/// Lines with their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        at += memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        Some(start..at)
    })
}

/// Neighbouring lines of one speaker. A blank line belongs to what stands before it.
fn sections(bytes: &[u8]) -> Vec<(Speaker, Range<usize>)> {
    let mut sections: Vec<(Speaker, Range<usize>)> = Vec::new();
    for line in lines(bytes) {
        let text = &bytes[line.clone()];
        let speaker = Speaker::of(text);
        let is_blank = text.trim_ascii().is_empty();
        match sections.last_mut() {
            Some((last, section)) if is_blank || (*last == speaker && speaker != Speaker::Start) => {
                section.end = line.end;
            }
            Some(_) | None => sections.push((speaker, line)),
        }
    }
    sections
}
