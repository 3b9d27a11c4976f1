//! The blast radius: policies, scopes or the kind alone, turned into plain words and the names of things.
//!
//! Asks only responders, and only to read. Trying the credential itself is `probes`.

use crate::model::Kind;
use crate::model::incident::{
    Ability, Asset, Basis, Gap, Identity, Named, Power, Reach, Resource, ResourceKind, Rotation, Tier,
};
use crate::respond::Desk;
use crate::respond::assets::{self, Scope};
use crate::respond::permissions::{self, Meaning};
use std::collections::BTreeMap;

/// What a Global API key opens is everything; these are the families a responder looks at first.
const OF_A_KEY: [&str; 14] = [
    "user-tokens",
    "account-tokens",
    "members",
    "workers",
    "worker-secrets",
    "kv",
    "r2",
    "d1",
    "pages",
    "tunnels",
    "widgets",
    "service-tokens",
    "logpush",
    "dns",
];
const ROTATED_FOR_A_KEY: [&str; 6] =
    ["worker-secrets", "widgets", "tunnels", "service-tokens", "logpush", "pages"];

/// Things of one kind are listed in so many places at most.
const MOST_PLACES: usize = 25;

/// One permission group and the places it is granted on.
#[derive(Clone, Debug)]
struct Granted {
    group: String,
    meaning: Meaning,
    on: Vec<String>,
    places: Vec<(Scope, Named)>,
}

/// What it could do, worst first, and to what, by name.
pub async fn measure(desks: &[&Desk], identity: &Identity, kind: &Kind) -> (Reach, Vec<Gap>) {
    let (basis, granted) = granted(identity, kind);
    let mut gaps = Vec::new();
    if basis == Basis::Unknown {
        gaps.push(Gap::new(
            "what it could do",
            "no policy, no scopes: a responder that may read its record tells",
        ));
    }
    for unknown in granted.iter().filter(|granted| !granted.meaning.is_known) {
        gaps.push(Gap::new(
            format!("what \"{}\" means", unknown.group),
            "cfleak does not know this permission; its name was taken at its word",
        ));
    }
    let (assets, rotations) = listed(desks, identity, &granted, &mut gaps).await;
    let powers = powers(&granted);
    let tier = powers.iter().map(|power| power.tier).min().unwrap_or(Tier::Unknown);
    let headline = headline(tier, &powers, &granted, identity);
    (Reach { basis, tier, headline, powers, assets, rotations }, gaps)
}

fn granted(identity: &Identity, kind: &Kind) -> (Basis, Vec<Granted>) {
    if *kind == Kind::GlobalApiKey {
        return (Basis::Kind, vec![of_a_key(identity)]);
    }
    let by_policy = of_policies(identity);
    if !by_policy.is_empty() {
        return (Basis::Record, by_policy);
    }
    let by_scope: Vec<Granted> =
        identity.scopes.iter().filter_map(|scope| of_scope(scope, identity)).collect();
    let basis = if by_scope.is_empty() { Basis::Unknown } else { Basis::Scopes };
    (basis, by_scope)
}

fn of_a_key(identity: &Identity) -> Granted {
    let meaning = Meaning {
        tier: Tier::Takeover,
        abilities: vec![Ability::Read, Ability::Write, Ability::Mint, Ability::Deploy, Ability::TakeOver],
        can: "do everything its user may do, in every account of the user".to_owned(),
        touches: OF_A_KEY.map(str::to_owned).to_vec(),
        rotate: ROTATED_FOR_A_KEY.map(str::to_owned).to_vec(),
        is_known: true,
    };
    Granted {
        group: "Global API key".to_owned(),
        meaning,
        on: account_names(identity),
        places: everywhere(identity),
    }
}

/// An OAuth login reaches whatever its user reaches, within its scopes.
fn of_scope(scope: &str, identity: &Identity) -> Option<Granted> {
    // It only lets the login be renewed.
    if scope == "offline_access" {
        return None;
    }
    let group = permissions::of_scope(scope);
    let meaning = permissions::meaning(group.unwrap_or(scope));
    let group = group.map_or_else(|| scope.to_owned(), |group| format!("{scope} ({group})"));
    Some(Granted { group, meaning, on: account_names(identity), places: everywhere(identity) })
}

fn everywhere(identity: &Identity) -> Vec<(Scope, Named)> {
    let accounts = identity.accounts.iter().map(|account| (Scope::Account, account.clone()));
    let zones = identity.zones.iter().map(|zone| (Scope::Zone, zone.clone()));
    std::iter::once((Scope::User, owner(identity))).chain(accounts).chain(zones).collect()
}

fn owner(identity: &Identity) -> Named {
    let label = identity.owner.as_ref().and_then(|owner| owner.label.clone());
    Named::new(String::new(), Some(label.unwrap_or_else(|| "the user".to_owned())))
}

fn account_names(identity: &Identity) -> Vec<String> {
    identity.accounts.iter().map(|account| account.label().to_owned()).collect()
}

/// Allowed and not denied; the same group in several policies is one grant.
fn of_policies(identity: &Identity) -> Vec<Granted> {
    let mut by_group: BTreeMap<String, Granted> = BTreeMap::new();
    for policy in identity.policies.iter().filter(|policy| policy.effect != "deny") {
        for group in &policy.groups {
            let name = group.label().to_owned();
            let meaning = permissions::meaning(&name);
            let entry = by_group.entry(name.clone()).or_insert_with(|| Granted {
                group: name,
                meaning,
                on: Vec::new(),
                places: Vec::new(),
            });
            let denied = |resource: &&Resource| is_denied(identity, &entry.group, resource);
            let allowed: Vec<&Resource> = policy.resources.iter().filter(|one| !denied(one)).collect();
            let mut meant: Vec<&Resource> =
                allowed.iter().copied().filter(|resource| could_be_meant(&entry.meaning, resource)).collect();
            if meant.is_empty() {
                // The table may be wrong about where a group is granted; the record is not.
                meant = allowed;
            }
            for resource in meant {
                note(&mut entry.on, words(resource, identity));
                for place in places(resource, identity) {
                    note(&mut entry.places, place);
                }
            }
        }
    }
    by_group.into_values().filter(|granted| !granted.on.is_empty()).collect()
}

fn note<T: PartialEq>(known: &mut Vec<T>, one: T) {
    if !known.contains(&one) {
        known.push(one);
    }
}

/// Explicit deny wins (CLOUDFLARE.md 3.2). A deny on part of what is allowed does not take the rest away.
fn is_denied(identity: &Identity, group: &str, resource: &Resource) -> bool {
    let denies = identity.policies.iter().filter(|policy| policy.effect == "deny");
    let speaking = denies.filter(|policy| policy.groups.iter().any(|denied| denied.label() == group));
    speaking.flat_map(|policy| &policy.resources).any(|denied| {
        denied.kind == resource.kind && (denied.id.is_none() || denied.id == resource.id) && {
            denied.within.is_none() || denied.within == resource.within
        }
    })
}

/// A policy with accounts and zones grants the group on those of its scope alone.
fn could_be_meant(meaning: &Meaning, resource: &Resource) -> bool {
    let scopes: Vec<Scope> =
        meaning.touches.iter().filter_map(|key| assets::family(key)).map(|f| f.scope).collect();
    let scope = match resource.kind {
        ResourceKind::User => Scope::User,
        ResourceKind::Account => Scope::Account,
        ResourceKind::Zone => Scope::Zone,
        ResourceKind::Bucket | ResourceKind::Other => return true,
    };
    scopes.is_empty() || scopes.contains(&scope)
}

/// `every zone of Bakery Production`.
fn words(resource: &Resource, identity: &Identity) -> String {
    let within = || {
        let id = resource.within.as_deref()?;
        let account = identity.accounts.iter().find(|account| account.id == id);
        Some(account.map_or(id, Named::label).to_owned())
    };
    let mut named = identity.accounts.iter().chain(&identity.zones);
    let known = named.find(|named| Some(&named.id) == resource.id.as_ref());
    let known = known.and_then(|named| named.name.clone());
    let name = resource.name.clone().or(known).or_else(|| resource.id.clone());
    match (resource.kind, name, within()) {
        (ResourceKind::User, Some(name), _) => format!("the user {name}"),
        (ResourceKind::User, None, _) => "the user".to_owned(),
        (ResourceKind::Account, None, _) => "every account".to_owned(),
        (ResourceKind::Zone, None, Some(account)) => format!("every zone of {account}"),
        (ResourceKind::Zone, None, None) => "every zone".to_owned(),
        (ResourceKind::Bucket, None, Some(account)) => format!("every bucket of {account}"),
        (ResourceKind::Bucket, None, None) => "every bucket".to_owned(),
        (ResourceKind::Bucket, Some(name), _) => format!("the bucket {name}"),
        (ResourceKind::Account | ResourceKind::Zone | ResourceKind::Other, Some(name), _) => name,
        (ResourceKind::Other, None, _) => "something nobody documented".to_owned(),
    }
}

fn places(resource: &Resource, identity: &Identity) -> Vec<(Scope, Named)> {
    let is_meant = |named: &&Named| resource.id.as_ref().is_none_or(|id| *id == named.id);
    match resource.kind {
        ResourceKind::User => vec![(Scope::User, owner(identity))],
        ResourceKind::Account => {
            let known: Vec<_> = identity.accounts.iter().filter(is_meant).cloned().collect();
            or_by_id(known, resource).into_iter().map(|account| (Scope::Account, account)).collect()
        }
        ResourceKind::Zone => {
            let in_account = |zone: &&Named| resource.within.is_none() || zone.within == resource.within;
            let known: Vec<_> = identity.zones.iter().filter(is_meant).filter(in_account).cloned().collect();
            or_by_id(known, resource).into_iter().map(|zone| (Scope::Zone, zone)).collect()
        }
        ResourceKind::Bucket | ResourceKind::Other => Vec::new(),
    }
}

fn or_by_id(known: Vec<Named>, resource: &Resource) -> Vec<Named> {
    match (&resource.id, known.is_empty()) {
        (Some(id), true) => vec![Named::new(id.as_str(), resource.name.clone())],
        (Some(_) | None, _) => known,
    }
}

/// Each family once in each place, whichever permissions touch it.
async fn listed(
    desks: &[&Desk],
    identity: &Identity,
    granted: &[Granted],
    gaps: &mut Vec<Gap>,
) -> (Vec<Asset>, Vec<Rotation>) {
    let (mut assets, mut rotations) = (Vec::new(), Vec::new());
    for (key, places) in questions(granted) {
        let Some(family) = assets::family(&key) else { continue };
        if places.len() > MOST_PLACES {
            gaps.push(Gap::new(
                format!("{} beyond the first {MOST_PLACES} of {} places", family.label, places.len()),
                "each place costs a request",
            ));
        }
        for place in places.iter().take(MOST_PLACES) {
            let asset = assets::names(desks, family, place).await;
            if let Some(why) = &asset.why {
                gaps.push(Gap::new(format!("the names of {} in {}", family.label, asset.of), why));
            }
            if let Some(granted) = granted.iter().find(|granted| asks_for(granted, &key, place)) {
                rotations.extend(assets::rotations(family, &asset, &granted.group));
            }
            note(&mut assets, asset);
        }
    }
    if !identity.zones_complete {
        gaps.push(Gap::new("every zone within reach", "the list of zones went on beyond what was read"));
    }
    (assets, rotations)
}

fn asks_for(granted: &Granted, key: &str, place: &Named) -> bool {
    granted.meaning.rotate.iter().any(|family| family == key)
        && granted.places.iter().any(|(_, known)| known.id == place.id)
}

/// Families in the order of the permissions, worst first, with the places they are in.
fn questions(granted: &[Granted]) -> Vec<(String, Vec<Named>)> {
    let mut sorted: Vec<&Granted> = granted.iter().collect();
    sorted.sort_by_key(|granted| granted.meaning.tier);
    let mut questions: Vec<(String, Vec<Named>)> = Vec::new();
    for granted in sorted {
        for key in granted.meaning.touches.iter().chain(&granted.meaning.rotate) {
            let Some(family) = assets::family(key) else { continue };
            let meant =
                granted.places.iter().filter(|(scope, _)| *scope == family.scope).map(|(_, place)| place);
            // Two permissions may touch the same list under two names.
            let twin = questions.iter_mut().find(|(known, _)| {
                known == key || assets::family(known).is_some_and(|known| known.is_same_list(family))
            });
            match twin {
                Some((_, places)) => meant.for_each(|place| note(places, place.clone())),
                None => questions.push((key.clone(), meant.cloned().collect())),
            }
        }
    }
    questions
}

fn powers(granted: &[Granted]) -> Vec<Power> {
    let mut powers: Vec<Power> = granted
        .iter()
        .map(|granted| Power {
            group: granted.group.clone(),
            tier: granted.meaning.tier,
            abilities: granted.meaning.abilities.clone(),
            words: sentence(&granted.meaning.can),
            on: granted.on.clone(),
        })
        .collect();
    powers.sort_by_key(|power| (power.tier, rank(&power.abilities), power.group.clone()));
    powers
}

/// Minting outlives everything else, code comes next.
fn rank(abilities: &[Ability]) -> u8 {
    let has = |ability| abilities.contains(&ability);
    match (has(Ability::Mint), has(Ability::Deploy), has(Ability::TakeOver), has(Ability::Write)) {
        (true, _, _, _) => 0,
        (false, true, _, _) => 1,
        (false, false, true, _) => 2,
        (false, false, false, true) => 3,
        (false, false, false, false) => 4,
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// For people who do not know Cloudflare: the three worst things.
fn headline(tier: Tier, powers: &[Power], granted: &[Granted], identity: &Identity) -> String {
    const SHOWN: usize = 3;
    let can = |power: &Power| {
        granted.iter().find(|granted| granted.group == power.group).map(|g| g.meaning.can.clone())
    };
    let worst: Vec<String> = powers.iter().filter(|power| power.tier == tier).filter_map(can).collect();
    let mut shown = worst.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if worst.len() > SHOWN {
        shown = format!("{shown}; and more");
    }
    let whole = whereabouts(identity);
    match tier {
        Tier::Takeover => format!("Whoever held it could take over {whole}: {shown}."),
        Tier::DataTheft => format!("Whoever held it could get at the data of {whole}: {shown}."),
        Tier::Limited => format!("What it could do to {whole} is limited: {shown}."),
        Tier::Unknown => "Nobody could tell what it may do.".to_owned(),
    }
}

fn whereabouts(identity: &Identity) -> String {
    match &account_names(identity)[..] {
        [] => "what it reaches".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first, rest @ ..] => format!("{first} and {} other accounts", rest.len()),
    }
}

#[cfg(test)]
mod tests;
