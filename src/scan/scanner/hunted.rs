//! The one credential that is hunted, wherever its letters stand.

use super::encoded::whole_until;
use super::{Match, Named, Scanner};
use crate::model::{Confidence, Kind, Layer, Reason, Secret};
use crate::scan::chain::{self, Chain};
use crate::scan::class::{MIN_RUN, Makeup, is_token};
use crate::scan::companions;
use crate::scan::decode;
use crate::scan::hunt::{Act, Face, Quarry, Stands, cut, is_mask, public_prefix, remains};
use crate::scan::label::value_start;
use crate::scan::partial;
use crate::scan::quality::looks_random;
use crate::scan::recognize;
use crate::scan::view::View;
use std::ops::Range;

/// How much of a line of hexadecimal digits is undone at once.
const HEX_REACH: usize = 8192;
/// What one character of a broken value may take up, with the break before it; and one long break.
const CHARACTER: usize = 12;
const BREAK: usize = 240;
/// The longest run that may be the value, and the longest value of several runs.
const LONGEST_RUN: usize = 128;
/// Signs in a run at which a value may begin or end.
const SIGNS: usize = 6;
/// How far from an S3 secret the id of its key may stand without a name.
const ID_REACH: usize = 400;

impl Scanner<'_> {
    /// Looks for the letters of the hunted value, and for what masks left of it.
    pub(super) fn hunt(&mut self, view: &View<'_>) {
        let engine = self.engine;
        let Some(quarry) = &engine.quarry else { return };
        for face in &quarry.faces {
            // Each pass begins at the front again.
            let above = std::mem::take(&mut self.undone);
            face.needles.for_each(view.text, |at, act| {
                self.needle(view, at, act, face);
                at
            });
            self.undone = above;
        }
        if let (Some(masks), Some(value)) = (&quarry.masks, quarry.value()) {
            masks.for_each(view.text, |at, _| {
                let (end, remains) = remains(value.expose(), view.text, at);
                if let Some(remains) = remains {
                    self.keep_remains(view, remains.range, remains.shown);
                }
                end
            });
        }
    }

    fn needle(&mut self, view: &View<'_>, at: usize, act: Act, face: &Face) {
        match act {
            Act::Begin => self.begins(view, at, face),
            Act::Within(offset) => self.around(view, at, offset, face),
            Act::Base64(phase) => self.base64_needle(view, at, phase),
            Act::Base64Within(phase) => self.inner_needle(view, at, phase),
            Act::Hex => {
                self.hex_needle(view, at);
                self.dump(view, at);
            }
            Act::Dump => self.dump(view, at),
        }
    }

    fn begins(&mut self, view: &View<'_>, at: usize, face: &Face) {
        let chain = read(view, at, face);
        if face.is(&chain.text) {
            return self.seen(view, &chain, face);
        }
        if let (Stands::Whole(_), Some(remains)) = (&face.stands, cut(face.text.expose(), view.text, at)) {
            self.keep_remains(view, remains.range, remains.shown);
        }
    }

    /// The beginning is broken up: walks back from letters that are not.
    fn around(&mut self, view: &View<'_>, at: usize, offset: usize, face: &Face) {
        let nearest = at.saturating_sub(offset);
        let farthest = at.saturating_sub(offset * CHARACTER + BREAK);
        for start in (farthest..=nearest).rev() {
            let chain = read(view, start, face);
            if face.is(&chain.text) {
                return self.seen(view, &chain, face);
            }
        }
    }

    /// Where the letters before this one are on the line before.
    fn inner_needle(&mut self, view: &View<'_>, at: usize, phase: usize) {
        let group = (at + 4 - phase) % 4;
        if at < self.undone.inner[group] {
            return;
        }
        if let Some(decoded) = decode::base64_around_needle(view.text, at, phase) {
            self.undone.inner[group] = whole_until(view.text, decoded.region.end);
            self.descend(view, decoded);
        }
    }

    /// Digits of the value itself: they give the alignment.
    fn hex_needle(&mut self, view: &View<'_>, at: usize) {
        if at < self.undone.hex {
            return;
        }
        let digits =
            view.text[at..].iter().take(HEX_REACH).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let end = at + digits / 2 * 2;
        if let Some(decoded) = decode::hex_run(view.text, at..end) {
            self.undone.hex = if digits == HEX_REACH { at + HEX_REACH / 2 } else { end };
            self.descend(view, decoded);
        }
    }

    fn seen(&mut self, view: &View<'_>, chain: &Chain, face: &Face) {
        let range = chain.map.raw_span(0..chain.text.len());
        let layers = chain.layers(chain.text.len());
        match &face.stands {
            Stands::Whole(kind) => self.keep_hunted(view, range, layers, kind, "it is the hunted value"),
            Stands::Part(kind) => {
                self.keep_hunted(view, range, layers, kind, "it is the secret part of the hunted value");
            }
            Stands::R2Secret => self.keep_r2_secret(view, range, layers, face),
            Stands::Beginning => self.keep_beginning(view, range, face),
        }
    }

    fn keep_hunted(
        &mut self,
        view: &View<'_>,
        range: Range<usize>,
        layers: Vec<Layer>,
        kind: &Kind,
        why: &'static str,
    ) {
        let Some(value) = self.engine.quarry.as_ref().and_then(Quarry::value) else { return };
        let known = recognize(value.expose());
        self.keep_match(Match {
            view,
            range,
            rule: self.named_by(kind),
            secret: value.clone(),
            confidence: Confidence::Certain,
            checksum: known.and_then(|known| known.checksum),
            reasons: vec![Reason::Hunted(why)],
            layers,
            account: None,
        });
    }

    /// Written as a scan would write it, with the id of its key where that is seen: it is the id of the token.
    fn keep_r2_secret(&mut self, view: &View<'_>, range: Range<usize>, layers: Vec<Layer>, face: &Face) {
        let companions = companions::around(view, range.clone());
        let secret = match companions.token_ids.first() {
            Some(id) => Secret::new(format!("{id}:{}", face.text.expose())),
            None => face.text.clone(),
        };
        self.keep_match(Match {
            view,
            range,
            rule: self.named_by(&Kind::R2S3Credentials),
            secret,
            confidence: Confidence::Certain,
            checksum: None,
            reasons: vec![Reason::Hunted(
                "it is the R2 S3 secret of the hunted token (SHA-256 of its value)",
            )],
            layers,
            account: None,
        });
    }

    /// What is whole is kept by the passes over runs and prefixes; what is not is part of a value all the same. Where
    /// there is no public prefix, only a mask tells it from a word.
    fn keep_beginning(&mut self, view: &View<'_>, range: Range<usize>, face: &Face) {
        let text = view.text;
        let public = public_prefix(face.text.expose());
        let end = range.end
            + text[range.end..].iter().take(LONGEST_RUN).take_while(|&&byte| is_token(byte)).count();
        let is_masked = is_mask(text, range.end) || is_mask(text, end);
        let is_bounded = range.start == 0 || !is_token(text[range.start - 1]);
        if public.is_empty() && !(is_bounded && is_masked) {
            return;
        }
        let masked = partial::after_prefix(text, range.start);
        let (end, shown) =
            masked.map_or((end, format!("{public}…")), |masked| (range.start + masked.len, masked.shown));
        self.keep_remains(view, range.start..end, shown);
    }

    fn keep_remains(&mut self, view: &View<'_>, range: Range<usize>, shown: String) {
        if let Some(quarry) = &self.engine.quarry {
            self.keep_part(view, range, quarry.kind.clone(), shown);
        }
    }

    /// A run, where the hunted one is known by less than its letters: everything in it that has the shape of a value.
    pub(super) fn hunted_run(&mut self, view: &View<'_>, run: &Range<usize>) {
        let engine = self.engine;
        let Some(quarry) = engine.quarry.as_ref().filter(|quarry| quarry.asks_for_runs()) else { return };
        if run.len() > LONGEST_RUN {
            return;
        }
        for range in parts(view.text, run) {
            let Ok(text) = std::str::from_utf8(&view.text[range.clone()]) else { continue };
            if range != *run && recognize(text).is_none() {
                continue;
            }
            self.hunted_value(view, range.clone(), Secret::new(text), quarry);
            let is_s3_secret = range.len() == 64 && Makeup::of(&view.text[range.clone()]).is_hex();
            if is_s3_secret && quarry.is_certain() {
                for id in ids_around(view, &range) {
                    self.hunted_value(view, range.clone(), Secret::new(format!("{id}:{text}")), quarry);
                }
            }
        }
    }

    fn hunted_value(&mut self, view: &View<'_>, range: Range<usize>, secret: Secret, quarry: &Quarry) {
        let Some(reason) = quarry.wants(&secret) else { return };
        let known = recognize(secret.expose());
        let is_certain = quarry.is_certain();
        // Several values may begin alike, and so may words.
        if !is_certain && !known.as_ref().is_some_and(|_| looks_random(secret.expose().as_bytes())) {
            return;
        }
        let kind = known.as_ref().map_or(Kind::Other("credential".into()), |known| known.kind.clone());
        self.keep_match(Match {
            view,
            range,
            rule: self.named_by(&kind),
            secret,
            confidence: if is_certain { Confidence::Certain } else { Confidence::Low },
            checksum: known.and_then(|known| known.checksum),
            reasons: vec![reason],
            layers: Vec::new(),
            account: None,
        });
    }

    /// A kind under the rule that finds it; one that no rule finds is named by the hunt.
    fn named_by(&self, kind: &Kind) -> Named {
        let rule = self.engine.rules.of_kind(kind);
        Named { kind: kind.clone(), id: rule.map_or_else(|| "hunted".into(), |rule| rule.id.clone()) }
    }
}

fn read(view: &View<'_>, start: usize, face: &Face) -> Chain {
    chain::read(view.text, start, face.text.len(), |byte| face.has(byte))
}

/// The run; what is left of it without the letters of an escape; what stands between its signs, for values that
/// are glued to words; and the run with those that follow it behind `.` and `:`.
fn parts(text: &[u8], run: &Range<usize>) -> Vec<Range<usize>> {
    let value = value_start(text, run);
    let signs = || run.clone().filter(|&at| !text[at].is_ascii_alphanumeric()).take(SIGNS);
    let starts: Vec<usize> = [run.start, value].into_iter().chain(signs().map(|at| at + 1)).collect();
    let is_value = |byte: u8| is_token(byte) || byte == b'.' || byte == b':';
    let onward = text[run.end..].iter().take(LONGEST_RUN).take_while(|&&byte| is_value(byte)).count();
    // A full stop behind a value is the sentence's.
    let stop = text[run.end..run.end + onward].iter().rev().take_while(|&&byte| !is_token(byte)).count();
    let ends: Vec<usize> = [run.end, run.end + onward - stop].into_iter().chain(signs()).collect();
    let mut parts: Vec<Range<usize>> = starts
        .iter()
        .flat_map(|&start| ends.iter().map(move |&end| start..end))
        .filter(|part| part.len() >= MIN_RUN)
        .collect();
    parts.sort_by_key(|part| (part.start, part.end));
    parts.dedup();
    parts
}

/// Everything near by that may be the id of an S3 key.
fn ids_around(view: &View<'_>, value: &Range<usize>) -> Vec<String> {
    let mut ids = companions::around(view, value.clone()).token_ids;
    let near = value.start.saturating_sub(ID_REACH)..view.text.len().min(value.end + ID_REACH);
    let words = view.text[near].split(|&byte| !byte.is_ascii_alphanumeric());
    let is_id = |word: &&[u8]| word.len() == 32 && word.iter().all(u8::is_ascii_hexdigit);
    ids.extend(words.filter(is_id).map(|word| String::from_utf8_lossy(word).into_owned()));
    ids
}
