//! Names and times for people, the same in every form of a report.

use crate::model::incident::{
    Ability, Action, Basis, Class, CopyForm, Incident, Log, MintedKind, Named, Presence, Target, TargetKind,
    Tier, Verb,
};
use crate::report::words::{list, number};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Longer texts are cut where people read; machines get all of it.
const LONGEST: usize = 300;

/// `2026-11-25 10:03:12 UTC`
pub fn at(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `2026-11-25 10:03:12`: for columns that say UTC once.
pub fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `25 Nov 2026, 10:03 UTC`: for sentences.
pub fn when(time: Timestamp) -> String {
    time.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// `Wednesday 25 November 2026`
pub fn day(time: Timestamp) -> String {
    time.strftime("%A %-d %B %Y").to_string()
}

/// `10:03:12`
pub fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M:%S").to_string()
}

/// `2.3 seconds`, `4 minutes`, `6 days`: the largest unit that says something.
pub fn lasting(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0 => format!("{} milliseconds", duration.as_millis().max(0)),
        1..10 => format!("{:.1} seconds", duration.as_secs_f64().max(0.0)),
        10..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// At most [`LONGEST`] characters, and a mark where the rest was.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `“ci-deploy”`
pub fn quoted(name: &str) -> String {
    format!("“{}”", cut(name))
}

/// The first letter as a capital.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// `user API token`, for the kinds of CONTRACT section 1.
pub fn kind(kind: &str) -> String {
    let known = match kind {
        "user_api_token" => "user API token",
        "account_api_token" => "account API token",
        "legacy_api_token" => "API token",
        "global_api_key" => "Global API key",
        "origin_ca_key" => "Origin CA key",
        "oauth_access_token" => "OAuth access token",
        "oauth_refresh_token" => "OAuth refresh token",
        "r2_s3_credentials" => "R2 key pair",
        "tunnel_token" | "tunnel_credentials" => "tunnel token",
        "access_service_token" => "Access service token",
        "turnstile_secret" => "Turnstile secret",
        "mcp_token" => "MCP token",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

/// `user API token “ci-deploy”`
pub fn subject(incident: &Incident) -> String {
    let kind = kind(&incident.leak.kind);
    match incident.identity.as_ref().and_then(|identity| identity.name.as_deref()) {
        Some(name) => format!("{kind} {}", quoted(name)),
        None => kind,
    }
}

/// `the user token “ci-deploy”`
pub fn target(target: &Target) -> String {
    let kind = match (target.kind, target.minted) {
        (TargetKind::Other, true) => "minted credential",
        (kind, _) => kind.as_str(),
    };
    match target.name.as_deref().or(target.id.as_deref()) {
        Some(name) => format!("the {kind} {}", quoted(name)),
        None => format!("the {kind}"),
    }
}

/// `Freeze the user token “ci-deploy”`
pub fn step(action: &Action) -> String {
    let verb = match action.verb {
        Verb::ByHand => "end by hand",
        Verb::DropConnections => "drop the connections of",
        other => other.as_str(),
    };
    sentence(&format!("{verb} {}", target(&action.target)))
}

/// What has been done when it is done: `it was frozen`.
pub fn done(verb: Verb) -> &'static str {
    match verb {
        Verb::Freeze => "frozen",
        Verb::Roll => "rolled",
        Verb::Delete => "deleted",
        Verb::Revoke => "revoked",
        Verb::Rotate => "rotated",
        Verb::Disable => "disabled",
        Verb::DropConnections => "disconnected",
        Verb::ByHand => "ended by hand",
    }
}

pub fn class(class: Class) -> &'static str {
    match class {
        Class::Persistence => "Persistence",
        Class::Code => "Code",
        Class::Dns => "DNS",
        Class::Zone => "Zone",
        Class::Data => "Data",
        Class::Mail => "Mail",
        Class::Exfiltration => "Exfiltration",
        Class::Tampering => "Tampering",
        Class::Read => "Read",
        Class::Other => "Other",
    }
}

/// For people who do not know the words: `4 to keep access`.
fn purpose(class: Class) -> &'static str {
    match class {
        Class::Persistence => "to keep access",
        Class::Code => "to code that runs",
        Class::Dns => "to DNS records",
        Class::Zone => "to zone settings",
        Class::Data => "to stored data",
        Class::Mail => "to where mail goes",
        Class::Exfiltration => "to send logs or alerts elsewhere",
        Class::Tampering => "to hide traces",
        Class::Read => "to look around",
        Class::Other => "of other kinds",
    }
}

/// `4 to keep access and 10 to code that runs`
pub fn purposes(counts: impl Iterator<Item = (Class, usize)>) -> String {
    let mut by_class = BTreeMap::new();
    counts.for_each(|(class, count)| *by_class.entry(class).or_insert(0) += count as u64);
    let told = by_class.into_iter().map(|(class, count)| format!("{} {}", number(count), purpose(class)));
    list(&told.collect::<Vec<_>>())
}

/// Would a responder want to see it first?
pub fn weight(class: Class) -> u32 {
    match class {
        Class::Persistence | Class::Exfiltration | Class::Tampering | Class::Mail => 4,
        Class::Dns | Class::Code => 3,
        Class::Zone | Class::Data => 1,
        Class::Read | Class::Other => 0,
    }
}

pub fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Takeover => "Take over",
        Tier::DataTheft => "Steal data",
        Tier::Limited => "Limited",
        Tier::Unknown => "Not known",
    }
}

pub fn tier_meaning(tier: Tier) -> &'static str {
    match tier {
        Tier::Takeover => "the account, its traffic or its names",
        Tier::DataTheft => "stored data, logs or mail",
        Tier::Limited => "changes or reads of less weight",
        Tier::Unknown => "what it allows is not known",
    }
}

pub fn ability(ability: Ability) -> &'static str {
    match ability {
        Ability::Read => "read",
        Ability::Write => "write",
        Ability::Mint => "mint access",
        Ability::Deploy => "deploy",
        Ability::TakeOver => "take over",
    }
}

/// How the reach is known, in a sentence.
pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Record => "This is what Cloudflare's record of its policies says.",
        Basis::Scopes => "This is what the scopes of the login say.",
        Basis::Kind => "Its kind alone says so: it may do whatever its owner may.",
        Basis::Probes => {
            "Read-only requests with the credential itself say so: they confirm reading and cannot tell writing."
        }
        Basis::Unknown => "How far it reaches is not known.",
    }
}

pub fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Exists => "still there",
        Presence::Inactive => "switched off",
        Presence::Gone => "gone",
        Presence::Unknown => "not looked at",
    }
}

/// `2 API tokens`, `1 DNS record`
pub fn made(kind: MintedKind, count: usize) -> String {
    let noun = match (kind, count) {
        (_, 1) => kind.as_str().to_owned(),
        (MintedKind::R2Credentials, _) => kind.as_str().to_owned(),
        (MintedKind::AccessPolicy, _) => "Access applications or policies".to_owned(),
        (_, _) => format!("{}s", kind.as_str()),
    };
    format!("{count} {noun}")
}

pub fn copy_form(form: CopyForm) -> &'static str {
    match form {
        CopyForm::Value => "the value",
        CopyForm::R2Secret => "its R2 secret (SHA-256 of the token)",
        CopyForm::Masked => "a masked part",
    }
}

pub fn log(log: Log) -> &'static str {
    match log {
        Log::V2 => "audit log v2",
        Log::V1 => "audit log v1",
        Log::UserV1 => "the user's audit log",
    }
}

/// `a.example, b.example and 12 more`
pub fn names(named: &[Named], most: usize) -> String {
    let mut labels: Vec<String> = named.iter().take(most).map(|named| cut(named.label())).collect();
    if let more @ 1.. = named.len().saturating_sub(most) {
        labels.push(format!("{more} more"));
    }
    list(&labels)
}

/// What stands in a list of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Link { before: String, link: String },
    Command(String),
    Text(String),
}

/// Tells commands and links from sentences. Only pages of Cloudflare become links: the text may come from outside.
pub fn step_of(text: &str) -> Step {
    const COMMANDS: [&str; 8] = ["cfleak ", "git ", "curl ", "GET ", "PUT ", "POST ", "PATCH ", "DELETE "];
    let (before, link) = text.split_at(text.rfind("https://").unwrap_or(text.len()));
    if is_cloudflare_page(link) {
        Step::Link { before: cut(before), link: link.to_owned() }
    } else if COMMANDS.iter().any(|start| text.starts_with(start)) {
        Step::Command(cut(text))
    } else {
        Step::Text(cut(text))
    }
}

pub fn is_cloudflare_page(text: &str) -> bool {
    let known = ["https://dash.cloudflare.com/", "https://developers.cloudflare.com/"];
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>\"'`\\{}|^[]".contains(&byte);
    known.iter().any(|start| text.starts_with(start)) && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_largest_unit_that_says_something() {
        let told = |millis| lasting(SignedDuration::from_millis(millis));
        let table = [
            (-5, "0 milliseconds"),
            (140, "140 milliseconds"),
            (2_340, "2.3 seconds"),
            (45_000, "45 seconds"),
            (600_000, "10 minutes"),
            (10_800_000, "3 hours"),
            (518_400_000, "6 days"),
        ];
        for (millis, expected) in table {
            assert_eq!(told(millis), expected);
        }
    }

    #[test]
    fn only_pages_of_cloudflare_become_links() {
        let table = [
            ("https://dash.cloudflare.com/profile/api-tokens?name=a%20b", true),
            ("https://developers.cloudflare.com/fundamentals/", true),
            ("https://dash.cloudflare.com.evil.example/", false),
            ("https://dash.cloudflare.com/\"onmouseover=x", false),
            ("https://dash.cloudflare.com/> [x](javascript:1)", false),
            ("javascript:alert(1)", false),
            ("http://dash.cloudflare.com/", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_cloudflare_page(text), expected, "{text}");
        }
    }

    #[test]
    fn a_step_is_a_command_a_link_or_a_sentence() {
        let link = "https://dash.cloudflare.com/x";
        let linked = |before: &str| Step::Link { before: before.to_owned(), link: link.to_owned() };
        let table = [
            (link.to_owned(), linked("")),
            (format!("the form: {link}"), linked("the form: ")),
            (format!("{link} and more"), Step::Text(format!("{link} and more"))),
            ("see https://evil.example".to_owned(), Step::Text("see https://evil.example".to_owned())),
            ("cfleak redact .".to_owned(), Step::Command("cfleak redact .".to_owned())),
        ];
        for (text, step) in table {
            assert_eq!(step_of(&text), step);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let cut = cut(&"é".repeat(400));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (301, true));
    }
}
