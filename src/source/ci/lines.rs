//! Physical lines made into the lines that the program printed, step by step.

use super::Format;
use super::marks::{self, Inline, Section};
use super::origin;
use crate::model::{Chunk, Layer, Provenance, Raw};
use crate::source::json::{Origin, Tape, Text};
use crate::source::{Flow, Sink};
use memchr::memchr;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of other steps that are shown around a step.
const CONTEXT: usize = 4 << 10;

/// Some lines of a log, and which of them are to be reported.
pub struct Window<'a> {
    pub format: Format,
    pub raw: Raw<'a>,
    pub core: Range<usize>,
}

/// What the lines before say about the ones that follow.
#[derive(Clone, Debug, Default)]
pub struct Story {
    step: Option<Arc<str>>,
    /// GitLab's sections are nested.
    sections: Vec<Arc<str>>,
    /// BuildKit's steps run side by side, and each line says which it belongs to.
    names: HashMap<Vec<u8>, Arc<str>>,
}

impl Story {
    /// Lives through lines that will not be seen again.
    pub fn forget(&mut self, bytes: &[u8], format: Format) {
        Reader::new(format, bytes, self).read();
    }
}

/// A line as the program printed it: what is left of one or more physical lines.
#[derive(Debug)]
struct Line {
    first: Range<usize>,
    more: Vec<Range<usize>>,
    step: Option<Arc<str>>,
}

impl Line {
    fn pieces(&self) -> impl Iterator<Item = &Range<usize>> {
        std::iter::once(&self.first).chain(&self.more)
    }

    fn end(&self) -> usize {
        self.more.last().map_or(self.first.end, |last| last.end)
    }
}

impl Window<'_> {
    /// Pushes the window, a chunk a step. The story is left as it was at the start of the window.
    pub fn push(&self, provenance: &Arc<Provenance>, story: &mut Story, sink: &dyn Sink) -> Flow {
        let lines = Reader::new(self.format, self.raw.bytes, &mut story.clone()).read();
        let mut start = 0;
        while start < lines.len() {
            let step = &lines[start].step;
            let len = lines[start..].iter().take_while(|line| line.step == *step).count();
            let is_of_core = lines[start].first.start < self.core.end
                && lines[start..start + len].iter().any(|line| line.end() >= self.core.start);
            if is_of_core && self.step(&lines, start..start + len, provenance, sink) == Flow::Stop {
                return Flow::Stop;
            }
            start += len;
        }
        Flow::Continue
    }

    fn step(
        &self,
        lines: &[Line],
        step: Range<usize>,
        provenance: &Arc<Provenance>,
        sink: &dyn Sink,
    ) -> Flow {
        let (from, to) = (lines[step.start].first.start, lines[step.end - 1].end());
        let near = |line: &&Line| line.first.start + CONTEXT >= from && line.first.start <= to + CONTEXT;
        let before = lines[..step.start].iter().rev().take_while(near).count();
        let after = lines[step.end..].iter().take_while(near).count();
        let mut text = Text::with_capacity(to - from + 2 * CONTEXT);
        let mut core = Core { raw: self.core.clone(), start: None, end: None };
        let mut bounds = 0..0;
        let first = step.start - before;
        for (index, line) in (first..).zip(&lines[first..step.end + after]) {
            if index == step.start {
                bounds.start = text.len();
            }
            self.line(line, &mut text, &mut core);
            if index + 1 == step.end {
                bounds.end = text.len();
            }
        }
        let core = core.start.unwrap_or(text.len()).max(bounds.start)
            ..core.end.unwrap_or(text.len()).min(bounds.end);
        if core.is_empty() {
            return Flow::Continue;
        }
        let step_name = lines[step.start].step.as_deref();
        let time = super::time::of_line(self.format, self.raw.bytes, from);
        sink.chunk(&Chunk {
            provenance: origin::place(provenance, self.format, step_name, time),
            text: &text.bytes,
            raw: self.raw,
            map: Some(&text.map),
            layers: if self.is_json() { &[Layer::Json] } else { &[] },
            core,
        })
    }

    fn is_json(&self) -> bool {
        self.format == Format::DockerJson
    }

    fn line(&self, line: &Line, text: &mut Text, core: &mut Core) {
        let origin = Origin::raw(self.raw.bytes);
        for piece in line.pieces() {
            core.meets(piece, text.len());
            if self.is_json() {
                text.unescape(origin, piece.clone());
            } else {
                text.copy(origin, piece.clone());
            }
        }
        let end = line.end();
        match self.raw.bytes.get(end) {
            Some(b'\n') if !self.is_json() => text.copy(origin, end..end + 1),
            Some(_) | None => text.replace(origin, end..end, b"\n"),
        }
    }
}

/// Where the core of the raw bytes begins and ends in the text.
struct Core {
    raw: Range<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

impl Core {
    fn meets(&mut self, piece: &Range<usize>, text: usize) {
        if piece.end > self.raw.start || piece.start >= self.raw.start {
            self.start.get_or_insert(text + self.raw.start.saturating_sub(piece.start));
        }
        if piece.end > self.raw.end || piece.start >= self.raw.end {
            self.end.get_or_insert(text + self.raw.end.saturating_sub(piece.start));
        }
    }
}

/// Reads physical lines and keeps the story.
struct Reader<'a> {
    format: Format,
    bytes: &'a [u8],
    story: &'a mut Story,
    lines: Vec<Line>,
    /// The line of each stream that goes on.
    open: HashMap<[u8; 3], usize>,
    tape: Tape,
}

impl<'a> Reader<'a> {
    fn new(format: Format, bytes: &'a [u8], story: &'a mut Story) -> Self {
        Reader { format, bytes, story, lines: Vec::new(), open: HashMap::new(), tape: Tape::default() }
    }

    fn read(mut self) -> Vec<Line> {
        let mut at = 0;
        while at < self.bytes.len() {
            let end = memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |len| at + len);
            let is_crlf = end > at && self.bytes[end - 1] == b'\r';
            self.physical(at..end - usize::from(is_crlf));
            at = end + 1;
        }
        self.lines
    }

    fn physical(&mut self, line: Range<usize>) {
        match self.format {
            Format::GithubActions | Format::AzurePipelines => self.dotnet(line),
            Format::Gitlab => self.gitlab(line),
            Format::Buildkite => self.buildkite(line),
            Format::Jenkins => self.jenkins(line),
            Format::DockerBuild => self.docker_build(line),
            Format::DockerJson => self.docker_json(line),
            Format::Kubernetes => self.kubernetes(line),
            Format::TerraformText
            | Format::TerraformJson
            | Format::Circleci
            | Format::WorkersBuilds
            | Format::Pages => self.add(line),
        }
    }

    fn add(&mut self, kept: Range<usize>) {
        self.lines.push(Line { first: kept, more: Vec::new(), step: self.story.step.clone() });
    }

    fn add_pieces(&mut self, pieces: Vec<Range<usize>>) {
        let mut pieces = pieces.into_iter();
        let Some(first) = pieces.next() else { return };
        self.add(first);
        if let Some(line) = self.lines.last_mut() {
            line.more.extend(pieces);
        }
    }

    /// Adds to the open line of the stream, or begins one; `is_done` closes it.
    fn join(&mut self, stream: [u8; 3], kept: Range<usize>, is_done: bool) {
        match self.open.get(&stream) {
            Some(&index) => self.lines[index].more.push(kept),
            None => {
                self.add(kept);
                self.open.insert(stream, self.lines.len() - 1);
            }
        }
        if is_done {
            self.open.remove(&stream);
        }
    }

    fn name_step(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(name.trim_ascii());
        self.story.step = (!name.is_empty()).then(|| name.into());
    }

    /// GitHub's runner and Azure's, which are of one family: a time, then perhaps a mark.
    fn dotnet(&mut self, line: Range<usize>) {
        let bytes = self.bytes;
        let bom = if bytes[line.clone()].starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let text = &bytes[line.start + bom..line.end];
        let Some(stamp) = marks::timestamp(text) else { return self.add(line) };
        let mut start = line.start + bom + stamp.len;
        start += usize::from(bytes[start..line.end].first() == Some(&b' '));
        let text = &bytes[start..line.end];
        if let Some(command) = text.strip_prefix(b"##[group]Run ") {
            self.name_step(&[b"Run ", command].concat());
        } else if let Some(name) = text.strip_prefix(b"##[section]Starting: ") {
            self.name_step(name);
        }
        let mark = match text {
            [b'#', b'#', b'[', ..] => memchr(b']', text).filter(|end| *end < 24).map_or(0, |end| end + 1),
            text if text.starts_with(b"[command]") => b"[command]".len(),
            _ => 0,
        };
        self.add(start + mark..line.end);
    }

    /// Lines longer than 8 KiB are cut, and the next one has a plus.
    fn gitlab(&mut self, line: Range<usize>) {
        let text = &self.bytes[line.clone()];
        let stamp = marks::timestamp(text);
        let stream = stamp.and_then(|stamp| Some((stamp, marks::gitlab_stream(&text[stamp.len..])?)));
        let Some((stamp, (len, stream, continues))) = stream else {
            let kept = self.gitlab_sections(line);
            return self.add(kept);
        };
        let content = line.start + stamp.len + len..line.end;
        if continues {
            return self.join(stream, content, false);
        }
        let kept = self.gitlab_sections(content);
        self.open.remove(&stream);
        self.join(stream, kept, false);
    }

    /// Takes the marks of sections off the start of a line.
    fn gitlab_sections(&mut self, mut line: Range<usize>) -> Range<usize> {
        let bytes = self.bytes;
        while let Some((len, section)) = marks::gitlab_section(&bytes[line.clone()]) {
            match section {
                Section::Start(name) => {
                    self.story.sections.push(String::from_utf8_lossy(name).into());
                }
                Section::End => drop(self.story.sections.pop()),
            }
            self.story.step = self.story.sections.last().cloned();
            line.start += len;
        }
        line
    }

    fn buildkite(&mut self, line: Range<usize>) {
        let kept = Inline::Buildkite.strip(self.bytes, line);
        if let Some(first) = kept.first() {
            let text = &self.bytes[first.clone()];
            let group =
                [b"--- ", b"+++ ", b"~~~ "].iter().find_map(|mark| text.strip_prefix(mark.as_slice()));
            if let Some(name) = group {
                self.name_step(&without_escapes(name));
            }
        }
        self.add_pieces(kept);
    }

    fn jenkins(&mut self, line: Range<usize>) {
        let mut kept = Inline::Jenkins.strip(self.bytes, line);
        if let Some(first) = kept.first_mut() {
            // The Timestamper plugin: `[2025-04-07T12:57:33.290Z] `.
            let text = &self.bytes[first.clone()];
            let stamp = text.strip_prefix(b"[").and_then(marks::timestamp);
            if let Some(stamp) = stamp.filter(|stamp| text.get(stamp.len + 1) == Some(&b']')) {
                first.start = (first.start + stamp.len + 3).min(first.end);
            }
            if let Some(stage) = self.bytes[first.clone()].strip_prefix(b"[Pipeline] { (") {
                self.name_step(stage.strip_suffix(b")").unwrap_or(stage));
            }
        }
        self.add_pieces(kept);
    }

    fn docker_build(&mut self, line: Range<usize>) {
        let text = &self.bytes[line.clone()];
        let Some(gutter) = marks::docker_step(text) else { return self.add(line) };
        let number = text[..memchr(b' ', text).unwrap_or(text.len())].to_vec();
        if text[gutter..].starts_with(b"[") {
            let name = String::from_utf8_lossy(&text[gutter..]).trim().into();
            self.story.names.insert(number.clone(), name);
        }
        self.story.step = self.story.names.get(&number).cloned();
        self.add(line.start + gutter..line.end);
    }

    /// A record without a line end goes on in the next one of its stream: the driver cuts at 16 KiB.
    fn docker_json(&mut self, line: Range<usize>) {
        let bytes = &self.bytes[line.clone()];
        self.tape.parse(bytes);
        let member = |name: &str| self.tape.root().and_then(|root| self.tape.child(bytes, root, name));
        let Some(log) = member("log").filter(|log| self.tape.node(*log).is_string()) else {
            return self.add(line);
        };
        let stream =
            member("stream").and_then(|node| bytes[self.tape.node(node).span()].last_chunk().copied());
        let mut kept = self.tape.node(log).span();
        let is_done = bytes[kept.clone()].ends_with(b"\\n");
        if is_done {
            kept.end -= 2;
        }
        self.join(stream.unwrap_or_default(), line.start + kept.start..line.start + kept.end, is_done);
    }

    fn kubernetes(&mut self, line: Range<usize>) {
        let text = &self.bytes[line.clone()];
        let stamp = marks::timestamp(text);
        let stream = stamp.and_then(|stamp| Some((stamp, marks::kubernetes_stream(&text[stamp.len..])?)));
        let Some((stamp, (len, stream, is_done))) = stream else { return self.add(line) };
        self.join(stream, line.start + stamp.len + len..line.end, is_done);
    }
}

/// A heading as a person reads it: without colours.
fn without_escapes(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(0x1b, rest) {
        plain.extend_from_slice(&rest[..at]);
        let sequence = &rest[at + 1..];
        let len = match sequence.first() {
            Some(b'[') => 1 + sequence[1..].iter().take_while(|byte| !byte.is_ascii_alphabetic()).count() + 1,
            Some(_) | None => 1,
        };
        rest = sequence.get(len..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}
