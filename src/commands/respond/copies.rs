//! Places in the words of the case file.

use crate::model::incident::{CopyForm, CopyPlace};
use crate::model::{Place, Provenance, masked};

pub fn copy(place: &Place, form: CopyForm) -> CopyPlace {
    let provenance = &place.provenance;
    let git = provenance.git.as_deref();
    let path = git
        .and_then(|git| git.path.clone())
        .or_else(|| provenance.path.as_ref().map(|path| path.to_string_lossy().into_owned()));
    CopyPlace {
        form,
        source: provenance.source.as_str().to_owned(),
        path: masked(&path.unwrap_or_else(|| "-".to_owned())).into_owned(),
        inside: provenance.inside.iter().map(|member| masked(member).into_owned()).collect(),
        line: place.position.line,
        column: place.position.column,
        decoded: place.decoded.clone(),
        exposure: provenance.exposure,
        commit: git.and_then(|git| git.commit.clone()),
        author: git.and_then(|git| git.author_email.clone().or_else(|| git.author.clone())),
        time: time(provenance),
        at_head: git.map(|git| git.at_head),
        origin: origin(provenance),
    }
}

fn time(provenance: &Provenance) -> Option<String> {
    let git = provenance.git.as_ref().and_then(|git| git.time.clone());
    let transcript = provenance.transcript.as_ref().and_then(|origin| origin.time.clone());
    git.or(transcript).or_else(|| provenance.ci.as_ref().and_then(|origin| origin.time.clone()))
}

/// Whose session or job it was.
fn origin(provenance: &Provenance) -> Option<String> {
    if let Some(origin) = &provenance.transcript {
        let session = origin.session.iter().map(|session| format!("session {session}"));
        let role = origin.role.iter().map(|role| role.replace('_', " "));
        let parts = std::iter::once(origin.agent.clone()).chain(session).chain(role);
        return Some(parts.collect::<Vec<_>>().join(", "));
    }
    let origin = provenance.ci.as_ref()?;
    let job = origin.job.iter().map(|job| format!("job {job}"));
    let step = origin.step.iter().map(|step| format!("step {step}"));
    Some(std::iter::once(origin.provider.clone()).chain(job).chain(step).collect::<Vec<_>>().join(", "))
}
