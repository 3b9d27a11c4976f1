//! A file of records, lines or text, read from start to end in bounded memory.
//!
//! Lines of JSON are parsed on all cores, put in their place in order, and scanned on all cores again, a few
//! megabytes at a time. A document that is one value is one record. Anything else is text.

use super::record::{Parsed, Record, Target};
use super::render::Unread;
use super::session::{Placed, Session};
use super::{Options, Tally};
use crate::model::{Position, Skip, SkipReason};
use crate::source::{Flow, Sink};
use memchr::{memchr, memchr_iter, memrchr};
use rayon::prelude::*;
use std::io::{self, Read};
use std::ops::Range;

/// Bytes of lines that are parsed before the first of them is scanned.
const BATCH: usize = 4 << 20;
/// Less than this is not worth a second thread.
const WORTH_SHARING: usize = 256 << 10;
/// Text is cut into pieces of this size at line ends, each with this much of its neighbours as context.
const WINDOW: usize = 1 << 20;
const OVERLAP: usize = 16 << 10;
/// Lines around a broken line that are its context.
const LINES_AROUND: usize = 8;

/// Reads all of `input`.
pub fn read(
    input: &mut dyn Read,
    session: &mut Session,
    rules: &'static [super::label::Rule],
    sink: &dyn Sink,
    options: &Options,
) -> io::Result<Tally> {
    let max_depth = options.max_depth.saturating_sub(session.base().unwrapped.len());
    let target = Target { sink, max_depth, layers: &[] };
    let mut stream = Stream {
        input,
        buffer: Vec::new(),
        is_at_end: false,
        offset: 0,
        line: 1,
        session,
        rules,
        target,
        tally: Tally::default(),
    };
    let flow = stream.run(options.record_cap)?;
    Ok(Tally { was_stopped: flow == Flow::Stop, ..stream.tally })
}

struct Stream<'a> {
    input: &'a mut dyn Read,
    /// What was read and not yet scanned.
    buffer: Vec<u8>,
    is_at_end: bool,
    /// Where the buffer starts.
    offset: u64,
    line: u64,
    session: &'a mut Session,
    rules: &'static [super::label::Rule],
    target: Target<'a>,
    tally: Tally,
}

impl Stream<'_> {
    fn run(&mut self, cap: usize) -> io::Result<Flow> {
        self.fill(BATCH.min(cap))?;
        match self.buffer.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) {
            Some(b'{' | b'[' | b'/' | b'"') => {}
            Some(_) | None => return self.text(0),
        }
        self.read_line(cap)?;
        let first = self.first_line();
        let parsed = Parsed::of(&self.buffer[first], self.rules, self.session.outer());
        if parsed.is_whole() { self.lines(cap) } else { self.document(cap) }
    }

    /// Reads until the buffer holds `len` bytes or the input ends.
    fn fill(&mut self, len: usize) -> io::Result<()> {
        let missing = len.saturating_sub(self.buffer.len());
        if missing > 0 && !self.is_at_end {
            let read = self.input.take(missing as u64).read_to_end(&mut self.buffer)?;
            self.is_at_end = read < missing;
        }
        Ok(())
    }

    /// Reads until the buffer holds a line end, all of the input, or `cap` bytes.
    fn read_line(&mut self, cap: usize) -> io::Result<()> {
        let mut searched = 0;
        while memchr(b'\n', &self.buffer[searched..]).is_none() && !self.is_at_end && self.buffer.len() < cap
        {
            searched = self.buffer.len();
            self.fill((searched + BATCH).min(cap))?;
        }
        Ok(())
    }

    /// The first line that is not blank.
    fn first_line(&self) -> Range<usize> {
        let start = self.buffer.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let end = memchr(b'\n', &self.buffer[start..]).map_or(self.buffer.len(), |len| start + len);
        start..end
    }

    /// Forgets the first `len` bytes of the buffer.
    fn consume(&mut self, len: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[..len]).count() as u64;
        self.offset += len as u64;
        self.buffer.drain(..len);
    }

    fn lines(&mut self, cap: usize) -> io::Result<Flow> {
        loop {
            self.fill(BATCH.min(cap))?;
            self.read_line(cap)?;
            let end = match memrchr(b'\n', &self.buffer) {
                Some(at) => at + 1,
                None if self.is_at_end => self.buffer.len(),
                None => return self.over_cap(),
            };
            let end = if self.is_at_end { self.buffer.len() } else { end };
            if end == 0 {
                return Ok(Flow::Continue);
            }
            if self.batch(end) == Flow::Stop {
                return Ok(Flow::Stop);
            }
            self.consume(end);
        }
    }

    fn batch(&mut self, end: usize) -> Flow {
        let lines = line_ranges(&self.buffer[..end], self.line);
        let share = end >= WORTH_SHARING && lines.len() > 1;
        let outer = self.session.outer().clone();
        let bytes = &self.buffer[..end];
        let parse = |line: &Line| Parsed::of(&bytes[line.range.clone()], self.rules, &outer);
        let mut parsed: Vec<Parsed> =
            if share { lines.par_iter().map(parse).collect() } else { lines.iter().map(parse).collect() };
        let placed: Vec<Vec<Placed>> = lines
            .iter()
            .zip(&mut parsed)
            .map(|(line, parsed)| parsed.place(&bytes[line.range.clone()], self.session))
            .collect();
        let plain = self.session.plain();
        let scan = |index: usize| {
            let line = &lines[index];
            let record = Record {
                bytes: &bytes[line.range.clone()],
                offset: self.offset + line.range.start as u64,
                at: Position { line: line.number, column: 1 },
            };
            let (flow, unread) = self.target.push(record, &parsed[index], &placed[index]);
            let Some(rest) = parsed[index].rest(record.bytes) else { return (flow, unread) };
            let (around, core) = surroundings(&lines, index, rest, self.offset, bytes);
            let provenance = placed[index].first().map_or(&plain, |part| &part.provenance);
            let next = self.target.push_text(around, core, provenance);
            (if flow == Flow::Stop { flow } else { next }, unread)
        };
        let done = |left: (Flow, Unread), right: (Flow, Unread)| {
            let mut unread = left.1;
            unread.add(right.1);
            (if left.0 == Flow::Stop { left.0 } else { right.0 }, unread)
        };
        let start = || (Flow::Continue, Unread::default());
        let (flow, unread) = if share {
            (0..lines.len()).into_par_iter().map(scan).reduce(start, done)
        } else {
            (0..lines.len()).map(scan).fold(start(), done)
        };
        self.tally.records += lines.len() as u64;
        self.tally.unread.add(unread);
        flow
    }

    /// A file that is one value.
    fn document(&mut self, cap: usize) -> io::Result<Flow> {
        self.fill(cap)?;
        let mut parsed = Parsed::of(&self.buffer, self.rules, self.session.outer());
        if !parsed.is_json() {
            return self.text(0);
        }
        let placed = parsed.place(&self.buffer, self.session);
        let record =
            Record { bytes: &self.buffer, offset: self.offset, at: Position { line: self.line, column: 1 } };
        let (mut flow, unread) = self.target.push(record, &parsed, &placed);
        self.tally.records += 1;
        self.tally.unread.add(unread);
        if flow == Flow::Continue
            && let Some(rest) = parsed.rest(&self.buffer)
        {
            let plain = self.session.plain();
            flow = self.target.push_text(record, rest, &plain);
        }
        if flow == Flow::Stop || self.is_at_end { Ok(flow) } else { self.over_cap_rest() }
    }

    /// A line longer than any memory for it: its start is read as a record, the rest as text.
    fn over_cap(&mut self) -> io::Result<Flow> {
        let end = self.buffer.len();
        if self.batch(end) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        self.over_cap_rest()
    }

    fn over_cap_rest(&mut self) -> io::Result<Flow> {
        let provenance = self.session.plain();
        let detail = format!(
            "a record at byte {} is larger than {} MiB: its start is read as a record, the rest as plain text",
            self.offset,
            self.buffer.len() >> 20
        );
        let skip = Skip { provenance: provenance.as_ref().clone(), reason: SkipReason::OverDecode, detail };
        self.target.sink.skip(skip);
        self.tally.is_cut = true;
        let seen = self.buffer.len().saturating_sub(OVERLAP);
        self.consume(seen);
        self.text(self.buffer.len())
    }

    /// The rest of the input as text, of which the first `seen` bytes were pushed before.
    fn text(&mut self, seen: usize) -> io::Result<Flow> {
        let provenance = self.session.plain();
        let mut core_start = seen;
        loop {
            self.fill(core_start + WINDOW + OVERLAP)?;
            let core_end = if self.is_at_end {
                self.buffer.len()
            } else {
                let window = core_start..core_start + WINDOW;
                memrchr(b'\n', &self.buffer[window.clone()]).map_or(window.end, |at| window.start + at + 1)
            };
            let column = 1;
            let record =
                Record { bytes: &self.buffer, offset: self.offset, at: Position { line: self.line, column } };
            if core_end > core_start
                && self.target.push_text(record, core_start..core_end, &provenance) == Flow::Stop
            {
                return Ok(Flow::Stop);
            }
            if self.is_at_end {
                return Ok(Flow::Continue);
            }
            let forget = line_start_before(&self.buffer, core_end.saturating_sub(OVERLAP));
            self.consume(forget);
            core_start = core_end - forget;
        }
    }
}

/// The start of a line at or before `at`, if there is one near; else `at`.
fn line_start_before(bytes: &[u8], at: usize) -> usize {
    memrchr(b'\n', &bytes[at.saturating_sub(OVERLAP)..at])
        .map_or(at, |found| at.saturating_sub(OVERLAP) + found + 1)
}

#[derive(Debug)]
struct Line {
    range: Range<usize>,
    number: u64,
}

/// The lines that are not blank.
fn line_ranges(bytes: &[u8], first: u64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let ends = memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    for (number, end) in (first..).zip(ends) {
        if bytes[start..end].iter().any(|byte| !byte.is_ascii_whitespace()) {
            lines.push(Line { range: start..end, number });
        }
        start = (end + 1).min(bytes.len());
    }
    lines
}

/// A broken line with the lines around it, and where in that the unread rest stands.
fn surroundings<'a>(
    lines: &[Line],
    index: usize,
    rest: Range<usize>,
    offset: u64,
    bytes: &'a [u8],
) -> (Record<'a>, Range<usize>) {
    let mut first = index.saturating_sub(LINES_AROUND);
    while first < index && lines[index].range.start - lines[first].range.start > OVERLAP {
        first += 1;
    }
    let mut last = (index + LINES_AROUND).min(lines.len() - 1);
    while last > index && lines[last].range.end - lines[index].range.end > OVERLAP {
        last -= 1;
    }
    let window = lines[first].range.start..lines[last].range.end;
    let start = lines[index].range.start - window.start;
    let record = Record {
        bytes: &bytes[window.clone()],
        offset: offset + window.start as u64,
        at: Position { line: lines[first].number, column: 1 },
    };
    (record, start + rest.start..start + rest.end)
}
