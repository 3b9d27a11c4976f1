//! Asks for entries, page by page, and keeps the account of what was read and what was not.

use super::entry::Entry;
use super::{Question, Subject, Trail, V2_BEGINS, v1, v2};
use crate::cloudflare::{ApiError, Listing, is_id};
use crate::model::incident::{Class, Gap, Log, LogRead, Named};
use crate::respond::Desk;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashSet};

/// Beyond this many entries of one token in one account, the rest is a gap.
const MOST: usize = 20_000;

/// Two entries of one deed, in two logs, are this close.
const TWINS: SignedDuration = SignedDuration::from_secs(5);

pub(super) struct Reader<'q> {
    desks: &'q [&'q Desk],
    pub question: &'q Question,
    pub trail: Trail,
    /// Accounts whose log of version 2 answers, and the desk that may read it.
    pub readable: Vec<(Named, usize)>,
    /// Marks of entries that are here already.
    seen: HashSet<String>,
    /// Tokens whose own entries were asked for.
    pub followed: BTreeSet<String>,
}

/// A stretch of one log that is asked for.
struct Stretch<'a> {
    log: Log,
    account: Option<&'a Named>,
    path: String,
    from: Timestamp,
    until: Timestamp,
    filter: Vec<(&'static str, String)>,
}

/// What came of it.
struct Taken {
    listing: Listing,
    error: Option<ApiError>,
    /// Which desk answered last.
    desk: usize,
}

impl Taken {
    /// Nothing at all could be read.
    fn is_blank(&self) -> bool {
        self.error.is_some() && self.listing.items.is_empty()
    }
}

impl<'q> Reader<'q> {
    pub fn new(desks: &'q [&'q Desk], question: &'q Question) -> Self {
        Reader {
            desks,
            question,
            trail: Trail::default(),
            readable: Vec::new(),
            seen: HashSet::new(),
            followed: BTreeSet::new(),
        }
    }

    pub fn finish(mut self) -> Trail {
        self.trail.entries.sort_by_key(|entry| entry.event.time);
        self.trail
    }

    pub fn gap(&mut self, what: &str, why: &str) {
        let gap = Gap::new(what, why);
        if !self.trail.gaps.contains(&gap) {
            self.trail.gaps.push(gap);
        }
    }

    /// Version 2, where it has data.
    pub async fn read_named(&mut self, account: &Named) {
        if !is_id(&account.id) {
            let what = format!("the audit log of {}", account.label());
            return self.gap(&what, "its id is not one of an account");
        }
        let from = self.question.baseline_since.max(V2_BEGINS);
        if from >= self.question.until {
            return;
        }
        let Some(filter) = filter(self.question) else {
            let why =
                "the owner's e-mail is not known, and the log names a credential of this kind by it alone";
            return self.gap("the audit logs of version 2", why);
        };
        // Two questions, so that a page that fails in one does not cost what the other tells.
        let (since, until) = (self.question.since.clamp(from, self.question.until), self.question.until);
        self.read_v2(account, (since, until), filter.clone(), Some(0)).await;
        if from < since {
            self.read_v2(account, (from, since), filter, Some(0)).await;
        }
    }

    /// Version 1, for the time before version 2 and where that could not be read.
    pub async fn read_unnamed(&mut self, account: &Named) {
        let question = self.question;
        let is_readable = self.readable.iter().any(|(known, _)| known.id == account.id);
        let until = if is_readable { question.until.min(V2_BEGINS) } else { question.until };
        if is_id(&account.id) && question.baseline_since < until {
            self.read_v1(account, question.baseline_since, until).await;
        }
    }

    /// What one token did in one account.
    pub async fn read_v2(
        &mut self,
        account: &Named,
        (from, until): (Timestamp, Timestamp),
        filter: Vec<(&'static str, String)>,
        generation: Option<u32>,
    ) {
        let mut query = filter;
        query.push(("limit", "1000".to_owned()));
        let stretch = Stretch {
            log: Log::V2,
            account: Some(account),
            path: format!("/accounts/{}/logs/audit", account.id),
            from,
            until,
            filter: query,
        };
        let known = self.readable.iter().find(|(known, _)| known.id == account.id).map(|(_, desk)| *desk);
        let taken = self.take(&stretch, known).await;
        let entries = taken.listing.items.iter().filter_map(|item| v2::parse(item, &account.id, generation));
        let entries: Vec<Entry> = entries.collect();
        for entry in entries {
            if self.seen.insert(v2::mark(&entry)) {
                self.trail.entries.push(entry);
            }
        }
        self.account_for(&stretch, &taken);
        if !taken.is_blank() && known.is_none() {
            self.readable.push((account.clone(), taken.desk));
        }
    }

    async fn read_v1(&mut self, account: &Named, from: Timestamp, until: Timestamp) {
        let question = self.question;
        let stretch = Stretch {
            log: Log::V1,
            account: Some(account),
            path: format!("/accounts/{}/audit_logs", account.id),
            from,
            until,
            filter: by_owner(question),
        };
        let taken = self.take(&stretch, None).await;
        let ours = taken.listing.items.iter().filter(|item| v1::could_be(item, question));
        let place = Some((account.id.as_str(), account.label()));
        let entries: Vec<Entry> = ours.filter_map(|item| v1::parse(item, Log::V1, place)).collect();
        self.add_unless_twin(entries);
        self.account_for(&stretch, &taken);
    }

    /// The user's own log, for what happened to the user's tokens: the logs of accounts may not have it.
    pub async fn read_user_log(&mut self) {
        let question = self.question;
        let Some(email) = &question.owner_email else {
            self.gap("the audit log of the owner", "the owner's e-mail is not known");
            return;
        };
        let Some(desk) = self.desk_of(email).await else {
            let why = "no responder is known to be a credential of the owner (User Details Read tells)";
            self.gap(&format!("the audit log of {email} as a user"), why);
            return;
        };
        let stretch = Stretch {
            log: Log::UserV1,
            account: None,
            path: "/user/audit_logs".to_owned(),
            from: question.baseline_since,
            until: question.until,
            filter: by_owner(question),
        };
        let taken = self.take_at(&stretch, desk).await;
        let ours = taken.listing.items.iter().filter(|item| v1::could_be(item, question));
        let entries = ours.filter_map(|item| v1::parse(item, Log::UserV1, None));
        // Everything else is in the logs of the accounts.
        let about_tokens = |entry: &Entry| matches!(entry.event.class, Class::Persistence | Class::Tampering);
        let entries = entries.filter(about_tokens).filter(|entry| !self.has_twin(entry)).collect();
        let entries = self.without_our_own(entries).await;
        self.trail.entries.extend(entries);
        self.account_for(&stretch, &taken);
    }

    /// A responder of the same user leaves entries in the user's log that look like the owner's. Version 2 tells
    /// which they are.
    async fn without_our_own(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        for token in &self.question.own_tokens {
            for (account, desk) in &self.readable {
                let Some(first) = entries.first().map(|entry| entry.event.time) else { return entries };
                let earliest = entries.iter().map(|entry| entry.event.time).fold(first, Timestamp::min);
                let stretch = Stretch {
                    log: Log::V2,
                    account: Some(account),
                    path: format!("/accounts/{}/logs/audit", account.id),
                    from: earliest.checked_sub(TWINS).unwrap_or(earliest).max(V2_BEGINS),
                    until: self.question.until,
                    filter: of_token(token),
                };
                let taken = self.take_at(&stretch, *desk).await;
                let ours = taken.listing.items.iter().filter_map(|item| v2::parse(item, &account.id, None));
                let ours: Vec<Entry> = ours.collect();
                entries.retain(|entry| !ours.iter().any(|own| is_twin(own, entry)));
            }
        }
        entries
    }

    fn add_unless_twin(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if !self.has_twin(&entry) {
                self.trail.entries.push(entry);
            }
        }
    }

    fn has_twin(&self, entry: &Entry) -> bool {
        self.trail.entries.iter().any(|known| is_twin(known, entry))
    }

    /// The first desk that may look; `known` did so before. Pages before a failure are kept.
    async fn take(&self, stretch: &Stretch<'_>, known: Option<usize>) -> Taken {
        let order = known.into_iter().chain((0..self.desks.len()).filter(|desk| Some(*desk) != known));
        let mut first_failure = None;
        for desk in order {
            let taken = self.take_at(stretch, desk).await;
            if !taken.is_blank() {
                return taken;
            }
            first_failure.get_or_insert(taken);
        }
        first_failure.unwrap_or(Taken { listing: Listing::default(), error: None, desk: 0 })
    }

    async fn take_at(&self, stretch: &Stretch<'_>, desk: usize) -> Taken {
        let mut query = stretch.filter.clone();
        query.push(("since", stretch.from.to_string()));
        query.push(("before", stretch.until.to_string()));
        let (listing, error) = self.desks[desk].read(&stretch.path, &query, MOST).await;
        Taken { listing, error, desk }
    }

    /// `/user/audit_logs` is the log of whoever asks, and that may be another user than the owner.
    async fn desk_of(&self, email: &str) -> Option<usize> {
        let is_owner = |own: &str| own.eq_ignore_ascii_case(email);
        for (index, desk) in self.desks.iter().enumerate() {
            if let Some(own) = desk.user() {
                if is_owner(own) {
                    return Some(index);
                }
                continue;
            }
            let Ok(user) = desk.get("/user").await else { continue };
            if user["email"].as_str().is_some_and(is_owner) {
                return Some(index);
            }
        }
        None
    }

    /// One line for each log of each account, however many questions it took.
    fn account_for(&mut self, stretch: &Stretch<'_>, taken: &Taken) {
        let account = stretch.account.map(|account| account.label().to_owned());
        let why = match &taken.error {
            Some(error) => Some(error.to_string()),
            None if !taken.listing.complete => Some(format!("more than {MOST} entries")),
            None => None,
        };
        let entries = taken.listing.items.len() as u64;
        if let Some(why) = &why {
            self.gap(&whole_name(stretch, entries), why);
        }
        let same = |read: &&mut LogRead| read.log == stretch.log && read.account == account;
        match self.trail.logs.iter_mut().find(same) {
            Some(read) => {
                read.entries += entries;
                read.complete &= why.is_none();
                read.from = read.from.min(stretch.from);
                read.until = read.until.max(stretch.until);
                read.why = read.why.take().or(why);
            }
            None => self.trail.logs.push(LogRead {
                log: stretch.log,
                account,
                from: stretch.from,
                until: stretch.until,
                entries,
                complete: why.is_none(),
                why,
            }),
        }
    }
}

fn whole_name(stretch: &Stretch<'_>, entries: u64) -> String {
    let of = match (stretch.log, stretch.account) {
        (Log::UserV1, _) => "the audit log of the owner".to_owned(),
        (Log::V2, account) => format!("the audit log (version 2) of {}", account.map_or("", Named::label)),
        (Log::V1, account) => format!("the audit log (version 1) of {}", account.map_or("", Named::label)),
    };
    match entries {
        0 => of,
        some => format!("{of}, beyond the newest {some} entries"),
    }
}

fn filter(question: &Question) -> Option<Vec<(&'static str, String)>> {
    let by_email = |context: &str| {
        let email = question.owner_email.clone()?;
        Some(vec![("actor_context", context.to_owned()), ("actor_email", email)])
    };
    match &question.subject {
        Subject::Token(id) => Some(of_token(id)),
        Subject::GlobalKey => by_email("api_key"),
        Subject::Oauth => by_email("oauth"),
        Subject::Unnamed => None,
    }
}

pub(super) fn of_token(id: &str) -> Vec<(&'static str, String)> {
    vec![("actor_token_id", id.to_owned())]
}

fn by_owner(question: &Question) -> Vec<(&'static str, String)> {
    let mut filter = vec![("per_page", "1000".to_owned())];
    filter.extend(question.owner_email.clone().map(|email| ("actor.email", email)));
    filter
}

/// The same deed in the log that names tokens and in the one that does not.
fn is_twin(known: &Entry, entry: &Entry) -> bool {
    let (a, b) = (&known.event, &entry.event);
    let is_close = a.time.duration_since(b.time).abs() <= TWINS;
    let same_id = !a.audit_id.is_empty() && a.audit_id == b.audit_id;
    let thing = entry.thing.as_ref().and_then(|thing| thing.id.as_deref());
    let about = thing.or(b.object.as_deref()).unwrap_or_default();
    let names_it = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains(about));
    let same_thing = !about.is_empty() && (names_it(&a.uri) || names_it(&a.object));
    same_id || (is_close && a.address == b.address && same_thing)
}
