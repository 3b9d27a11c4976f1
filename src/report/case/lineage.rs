//! What was made with the credential, as a tree: who made what.

use super::words;
use crate::model::incident::{Incident, Minted, Presence};

/// A tree with more leaves is for machines.
const MOST: usize = 60;

pub struct Lineage<'a> {
    pub branches: Vec<Branch<'a>>,
    /// How many are only in the JSON.
    pub hidden: usize,
}

pub struct Branch<'a> {
    pub minted: &'a Minted,
    pub children: Vec<Branch<'a>>,
}

impl<'a> Lineage<'a> {
    pub fn of(incident: &'a Incident) -> Self {
        let mut shown: Vec<&Minted> = incident.minted.iter().take(MOST).collect();
        shown.sort_by_key(|minted| (minted.generation, minted.at));
        Lineage { branches: forest(&shown), hidden: incident.minted.len().saturating_sub(MOST) }
    }
}

/// Those that none of the others made, each with what it made.
fn forest<'a>(all: &[&'a Minted]) -> Vec<Branch<'a>> {
    let roots = all.iter().copied().filter(|minted| parent(minted, all).is_none());
    roots.map(|root| branch(root, all)).collect()
}

impl Branch<'_> {
    /// `API token “ci-deploy-2”`
    pub fn title(&self) -> String {
        let name = self.minted.name.as_deref().or(self.minted.id.as_deref());
        let kind = words::sentence(self.minted.kind.as_str());
        name.map_or(kind.clone(), |name| format!("{kind} {}", words::quoted(name)))
    }

    /// How it is known, and what to do about it where something is left to do.
    pub fn notes(&self) -> String {
        let advice = match self.minted.presence {
            Presence::Exists | Presence::Unknown => self.minted.advice.as_str(),
            Presence::Inactive | Presence::Gone => "",
        };
        let parts = [self.minted.evidence.as_str(), advice];
        parts.into_iter().filter(|part| !part.is_empty()).map(words::cut).collect::<Vec<_>>().join(" ")
    }

    /// When and where: `22 Nov 2026, 02:00 UTC, in Bakery Production`
    pub fn origin(&self) -> String {
        let at = self.minted.at.map(words::when);
        let place = self.minted.zone.as_ref().or(self.minted.account.as_ref());
        let place = place.map(|place| format!("in {}", words::cut(place)));
        at.into_iter().chain(place).collect::<Vec<_>>().join(", ")
    }
}

/// The shown token that made this one. What names itself or an equal generation has none: no circles.
fn parent<'a>(minted: &Minted, all: &[&'a Minted]) -> Option<&'a Minted> {
    let maker = minted.by_token.as_ref()?;
    all.iter().copied().find(|other| other.id.as_ref() == Some(maker) && other.generation < minted.generation)
}

fn branch<'a>(root: &'a Minted, all: &[&'a Minted]) -> Branch<'a> {
    let is_child = |minted: &&Minted| parent(minted, all).is_some_and(|parent| std::ptr::eq(parent, root));
    let children = all.iter().copied().filter(is_child);
    Branch { minted: root, children: children.map(|child| branch(child, all)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::MintedKind;

    fn token(id: &str, by: &str, generation: u32) -> Minted {
        Minted {
            kind: MintedKind::Token,
            id: Some(id.to_owned()),
            name: None,
            account: None,
            zone: None,
            at: None,
            by_token: Some(by.to_owned()),
            generation,
            presence: Presence::Exists,
            is_suspect: false,
            evidence: String::new(),
            advice: String::new(),
        }
    }

    fn shape(branches: &[Branch<'_>]) -> String {
        let told = |branch: &Branch<'_>| {
            format!("{}({})", branch.minted.id.as_deref().unwrap_or_default(), shape(&branch.children))
        };
        branches.iter().map(told).collect()
    }

    #[test]
    fn a_tree_has_each_once_whoever_claims_to_have_made_whom() {
        let table = [
            (vec![token("a", "leaked", 1), token("b", "a", 2), token("c", "b", 3)], "a(b(c()))"),
            (vec![token("c", "b", 3), token("b", "a", 2), token("a", "leaked", 1)], "a(b(c()))"),
            (vec![token("a", "a", 1)], "a()"),
            (vec![token("a", "b", 1), token("b", "a", 1)], "a()b()"),
            (vec![token("a", "leaked", 1), token("a", "leaked", 1), token("b", "a", 2)], "a(b())a()"),
        ];
        for (minted, expected) in table {
            let mut shown: Vec<&Minted> = minted.iter().collect();
            shown.sort_by_key(|minted| minted.generation);
            assert_eq!(shape(&forest(&shown)), expected);
        }
    }
}
