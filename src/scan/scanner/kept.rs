//! The candidates of one chunk: of those made of the same bytes the best one stays.
//!
//! Two rules may read one value, and one value may be read twice, whole and undone. Kept by place, so that a log with a
//! million values costs each of them a look at its neighbours only.

use crate::model::{Candidate, Confidence, Layer};
use std::collections::BTreeMap;
use std::ops::Range;

/// A candidate and the part of the chunk's raw bytes it came from.
pub(super) type Found = (Range<usize>, Candidate);

#[derive(Debug, Default)]
pub(super) struct Kept {
    /// By where they start, and then by age.
    list: BTreeMap<(usize, usize), Found>,
    longest: usize,
    count: usize,
}

impl Kept {
    pub(super) fn insert(&mut self, raw: Range<usize>, candidate: Candidate) {
        self.longest = self.longest.max(raw.len());
        let near = (raw.start.saturating_sub(self.longest), 0)..(raw.end.max(raw.start + 1), 0);
        let new = (raw, candidate);
        if self.list.range(near.clone()).any(|(_, old)| beats(old, &new, Confidence::ge)) {
            return;
        }
        let beaten = self.list.range(near).filter(|(_, old)| beats(&new, old, Confidence::gt));
        let beaten: Vec<_> = beaten.map(|(place, _)| *place).collect();
        for place in beaten {
            self.list.remove(&place);
        }
        self.count += 1;
        self.list.insert((new.0.start, self.count), new);
    }

    /// Does a candidate lie over a part of `raw`?
    pub(super) fn covers(&self, raw: &Range<usize>) -> bool {
        let near = (raw.start.saturating_sub(self.longest), 0)..(raw.end.max(raw.start + 1), 0);
        self.list.range(near).any(|(_, (found, _))| found.start < raw.end && raw.start < found.end)
    }

    /// In the order of their places.
    pub(super) fn into_list(self) -> impl Iterator<Item = Found> {
        self.list.into_values()
    }
}

/// Does `one` take the place of `other`? `surer` decides where both are the same value in the same spelling.
fn beats(one: &Found, other: &Found, surer: fn(&Confidence, &Confidence) -> bool) -> bool {
    let ((range, candidate), (other_range, rival)) = (one, other);
    if range.start >= other_range.end || other_range.start >= range.end {
        return false;
    }
    let one_value = candidate.secret == rival.secret
        || (candidate.place.decoded == rival.place.decoded && !unpacked(candidate));
    if one_value {
        return surer(&candidate.confidence, &rival.confidence);
    }
    range.start == other_range.start
        && match (goes_on_from(candidate, rival), goes_on_from(rival, candidate)) {
            (Some(Layer::Wrapped), _) => false,
            (Some(_), _) => true,
            (None, Some(layer)) => layer == Layer::Wrapped,
            (None, None) => false,
        }
}

/// What joins `longer` to more than `shorter`, which begins alike and stands whole. Only a line break says
/// nothing about whether a value goes on behind it.
fn goes_on_from(longer: &Candidate, shorter: &Candidate) -> Option<Layer> {
    let joints = longer.place.decoded.strip_prefix(shorter.place.decoded.as_slice())?;
    let longer = shorter.confidence >= Confidence::Medium && longer.secret.len() > shorter.secret.len();
    joints.last().copied().filter(|_| longer)
}

/// Compressed text has no span of its own: two values in it only seem to overlap.
fn unpacked(candidate: &Candidate) -> bool {
    let layers = &candidate.place.decoded;
    let after_start = layers.iter().skip(1);
    after_start.into_iter().any(|layer| matches!(layer, Layer::Gzip | Layer::Zstd | Layer::Xz | Layer::Bzip2))
}
