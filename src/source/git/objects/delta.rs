//! A pack's delta: how one object is spelled as pieces of another.
//!
//! Besides the bytes it tells which of them were copied from the base, because what was copied was already seen
//! there. The format is that of gitformat-pack(5), "Deltified representation".

use std::ops::Range;

/// `len` bytes of the base at `from` stand in the result at `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub from: usize,
    pub to: usize,
    pub len: usize,
}

/// The instructions do not fit their base, or contradict themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDelta;

/// Rebuilds an object into `out`, and notes in `copies` what came from `base`.
pub fn apply(base: &[u8], delta: &[u8], out: &mut Vec<u8>, copies: &mut Vec<Copied>) -> Result<(), BadDelta> {
    let mut rest = delta;
    let base_len = size(&mut rest)?;
    let len = size(&mut rest)?;
    if base_len != base.len() {
        return Err(BadDelta);
    }
    out.clear();
    copies.clear();
    out.try_reserve_exact(len).map_err(|_| BadDelta)?;
    while let Some((&command, tail)) = rest.split_first() {
        rest = tail;
        if command & 0x80 != 0 {
            let (from, count) = copy_operands(command, &mut rest)?;
            let bytes = base.get(from..).and_then(|tail| tail.get(..count)).ok_or(BadDelta)?;
            note(copies, Copied { from, to: out.len(), len: count });
            out.extend_from_slice(bytes);
        } else {
            // Command 0 is reserved; `split_at_checked(0)` would loop over it quietly.
            let count = usize::from(command);
            let (bytes, tail) = rest.split_at_checked(count).filter(|_| count > 0).ok_or(BadDelta)?;
            out.extend_from_slice(bytes);
            rest = tail;
        }
        if out.len() > len {
            return Err(BadDelta);
        }
    }
    if out.len() == len { Ok(()) } else { Err(BadDelta) }
}

/// The size that a delta's result declares.
pub fn result_size(delta: &[u8]) -> Result<usize, BadDelta> {
    let mut rest = delta;
    size(&mut rest)?;
    size(&mut rest)
}

/// One copy instruction moves at most 16 MB, and packers emit 64 KB pieces: what continues is one copy.
fn note(copies: &mut Vec<Copied>, next: Copied) {
    if let Some(last) = copies.last_mut()
        && last.from + last.len == next.from
        && last.to + last.len == next.to
    {
        last.len += next.len;
        return;
    }
    copies.push(next);
}

fn copy_operands(command: u8, rest: &mut &[u8]) -> Result<(usize, usize), BadDelta> {
    let mut operand = |bits: Range<u32>| -> Result<usize, BadDelta> {
        let mut value = 0;
        for (shift, bit) in bits.enumerate() {
            if command & (1 << bit) != 0 {
                let (&byte, tail) = rest.split_first().ok_or(BadDelta)?;
                *rest = tail;
                value |= usize::from(byte) << (8 * shift);
            }
        }
        Ok(value)
    };
    let from = operand(0..4)?;
    let count = operand(4..7)?;
    Ok((from, if count == 0 { 0x10000 } else { count }))
}

/// A little-endian base-128 number.
fn size(rest: &mut &[u8]) -> Result<usize, BadDelta> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(BadDelta)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(value).map_err(|_| BadDelta);
        }
    }
    Err(BadDelta)
}

/// The stretches of the result that the base does not show in the same surroundings: what was inserted, and, as
/// empty ranges, the seams where two pieces meet that were not neighbours, or an end that was not one.
pub fn fresh(copies: &[Copied], base_len: usize, len: usize, out: &mut Vec<Range<usize>>) {
    out.clear();
    let (mut at, mut expected) = (0, Some(0));
    for copy in copies {
        if copy.to > at || expected != Some(copy.from) {
            out.push(at..copy.to);
        }
        at = copy.to + copy.len;
        expected = Some(copy.from + copy.len);
    }
    if at < len || expected != Some(base_len) {
        out.push(at..len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(mut value: usize, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Copy(usize, usize),
        Insert(Vec<u8>),
    }

    fn encode(base_len: usize, steps: &[Step]) -> Vec<u8> {
        let len = steps.iter().map(|step| match step {
            Step::Copy(_, count) => *count,
            Step::Insert(bytes) => bytes.len(),
        });
        let mut delta = Vec::new();
        number(base_len, &mut delta);
        number(len.sum(), &mut delta);
        for step in steps {
            match step {
                Step::Copy(from, count) => {
                    delta.push(0x80 | 0x0f | 0x70);
                    delta.extend_from_slice(&(*from as u32).to_le_bytes());
                    delta.extend_from_slice(&(*count as u32).to_le_bytes()[..3]);
                }
                Step::Insert(bytes) => {
                    delta.push(bytes.len() as u8);
                    delta.extend_from_slice(bytes);
                }
            }
        }
        delta
    }

    fn run(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), BadDelta> {
        let (mut out, mut copies) = (Vec::new(), Vec::new());
        apply(base, delta, &mut out, &mut copies).map(|()| (out, copies))
    }

    #[test]
    fn inserted_bytes_and_seams_are_fresh() {
        use Step::*;
        let base = b"0123456789";
        // The steps, the result, and what of it is fresh.
        type Case = (Vec<Step>, &'static [u8], Option<Range<usize>>);
        let table: Vec<Case> = vec![
            (vec![Copy(0, 10)], b"0123456789", None),
            (vec![Copy(0, 4), Copy(4, 6)], b"0123456789", None),
            (vec![Copy(0, 5), Insert(b"ab".to_vec()), Copy(5, 5)], b"01234ab56789", Some(5..7)),
            (vec![Copy(0, 3), Copy(6, 4)], b"0126789", Some(3..3)),
            (vec![Copy(2, 8)], b"23456789", Some(0..0)),
            (vec![Copy(0, 8)], b"01234567", Some(8..8)),
            (vec![Insert(b"xyz".to_vec())], b"xyz", Some(0..3)),
        ];
        for (steps, result, expected) in table {
            let (out, copies) = run(base, &encode(base.len(), &steps)).unwrap();
            assert_eq!(out, result, "{steps:?}");
            let mut ranges = Vec::new();
            fresh(&copies, base.len(), out.len(), &mut ranges);
            assert_eq!(ranges, Vec::from_iter(expected), "{steps:?}");
        }
    }

    #[test]
    fn contradictions_are_errors() {
        let whole = encode(4, &[Step::Copy(0, 4)]);
        let table: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("base of another size", encode(5, &[Step::Copy(0, 4)])),
            ("copy past the end", encode(4, &[Step::Copy(1, 4)])),
            ("truncated operand", whole[..whole.len() - 1].to_vec()),
            ("truncated insert", vec![4, 3, 3, b'a']),
            ("shorter than declared", vec![4, 9, 1, b'a']),
            ("longer than declared", vec![4, 1, 2, b'a', b'b']),
            ("reserved command", vec![4, 0, 0]),
            ("size of 70 bits", vec![0xff; 12]),
        ];
        for (name, delta) in table {
            assert_eq!(run(b"0123", &delta), Err(BadDelta), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_an_error(base in prop::collection::vec(any::<u8>(), 0..40),
                                               delta in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = run(&base, &delta);
        }

        /// Every byte that is neither fresh nor copied would be one that nobody looks at.
        #[test]
        fn fresh_and_copied_cover_the_result(
            steps in prop::collection::vec(
                prop_oneof![
                    (0usize..90, 1usize..10).prop_map(|(from, count)| Step::Copy(from, count)),
                    prop::collection::vec(any::<u8>(), 1..10).prop_map(Step::Insert),
                ],
                0..20,
            )
        ) {
            let base: Vec<u8> = (0..100).collect();
            let (out, copies) = run(&base, &encode(base.len(), &steps)).unwrap();
            let mut ranges = Vec::new();
            fresh(&copies, base.len(), out.len(), &mut ranges);
            for at in 0..out.len() {
                let copied = copies.iter().any(|c| (c.to..c.to + c.len).contains(&at));
                prop_assert_eq!(copied, !ranges.iter().any(|range| range.contains(&at)));
            }
        }
    }
}
