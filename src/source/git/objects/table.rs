//! From an object id to its number.

use gix::hash::oid;

/// An open-addressing table of numbers alone: the ids stay where they are (in the indexes), so an object costs
/// six to twelve bytes here instead of forty.
pub struct Table {
    slots: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Table {
    pub fn empty() -> Self {
        Table { slots: vec![EMPTY] }
    }

    /// Where ids repeat, the lowest number is the one that is found.
    pub fn new<'a>(count: u32, id_of: impl Fn(u32) -> &'a oid) -> Self {
        // At least a third of the slots stay empty, so a probe is short and always ends.
        let len = (count as usize * 3 / 2 + 1).next_power_of_two();
        let mut table = Table { slots: vec![EMPTY; len] };
        for number in 0..count {
            let id = id_of(number);
            let at = table.probe(id, |other| id_of(other) == id);
            if table.slots[at] == EMPTY {
                table.slots[at] = number;
            }
        }
        table
    }

    pub fn find(&self, id: &oid, is: impl Fn(u32) -> bool) -> Option<u32> {
        Some(self.slots[self.probe(id, is)]).filter(|number| *number != EMPTY)
    }

    /// The slot of `id`, or the empty one where it would go.
    fn probe(&self, id: &oid, is: impl Fn(u32) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        // The ids of a pack are hashes already; the first eight bytes are as good as any.
        let start = id.as_bytes().first_chunk::<8>().map_or(0, |head| u64::from_le_bytes(*head));
        let mut at = start as usize & mask;
        while self.slots[at] != EMPTY && !is(self.slots[at]) {
            at = (at + 1) & mask;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix::hash::ObjectId;

    #[test]
    fn finds_the_first_of_equal_ids_and_nothing_else() {
        let ids: Vec<ObjectId> = (0..1000u32)
            .map(|n| {
                let mut bytes = [0; 20];
                // Five of each id, and all in one bucket until the eighth byte.
                bytes[7..11].copy_from_slice(&(n % 200).to_be_bytes());
                ObjectId::Sha1(bytes)
            })
            .collect();
        let table = Table::new(1000, |number| &ids[number as usize]);
        for (n, id) in (0..).zip(&ids) {
            assert_eq!(table.find(id, |other| ids[other as usize] == *id), Some(n % 200));
        }
        let stranger = ObjectId::Sha1([9; 20]);
        assert_eq!(table.find(&stranger, |other| ids[other as usize] == stranger), None);
    }
}
