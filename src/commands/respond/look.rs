//! What it did and what it minted, as the audit logs have it.

use crate::cloudflare::Auth;
use crate::commands::respond::session::Session;
use crate::commands::{CommandError, edge};
use crate::model::Kind;
use crate::model::incident::{Gap, Named, OwnerKind, Reach, TargetKind};
use crate::respond::audit::{self, Question, Subject};
use crate::respond::identify::{Identified, Sought};
use crate::respond::{Desk, minted, probes, reach, replacement, timeline};

/// Reads the logs and follows what was minted.
pub fn trail(session: &mut Session<'_>, sought: &Sought, found: &Identified) -> Result<(), CommandError> {
    begin_at_issue(session);
    let question = question(session, sought, found);
    let desks: Vec<&Desk> = session.responders.iter().map(|responder| &responder.desk).collect();
    let (trail, timeline, minted, gaps) = session.runtime.block_on(async {
        let mut trail = audit::read(&desks, &question).await;
        let (mut timeline, mut gaps) = timeline::tell(&question, &mut trail);
        let leaked = match &question.subject {
            Subject::Token(id) => Some(id.as_str()),
            Subject::GlobalKey | Subject::Oauth | Subject::Unnamed => None,
        };
        let (minted, more) = minted::find(&desks, &question, &trail, leaked).await;
        gaps.extend(more);
        timeline::add_names(&mut timeline, &minted);
        (trail, timeline, minted, gaps)
    });
    let says = format!(
        "audit log: {} entries in {} logs since the leak; {} things that outlive it",
        timeline.in_window().count(),
        timeline.logs.len(),
        minted.len()
    );
    let identity = session.incident.identity.as_ref();
    let proposed = identity.map(|identity| replacement::propose(identity, &question, &trail));
    let (replacement, more) = proposed.unwrap_or_default();
    session.incident.gaps.extend(more);
    session.incident.replacement = replacement;
    session.incident.timeline = (!desks.is_empty()).then_some(timeline);
    session.incident.minted = minted;
    session.incident.gaps.extend(gaps);
    session.finish("audit", &says)
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
    let identity = session.incident.identity.as_ref();
    let mut known: Vec<Named> = identity.map(|identity| identity.accounts.clone()).unwrap_or_default();
    let owner = identity.and_then(|identity| identity.owner.as_ref());
    if known.is_empty() || owner.is_none_or(|owner| owner.kind == OwnerKind::User) {
        // What a user's token minted may act where the token itself may not.
        known.extend(session.responders.iter().flat_map(|responder| responder.accounts.clone()));
    }
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
pub fn reach(session: &mut Session<'_>, sought: &Sought, may_probe: bool) -> Result<(), CommandError> {
    let identity = session.incident.identity.clone();
    let is_on_record = sought.kind == Kind::GlobalApiKey
        || identity
            .as_ref()
            .is_some_and(|identity| !identity.policies.is_empty() || !identity.scopes.is_empty());
    let (reach, gaps) = match (identity, probing(session, sought).filter(|_| may_probe && !is_on_record)) {
        (_, Some(desk)) => try_out(session, sought, &desk),
        (Some(identity), None) => {
            let desks: Vec<&Desk> = session.responders.iter().map(|responder| &responder.desk).collect();
            session.runtime.block_on(reach::measure(&desks, &identity, &sought.kind))
        }
        (None, None) => {
            session.incident.reach = None;
            session.incident.gaps.push(Gap::new(
                "what it could do",
                "nobody may read its record; --probe tries what the credential itself may read",
            ));
            return Ok(());
        }
    };
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

/// A desk for the leaked credential itself, where its kind can ask the API at all.
fn probing(session: &Session<'_>, sought: &Sought) -> Option<Desk> {
    let secret = sought.secret.clone()?;
    let can_ask = matches!(
        sought.kind,
        Kind::UserApiToken | Kind::AccountApiToken | Kind::LegacyApiToken | Kind::OauthAccessToken
    );
    can_ask.then(|| {
        Desk::new(session.client.clone(), Auth::Bearer(secret), "the leaked credential itself (--probe)")
    })
}

/// Uses the leaked credential, read-only and within bounds. Only after `--probe`.
fn try_out(session: &Session<'_>, sought: &Sought, desk: &Desk) -> (Reach, Vec<Gap>) {
    let (accounts, _) = accounts(session, sought);
    let zones: Vec<Named> = sought
        .grant
        .iter()
        .flat_map(|grant| &grant.zones)
        .map(|(id, name)| Named::new(id, Some(name.clone())))
        .collect();
    let of_user = sought.kind != Kind::AccountApiToken;
    session.runtime.block_on(probes::try_out(desk, of_user, &accounts, &zones))
}
