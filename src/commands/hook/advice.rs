//! How to take a value out of what nobody else has yet.

use super::guard::Occasion;
use crate::model::{GitObjectKind, GitOrigin, SourceKind};
use crate::report::Report;
use crate::source::git::graph::Links;
use crate::source::git::repository::Repository;
use gix::bstr::ByteSlice;
use gix::hash::ObjectId;
use gix::objs::Kind;
use std::collections::BTreeSet;

/// More commits than this are not told how to change one by one.
const MOST: usize = 5;

pub fn lines(occasion: &Occasion<'_>, report: &Report, repository: &Repository) -> Vec<String> {
    let mut lines = Vec::new();
    let is_found = report.findings.iter().any(|entry| entry.counts());
    match occasion {
        Occasion::PreCommit if is_found => lines.extend([
            "Nothing was committed. Take the value out of the file and `git add` it again.".to_owned(),
            "What a program needs at run time belongs in its environment: wrangler secret put, .dev.vars."
                .to_owned(),
        ]),
        Occasion::CommitMsg { file } if is_found => lines
            .push(format!("Nothing was committed. The message is kept: git commit -e -F {}", file.display())),
        Occasion::PrePush { .. } | Occasion::PreReceive if is_found => {
            lines.push("Nothing was pushed. Every commit of a push is sent, so taking a value out in a later one is \
                        not enough. In your clone:".to_owned());
            lines.extend(steps(report, repository));
        }
        Occasion::PreCommit
        | Occasion::CommitMsg { .. }
        | Occasion::PrePush { .. }
        | Occasion::PreReceive => {}
    }
    if is_found {
        if let Some(entry) = report.findings.iter().find(|entry| entry.counts()) {
            lines.push(format!(
                "If a value is no secret, say so in .cfleakignore: {} # why",
                entry.fingerprint
            ));
        }
        lines.push("If it may have been seen already, revoke it: that alone ends it.".to_owned());
    } else {
        lines.push("Not everything could be read, so nothing is let through.".to_owned());
    }
    lines.push(format!("To go on all the same (it is noted): {}", occasion.way_around()));
    lines
}

/// What to do about each commit, tag and ref, oldest place first.
fn steps(report: &Report, repository: &Repository) -> Vec<String> {
    let entries = report.findings.iter().filter(|entry| entry.counts());
    let places = entries.flat_map(|entry| &entry.places);
    let origins = places.filter(|place| place.provenance.source == SourceKind::Git);
    let steps: BTreeSet<String> = origins
        .filter_map(|place| place.provenance.git.as_deref())
        .map(|git| step(git, repository))
        .collect();
    let more = steps.len().saturating_sub(MOST);
    let mut lines: Vec<String> = steps.into_iter().take(MOST).map(|step| format!("  {step}")).collect();
    lines.extend((more > 0).then(|| format!("  and {more} more of the same")));
    lines
}

fn step(git: &GitOrigin, repository: &Repository) -> String {
    match (git.kind, &git.commit) {
        (GitObjectKind::Ref, _) => {
            "the name is sent too: git branch -m (or git tag), give it another".to_owned()
        }
        (GitObjectKind::Tag, _) => {
            let name = tag_name(&git.object, repository).unwrap_or_else(|| "TAG".to_owned());
            format!("git tag -a -f {name}: write its message anew")
        }
        (GitObjectKind::Commit, Some(commit)) => rewrite(commit, "reword", repository),
        (GitObjectKind::Blob | GitObjectKind::Tree, Some(commit)) => rewrite(commit, "edit", repository),
        (GitObjectKind::Commit | GitObjectKind::Blob | GitObjectKind::Tree, None) => {
            format!("object {} is pushed by itself: delete the ref that names it", git.object)
        }
    }
}

fn rewrite(commit: &str, verb: &str, repository: &Repository) -> String {
    let short = commit.get(..10).unwrap_or(commit);
    let id = ObjectId::from_hex(commit.as_bytes()).ok();
    if id.is_some() && id == repository.head() {
        return match verb {
            "reword" => format!("{short} is the last commit: git commit --amend, and write its message anew"),
            _ => format!("{short} is the last commit: take it out of the file, git commit -a --amend"),
        };
    }
    let parents = id.and_then(|id| parents(&id, repository));
    let base = match parents {
        Some(0) => "--root".to_owned(),
        Some(1) | None => format!("{short}^"),
        Some(_) => format!("--rebase-merges {short}^"),
    };
    let then = match verb {
        "reword" => "write its message anew",
        _ => "take it out, git commit -a --amend, git rebase --continue",
    };
    let place =
        if id.is_some_and(|id| leads_to_head(&id, repository)) { "" } else { "on the branch that has it, " };
    format!("{place}git rebase -i {base}: mark {short} \"{verb}\"; {then}")
}

fn leads_to_head(commit: &ObjectId, repository: &Repository) -> bool {
    let Some((gix, head)) = repository.gix().zip(repository.head()) else { return false };
    gix.merge_base(head, *commit).ok().flatten().is_some_and(|base| base == *commit)
}

/// The name that an annotated tag gives itself.
fn tag_name(id: &str, repository: &Repository) -> Option<String> {
    let id = ObjectId::from_hex(id.as_bytes()).ok()?;
    let bytes = repository.lookup().ok()?.read_kind(&id, Kind::Tag).ok()?;
    let name = bytes.lines().find_map(|line| line.strip_prefix(b"tag "))?;
    Some(name.to_str_lossy().into_owned())
}

fn parents(commit: &ObjectId, repository: &Repository) -> Option<usize> {
    let bytes = repository.lookup().ok()?.read_kind(commit, Kind::Commit).ok()?;
    Links::parse(&bytes).map(|links| links.parents.len())
}
