//! What a permission group means in plain words: `permissions.toml`, and a rule for the names that are not in it.

use crate::model::incident::{Ability, Tier};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("permissions.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    group: Vec<Group>,
    scopes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    #[serde(default)]
    touches: Vec<String>,
    key: Option<String>,
    read: Option<Grant>,
    write: Option<Grant>,
    run: Option<Grant>,
    revoke: Option<Grant>,
    edit: Option<Grant>,
    admin: Option<Grant>,
    /// Of a group without a verb.
    any: Option<Grant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    tier: TierWord,
    can: String,
    able: Vec<AbilityWord>,
    #[serde(default)]
    rotate: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TierWord {
    Takeover,
    Data,
    Limited,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AbilityWord {
    Read,
    Write,
    Mint,
    Deploy,
    TakeOver,
}

static GROUPS: LazyLock<Table> = LazyLock::new(|| match toml::from_str(TABLE) {
    Ok(table) => table,
    // It is part of the program, and a test reads it.
    Err(error) => panic!("permissions.toml: {error}"),
});

/// One permission group, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub tier: Tier,
    pub abilities: Vec<Ability>,
    /// As it follows "Whoever held it could".
    pub can: String,
    /// Families of `assets`.
    pub touches: Vec<String>,
    pub rotate: Vec<String>,
    /// False where only the verb in its name was understood.
    pub is_known: bool,
}

/// `Workers Scripts Write`, or `… Edit` as the dashboard used to say.
pub fn meaning(group: &str) -> Meaning {
    let (stem, verb) = parts(group);
    let known = find(group, Verb::None).or_else(|| find(stem, verb));
    match known {
        Some((row, grant)) => Meaning {
            tier: grant.tier.into(),
            abilities: grant.able.iter().map(|able| (*able).into()).collect(),
            can: grant.can.clone(),
            touches: row.touches.clone(),
            rotate: grant.rotate.clone(),
            is_known: true,
        },
        None => by_verb(group, stem, verb),
    }
}

/// The permission group that an OAuth scope comes nearest to.
pub fn of_scope(scope: &str) -> Option<&'static str> {
    GROUPS.scopes.get(scope).map(String::as_str)
}

/// How the dashboard's pre-filled form calls it: key and type (CLOUDFLARE.md 8.3).
pub fn form_key(group: &str) -> Option<(&'static str, &'static str)> {
    let (stem, verb) = parts(group);
    let row = GROUPS.group.iter().find(|row| row.name == stem || row.name == group)?;
    let kind = match (row.key.as_deref()?, verb) {
        ("cache_purge", _) => "purge",
        (_, Verb::Read) => "read",
        (_, Verb::Write | Verb::Edit) => "edit",
        (_, Verb::Run) => "run",
        (_, Verb::Revoke) => "revoke",
        (_, Verb::Admin | Verb::None) => return None,
    };
    Some((row.key.as_deref()?, kind))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Read,
    Write,
    Run,
    Revoke,
    Edit,
    Admin,
    None,
}

fn parts(group: &str) -> (&str, Verb) {
    let Some((stem, last)) = group.trim().rsplit_once(' ') else { return (group, Verb::None) };
    let verb = match last {
        "Read" => Verb::Read,
        "Write" => Verb::Write,
        "Run" => Verb::Run,
        "Revoke" => Verb::Revoke,
        "Edit" => Verb::Edit,
        "Admin" => Verb::Admin,
        _no_verb => return (group, Verb::None),
    };
    (stem, verb)
}

fn find(stem: &str, verb: Verb) -> Option<(&'static Group, &'static Grant)> {
    let row = GROUPS.group.iter().find(|row| row.name == stem)?;
    let grant = match verb {
        Verb::Read => row.read.as_ref(),
        Verb::Write => row.write.as_ref(),
        Verb::Run => row.run.as_ref(),
        Verb::Revoke => row.revoke.as_ref(),
        // The dashboard says Edit where the API says Write.
        Verb::Edit => row.edit.as_ref().or(row.write.as_ref()),
        Verb::Admin => row.admin.as_ref(),
        Verb::None => row.any.as_ref(),
    };
    Some((row, grant?))
}

/// A group that came after this table was written.
fn by_verb(group: &str, stem: &str, verb: Verb) -> Meaning {
    let (tier, abilities, can) = match verb {
        Verb::Read => (Tier::Limited, vec![Ability::Read], format!("read what belongs to {stem}")),
        Verb::Write | Verb::Edit | Verb::Admin => (
            Tier::Limited,
            vec![Ability::Read, Ability::Write],
            format!("read and change what belongs to {stem}"),
        ),
        Verb::Run => (Tier::Limited, vec![Ability::Write], format!("use {stem}")),
        Verb::Revoke => (Tier::Limited, vec![Ability::Write], format!("end what belongs to {stem}")),
        Verb::None => (Tier::Unknown, Vec::new(), format!("do whatever {group} allows")),
    };
    Meaning { tier, abilities, can, touches: Vec::new(), rotate: Vec::new(), is_known: false }
}

impl From<TierWord> for Tier {
    fn from(word: TierWord) -> Tier {
        match word {
            TierWord::Takeover => Tier::Takeover,
            TierWord::Data => Tier::DataTheft,
            TierWord::Limited => Tier::Limited,
        }
    }
}

impl From<AbilityWord> for Ability {
    fn from(word: AbilityWord) -> Ability {
        match word {
            AbilityWord::Read => Ability::Read,
            AbilityWord::Write => Ability::Write,
            AbilityWord::Mint => Ability::Mint,
            AbilityWord::Deploy => Ability::Deploy,
            AbilityWord::TakeOver => Ability::TakeOver,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::respond::assets;

    #[test]
    fn the_table_is_read_and_names_only_families_that_exist() {
        let grants = |row: &'static Group| {
            [&row.read, &row.write, &row.run, &row.revoke, &row.edit, &row.admin, &row.any]
                .into_iter()
                .flatten()
        };
        for row in &GROUPS.group {
            let named = row.touches.iter().chain(grants(row).flat_map(|grant| &grant.rotate));
            for family in named {
                assert!(assets::family(family).is_some(), "{}: {family}", row.name);
            }
            assert!(grants(row).count() > 0, "{}", row.name);
        }
        for group in GROUPS.scopes.values() {
            assert!(meaning(group).is_known, "{group}");
        }
    }

    #[test]
    fn the_tiers_are_those_of_the_sheet() {
        for group in [
            "API Tokens Write",
            "Account API Tokens Write",
            "Account Settings Write",
            "Access: Organizations, Identity Providers, and Groups Write",
            "SSO Connector Write",
            "Workers Scripts Write",
            "DNS Write",
            "Zone Write",
            "Cloudflare Tunnel Write",
            "Cloudflare One Connectors Write",
            "Registrar: Domains Write",
        ] {
            assert_eq!((meaning(group).tier, meaning(group).is_known), (Tier::Takeover, true), "{group}");
        }
        for group in [
            "Workers KV Storage Read",
            "D1 Read",
            "Workers R2 Storage Read",
            "Queues Read",
            "Pages Read",
            "AI Gateway Read",
            "Workers Tail Read",
            "Logs Read",
            "Logs Write",
            "Email Routing Rules Write",
            "Access: Service Tokens Write",
            "Secrets Store Write",
            "Account Settings Read",
        ] {
            assert_eq!((meaning(group).tier, meaning(group).is_known), (Tier::DataTheft, true), "{group}");
        }
    }

    #[test]
    fn an_unknown_name_goes_by_its_verb_and_says_so() {
        for (group, tier, able, is_known) in [
            ("Quantum Storage Read", Tier::Limited, vec![Ability::Read], false),
            ("Quantum Storage Write", Tier::Limited, vec![Ability::Read, Ability::Write], false),
            ("Quantum Storage Run", Tier::Limited, vec![Ability::Write], false),
            ("Something Else", Tier::Unknown, vec![], false),
            ("", Tier::Unknown, vec![], false),
            ("Cache Purge", Tier::Limited, vec![Ability::Write], true),
            ("D1 Edit", Tier::DataTheft, vec![Ability::Read, Ability::Write], true),
            ("Workers Tail Write", Tier::Limited, vec![Ability::Read, Ability::Write], false),
        ] {
            let meaning = meaning(group);
            assert_eq!(
                (meaning.tier, meaning.abilities, meaning.is_known),
                (tier, able, is_known),
                "{group}"
            );
        }
    }

    #[test]
    fn the_form_has_keys_for_some_groups() {
        assert_eq!(form_key("Workers Scripts Write"), Some(("workers_scripts", "edit")));
        assert_eq!(form_key("DNS Read"), Some(("zone_dns", "read")));
        assert_eq!(form_key("Cache Purge"), Some(("cache_purge", "purge")));
        assert_eq!(form_key("Logs Write"), None);
    }
}
