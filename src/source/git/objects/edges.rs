//! What leads to what among numbered things, in two lists instead of one list each.

/// Edges, grouped by where they begin.
pub struct Edges {
    /// Those of `n` end at `ends[from[n]..from[n + 1]]`.
    from: Vec<usize>,
    ends: Vec<u32>,
}

impl Edges {
    /// Counting sort of `(begin, end)` by their beginnings, which are below `count`. Edges that begin alike keep their
    /// order.
    pub fn new(count: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut from = vec![0; count + 1];
        for (begin, _) in edges.clone() {
            from[begin as usize + 1] += 1;
        }
        for at in 1..from.len() {
            from[at] += from[at - 1];
        }
        let mut next = from.clone();
        let mut ends = vec![0; from[count]];
        for (begin, end) in edges {
            let at = &mut next[begin as usize];
            ends[*at] = end;
            *at += 1;
        }
        Edges { from, ends }
    }

    pub fn of(&self, begin: u32) -> &[u32] {
        let begin = begin as usize;
        &self.ends[self.from[begin]..self.from[begin + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_grouped_and_keep_their_order() {
        let edges = Edges::new(4, [(2, 7), (0, 5), (2, 1), (3, 3), (2, 7)].into_iter());
        let groups: Vec<&[u32]> = (0..4).map(|begin| edges.of(begin)).collect();
        assert_eq!(groups, [&[5][..], &[], &[7, 1, 7], &[3]]);
        assert!(Edges::new(1, std::iter::empty()).of(0).is_empty());
    }
}
