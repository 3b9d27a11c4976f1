//! Refs: the names by which people reach objects.

use gix::bstr::BString;
use gix::hash::ObjectId;
use std::cmp::Reverse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    pub name: BString,
    pub id: ObjectId,
}

/// All refs of a repository.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// Branches before the rest, so that the first that contain a commit are the ones a person knows.
    pub tips: Vec<Tip>,
    /// What HEAD points to, if it points to a commit that exists.
    pub head: Option<ObjectId>,
}

impl Refs {
    pub fn new(mut tips: Vec<Tip>, head: Option<ObjectId>) -> Self {
        tips.sort_by(|a, b| {
            (rank(&a.name, head == Some(a.id)), &a.name).cmp(&(rank(&b.name, head == Some(b.id)), &b.name))
        });
        tips.dedup();
        Refs { tips, head }
    }
}

/// Lower is more telling: a branch where HEAD stands, branches, remote branches, tags, what hosts and tools keep.
fn rank(name: &[u8], is_head: bool) -> (Reverse<bool>, u8) {
    let families: [&[u8]; 4] = [b"HEAD", b"refs/heads/", b"refs/remotes/", b"refs/tags/"];
    let family = families.iter().position(|family| name.starts_with(family)).unwrap_or(families.len());
    (Reverse(is_head && family < 2), family as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_come_first_and_the_current_one_before_all() {
        let id = |first: u8| ObjectId::Sha1([first; 20]);
        let tip = |name: &str, first| Tip { name: name.into(), id: id(first) };
        let names =
            ["refs/pull/1/head", "refs/tags/v1", "refs/heads/a", "refs/remotes/o/a", "refs/heads/main"];
        let tips = names.iter().zip([1, 2, 1, 2, 2]).map(|(name, first)| tip(name, first)).collect();
        let refs = Refs::new(tips, Some(id(2)));
        let order: Vec<String> = refs.tips.iter().map(|tip| tip.name.to_string()).collect();
        let expected =
            ["refs/heads/main", "refs/heads/a", "refs/remotes/o/a", "refs/tags/v1", "refs/pull/1/head"];
        assert_eq!(order, expected);
    }
}
