//! What git tells a hook about a push, and what the other side has already.
//!
//! The protocols of githooks(5); SURFACES.md 5.1 and 5.2.

use super::lookup::Lookup;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::hash::ObjectId;
use std::fmt;

/// A line of `pre-push` (`LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`) or of `pre-receive` (`OLD-ID NEW-ID REF`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What the sender calls it: a ref, `HEAD`, `(delete)` or any revision. Nothing on the receiving side.
    pub local: Option<BString>,
    /// What is asked for. `None`: the ref goes away.
    pub new: Option<ObjectId>,
    pub remote: BString,
    /// What the ref is on the other side. `None`: it is new.
    pub old: Option<ObjectId>,
}

/// A line that is not of the protocol. Passing it by could let a leak through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    pub number: usize,
    pub expected: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of what git says about this push is not \"{}\"", self.number, self.expected)
    }
}

impl std::error::Error for BadLine {}

pub fn pre_push(stdin: &[u8]) -> Result<Vec<Update>, BadLine> {
    let expected = "LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID";
    parse(stdin, expected, |line| {
        // A local name may hold spaces (`HEAD@{1 day ago}`); ids and remote refs cannot.
        let mut words = line.rsplitn(4, |byte| *byte == b' ');
        let old = id(words.next()?)?;
        let remote = words.next()?.into();
        let new = id(words.next()?)?;
        Some(Update { local: Some(words.next()?.into()), new, remote, old })
    })
}

pub fn pre_receive(stdin: &[u8]) -> Result<Vec<Update>, BadLine> {
    let expected = "OLD-ID NEW-ID REF";
    parse(stdin, expected, |line| {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let old = id(words.next()?)?;
        let new = id(words.next()?)?;
        Some(Update { local: None, new, remote: words.next()?.into(), old })
    })
}

fn parse(
    stdin: &[u8],
    expected: &'static str,
    line: impl Fn(&[u8]) -> Option<Update>,
) -> Result<Vec<Update>, BadLine> {
    let lines = stdin.lines().enumerate();
    lines.map(|(at, text)| line(text).ok_or(BadLine { number: at + 1, expected })).collect()
}

/// An id; all zeros stand for none.
fn id(hex: &[u8]) -> Option<Option<ObjectId>> {
    let id = ObjectId::from_hex(hex).ok()?;
    Some(Some(id).filter(|id| !id.is_null()))
}

/// The two ends of a push: what is asked for, and what the other side has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    pub want: Vec<ObjectId>,
    pub have: Vec<ObjectId>,
    /// Ids of the other side that are not here: somebody pushed in between, or the push is forced. What they lead to
    /// cannot be left out, so more is scanned than is sent.
    pub unknown: Vec<ObjectId>,
}

/// `tracked` are the ids that the other side is known to have had.
pub fn ends(updates: &[Update], tracked: impl IntoIterator<Item = ObjectId>, lookup: &Lookup) -> Ends {
    let old = updates.iter().filter_map(|update| update.old);
    let (mut have, unknown): (Vec<_>, Vec<_>) = old.partition(|id| lookup.contains(id));
    have.extend(tracked);
    let mut ends = Ends { want: updates.iter().filter_map(|update| update.new).collect(), have, unknown };
    for ids in [&mut ends.want, &mut ends.have, &mut ends.unknown] {
        ids.sort_unstable();
        ids.dedup();
    }
    ends
}

/// The remote-tracking refs that say what the remote of a push has.
///
/// Only a remote that is known by name, and that is fetched from where it is pushed to: with a `pushurl` of its own
/// (a fork) or several URLs they tell of another repository (SURFACES.md 5.1).
pub fn tracking(repository: &gix::Repository, remote: &[u8]) -> Vec<ObjectId> {
    if !is_fetched_where_pushed(repository, remote.as_bstr()) {
        return Vec::new();
    }
    let prefix = [b"refs/remotes/", remote, b"/"].concat();
    let Ok(platform) = repository.references() else { return Vec::new() };
    let Ok(all) = platform.all() else { return Vec::new() };
    let tracked =
        all.filter_map(Result::ok).filter(|reference| reference.name().as_bstr().starts_with(&prefix));
    tracked.filter_map(|reference| reference.try_id().map(gix::Id::detach)).collect()
}

fn is_fetched_where_pushed(repository: &gix::Repository, name: &BStr) -> bool {
    let config = repository.config_snapshot();
    let values = |key: &str| config.plumbing().raw_values_by("remote", Some(name), key).unwrap_or_default();
    let (urls, push_urls) = (values("url"), values("pushurl"));
    let [url] = urls.as_slice() else { return false };
    // Rewritten by `url.*.insteadOf` and `pushInsteadOf`, as git does it.
    let Ok(found) = repository.find_remote(name) else { return false };
    let rewritten = |direction| found.url(direction).map(|url| url.to_bstring());
    push_urls.iter().all(|push_url| push_url == url)
        && rewritten(gix::remote::Direction::Push) == rewritten(gix::remote::Direction::Fetch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(first: &str) -> String {
        first.repeat(40)
    }

    #[test]
    fn lines_of_both_protocols() {
        let (a, b, none) = (hex("a"), hex("b"), hex("0"));
        let text = format!(
            "refs/heads/x {a} refs/heads/x {none}\n(delete) {none} refs/heads/gone {b}\nHEAD@{{1 day ago}} {a} refs/heads/y {b}\n"
        );
        let updates = pre_push(text.as_bytes()).unwrap();
        assert_eq!((updates[0].old, updates[1].new), (None, None));
        assert_eq!(updates[2].local.as_ref().unwrap(), "HEAD@{1 day ago}");
        let updates = pre_receive(format!("{none} {a} refs/heads/x\n").as_bytes()).unwrap();
        assert_eq!((updates[0].old, updates[0].remote.as_slice()), (None, b"refs/heads/x".as_slice()));
        assert!(updates[0].new.is_some() && updates[0].local.is_none());
    }

    #[test]
    fn sha256_ids_and_no_lines_at_all() {
        let long = "c".repeat(64);
        let text = format!("refs/heads/x {long} refs/heads/x {}\n", "0".repeat(64));
        assert_eq!(pre_push(text.as_bytes()).unwrap()[0].old, None);
        assert_eq!(pre_push(b""), Ok(Vec::new()));
    }

    #[test]
    fn a_strange_line_is_an_error() {
        let a = hex("a");
        let table = ["x".to_owned(), format!("refs/heads/x {a}"), format!("{a} {a}"), format!("a b c {a}x")];
        for text in table {
            assert!(pre_push(text.as_bytes()).is_err(), "{text}");
            assert!(pre_receive(text.as_bytes()).is_err(), "{text}");
        }
    }
}
