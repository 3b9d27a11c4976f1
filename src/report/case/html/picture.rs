//! The blast radius as a picture: the credential, what it reaches, what it may do there.

use super::super::facts::works_from;
use super::super::view::View;
use super::super::words;
use super::page::{Section, Table, badge, code, text};
use crate::model::incident::{Ability, Asset, Identity, Named, Power, ResourceKind, Tier};

/// Names in one box; a list of all zones of a large company is no picture.
const NAMES: usize = 10;

const ARROW: &str = "<svg class=\"arrow\" viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" aria-hidden=\"true\">\
    <path d=\"M3 12h17m-6-6 6 6-6 6\"/></svg>";

pub fn section(view: &View<'_>) -> Section {
    let title = "What it could do";
    let Some(reach) = &view.incident.reach else {
        let lead = "Not known: how far it reaches was not worked out.".to_owned();
        return Section { id: "reach", title, lead, body: String::new() };
    };
    let body = format!(
        "<div class=\"radius\" role=\"group\" aria-label=\"The credential, what it reaches, what it may do there\">\n\
         {}{ARROW}{}{ARROW}{}</div>\n{}{}",
        credential(view),
        places(view),
        tiers(&reach.powers),
        powers(&reach.powers),
        assets(&reach.assets)
    );
    let lead = format!("{} {}", text(&reach.headline), words::basis(reach.basis));
    Section { id: "reach", title, lead, body }
}

fn column(label: &str, boxes: &str) -> String {
    format!("<div class=\"column\">\n<h3>{label}</h3>\n{boxes}</div>\n")
}

fn credential(view: &View<'_>) -> String {
    let leak = &view.incident.leak;
    let shown = leak.redacted.as_deref().or(leak.token_id.as_deref()).map_or(String::new(), code);
    let conditions = match &view.incident.identity {
        Some(identity) => format!(
            "<p>Works from {}</p><p>Expires: {}</p>",
            text(&works_from(&identity.condition)),
            identity.expires_on.map_or("never".to_owned(), words::when)
        ),
        None => String::new(),
    };
    let subject = words::sentence(&words::subject(view.incident));
    column(
        "Whoever holds",
        &format!("<div class=\"box key\"><b>{}</b><p>{shown}</p>{conditions}</div>\n", text(&subject)),
    )
}

fn places(view: &View<'_>) -> String {
    let boxes = match &view.incident.identity {
        Some(identity) => identity_boxes(identity),
        None => String::new(),
    };
    let unknown = "<div class=\"box\"><b>Not known</b></div>\n".to_owned();
    column("reaches", if boxes.is_empty() { &unknown } else { &boxes })
}

fn identity_boxes(identity: &Identity) -> String {
    let mut boxes = String::new();
    let acts_on_user = identity
        .policies
        .iter()
        .flat_map(|policy| &policy.resources)
        .any(|resource| resource.kind == ResourceKind::User);
    if let Some(owner) = identity.owner.as_ref().filter(|_| acts_on_user) {
        let label = owner.label.as_deref().or(owner.id.as_deref()).unwrap_or("its owner");
        boxes.push_str(&format!("<div class=\"box\"><small>user</small><b>{}</b></div>\n", text(label)));
    }
    for account in identity.accounts.iter().take(NAMES) {
        let within = |zone: &&Named| {
            let of = zone.within.as_deref();
            of == Some(account.id.as_str()) || of == account.name.as_deref() && of.is_some()
        };
        let zones: Vec<&Named> = identity.zones.iter().filter(within).collect();
        boxes.push_str(&format!(
            "<div class=\"box\"><small>account</small><b>{}</b>{}</div>\n",
            text(account.label()),
            chips(&zones.iter().map(|zone| zone.label()).collect::<Vec<_>>(), "zone")
        ));
    }
    if let more @ 1.. = identity.accounts.len().saturating_sub(NAMES) {
        boxes.push_str(&format!("<div class=\"box\">and {more} more accounts</div>\n"));
    }
    boxes + &other_zones(identity)
}

/// Zones of accounts that are not known by themselves, and the word that there are more.
fn other_zones(identity: &Identity) -> String {
    let is_placed = |zone: &Named| {
        let of = zone.within.as_deref();
        let mut accounts = identity.accounts.iter();
        accounts
            .any(|account| of.is_some() && (of == Some(account.id.as_str()) || of == account.name.as_deref()))
    };
    let rest: Vec<&str> = identity.zones.iter().filter(|zone| !is_placed(zone)).map(Named::label).collect();
    let mut boxes = String::new();
    if !rest.is_empty() {
        boxes.push_str(&format!("<div class=\"box\"><small>zones</small>{}</div>\n", chips(&rest, "zone")));
    }
    if !identity.zones_complete {
        boxes.push_str("<div class=\"box open\">and zones that were not listed</div>\n");
    }
    boxes
}

fn chips(names: &[&str], what: &str) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut items: String = names.iter().take(NAMES).map(|name| format!("<li>{}</li>", text(name))).collect();
    if let more @ 1.. = names.len().saturating_sub(NAMES) {
        items.push_str(&format!("<li class=\"more\">{more} more</li>"));
    }
    format!("<ul class=\"chips {what}\">{items}</ul>")
}

fn tiers(powers: &[Power]) -> String {
    let boxes: String = [Tier::Takeover, Tier::DataTheft, Tier::Limited, Tier::Unknown]
        .into_iter()
        .filter_map(|tier| {
            let names: Vec<&str> =
                powers.iter().filter(|power| power.tier == tier).map(|power| power.group.as_str()).collect();
            (!names.is_empty()).then(|| {
                format!(
                    "<div class=\"box {}\"><b>{}</b> <small>{}</small>{}</div>\n",
                    class(tier),
                    words::tier(tier),
                    words::tier_meaning(tier),
                    chips(&names, "power")
                )
            })
        })
        .collect();
    let unknown = "<div class=\"box\"><b>Not known</b></div>\n";
    column("and may there", if boxes.is_empty() { unknown } else { &boxes })
}

fn class(tier: Tier) -> &'static str {
    match tier {
        Tier::Takeover => "takeover",
        Tier::DataTheft => "theft",
        Tier::Limited => "limited",
        Tier::Unknown => "open",
    }
}

fn powers(powers: &[Power]) -> String {
    let mut table = Table::new("powers", &["Permission", "In plain words", "On"]);
    for power in powers {
        let abilities: String = power
            .abilities
            .iter()
            .map(|ability| {
                format!(" {}", badge(if is_grave(*ability) { "bad" } else { "" }, words::ability(*ability)))
            })
            .collect();
        let on = match power.on.len().saturating_sub(NAMES) {
            0 => text(&power.on.join(", ")),
            more => format!("{} and {more} more", text(&power.on[..NAMES].join(", "))),
        };
        table.row(&[format!("<b>{}</b><br>{abilities}", text(&power.group)), text(&power.words), on]);
    }
    table.done("Every permission, worst first")
}

fn is_grave(ability: Ability) -> bool {
    match ability {
        Ability::Read | Ability::Write => false,
        Ability::Mint | Ability::Deploy | Ability::TakeOver => true,
    }
}

fn assets(assets: &[Asset]) -> String {
    if assets.is_empty() {
        return String::new();
    }
    let cards: String = assets
        .iter()
        .map(|asset| {
            let names: Vec<&str> = asset.names.iter().map(String::as_str).collect();
            let why = match (asset.complete, asset.why.as_deref()) {
                (true, _) => String::new(),
                (false, why) => {
                    let why = why.map_or(String::new(), |why| format!(": {}", text(why)));
                    format!("<p class=\"more\">Not all of them could be listed{why}</p>")
                }
            };
            format!(
                "<li class=\"box\"><b>{}</b> <small>{}</small>{}{why}</li>\n",
                text(&asset.family),
                text(&asset.of),
                chips(&names, "asset")
            )
        })
        .collect();
    format!("<h3>Within reach, by name</h3>\n<ul class=\"assets\">\n{cards}</ul>\n")
}
