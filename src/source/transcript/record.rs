//! One record, from its bytes to chunks in the sink.

use super::label::{self, Label, Part, Rule};
use super::query::View;
use super::render::{Job, Piece, Unread};
use super::session::{Placed, Session};
use crate::model::{Chunk, Layer, Position, Provenance, Raw};
use crate::source::json::{Origin, Tape, Text};
use crate::source::{Flow, Sink};
use std::ops::Range;
use std::sync::Arc;

/// The layers of a text under so many layers of JSON.
pub const JSON_LAYERS: [Layer; 16] = [Layer::Json; 16];
/// Shorter text holds neither a credential nor a masked one.
const SHORTEST: usize = 8;

/// A record and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub bytes: &'a [u8],
    pub offset: u64,
    pub at: Position,
}

/// A record whose shape is known.
#[derive(Debug, Default)]
pub struct Parsed {
    tape: Tape,
    parts: Vec<Part>,
    /// Where the JSON ended: the end of the record, unless something is broken.
    end: usize,
}

impl<'a> Record<'a> {
    /// The bytes are all of what a person can open.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Record { bytes, offset: 0, at: Position { line: 1, column: 1 } }
    }
}

impl Parsed {
    /// Depends on the record alone, so records may be parsed in any order.
    pub fn of(bytes: &[u8], rules: &[Rule], outer: &Label) -> Self {
        let mut parsed = Parsed::default();
        parsed.end = parsed.tape.parse(bytes);
        parsed.parts = label::parts(rules, View { bytes, tape: &parsed.tape }, outer);
        parsed
    }

    pub fn is_whole(&self) -> bool {
        self.tape.is_complete()
    }

    pub fn is_json(&self) -> bool {
        self.tape.root().is_some_and(|root| self.tape.node(root).is_container())
    }

    pub fn root_label(&self) -> Option<&Label> {
        self.parts.first().map(|part| &part.label)
    }

    /// Depends on the records before it, so this is done in order.
    pub fn place(&mut self, bytes: &[u8], session: &mut Session) -> Vec<Placed> {
        session.place(View { bytes, tape: &self.tape }, std::mem::take(&mut self.parts))
    }

    /// The bytes behind the JSON, if there is more than white space.
    pub fn rest(&self, bytes: &[u8]) -> Option<Range<usize>> {
        let rest = bytes.get(self.end..)?;
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        (blank < rest.len()).then_some(self.end + blank..bytes.len())
    }
}

/// Where the chunks of a record go.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub sink: &'a dyn Sink,
    pub max_depth: usize,
    /// What was undone before the record's bytes were reached (`zstd` of a database value).
    pub layers: &'a [Layer],
}

impl Target<'_> {
    /// Pushes every part of a record.
    pub fn push(&self, record: Record<'_>, parsed: &Parsed, placed: &[Placed]) -> (Flow, Unread) {
        let inner: Vec<usize> = placed.iter().map(|part| part.node).collect();
        let mut unread = Unread::default();
        let mut flow = Flow::Continue;
        for part in placed {
            if flow == Flow::Stop {
                break;
            }
            let job = Job {
                origin: Origin::raw(record.bytes),
                tape: &parsed.tape,
                node: part.node,
                inner: &inner,
                join: part.join.as_ref(),
                context: part.context.as_deref().unwrap_or_default(),
                depth: 1,
                max_depth: self.max_depth.saturating_sub(self.layers.len()),
            };
            unread.add(job.run(&mut |piece| {
                if flow == Flow::Continue {
                    flow = self.push_piece(record, &part.provenance, &piece);
                }
            }));
        }
        (flow, unread)
    }

    fn push_piece(&self, record: Record<'_>, provenance: &Arc<Provenance>, piece: &Piece) -> Flow {
        if piece.core.len() < SHORTEST {
            return Flow::Continue;
        }
        let json = &JSON_LAYERS[..piece.depth.min(JSON_LAYERS.len())];
        let joined;
        let layers = if self.layers.is_empty() {
            json
        } else {
            joined = [self.layers, json].concat();
            &joined
        };
        self.sink.chunk(&Chunk {
            provenance: provenance.clone(),
            text: &piece.text.bytes,
            raw: Raw { bytes: record.bytes, offset: record.offset, at: record.at },
            map: Some(&piece.text.map),
            layers,
            core: piece.core.clone(),
        })
    }

    /// Pushes text that was put together from the record; it has context up to `core_start`.
    pub fn push_made(
        &self,
        record: Record<'_>,
        text: &Text,
        core_start: usize,
        provenance: &Arc<Provenance>,
    ) -> Flow {
        if text.len() < core_start + SHORTEST {
            return Flow::Continue;
        }
        self.sink.chunk(&Chunk {
            provenance: provenance.clone(),
            text: &text.bytes,
            raw: Raw { bytes: record.bytes, offset: record.offset, at: record.at },
            map: Some(&text.map),
            layers: self.layers,
            core: core_start..text.len(),
        })
    }

    /// Pushes text as it stands; `core` is the part that was not pushed otherwise.
    pub fn push_text(&self, record: Record<'_>, core: Range<usize>, provenance: &Arc<Provenance>) -> Flow {
        self.sink.chunk(&Chunk {
            provenance: provenance.clone(),
            text: record.bytes,
            raw: Raw { bytes: record.bytes, offset: record.offset, at: record.at },
            map: None,
            layers: self.layers,
            core,
        })
    }
}
