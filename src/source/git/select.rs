//! Revisions as people write them, and the commits they choose.

use super::repository::Repository;
use gix::bstr::ByteSlice;
use gix::hash::ObjectId;
use gix::revision::plumbing::Spec;
use std::fmt;

/// What is asked for, and what is left out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub want: Vec<ObjectId>,
    pub have: Vec<ObjectId>,
}

/// A revision that means nothing here. Never "no commits": that would look clean.
#[derive(Debug)]
pub struct BadRevision {
    spec: String,
    repository: String,
    why: String,
}

impl fmt::Display for BadRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadRevision { spec, repository, why } = self;
        write!(f, "\"{spec}\" names no commits in {repository}: {why}")
    }
}

impl std::error::Error for BadRevision {}

/// `A..B`, `A...B`, or all that one revision leads to.
pub fn range(repository: &Repository, spec: &str) -> Result<Chosen, BadRevision> {
    let bad = |why: String| BadRevision { spec: spec.to_owned(), repository: repository.name.clone(), why };
    let gix = repository.gix().ok_or_else(|| bad(repository.problem.clone().unwrap_or_default()))?;
    let parsed = gix.rev_parse(spec.as_bytes().as_bstr()).map_err(|error| bad(error.to_string()))?.detach();
    let chosen = match parsed {
        Spec::Include(id) => Chosen { want: vec![id], have: Vec::new() },
        Spec::Range { from, to } => Chosen { want: vec![to], have: vec![from] },
        Spec::Merge { theirs, ours } => {
            // Commits without a common ancestor share nothing that could be left out.
            let base = gix.merge_base(theirs, ours).ok().flatten().map(gix::Id::detach);
            Chosen { want: vec![theirs, ours], have: base.into_iter().collect() }
        }
        Spec::Exclude(_) | Spec::IncludeOnlyParents(_) | Spec::ExcludeParents(_) => {
            return Err(bad("write it as A..B".to_owned()));
        }
    };
    Ok(chosen)
}

/// What came after a revision, up to HEAD.
pub fn since(repository: &Repository, revision: &str) -> Result<Chosen, BadRevision> {
    let bad =
        |why: String| BadRevision { spec: revision.to_owned(), repository: repository.name.clone(), why };
    let gix = repository.gix().ok_or_else(|| bad(repository.problem.clone().unwrap_or_default()))?;
    let from = gix.rev_parse_single(revision.as_bytes().as_bstr()).map_err(|error| bad(error.to_string()))?;
    let head = gix.head_id().map_err(|error| bad(error.to_string()))?;
    Ok(Chosen { want: vec![head.detach()], have: vec![from.detach()] })
}
