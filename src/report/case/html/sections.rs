use super::super::copies::searched;
use super::super::lineage::Branch;
use super::super::view::View;
use super::super::words;
use super::page::{Section, badge, code, list, more, text};
use super::{picture, tables, timeline};
use crate::model::incident::{Presence, Replacement};
use crate::report::markup::html;
use crate::report::safe_json;

/// Every part of the page that has something to say, in reading order.
pub fn all(view: &View<'_>) -> Vec<Section> {
    let sections = [
        Some(summary(view)),
        gaps(view),
        Some(credential(view)),
        Some(timeline::section(view)),
        Some(picture::section(view)),
        minted(view),
        copies(view),
        Some(actions(view)),
        Some(open(view)),
        rotations(view),
        view.incident.replacement.as_ref().map(replacement),
        evidence(view),
        Some(runs(view)),
    ];
    sections.into_iter().flatten().collect()
}

fn section(id: &'static str, title: &'static str, lead: &str, body: String) -> Section {
    Section { id, title, lead: lead.to_owned(), body }
}

fn summary(view: &View<'_>) -> Section {
    let answers: String = view
        .answers
        .iter()
        .map(|answer| {
            let thoughts: String =
                answer.thoughts.iter().map(|thought| format!("<p>{}</p>", html(thought))).collect();
            format!("<div><dt>{}</dt><dd>{thoughts}</dd></div>\n", answer.question)
        })
        .collect();
    let open = "<p class=\"more go\"><a href=\"#open\">Go to the open actions</a></p>";
    let open = if view.left.items.is_empty() { "" } else { open };
    section("summary", "In short", "", format!("<dl class=\"answers\">\n{answers}</dl>\n{open}"))
}

fn gaps(view: &View<'_>) -> Option<Section> {
    let gaps = &view.incident.gaps;
    let items = gaps.iter().map(|gap| format!("<b>{}</b>: {}", text(&gap.what), text(&gap.why)));
    let lead = "Read the rest with this in mind: what is not named below may still have happened here.";
    (!gaps.is_empty()).then(|| section("gaps", "What could not be seen", lead, list("gaps", items)))
}

fn credential(view: &View<'_>) -> Section {
    let facts: String = view
        .facts
        .iter()
        .map(|fact| {
            let value = if fact.is_code { code(&fact.value) } else { text(&fact.value) };
            format!("<div><dt>{}</dt><dd>{value}</dd></div>\n", fact.label)
        })
        .collect();
    section("credential", "The credential", "", format!("<dl class=\"facts\">\n{facts}</dl>"))
}

fn minted(view: &View<'_>) -> Option<Section> {
    let lineage = &view.lineage;
    if lineage.branches.is_empty() {
        return None;
    }
    let tree: String = lineage.branches.iter().map(branch).collect();
    let root = format!("<b>{}</b>", text(&words::sentence(&words::subject(view.incident))));
    let body = format!(
        "<ul class=\"tree\">\n<li>{root} <small>leaked</small>\n<ul>\n{tree}</ul>\n</li>\n</ul>\n{}",
        more(lineage.hidden)
    );
    let lead = "Made with the credential, or with a token that it made, and able to outlive it.";
    Some(section("minted", "What it made", lead, body))
}

fn branch(branch: &Branch<'_>) -> String {
    let minted = branch.minted;
    let class = match minted.presence {
        Presence::Exists => "bad",
        Presence::Unknown => "warn",
        Presence::Inactive | Presence::Gone => "good",
    };
    let children: String = branch.children.iter().map(self::branch).collect();
    let children = if children.is_empty() { children } else { format!("\n<ul>\n{children}</ul>\n") };
    format!(
        "<li><b>{}</b> {} <small>{}</small><p>{}</p>{children}</li>\n",
        text(&branch.title()),
        badge(class, words::presence(minted.presence)),
        text(&branch.origin()),
        html(&branch.notes())
    )
}

fn copies(view: &View<'_>) -> Option<Section> {
    let copies = view.incident.copies.as_ref()?;
    let skipped = copies.skipped.iter().map(|skipped| format!("Not read: {}", text(skipped)));
    let body = tables::copies(copies) + &list("plain gaps-here", skipped);
    Some(section("copies", "Where it lies", &text(&searched(copies)), body))
}

fn actions(view: &View<'_>) -> Section {
    let lead = if view.record.is_empty() {
        "Nothing was asked or changed yet."
    } else {
        "What cfleak asked and changed, with what proves it: Cloudflare's support finds a request by its CF-Ray."
    };
    section("actions", "Actions taken", lead, tables::record(&view.record))
}

fn open(view: &View<'_>) -> Section {
    let lead = if view.left.items.is_empty() {
        "This case knows of none."
    } else {
        "Most urgent first. Write a name and a day next to each."
    };
    section("open", "Open actions", lead, tables::open(&view.left.items))
}

fn rotations(view: &View<'_>) -> Option<Section> {
    let rotations = view.incident.reach.as_ref().map(|reach| reach.rotations.as_slice())?;
    let lead = "Other secrets that could be read or overwritten with the leaked credential. Tick them off.";
    (!rotations.is_empty())
        .then(|| section("rotations", "Credentials to replace", lead, tables::rotations(rotations)))
}

fn replacement(replacement: &Replacement) -> Section {
    let link = replacement.link.as_deref().filter(|link| words::is_cloudflare_page(link));
    let link = link.map_or(String::new(), |link| {
        let words = "Open it in Cloudflare's dashboard, filled in";
        format!("<p><a class=\"button\" href=\"{}\" rel=\"noreferrer\">{words}</a></p>\n", html(link))
    });
    let lists: String = [
        ("Kept", "the log shows a need", &replacement.kept),
        ("Dropped", "nothing in the log needed it", &replacement.dropped),
        ("Mind", "what the log cannot know", &replacement.caveats),
    ]
    .into_iter()
    .filter(|(.., texts)| !texts.is_empty())
    .map(|(label, why, texts)| {
        let items = list("plain", texts.iter().map(|line| text(line)));
        format!("<div class=\"box\"><h3>{label}</h3><small>{why}</small>{items}</div>\n")
    })
    .collect();
    let mut json = Vec::new();
    // Writing to memory does not fail.
    let _ = safe_json::pretty(&mut json, &replacement.body);
    let json: String = String::from_utf8_lossy(&json).lines().map(|line| html(line) + "\n").collect();
    let body = format!(
        "<div class=\"three\">\n{lists}</div>\n{link}<h3>As a request</h3>\n<pre tabindex=\"0\">{json}</pre>"
    );
    let lead = "A proposal: nothing was created. It allows what the audit log shows was needed, and no more.";
    section("replacement", "A narrower replacement", lead, body)
}

fn evidence(view: &View<'_>) -> Option<Section> {
    let evidence = &view.incident.evidence;
    let lead = "Files of the case directory. <code>MANIFEST.sha256</code> holds the hash of each: \
                <code>sha256sum -c MANIFEST.sha256</code> checks them.";
    (!evidence.is_empty()).then(|| section("evidence", "Evidence", lead, tables::evidence(evidence)))
}

fn runs(view: &View<'_>) -> Section {
    section("runs", "Who ran what", "", tables::runs(&view.incident.runs))
}
