//! Numbers, names and reasons in words.

use crate::model::{
    Checksum, Exposure, GitObjectKind, GitOrigin, Layer, Place, Provenance, Shown, Skip, SkipReason,
    SourceKind, TranscriptOrigin,
};
use crate::report::State;

/// `12,345`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `2 files`.
pub fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(value), if value == 1 { "" } else { "s" })
}

/// Powers of 1000: `1.5 MB`.
pub fn bytes(value: u64) -> String {
    let mut scaled = value as f64;
    let mut unit = "B";
    for larger in ["KB", "MB", "GB", "TB"] {
        // What would be rounded to 1000 belongs to the next unit.
        if scaled < 999.5 {
            break;
        }
        scaled /= 1000.0;
        unit = larger;
    }
    let decimals = usize::from(unit != "B" && scaled < 99.95);
    format!("{scaled:.decimals$} {unit}")
}

/// `0.02 s`, `12.3 s`, `3 min 20 s`.
pub fn seconds(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2} s")
    } else if value < 60.0 {
        format!("{value:.1} s")
    } else {
        format!("{} min {} s", value as u64 / 60, value as u64 % 60)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Where bytes come from, without a line.
pub fn origin(provenance: &Provenance) -> String {
    let text = provenance.display();
    let inside = || text.strip_prefix('-').unwrap_or_default();
    match (provenance.source, &provenance.git, &provenance.path) {
        (SourceKind::Stdin, _, None) => format!("<stdin>{}", inside()),
        // A message, a tag, a file that only a ref names: the id is what `git show` takes.
        (SourceKind::Git, Some(git), None) => format!("<{}>{}", short_id(&git.object), inside()),
        _ => text,
    }
}

fn short_id(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// `path!member:line:column`.
pub fn position(place: &Place) -> String {
    format!("{}:{}:{}", origin(&place.provenance), place.position.line, place.position.column)
}

/// What else there is to say about a place. From outside: not yet safe to show.
pub fn notes(place: &Place) -> Vec<String> {
    let provenance = &place.provenance;
    let mut notes = Vec::new();
    notes.extend(provenance.exposure.map(|exposure| self::exposure(exposure).to_owned()));
    let spelled: Vec<&str> = place.decoded.iter().rev().copied().map(layer).collect();
    if !spelled.is_empty() {
        notes.push(spelled.join(" in "));
    }
    // What is staged has no history yet.
    let is_staged = provenance.exposure == Some(Exposure::Staged);
    notes.extend(provenance.git.as_deref().filter(|_| !is_staged).map(history));
    notes.extend(provenance.transcript.as_deref().map(conversation));
    if let Some(ci) = &provenance.ci {
        let steps = [Some(&ci.provider), ci.run.as_ref(), ci.job.as_ref(), ci.step.as_ref()];
        notes.push(steps.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" / "));
    }
    notes.extend(provenance.url.clone());
    notes
}

fn history(git: &GitOrigin) -> String {
    let object = match git.kind {
        GitObjectKind::Blob => "",
        GitObjectKind::Commit => "message of ",
        GitObjectKind::Tag => "tag message, ",
        GitObjectKind::Tree => "file name, ",
        GitObjectKind::Ref => "ref name, ",
    };
    let (word, id) = git.commit.as_ref().map_or(("object", &git.object), |commit| ("commit", commit));
    let mut text = format!("{object}{word} {}", short_id(id));
    for detail in [&git.author, &git.time].into_iter().flatten() {
        text.push_str(", ");
        text.push_str(detail);
    }
    if let Some(summary) = &git.summary {
        text.push_str(&format!(", \"{summary}\""));
    }
    if !git.reachable {
        text.push_str(", unreachable");
    } else if !git.refs.is_empty() {
        let refs: Vec<&str> = git.refs.iter().map(|name| short_ref(name)).collect();
        text.push_str(&format!(", in {}", refs.join(" ")));
    }
    text
}

fn short_ref(name: &str) -> &str {
    ["refs/heads/", "refs/tags/", "refs/remotes/"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
}

fn conversation(transcript: &TranscriptOrigin) -> String {
    let mut parts = vec![format!("{} {}", transcript.agent, transcript.surface)];
    parts.extend(transcript.turn.map(|turn| format!("turn {turn}")));
    parts.extend(transcript.role.as_ref().map(|role| role.replace('_', " ")));
    parts.extend(transcript.tool.as_ref().map(|tool| format!("of {tool}")));
    parts.extend(transcript.time.clone());
    parts.join(", ")
}

pub fn exposure(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Committed => "committed",
        Exposure::Tracked => "tracked by git",
        Exposure::Staged => "staged",
        Exposure::Untracked => "untracked",
        Exposure::Ignored => "ignored by git",
        Exposure::OutsideGit => "outside git",
    }
}

pub fn state(state: State) -> &'static str {
    match state {
        State::Live => "live",
        State::Restricted => "live, but not from this address",
        State::Disabled => "disabled",
        State::Expired => "expired",
        State::NotYetActive => "not yet active",
        State::Dead => "dead",
        State::Unknown => "unknown",
        State::NotChecked => "not checked",
    }
}

pub fn checksum(checksum: Checksum) -> &'static str {
    match checksum {
        Checksum::Valid => "valid",
        Checksum::Invalid => "invalid",
    }
}

pub fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Json => "JSON",
        Layer::Percent => "percent-encoding",
        Layer::Base64 => "base64",
        Layer::Base64url => "base64url",
        Layer::Hex => "hex",
        Layer::UnicodeEscape => "Unicode escapes",
        Layer::Html => "HTML entities",
        Layer::QuotedPrintable => "quoted-printable",
        Layer::Utf16le => "UTF-16LE",
        Layer::Utf16be => "UTF-16BE",
        Layer::Ansi => "terminal codes",
        Layer::Wrapped => "wrapped lines",
        Layer::Shell => "shell quoting",
        Layer::Concatenated => "concatenated strings",
        Layer::Pem => "PEM",
        Layer::Gzip => "gzip",
        Layer::Zstd => "zstd",
        Layer::Xz => "xz",
        Layer::Bzip2 => "bzip2",
        Layer::ZeroWidth => "zero-width characters",
        Layer::Protobuf => "protobuf",
    }
}

pub fn skip(skip: &Skip) -> String {
    let reason = skip_reason(skip.reason);
    if skip.detail.is_empty() { reason.to_owned() } else { format!("{reason}: {}", Shown(&skip.detail)) }
}

pub fn skip_reason(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::OverMaxBytes => "larger than --max-bytes",
        SkipReason::OverDepth => "deeper than --max-depth-archive",
        SkipReason::OverRatio => "expanding too much",
        SkipReason::OverEntries => "with too many members",
        SkipReason::OverTotal => "unpacking to too many bytes",
        SkipReason::OverDecode => "encoded deeper than --max-depth-decode",
        SkipReason::Unreadable => "unreadable",
        SkipReason::Vanished => "gone before it was read",
        SkipReason::SpecialFile => "special file",
        SkipReason::LinkLoop => "loop of links",
        SkipReason::LinkOutside => "link that leads outside",
        SkipReason::Encrypted => "encrypted",
        SkipReason::Truncated => "truncated",
        SkipReason::Damaged => "damaged",
        SkipReason::Unsupported => "of an unsupported format",
        SkipReason::Opaque => "readable only by its owner",
        SkipReason::MissingObject => "missing from the repository",
        SkipReason::NotACredential => "no credential we know",
        SkipReason::Interrupted => "left by the interruption",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([0, 999, 1000, 1234567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([(1, "file"), (2, "file")].map(|(n, noun)| counted(n, noun)), ["1 file", "2 files"]);
        let sizes = [0, 999, 1000, 1500, 99_960, 123_456, 999_600, 2_000_000_000];
        assert_eq!(
            sizes.map(bytes),
            ["0 B", "999 B", "1.0 KB", "1.5 KB", "100 KB", "123 KB", "1.0 MB", "2.0 GB"]
        );
        assert_eq!([0.004, 12.34, 200.9].map(seconds), ["0.00 s", "12.3 s", "3 min 20 s"]);
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
