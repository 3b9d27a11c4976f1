//! Where copies of the credential lie.

use super::words;
use crate::model::incident::{Copies, CopyPlace};
use crate::report::words::{bytes, counted, exposure, layer, list};

/// What was searched, in a sentence.
pub fn searched(copies: &Copies) -> String {
    let targets: Vec<String> = copies.targets.iter().map(|target| words::quoted(target)).collect();
    let objects = match copies.objects {
        0 => String::new(),
        count => format!(", {}", counted(count, "git object")),
    };
    let complete = if copies.complete { "Everything was read." } else { "Not everything could be read." };
    format!(
        "{} in {} ({}{objects}, {}). {complete}",
        counted(copies.places.len() as u64, "place"),
        list(&targets),
        counted(copies.files, "file"),
        bytes(copies.bytes)
    )
}

/// `path!member:line:column`
pub fn position(place: &CopyPlace) -> String {
    let path = std::iter::once(&place.path).chain(&place.inside);
    let path: Vec<&str> = path.map(String::as_str).collect();
    format!("{}:{}:{}", path.join("!"), place.line, place.column)
}

/// What else is known about a place.
pub fn notes(place: &CopyPlace) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(place.exposure.map(|known| exposure(known).to_owned()));
    let layers: Vec<&str> = place.decoded.iter().rev().copied().map(layer).collect();
    if !layers.is_empty() {
        notes.push(format!("as {}", layers.join(" in ")));
    }
    if let Some(commit) = &place.commit {
        notes.push(format!("commit {}", commit.get(..10).unwrap_or(commit)));
    }
    notes.extend(place.author.as_deref().map(words::cut));
    notes.extend(place.time.clone());
    notes.extend(match place.at_head {
        Some(true) => Some("still in the newest version".to_owned()),
        Some(false) => Some("only in history".to_owned()),
        None => None,
    });
    notes.extend(place.origin.as_deref().map(words::cut));
    notes
}
