//! Version 1 names people, not tokens: only the life of a token itself has its id (CLOUDFLARE.md 4.1).

use super::entry::{Entry, Thing, object, text};
use super::{Question, Subject};
use crate::model::incident::{Class, Event, Log};
use crate::respond::classify;
use serde_json::Value;

/// `None` for an entry without a time.
pub fn parse(entry: &Value, log: Log, account: Option<(&str, &str)>) -> Option<Entry> {
    let time = text(entry, &["/when", "/action/time"])?.parse().ok()?;
    let action = text(entry, &["/action/type"]).unwrap_or_default();
    let resource_type = text(entry, &["/resource/type"]).unwrap_or_default();
    let deed = classify::by_action(&action, &resource_type);
    let result = match entry.pointer("/action/result") {
        Some(Value::Bool(true)) => "success",
        Some(Value::Bool(false)) => "failure",
        Some(Value::String(word)) if word.eq_ignore_ascii_case("failure") => "failure",
        Some(Value::String(word)) if word.eq_ignore_ascii_case("success") => "success",
        Some(Value::String(_) | Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_))
        | None => "",
    };
    // `resource.id` of a token's entry is its owner, and that of a key's is a digest.
    let id = if action.contains("token") || action.to_ascii_lowercase().contains("api_key") {
        text(entry, &["/metadata/token_tag"])
    } else {
        text(entry, &["/resource/id"])
    };
    let name =
        text(entry, &["/metadata/token_name", "/newValueJson/name", "/metadata/name", "/newValueJson/email"]);
    let called = name.as_deref().or(id.as_deref());
    let is_about_user = log == Log::UserV1 || action.contains("token");
    let event = Event {
        time,
        account: account.filter(|_| !is_about_user).map(|(_, name)| name.to_owned()),
        zone: text(entry, &["/metadata/zone_name"]),
        class: deed.class,
        words: match deed.class {
            Class::Other if action != "login" => {
                format!("{action} {resource_type} {}", called.unwrap_or_default()).trim().to_owned()
            }
            _known => deed.words(called, result == "failure"),
        },
        action,
        object: object(id.as_deref(), name.as_deref()),
        result: result.to_owned(),
        actor: text(entry, &["/actor/email", "/actor/id", "/actor/type"]),
        token_id: None,
        token_name: None,
        address: text(entry, &["/actor/ip"]),
        user_agent: None,
        method: None,
        uri: None,
        ray: None,
        audit_id: text(entry, &["/id"]).unwrap_or_default(),
        log,
        generation: None,
        is_new: false,
    };
    let left = deed.mints.filter(|_| result != "failure");
    Some(Entry {
        event,
        account_id: account.filter(|_| !is_about_user).map(|(id, _)| id.to_owned()),
        zone_id: None,
        thing: left.map(|kind| Thing { kind, id, name, path: None }),
        needs: &[],
    })
}

/// Could this credential have done it? A token does nothing in the dashboard, and nothing as somebody else.
pub fn could_be(entry: &Value, question: &Question) -> bool {
    let by_hand = text(entry, &["/interface"]).is_some_and(|interface| interface.eq_ignore_ascii_case("ui"));
    if by_hand {
        return false;
    }
    let names = |id: &str| text(entry, &["/metadata/token_tag"]).as_deref() == Some(id);
    if matches!(&question.subject, Subject::Token(id) if names(id)) {
        return true;
    }
    match &question.owner_email {
        Some(email) => text(entry, &["/actor/email"]).is_some_and(|actor| actor.eq_ignore_ascii_case(email)),
        // An account's own token acts as the account.
        None => !question.of_user && text(entry, &["/actor/type"]).as_deref() == Some("account"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::MintedKind;
    use serde_json::json;

    /// The documented entry, with hashes made up here.
    fn documented() -> Value {
        json!({
            "id": "00000000-0000-4000-8000-000000000001", "when": "2026-01-02T03:04:05Z",
            "action": {"type": "token_roll", "result": true},
            "actor": {"type": "user", "id": "0000000000000000000000000000beef", "email": "dev@example.com",
                "ip": "192.0.2.10"},
            "interface": "API", "owner": {"id": "0000000000000000000000000000beef"},
            "resource": {"type": "account", "id": "0000000000000000000000000000beef"},
            "metadata": {"token_name": "ci-deploy", "token_tag": "00000000000000000000000000000001",
                "old_token_hash": "0b".repeat(32), "new_token_hash": "1c".repeat(32)},
            "oldValue": "", "newValue": "", "oldValueJson": {}, "newValueJson": {},
        })
    }

    #[test]
    fn the_documented_entry_is_read_without_its_hashes() {
        let entry = parse(&documented(), Log::V1, Some(("a", "Acme"))).unwrap();
        assert_eq!(entry.event.words, "rolled the API token ci-deploy");
        assert_eq!((entry.event.result.as_str(), entry.event.generation), ("success", None));
        let thing = entry.thing.clone().unwrap();
        assert_eq!(
            (thing.kind, thing.id.as_deref()),
            (MintedKind::Token, Some("00000000000000000000000000000001"))
        );
        let shown = format!("{entry:?}");
        assert!(!shown.contains(&"0b".repeat(32)) && !shown.contains(&"1c".repeat(32)));
    }

    #[test]
    fn the_digest_of_a_key_is_no_object() {
        let mut key = documented();
        key["action"] = json!({"type": "API_key_created", "result": true, "info": "key digest: …"});
        key["resource"] = json!({"type": "api_key", "id": "0b0b0b"});
        key["metadata"] = json!({});
        assert_eq!(parse(&key, Log::UserV1, None).unwrap().event.object, None);
    }

    #[test]
    fn only_what_the_credential_could_have_done_counts() {
        let time: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let question = |email: Option<&str>, of_user| Question {
            subject: Subject::Token("t".to_owned()),
            owner_email: email.map(str::to_owned),
            of_user,
            own_tokens: Vec::new(),
            accounts: Vec::new(),
            left_out: Vec::new(),
            baseline_since: time,
            since: time,
            until: time,
        };
        let entry = |email: &str, interface: &str, kind: &str| json!({"actor": {"email": email, "type": kind}, "interface": interface});
        for (entry, question, could) in [
            (entry("dev@example.com", "API", "user"), question(Some("Dev@example.com"), true), true),
            (entry("dev@example.com", "", "user"), question(Some("dev@example.com"), true), true),
            (entry("dev@example.com", "UI", "user"), question(Some("dev@example.com"), true), false),
            (entry("eve@example.com", "API", "user"), question(Some("dev@example.com"), true), false),
            (entry("", "API", "account"), question(None, false), true),
            (entry("", "API", "user"), question(None, true), false),
            (json!({"metadata": {"token_tag": "t"}}), question(None, true), true),
        ] {
            assert_eq!(could_be(&entry, &question), could, "{entry}");
        }
    }
}
