//! What it did and what it minted, as the audit logs have it.

use crate::commands::respond::session::Session;
use crate::commands::{CommandError, edge};
use crate::model::Kind;
use crate::model::incident::{Named, OwnerKind, TargetKind};
use crate::respond::audit::{self, Question, Subject, Trail};
use crate::respond::identify::{Identified, Sought};
use crate::respond::{Desk, minted, reach, timeline};

/// Reads the logs and follows what was minted.
pub fn trail(session: &mut Session<'_>, sought: &Sought, found: &Identified) -> Result<Trail, CommandError> {
    begin_at_issue(session);
    let question = question(session, sought, found);
    let desks: Vec<&Desk> = session.responders.iter().map(|responder| &responder.desk).collect();
    let (trail, timeline, minted, gaps) = session.runtime.block_on(async {
        let mut trail = audit::read(&desks, &question).await;
        let (timeline, mut gaps) = timeline::tell(&question, &mut trail);
        let leaked = match &question.subject {
            Subject::Token(id) => Some(id.as_str()),
            Subject::GlobalKey | Subject::Oauth | Subject::Unnamed => None,
        };
        let (minted, more) = minted::find(&desks, &question, &trail, leaked).await;
        gaps.extend(more);
        (trail, timeline, minted, gaps)
    });
    let says = format!(
        "audit log: {} entries in {} logs since the leak; {} things that outlive it",
        timeline.in_window().count(),
        timeline.logs.len(),
        minted.len()
    );
    session.incident.timeline = (!desks.is_empty()).then_some(timeline);
    session.incident.minted = minted;
    session.incident.gaps.extend(gaps);
    session.finish("audit", &says)?;
    Ok(trail)
}

/// Nobody told when it leaked: it cannot have been before there was a token.
fn begin_at_issue(session: &mut Session<'_>) {
    let issued = session.incident.identity.as_ref().and_then(|identity| identity.issued_on);
    let leak = &mut session.incident.leak;
    if let Some(issued) = issued.filter(|issued| *issued > leak.since || leak.is_since_a_guess()) {
        leak.since = issued;
        leak.since_source = "the day the token was issued: nobody told when it leaked".to_owned();
    }
}

fn question(session: &Session<'_>, sought: &Sought, found: &Identified) -> Question {
    let incident = &session.incident;
    let identity = incident.identity.as_ref();
    let owner = identity.and_then(|identity| identity.owner.as_ref());
    let by_label = owner.filter(|owner| owner.kind == OwnerKind::User).and_then(|owner| owner.label.clone());
    let (accounts, left_out) = accounts(session, sought);
    let since = incident.leak.since;
    Question {
        subject: subject(sought, found),
        owner_email: by_label.or_else(|| incident.leak.emails.first().cloned()),
        of_user: found.target.kind != TargetKind::AccountToken
            && owner.is_none_or(|owner| owner.kind == OwnerKind::User),
        own_tokens: session.responders.iter().filter_map(|responder| responder.token_id.clone()).collect(),
        accounts,
        left_out,
        baseline_since: since.checked_sub(Question::MONTH).unwrap_or(since),
        since,
        until: edge::now(),
    }
}

fn subject(sought: &Sought, found: &Identified) -> Subject {
    match (&sought.kind, &found.target.id) {
        (Kind::GlobalApiKey, _) => Subject::GlobalKey,
        (Kind::OauthAccessToken | Kind::OauthRefreshToken, _) => Subject::Oauth,
        (
            Kind::UserApiToken | Kind::AccountApiToken | Kind::LegacyApiToken | Kind::R2S3Credentials,
            Some(id),
        ) => Subject::Token(id.clone()),
        _unnamed => Subject::Unnamed,
    }
}

/// Those that are asked, and those that `--account` left out.
fn accounts(session: &Session<'_>, sought: &Sought) -> (Vec<Named>, Vec<Named>) {
    let mut known: Vec<Named> = match &session.incident.identity {
        Some(identity) if !identity.accounts.is_empty() => identity.accounts.clone(),
        Some(_) | None => {
            session.responders.iter().flat_map(|responder| responder.accounts.clone()).collect()
        }
    };
    for account in &sought.accounts {
        if !known.iter().any(|named| named.id == account.as_str()) {
            known.push(Named::new(account.as_str(), None));
        }
    }
    let mut seen = std::collections::HashSet::new();
    known.retain(|account| seen.insert(account.id.clone()));
    let chosen = &session.leaked.accounts;
    known
        .into_iter()
        .partition(|account| chosen.is_empty() || chosen.iter().any(|wanted| wanted.as_str() == account.id))
}

/// What it could do, to what, and what would have been enough.
pub fn reach(session: &mut Session<'_>, sought: &Sought) -> Result<(), CommandError> {
    let Some(identity) = session.incident.identity.clone() else {
        session.incident.reach = None;
        return Ok(());
    };
    let desks: Vec<&Desk> = session.responders.iter().map(|responder| &responder.desk).collect();
    let (reach, gaps) = session.runtime.block_on(reach::measure(&desks, &identity, &sought.kind));
    let says = format!(
        "blast radius: {} permissions, {} lists of things within reach, {} secrets to replace",
        reach.powers.len(),
        reach.assets.len(),
        reach.rotations.len()
    );
    session.incident.reach = Some(reach);
    session.incident.gaps.extend(gaps);
    session.finish("reach", &says)
}
