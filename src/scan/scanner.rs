//! The scan of one chunk: where the passes, the decoders, the shapes and the evidence meet.

mod anchored;
mod contextual;
mod encoded;
mod free;
mod hunted;
mod kept;

use crate::model::{
    Candidate, Checksum, Chunk, Companions, Confidence, Kind, Layer, Partial, Place, Position, Reason, Secret,
};
use crate::rules::Rule;
use crate::scan::Hits;
use crate::scan::allow;
use crate::scan::anchors::Anchor;
use crate::scan::class::{Makeup, for_each_run};
use crate::scan::companions;
use crate::scan::decode::{utf16_stretches, utf16_whole};
use crate::scan::engine::Engine;
use crate::scan::evidence::{PathSays, Scene, Speech};
use crate::scan::label::value_start;
use crate::scan::position::{Counter, Lines};
use crate::scan::quality::is_documentation_sample;
use crate::scan::view::View;
use kept::Kept;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// Decoded bytes that one chunk may cost, beyond a multiple of its own length.
const DECODE_BUDGET: usize = 32 << 20;
const DECODE_FACTOR: usize = 4;

pub(crate) struct Scanner<'a> {
    engine: &'a Engine,
    chunk: &'a Chunk<'a>,
    hits: &'a mut Hits,
    speech: Speech,
    path: OnceCell<PathSays>,
    lines: Lines,
    budget: usize,
    undone: Undone,
    found: Kept,
    /// What neighbouring chunks report, kept to see what it covers.
    neighbours: HashSet<(usize, usize)>,
    partials: Vec<(Range<usize>, Partial)>,
}

/// Up to where each spelling was undone in the text that is looked at: a mark inside such a stretch starts nothing anew,
/// or a text full of marks would be undone once for each.
#[derive(Debug, Default)]
struct Undone {
    escapes: usize,
    mail: usize,
    dump: usize,
    packed: usize,
    hex: usize,
    /// By where a group of four letters begins.
    base64: [usize; 4],
    inner: [usize; 4],
}

/// A value that a shape matched and a check or the surroundings accepted.
pub(crate) struct Match<'v> {
    pub view: &'v View<'v>,
    /// Of the view's text.
    pub range: Range<usize>,
    pub rule: Named,
    pub secret: Secret,
    pub confidence: Confidence,
    pub checksum: Option<Checksum>,
    pub reasons: Vec<Reason>,
    /// Undone inside the view to put the value together.
    pub layers: Vec<Layer>,
    pub account: Option<String>,
}

/// A long run of token characters, read once for all who ask about it.
struct Run {
    whole: Range<usize>,
    /// Where a value in it would begin: behind what belongs to an escape.
    start: usize,
    /// From `start` on.
    makeup: Makeup,
}

impl Run {
    fn new(text: &[u8], whole: Range<usize>) -> Self {
        let start = value_start(text, &whole);
        Run { start, makeup: Makeup::of(&text[start..whole.end]), whole }
    }

    /// What may be a value.
    fn value(&self) -> Range<usize> {
        self.start..self.whole.end
    }
}

/// What a match is called.
pub(crate) struct Named {
    pub kind: Kind,
    /// Of the rule.
    pub id: Arc<str>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(engine: &'a Engine, chunk: &'a Chunk<'a>, hits: &'a mut Hits) -> Self {
        Scanner {
            engine,
            chunk,
            hits,
            speech: Speech::default(),
            path: OnceCell::new(),
            lines: Lines::Bytes,
            budget: DECODE_BUDGET + DECODE_FACTOR * chunk.text.len(),
            found: Kept::default(),
            neighbours: HashSet::new(),
            undone: Undone::default(),
            partials: Vec::new(),
        }
    }

    pub(crate) fn run(mut self) {
        let top = View::top(self.chunk);
        self.view(&top);
        self.finish();
    }

    /// Looks at one text, and at every text hidden in it.
    fn view(&mut self, view: &View<'_>) {
        let above = std::mem::take(&mut self.undone);
        self.look(view);
        self.undone = above;
    }

    fn look(&mut self, view: &View<'_>) {
        if memchr::memchr(0, view.text).is_some() && self.wide(view) {
            return;
        }
        let engine = self.engine;
        engine.anchors.for_each(view.text, |range, anchor| match anchor {
            Anchor::Shape(shapes) => self.anchored(view, range, shapes),
            Anchor::Spelled => self.escaped(view, range.start),
            Anchor::Base64(phase) => self.base64_needle(view, range.start, *phase),
            Anchor::Packed => self.packed(view, range.start),
            Anchor::QuotedPrintable => self.quoted_printable(view, range),
            Anchor::Dump => self.dump(view, range.start),
            Anchor::Label => self.labelled(view, range),
        });
        let mut encoded_until = 0;
        for_each_run(view.text, |range| {
            let run = Run::new(view.text, range);
            self.contextual(view, &run);
            self.hunted_run(view, &run.whole);
            if run.whole.start >= encoded_until {
                encoded_until = self.encoded(view, &run);
            }
        });
        if !engine.free.is_empty() {
            self.free(view);
        }
        self.hunt(view);
    }

    /// UTF-16: the whole text (then there is nothing else to see), or stretches of it.
    fn wide(&mut self, view: &View<'_>) -> bool {
        if let Some(decoded) = utf16_whole(view.text) {
            if Engine::depth(&view.layers) == Engine::depth(self.chunk.layers) {
                self.lines = Lines::Wide(decoded.layers[0]);
            }
            self.descend(view, decoded);
            return true;
        }
        for decoded in utf16_stretches(view.text) {
            self.descend(view, decoded);
        }
        false
    }

    fn named(&self, rule: usize) -> Named {
        let rule = self.rule(rule);
        Named { kind: rule.kind.clone(), id: rule.id.clone() }
    }

    fn rule(&self, index: usize) -> &'a Rule {
        &self.engine.rules.rules[index]
    }

    /// What evidence is read from.
    fn scene(&self) -> Scene<'_> {
        let path = self.path.get_or_init(|| PathSays::of(&self.chunk.provenance));
        let is_spelled = self.lines != Lines::Bytes || !self.chunk.layers.is_empty();
        Scene { marks: &self.engine.marks, path, speech: &self.speech, chunk: self.chunk.text, is_spelled }
    }

    /// Keeps a match as a candidate, unless a neighbouring chunk reports it or a better match covers it.
    fn keep(&mut self, mut found: Match<'_>) {
        if let Some(quarry) = &self.engine.quarry {
            let Some(reason) = quarry.wants(&found.secret) else { return };
            found.reasons.insert(0, reason);
            if quarry.is_certain() {
                found.confidence = Confidence::Certain;
            }
        }
        self.keep_match(found);
    }

    fn keep_match(&mut self, found: Match<'_>) {
        let in_chunk = found.view.chunk_range(found.range.clone());
        let is_ours = self.chunk.core.contains(&in_chunk.start);
        let raw = self.chunk.to_raw(in_chunk);
        if !is_ours {
            // The secret part of a hunted value stands inside the whole of it, which may be a neighbour's.
            if self.engine.quarry.is_none() {
                return;
            }
            self.neighbours.insert((raw.start, raw.end));
        }
        let companions = match self.hits.only_where {
            true => Companions::default(),
            false => companions_of(&found),
        };
        let mut layers = found.view.layers.clone();
        layers.extend(found.layers);
        // A sample that is hunted is hunted.
        let (confidence, reasons) = match self.engine.quarry {
            Some(_) => (found.confidence, found.reasons),
            None => judged(&found.secret, found.confidence, found.reasons),
        };
        let allow_comment = self
            .engine
            .options
            .allow_comments
            .then(|| allow_comment(found.view, found.range.clone()))
            .flatten();
        let candidate = Candidate {
            kind: found.rule.kind,
            rule: found.rule.id,
            secret: found.secret,
            place: self.place(&raw, layers),
            confidence,
            checksum: found.checksum,
            reasons,
            companions,
            allow_comment,
        };
        self.found.insert(raw, candidate);
    }

    /// A hunt knows better what a mask left.
    fn keep_partial(&mut self, view: &View<'_>, range: Range<usize>, rule: usize, shown: String) {
        if self.engine.quarry.is_none() {
            self.keep_part(view, range, self.rule(rule).kind.clone(), shown);
        }
    }

    fn keep_part(&mut self, view: &View<'_>, range: Range<usize>, kind: Kind, shown: String) {
        let in_chunk = view.chunk_range(range);
        if !self.chunk.core.contains(&in_chunk.start) {
            return;
        }
        let raw = self.chunk.to_raw(in_chunk);
        let place = self.place(&raw, view.layers.clone());
        self.partials.push((raw, Partial { kind, shown, place }));
    }

    /// A place whose line is counted at the end, when all places are known.
    fn place(&self, raw: &Range<usize>, decoded: Vec<Layer>) -> Place {
        let position = Position { line: 0, column: 0 };
        Place { provenance: self.chunk.provenance.clone(), position, span: self.chunk.span(raw), decoded }
    }

    fn finish(mut self) {
        let mut counter = Counter::new(self.chunk.raw, self.lines);
        if self.engine.quarry.is_some() {
            // The beginning of a value that is whole.
            self.partials.retain(|(raw, _)| !self.found.covers(raw));
        }
        let neighbours = self.neighbours;
        let ours = |(raw, _): &(Range<usize>, _)| !neighbours.contains(&(raw.start, raw.end));
        for (raw, mut candidate) in self.found.into_list().filter(ours) {
            candidate.place.position = counter.position(raw.start);
            self.hits.candidates.push(candidate);
        }
        self.partials.sort_by_key(|(raw, _)| raw.start);
        let mut counter = Counter::new(self.chunk.raw, self.lines);
        for (raw, mut partial) in self.partials {
            partial.place.position = counter.position(raw.start);
            self.hits.partials.push(partial);
        }
    }
}

fn companions_of(found: &Match<'_>) -> Companions {
    let mut companions = companions::around(found.view, found.range.clone());
    if let Some(account) = &found.account {
        companions.account_ids.insert(0, account.clone());
    }
    // Ids of keys belong to S3 secrets; near any other value they are somebody else's.
    let most = if found.rule.kind == Kind::R2S3Credentials { 1 } else { 0 };
    companions.token_ids.truncate(most);
    companions
}

/// A well-known sample is `low`, whatever else speaks for it.
fn judged(secret: &Secret, confidence: Confidence, mut reasons: Vec<Reason>) -> (Confidence, Vec<Reason>) {
    if is_documentation_sample(secret.expose()) {
        reasons.insert(0, Reason::DocumentationSample);
        return (Confidence::Low, reasons);
    }
    (confidence, reasons)
}

fn allow_comment(view: &View<'_>, range: Range<usize>) -> Option<&'static str> {
    allow::comment(view.text, &range)
        .or_else(|| view.outer(range).and_then(|(outer, range)| allow_comment(outer, range)))
}
