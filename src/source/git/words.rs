//! What a commit or tag says about itself: who, when, why.

use crate::model::GitOrigin;
use gix::actor::SignatureRef;
use gix::bstr::ByteSlice;
use gix::hash::Kind as HashKind;
use gix::objs::{CommitRef, Kind, TagRef};
use jiff::Timestamp;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub author: Option<String>,
    pub author_email: Option<String>,
    /// RFC 3339, UTC.
    pub time: Option<String>,
    pub summary: Option<String>,
}

impl Words {
    /// Of a commit or tag; of anything else, or what cannot be parsed, nothing.
    pub fn of(kind: Kind, bytes: &[u8], hash: HashKind) -> Self {
        match kind {
            Kind::Commit => Self::of_commit(bytes, hash),
            Kind::Tag => Self::of_tag(bytes, hash),
            Kind::Tree | Kind::Blob => None,
        }
        .unwrap_or_default()
    }

    /// Adds them to what is known of an object.
    pub fn put(self, origin: GitOrigin) -> GitOrigin {
        GitOrigin {
            author: self.author,
            author_email: self.author_email,
            time: self.time,
            summary: self.summary,
            ..origin
        }
    }

    fn of_commit(bytes: &[u8], hash: HashKind) -> Option<Self> {
        let commit = CommitRef::from_bytes(bytes, hash).ok()?;
        Some(Self::new(commit.author().ok(), &commit.message_summary()))
    }

    fn of_tag(bytes: &[u8], hash: HashKind) -> Option<Self> {
        let tag = TagRef::from_bytes(bytes, hash).ok()?;
        let summary = tag.message.lines().next().unwrap_or_default();
        Some(Self::new(tag.tagger().ok().flatten(), summary))
    }

    fn new(author: Option<SignatureRef<'_>>, summary: &[u8]) -> Self {
        Words {
            author: author.map(|author| author.name.to_str_lossy().into_owned()),
            author_email: author.map(|author| author.email.to_str_lossy().into_owned()),
            time: author
                .and_then(|author| Timestamp::from_second(author.seconds()).ok())
                .map(|t| t.to_string()),
            summary: Some(summary.to_str_lossy().into_owned()).filter(|summary| !summary.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_and_a_tag_speak_for_themselves() {
        let id = "1".repeat(40);
        let commit = format!(
            "tree {id}\nauthor A B <a@b.example> 1700000000 +0130\ncommitter C <c@d> 1 +0000\n\nFirst\nline\n\nmore"
        );
        let words = Words::of(Kind::Commit, commit.as_bytes(), HashKind::Sha1);
        assert_eq!(words.author.as_deref(), Some("A B"));
        assert_eq!(words.author_email.as_deref(), Some("a@b.example"));
        assert_eq!(words.time.as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(words.summary.as_deref(), Some("First line"));

        let tag = format!("object {id}\ntype commit\ntag v1\ntagger T <t@u> 1700000000 +0000\n\nOut\nnow\n");
        let words = Words::of(Kind::Tag, tag.as_bytes(), HashKind::Sha1);
        assert_eq!((words.author.as_deref(), words.summary.as_deref()), (Some("T"), Some("Out")));
    }

    #[test]
    fn what_is_no_commit_says_nothing() {
        assert_eq!(Words::of(Kind::Commit, b"tree x\n", HashKind::Sha1), Words::default());
        assert_eq!(Words::of(Kind::Blob, b"author A <b> 1 +0000", HashKind::Sha1), Words::default());
    }
}
