//! What outlives the credential: everything the logs show it made, and tokens that nobody can explain.
//!
//! Looks only; what it finds is put into the plan by `plan`.

use crate::cloudflare::is_id;
use crate::model::incident::{Gap, Log, Minted, MintedKind, Presence};
use crate::respond::Desk;
use crate::respond::audit::{Entry, Question, Thing, Trail};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;

/// So many things are looked up; the presence of the rest is unknown.
const MOST_LOOKS: usize = 200;

/// The record of a token somebody may list.
struct Listed {
    id: String,
    name: Option<String>,
    /// `None` for a user's token.
    account: Option<String>,
    issued_on: Option<Timestamp>,
    status: String,
    created_by: Option<String>,
}

/// Everything minted since the leak, tokens first. The trail must have been through `timeline::tell`, which marks what is new.
pub async fn find(
    desks: &[&Desk],
    question: &Question,
    trail: &Trail,
    leaked: Option<&str>,
) -> (Vec<Minted>, Vec<Gap>) {
    let mut gaps = Vec::new();
    let listed = list_tokens(desks, question, &mut gaps).await;
    let entries = trail.entries.iter().filter(|entry| is_suspect(entry, question, leaked));
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (entry, thing) in entries.filter_map(|entry| Some((entry, entry.thing.as_ref()?))) {
        if !seen.insert((
            thing.kind,
            thing.id.clone().or_else(|| thing.path.clone()),
            entry.account_id.clone(),
        )) {
            continue;
        }
        let mut minted = of_entry(entry, thing);
        if let Some(record) = listed.iter().find(|record| Some(&record.id) == thing.id.as_ref()) {
            minted.presence = presence(&record.status);
            minted.name = minted.name.or_else(|| record.name.clone());
            minted.account = record.account.clone();
        } else if found.len() < MOST_LOOKS {
            look(desks, thing, &mut minted).await;
        }
        found.push(minted);
    }
    let is_expected = |id: &String| question.own_tokens.contains(id) || leaked == Some(id);
    let known: BTreeSet<String> = found.iter().filter_map(|minted: &Minted| minted.id.clone()).collect();
    let unexplained =
        listed.into_iter().filter(|record| !known.contains(&record.id) && !is_expected(&record.id));
    found.extend(unexplained.filter_map(|record| suspicious(record, question, trail)));
    found.sort_by_key(|minted| (minted.kind, minted.generation, minted.at));
    (found, gaps)
}

/// A token that is made is always one; of the rest, what was usual before the leak goes on being usual.
fn is_suspect(entry: &Entry, question: &Question, leaked: Option<&str>) -> bool {
    let Some(thing) = &entry.thing else { return false };
    let is_itself = thing.kind == MintedKind::Token && thing.id.as_deref() == leaked && leaked.is_some();
    let is_worth = thing.kind == MintedKind::Token || entry.event.is_new;
    entry.event.time >= question.since && is_worth && !is_itself
}

fn of_entry(entry: &Entry, thing: &Thing) -> Minted {
    let event = &entry.event;
    let by = match event.generation {
        Some(_) => String::new(),
        None => "; this log does not name the token that did it".to_owned(),
    };
    Minted {
        kind: thing.kind,
        id: thing.id.clone(),
        name: thing.name.clone(),
        account: entry.account_id.clone(),
        zone: event.zone.clone(),
        at: Some(event.time),
        by_token: event.token_id.clone(),
        generation: event.generation.unwrap_or(0) + 1,
        presence: Presence::Unknown,
        is_suspect: false,
        evidence: format!("audit log entry {} of {}{by}", event.audit_id, event.time),
        advice: advice(thing.kind).to_owned(),
    }
}

/// Tokens of the user and of the accounts that were issued since the leak.
async fn list_tokens(desks: &[&Desk], question: &Question, gaps: &mut Vec<Gap>) -> Vec<Listed> {
    let user =
        question.of_user.then(|| ("/user/tokens".to_owned(), None, "the tokens of the owner".to_owned()));
    let accounts = question.accounts.iter().filter(|account| is_id(&account.id)).map(|account| {
        let what = format!("the tokens of {}", account.label());
        (format!("/accounts/{}/tokens", account.id), Some(account.id.clone()), what)
    });
    let mut found = Vec::new();
    for (path, account, what) in user.into_iter().chain(accounts) {
        // `/user` is whoever asks: the tokens of somebody else are no suspects.
        let is_stranger = |desk: &&Desk| match (desk.user(), &question.owner_email) {
            (Some(user), Some(owner)) => account.is_none() && !user.eq_ignore_ascii_case(owner),
            (Some(_) | None, _) => false,
        };
        let asking: Vec<&Desk> = desks.iter().copied().filter(|desk| !is_stranger(desk)).collect();
        match list_at(&asking, &path).await {
            Ok((items, complete)) => {
                found.extend(items.iter().filter_map(|item| listed(item, account.as_deref())));
                if !complete {
                    gaps.push(Gap::new(what, "the list goes on beyond what was read"));
                }
            }
            Err(why) => gaps.push(Gap::new(what, why)),
        }
    }
    found
}

async fn list_at(desks: &[&Desk], path: &str) -> Result<(Vec<Value>, bool), String> {
    const MOST: usize = 2000;
    let query = [("per_page", "50".to_owned()), ("include_expired", "true".to_owned())];
    let mut why = "no responder credential of its owner was given (--responder)".to_owned();
    for desk in desks {
        match desk.list(path, &query, MOST).await {
            Ok(listing) => return Ok((listing.items, listing.complete)),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

fn listed(item: &Value, account: Option<&str>) -> Option<Listed> {
    let text = |field: &str| item[field].as_str().map(str::to_owned);
    Some(Listed {
        id: text("id").filter(|id| is_id(id))?,
        name: text("name"),
        account: account.map(str::to_owned),
        issued_on: item["issued_on"].as_str().and_then(|time| time.parse().ok()),
        status: text("status").unwrap_or_default(),
        created_by: text("creator_email_at_creation"),
    })
}

/// Issued since the leak, and nothing in the logs says by whom. It may be honest work of somebody else.
fn suspicious(record: Listed, question: &Question, trail: &Trail) -> Option<Minted> {
    let issued = record.issued_on.filter(|issued| *issued >= question.since)?;
    let by = record.created_by.map(|email| format!(" by {email}")).unwrap_or_default();
    Some(Minted {
        kind: MintedKind::Token,
        id: Some(record.id),
        name: record.name,
        is_suspect: would_be_told(trail, record.account.is_some()),
        account: record.account,
        zone: None,
        at: Some(issued),
        by_token: None,
        generation: 1,
        presence: presence(&record.status),
        evidence: format!(
            "the list of tokens: issued {issued}{by}, since the leak, and no log entry of the leaked credential explains it"
        ),
        advice: "ask who made it; freeze it if nobody did".to_owned(),
    })
}

/// Were the logs read in which making such a token would show? An account's may not have what a user does to itself
/// (CLOUDFLARE.md 4.1).
fn would_be_told(trail: &Trail, of_account: bool) -> bool {
    let wanted = if of_account { Log::V2 } else { Log::UserV1 };
    let mut logs = trail.logs.iter().filter(|read| read.log == wanted).peekable();
    logs.peek().is_some() && logs.all(|read| read.complete)
}

fn presence(status: &str) -> Presence {
    match status {
        "active" => Presence::Exists,
        "disabled" | "expired" => Presence::Inactive,
        _unheard_of => Presence::Unknown,
    }
}

/// Is it still there? The answer may hold values, so it is never kept.
async fn look(desks: &[&Desk], thing: &Thing, minted: &mut Minted) {
    if thing.kind == MintedKind::R2Credentials {
        // Nobody can list or end them but by the token they come from.
        return;
    }
    if thing.kind == MintedKind::Worker {
        return look_for_worker(desks, thing, minted).await;
    }
    let Some(path) = thing.path.as_deref().filter(|path| is_single(path)) else { return };
    for desk in desks {
        match desk.look(path).await {
            Ok(record) => {
                let status = record["status"].as_str().filter(|_| thing.kind == MintedKind::Token);
                let is_deleted = record["deleted_at"].is_string();
                minted.presence = match (is_deleted, status) {
                    (true, _) => Presence::Gone,
                    (false, Some(status)) => presence(status),
                    (false, None) => Presence::Exists,
                };
                minted.name = minted.name.take().or_else(|| record["name"].as_str().map(str::to_owned));
                return;
            }
            // To a stranger every token of a user is absent.
            Err(error) if error.is_absence() && !path.starts_with("/user/") => {
                minted.presence = Presence::Gone
            }
            Err(_) => {}
        }
    }
}

/// The path of a Worker answers with its code, so the list is asked instead.
async fn look_for_worker(desks: &[&Desk], thing: &Thing, minted: &mut Minted) {
    let Some((list, rest)) = thing.path.as_deref().and_then(|path| path.split_once("/scripts/")) else {
        return;
    };
    let script = rest.split('/').next().unwrap_or_default();
    minted.name = Some(script.to_owned());
    for desk in desks {
        let (listing, error) = desk.read(&format!("{list}/scripts"), &[], 10_000).await;
        if error.is_some() {
            continue;
        }
        let is_there = listing.items.iter().any(|item| item["id"] == script);
        minted.presence = match (is_there, listing.complete) {
            (true, _) => Presence::Exists,
            (false, true) => Presence::Gone,
            (false, false) => Presence::Unknown,
        };
        return;
    }
}

/// A list would say "there" of a thing that is gone.
fn is_single(path: &str) -> bool {
    const LISTS: [&str; 6] = ["tokens", "members", "dns_records", "routes", "jobs", "domains"];
    path.rsplit('/').next().is_some_and(|last| !LISTS.contains(&last))
}

fn advice(kind: MintedKind) -> &'static str {
    match kind {
        MintedKind::Token => "freeze it: it works without the leaked one",
        MintedKind::Member => "remove this member, or put the former role back",
        MintedKind::OauthClient => "delete the client; its grants end with it",
        MintedKind::ServiceToken => "disable it, then delete it",
        MintedKind::AccessPolicy => "compare with what it was, and end the sessions it let in",
        MintedKind::IdentityProvider => "remove it, and end all sessions",
        MintedKind::Tunnel => "rotate its secret or delete it, and drop its connections",
        MintedKind::R2Credentials => "they end when they expire, or with the token they come from",
        MintedKind::Worker => "go back to the last version of yours, and rotate every secret bound to it",
        MintedKind::WorkerRoute => "delete it, or put the former one back",
        MintedKind::DnsRecord => "put the record back, then look for certificates issued meanwhile",
        MintedKind::Webhook => "remove it, or put the former address back",
        MintedKind::LogpushJob => "delete the job; what was sent is gone",
        MintedKind::MailRule => "remove it; mail that was forwarded has been read",
        MintedKind::Other => "compare with what it was, and put it back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_nobody_documented_is_unknown() {
        for (status, there) in [
            ("active", Presence::Exists),
            ("disabled", Presence::Inactive),
            ("expired", Presence::Inactive),
            ("exposed", Presence::Unknown),
            ("", Presence::Unknown),
        ] {
            assert_eq!(presence(status), there, "{status}");
        }
    }

    #[test]
    fn a_record_without_a_proper_id_is_no_record() {
        let good = "0".repeat(32);
        assert!(listed(&json!({"id": good, "status": "active"}), None).is_some());
        for bad in [json!({}), json!({"id": "../x"}), json!(null)] {
            assert!(listed(&bad, None).is_none(), "{bad}");
        }
    }

    #[test]
    fn lists_are_not_looked_at_as_things() {
        assert!(!is_single("/user/tokens"));
        assert!(is_single(&format!("/user/tokens/{}", "0".repeat(32))));
    }
}
