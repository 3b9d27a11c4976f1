//! What is known to be fine: allow files, baselines, `[[allow]]` rules.
//!
//! All are keyed by content: a fingerprint stays the same when lines move, and sorted lines merge without
//! conflicts. A finding is allowed when something covers each of its places.

use crate::config::Error;
use crate::config::syntax::AllowSyntax;
use crate::model::{Allowed, AllowedBy, Finding, Fingerprint, Kind, Place, SourceKind, tidy};
use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Why a line of an allow file, or a rule, means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAnEntry {
    Fingerprint,
    Date(String),
    Glob(String),
    /// A rule that would allow everything.
    Nothing,
    Reason,
}

impl fmt::Display for NotAnEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAnEntry::Fingerprint => f.write_str("a line starts with `cf1:` and 32 lower-case hex digits"),
            NotAnEntry::Date(text) => write!(f, "`{text}` is no date like 2026-12-31"),
            NotAnEntry::Glob(text) => write!(f, "`{text}` is no glob"),
            NotAnEntry::Nothing => f.write_str("needs a fingerprint, path, kind or rule"),
            NotAnEntry::Reason => f.write_str("needs a reason"),
        }
    }
}

/// Everything that may allow a finding.
#[derive(Debug)]
pub struct Allowances {
    today: Date,
    working_directory: PathBuf,
    by_fingerprint: HashMap<Fingerprint, Vec<Entry>>,
    /// Rules that name no fingerprint.
    general: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    by: AllowedBy,
    /// The file and line, for people.
    at: String,
    path: Option<PathGlob>,
    kind: Option<Kind>,
    rule: Option<String>,
    until: Option<Date>,
}

/// A glob, and the directory it is relative to.
#[derive(Clone, Debug)]
struct PathGlob {
    glob: GlobMatcher,
    directory: PathBuf,
}

impl Allowances {
    /// `today` decides what has expired; `working_directory` is where relative paths of findings start.
    pub fn new(today: Date, working_directory: PathBuf) -> Self {
        Allowances { today, working_directory, by_fingerprint: HashMap::new(), general: Vec::new() }
    }

    /// Adds every line of an allow file or baseline.
    pub fn add_file(&mut self, path: &Path, by: AllowedBy) -> Result<(), Error> {
        let text =
            fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        for (nth, line) in text.lines().enumerate() {
            self.add_line(line, path, nth + 1, by).map_err(|what| Error::Wrong {
                path: path.to_owned(),
                line: nth + 1,
                what: what.to_string(),
                try_instead: None,
            })?;
        }
        Ok(())
    }

    /// `cf1:… [path glob] [until=YYYY-MM-DD] # reason`.
    fn add_line(&mut self, line: &str, file: &Path, nth: usize, by: AllowedBy) -> Result<(), NotAnEntry> {
        let line = entry_text(line);
        if line.is_empty() {
            return Ok(());
        }
        let (fingerprint, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let fingerprint = fingerprint.parse().map_err(|_| NotAnEntry::Fingerprint)?;
        let (glob, until) = match rest.split_once("until=") {
            Some((glob, date)) => (glob.trim(), Some(parse_date(date.trim())?)),
            None => (rest.trim(), None),
        };
        let entry = Entry {
            by,
            at: format!("{}:{nth}", file.display()),
            path: (!glob.is_empty()).then(|| PathGlob::new(glob, file)).transpose()?,
            kind: None,
            rule: None,
            until,
        };
        self.by_fingerprint.entry(fingerprint).or_default().push(entry);
        Ok(())
    }

    /// Adds the `nth` `[[allow]]` rule of a configuration.
    pub fn add_rule(&mut self, rule: &AllowSyntax, file: &Path, nth: usize) -> Result<(), NotAnEntry> {
        if rule.reason.trim().is_empty() {
            return Err(NotAnEntry::Reason);
        }
        let entry = Entry {
            by: AllowedBy::Config,
            at: format!("{} [[allow]] {nth}", file.display()),
            path: rule.path.as_ref().map(|glob| PathGlob::new(glob, file)).transpose()?,
            kind: rule.kind.as_ref().map(|kind| Kind::from_name(kind)),
            rule: rule.rule.clone(),
            until: rule.until.as_deref().map(parse_date).transpose()?,
        };
        match &rule.fingerprint {
            Some(fingerprint) => {
                let fingerprint = fingerprint.parse().map_err(|_| NotAnEntry::Fingerprint)?;
                self.by_fingerprint.entry(fingerprint).or_default().push(entry);
            }
            None if entry.path.is_none() && entry.kind.is_none() && entry.rule.is_none() => {
                return Err(NotAnEntry::Nothing);
            }
            None => self.general.push(entry),
        }
        Ok(())
    }

    /// Who allows this finding, if somebody does.
    pub fn allowed(&self, finding: &Finding) -> Option<Allowed> {
        let mut first = None;
        for place in &finding.places {
            let entry = self.covering(finding, place).find(|entry| !self.has_expired(entry))?;
            first.get_or_insert(entry);
        }
        first.map(|entry| Allowed { by: entry.by, at: entry.at.clone() })
    }

    /// The entry that would allow this finding, had its day not passed.
    pub fn expired(&self, finding: &Finding) -> Option<String> {
        finding
            .places
            .iter()
            .flat_map(|place| self.covering(finding, place))
            .find(|entry| self.has_expired(entry))
            .map(|entry| entry.at.clone())
    }

    fn has_expired(&self, entry: &Entry) -> bool {
        entry.until.is_some_and(|until| until < self.today)
    }

    fn covering<'a>(&'a self, finding: &'a Finding, place: &'a Place) -> impl Iterator<Item = &'a Entry> {
        let named = self.by_fingerprint.get(&finding.fingerprint).into_iter().flatten();
        named.chain(&self.general).filter(move |entry| {
            entry.kind.as_ref().is_none_or(|kind| *kind == finding.kind)
                && entry.rule.as_ref().is_none_or(|rule| **rule == *finding.rule)
                && entry.path.as_ref().is_none_or(|glob| glob.covers(place, &self.working_directory))
        })
    }
}

impl PathGlob {
    /// Relative to the directory of `file`. Without a slash it means the name at any depth, as in a `.gitignore`.
    fn new(text: &str, file: &Path) -> Result<Self, NotAnEntry> {
        let whole = match text.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if text.trim_end_matches('/').contains('/') => text.to_owned(),
            None => format!("**/{text}"),
        };
        let whole = if whole.ends_with('/') { format!("{whole}**") } else { whole };
        let glob = GlobBuilder::new(&whole)
            .literal_separator(true)
            .build()
            .map_err(|_| NotAnEntry::Glob(text.to_owned()))?
            .compile_matcher();
        Ok(PathGlob { glob, directory: file.parent().unwrap_or(Path::new("")).to_owned() })
    }

    fn covers(&self, place: &Place, working_directory: &Path) -> bool {
        let Some(path) = &place.provenance.path else { return false };
        if place.provenance.source == SourceKind::Git {
            return self.glob.is_match(path);
        }
        let whole = tidy(&working_directory.join(path));
        let directory = tidy(&working_directory.join(&self.directory));
        self.glob.is_match(whole.strip_prefix(&directory).unwrap_or(&whole))
    }
}

/// What stands before a comment.
fn entry_text(line: &str) -> &str {
    let comment =
        line.match_indices('#').find(|(at, _)| line[..*at].chars().last().is_none_or(char::is_whitespace));
    comment.map_or(line, |(at, _)| &line[..at]).trim()
}

fn parse_date(text: &str) -> Result<Date, NotAnEntry> {
    text.parse().map_err(|_| NotAnEntry::Date(text.to_owned()))
}

/// A baseline: each finding once, sorted by content, in the form of an allow file.
pub fn baseline<'a>(findings: impl Iterator<Item = (Fingerprint, &'a Kind)>) -> String {
    let lines: BTreeMap<Fingerprint, &Kind> = findings.collect();
    let mut text =
        String::from("# cfleak baseline: one credential a line, sorted, so that merges do not conflict.\n");
    for (fingerprint, kind) in lines {
        text.push_str(&format!("{fingerprint} # {kind}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Companions, Confidence, Position, Provenance, Secret, Span};
    use jiff::civil::date;
    use std::sync::Arc;

    fn finding(value: &str, paths: &[&str]) -> Finding {
        let secret = Secret::new(value);
        Finding {
            fingerprint: Fingerprint::of(&secret),
            kind: Kind::UserApiToken,
            rule: "user-api-token".into(),
            secret,
            confidence: Confidence::High,
            checksum: None,
            reasons: Vec::new(),
            companions: Companions::default(),
            places: paths.iter().map(|path| place(path)).collect(),
            allowed: None,
            linked: Vec::new(),
        }
    }

    fn place(path: &str) -> Place {
        Place {
            provenance: Arc::new(Provenance::file(path)),
            position: Position { line: 1, column: 1 },
            span: Span { start: 0, end: 1 },
            decoded: Vec::new(),
        }
    }

    fn allowances(lines: &[String]) -> Allowances {
        let mut allowances = Allowances::new(date(2026, 11, 25), "/repo".into());
        for (nth, line) in lines.iter().enumerate() {
            allowances.add_line(line, Path::new("/repo/.cfleakignore"), nth + 1, AllowedBy::File).unwrap();
        }
        allowances
    }

    #[test]
    fn lines_allow_by_content_path_and_date() {
        let fingerprint = Fingerprint::of(&Secret::new("value"));
        for (rest, allowed) in [
            ("", true),
            ("# a reason", true),
            ("tests/** # only there", true),
            ("*.rs", true),
            ("/tests/*.rs until=2026-11-25 # holds to the end of its day", true),
            ("until=2026-11-24 # passed", false),
            ("src/**", false),
            ("*.py", false),
        ] {
            let allowances = allowances(&[format!("{fingerprint} {rest}")]);
            let finding = finding("value", &["./tests/a.rs"]);
            assert_eq!(allowances.allowed(&finding).is_some(), allowed, "{rest}");
        }
    }

    #[test]
    fn every_place_needs_somebody_who_allows_it() {
        let fingerprint = Fingerprint::of(&Secret::new("value"));
        let two_places = finding("value", &["tests/a.rs", "deploy.sh"]);
        let some = allowances(&[format!("{fingerprint} tests/**")]);
        assert_eq!(some.allowed(&two_places), None);
        let all = allowances(&[format!("{fingerprint} tests/**"), format!("{fingerprint} *.sh")]);
        let allowed = all.allowed(&two_places).unwrap();
        assert_eq!((allowed.by, allowed.at.as_str()), (AllowedBy::File, "/repo/.cfleakignore:1"));
        assert_eq!(all.allowed(&finding("another", &["tests/a.rs"])), None);
    }

    #[test]
    fn what_has_expired_is_named() {
        let fingerprint = Fingerprint::of(&Secret::new("value"));
        let allowances = allowances(&[String::new(), format!("{fingerprint} until=2025-01-01")]);
        let finding = finding("value", &["a"]);
        assert_eq!(allowances.allowed(&finding), None);
        assert_eq!(allowances.expired(&finding).as_deref(), Some("/repo/.cfleakignore:2"));
    }

    #[test]
    fn a_line_that_means_nothing_is_an_error() {
        let fingerprint = Fingerprint::of(&Secret::new("value"));
        let mut allowances = allowances(&[]);
        for (line, error) in [
            ("<<<<<<< HEAD".to_owned(), NotAnEntry::Fingerprint),
            ("cf1:00 # short".to_owned(), NotAnEntry::Fingerprint),
            (format!("{fingerprint} until=tomorrow"), NotAnEntry::Date("tomorrow".into())),
            (format!("{fingerprint} [a"), NotAnEntry::Glob("[a".into())),
        ] {
            let added = allowances.add_line(&line, Path::new("x"), 1, AllowedBy::File);
            assert_eq!(added, Err(error), "{line}");
        }
    }

    #[test]
    fn rules_allow_by_path_kind_and_rule_and_need_a_reason() {
        let rule = |path: Option<&str>, kind: Option<&str>, reason: &str| AllowSyntax {
            path: path.map(str::to_owned),
            kind: kind.map(str::to_owned),
            reason: reason.to_owned(),
            ..AllowSyntax::default()
        };
        let file = Path::new("/repo/.cfleak.toml");
        let found = finding("value", &["tests/a.rs"]);
        for (path, kind, allowed) in [
            (Some("tests/"), None, true),
            (None, Some("user_api_token"), true),
            (Some("tests/**"), Some("global_api_key"), false),
        ] {
            let mut allowances = allowances(&[]);
            allowances.add_rule(&rule(path, kind, "made up"), file, 1).unwrap();
            assert_eq!(allowances.allowed(&found).is_some(), allowed, "{path:?} {kind:?}");
        }
        let mut allowances = allowances(&[]);
        assert_eq!(allowances.add_rule(&rule(None, None, "all"), file, 1), Err(NotAnEntry::Nothing));
        assert_eq!(allowances.add_rule(&rule(Some("a"), None, " "), file, 1), Err(NotAnEntry::Reason));
    }

    #[test]
    fn a_baseline_is_sorted_and_reads_back() {
        let (a, b) = (finding("one", &["a"]), finding("two", &["b"]));
        let all = [&a, &b, &a];
        let text = baseline(all.iter().map(|finding| (finding.fingerprint, &finding.kind)));
        let mut sorted: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(sorted.len(), 2);
        sorted.sort_unstable();
        assert_eq!(sorted, text.lines().skip(1).collect::<Vec<_>>());
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        assert!(allowances(&lines).allowed(&a).is_some());
    }
}
