//! The credential in a few lines.

use super::words;
use crate::model::incident::{Condition, Identity, Incident, OwnerKind};

pub struct Fact {
    pub label: &'static str,
    pub value: String,
    /// Identifiers are shown as such.
    pub is_code: bool,
}

pub fn facts(incident: &Incident) -> Vec<Fact> {
    let leak = &incident.leak;
    let mut facts = Facts::default();
    facts.text("Kind", words::sentence(&words::kind(&leak.kind)));
    facts.code("Shown as", leak.redacted.clone());
    facts.code("Token id", leak.token_id.clone());
    facts.code("Fingerprint", leak.fingerprint.clone());
    match &incident.identity {
        Some(identity) => of_identity(identity, &mut facts),
        None => facts.text("Record", "nobody could read it at Cloudflare".to_owned()),
    }
    let known = words::cut(&leak.since_source);
    facts.text("Leaked since", format!("{} ({known})", words::when(leak.since)));
    facts.0
}

fn of_identity(identity: &Identity, facts: &mut Facts) {
    if let Some(owner) = &identity.owner {
        let kind = match owner.kind {
            OwnerKind::User => "user",
            OwnerKind::Account => "account",
        };
        let name = owner.label.as_deref().or(owner.id.as_deref()).unwrap_or("not named");
        facts.text("Owner", format!("{kind} {}", words::cut(name)));
    }
    if let Some(issued) = identity.issued_on {
        let by = identity.created_by.as_ref().map_or(String::new(), |by| format!(" by {}", words::cut(by)));
        facts.text("Made", format!("{}{by}", words::when(issued)));
    }
    let expires = identity.expires_on.map_or("never".to_owned(), words::when);
    facts.text("Expires", expires);
    facts.text("Works from", works_from(&identity.condition));
    if let Some(used) = identity.last_used_on {
        facts.text("Last used", format!("{} (Cloudflare's record)", words::when(used)));
    }
}

pub fn works_from(condition: &Condition) -> String {
    let joined = |addresses: &[String]| words::cut(&addresses.join(", "));
    match (condition.allowed.as_slice(), condition.refused.as_slice()) {
        ([], []) => "every address".to_owned(),
        ([], refused) => format!("every address but {}", joined(refused)),
        (allowed, []) => joined(allowed),
        (allowed, refused) => format!("{} but {}", joined(allowed), joined(refused)),
    }
}

#[derive(Default)]
struct Facts(Vec<Fact>);

impl Facts {
    fn text(&mut self, label: &'static str, value: String) {
        self.0.push(Fact { label, value, is_code: false });
    }

    fn code(&mut self, label: &'static str, value: Option<String>) {
        self.0.extend(value.map(|value| Fact { label, value: words::cut(&value), is_code: true }));
    }
}
