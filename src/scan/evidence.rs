//! How much the surroundings say for a value that cannot speak for itself.
//!
//! One decision, in one place: the name of the value first, then what is spoken of around it. Every
//! confidence comes with its reasons. Does not look at the value; that is `quality`.

use crate::model::{Confidence, Provenance, Reason};
use crate::rules::{Context, LabelPattern, Rule, Words, words};
use crate::scan::beside;
use crate::scan::label::{self, Label, Names};
use crate::scan::surroundings::{Around, Mark, Marks, Near, calls_another_host, wide_window};
use crate::scan::view::View;
use std::cell::{Cell, OnceCell};
use std::ops::Range;

/// What the surroundings say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub confidence: Confidence,
    pub reasons: Vec<Reason>,
}

impl Evidence {
    fn new(confidence: Confidence, reason: Reason) -> Option<Evidence> {
        Some(Evidence { confidence, reasons: vec![reason] })
    }

    fn and(mut self, reason: Reason) -> Option<Evidence> {
        self.reasons.push(reason);
        Some(self)
    }
}

/// What a name says about the value it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Strong,
    Weak,
    /// It says that the value is something else.
    Against,
    Silent,
}

/// Everything that evidence is read from.
pub(crate) struct Scene<'a> {
    pub marks: &'a Marks,
    pub path: &'a PathSays,
    pub speech: &'a Speech,
    /// The whole chunk.
    pub chunk: &'a [u8],
    /// In a spelling that the marks would not be seen in.
    pub is_spelled: bool,
}

/// Whether a chunk speaks of Cloudflare at all: one look that spares thousands, taken when thousands are asked for.
#[derive(Debug, Default)]
pub(crate) struct Speech {
    known: OnceCell<bool>,
    asked: Cell<usize>,
}

/// About what the look at the surroundings of one value costs, in bytes.
const ONE_LOOK: usize = 1 << 10;

/// A value and the rule it is weighed for.
struct Subject<'s> {
    view: &'s View<'s>,
    around: &'s Around<'s>,
    index: usize,
    context: &'s Context,
    names: &'s Names,
}

impl Subject<'_> {
    fn text(&self) -> &[u8] {
        self.view.text
    }

    fn value(&self) -> &Range<usize> {
        &self.around.value
    }

    fn standing(&self, label: &Label) -> Standing {
        standing(&label.words, self.context)
    }

    fn standing_of_name(&self) -> Standing {
        self.names.direct.as_ref().map_or(Standing::Silent, |label| self.standing(label))
    }

    /// Forty hex digits are a git object id far more often than a Global API Key.
    fn is_like_a_commit(&self) -> bool {
        let value = &self.text()[self.value().clone()];
        value.len() == 40 && value.iter().all(u8::is_ascii_hexdigit)
    }

    /// What stands on other lines does not make this Cloudflare's: its own line calls somebody else, or it
    /// has the form of many things.
    fn is_anothers(&self) -> bool {
        self.is_like_a_commit() || calls_another_host(self.text(), self.value())
    }

    /// What the words of prose in front of the name make of it: `Cloudflare API token`, `GitHub token`.
    fn in_prose(&self) -> Option<(Label, Standing)> {
        let label = self.names.direct.as_ref()?.in_prose(self.text())?;
        let counts = self.names.assigned || !self.is_like_a_commit();
        let standing = self.standing(&label);
        counts.then_some((label, standing))
    }

    fn is_weak_as_member(&self) -> bool {
        let words = self.names.direct.as_ref().and_then(|label| label.member(self.text()));
        words.is_some_and(|words| standing(&words, self.context) == Standing::Weak)
    }
}

impl Scene<'_> {
    /// Weighs what stands around `value` for `rule`; `None` where nothing speaks for it.
    pub(crate) fn weigh(
        &self,
        view: &View<'_>,
        around: &Around<'_>,
        names: &Names,
        index: usize,
        rule: &Rule,
    ) -> Option<Evidence> {
        if names.direct.is_none()
            && names.at_start
            && let Some((outer, range)) = view.outer(around.value.clone())
        {
            let names = label::names(outer.text, range.clone());
            return self.weigh(outer, &Around::new(outer.text, range), &names, index, rule);
        }
        let subject = Subject { view, around, index, context: &rule.context, names };
        let standing = subject.standing_of_name();
        let strong_beside =
            subject.names.beside.iter().find(|label| subject.standing(label) == Standing::Strong);
        match (standing, strong_beside) {
            (Standing::Against, _) => None,
            (Standing::Strong, _) => by_name(&subject, subject.names.direct.as_ref()?),
            (Standing::Weak | Standing::Silent, Some(label)) => by_name(&subject, label),
            (Standing::Weak, None) => self.by_weak_name(&subject),
            (Standing::Silent, None) if subject.is_weak_as_member() => self.by_weak_name(&subject),
            (Standing::Silent, None) => {
                self.by_name_elsewhere(&subject).or_else(|| self.without_name(&subject))
            }
        }
    }

    fn by_weak_name(&self, subject: &Subject<'_>) -> Option<Evidence> {
        match subject.in_prose() {
            Some((label, Standing::Strong)) => return by_name(subject, &label),
            Some((_, Standing::Against)) => return None,
            Some((_, Standing::Weak | Standing::Silent)) | None => {}
        }
        let named = reason_of(subject.text(), subject.names.direct.as_ref()?);
        let base = |confidence| Evidence { confidence, reasons: vec![named.clone()] };
        if let Some(phrase) = phrase_before(subject) {
            return Evidence::new(Confidence::High, Reason::Mentioned(phrase));
        }
        if let Some(file) = self.file_type(subject.context) {
            return base(Confidence::High).and(Reason::FileType(file));
        }
        let email = || subject.context.email && has_email(subject.view, subject.value());
        let an_email = Reason::Neighbour("an e-mail address".into());
        match self.near(subject.view, subject.around, subject.index) {
            Some(Near { text, on_line: false, .. }) if subject.is_anothers() => {
                base(Confidence::Low).and(Reason::Mentioned(text))
            }
            Some(Near { mark: Mark::Own | Mark::Host, text, .. }) => {
                base(Confidence::High).and(Reason::Host(text))
            }
            Some(Near { mark: Mark::Provider, .. }) => {
                base(Confidence::High).and(Reason::Neighbour("the provider Cloudflare".into()))
            }
            Some(Near { mark: Mark::Mention, text, .. }) => {
                let enough = if subject.is_like_a_commit() { Confidence::Low } else { Confidence::Medium };
                let evidence = base(enough).and(Reason::Mentioned(text))?;
                if email() { evidence.and(an_email) } else { Some(evidence) }
            }
            None if email() => base(Confidence::Low).and(an_email),
            None => {
                self.path_mentions().and_then(|word| base(Confidence::Medium).and(Reason::FileType(word)))
            }
        }
    }

    /// A name at the other end of a pipe, of what the value is a field of, on the line above, or of the file
    /// that holds nothing but the value.
    fn by_name_elsewhere(&self, subject: &Subject<'_>) -> Option<Evidence> {
        let is_strong = |label: &Label| subject.standing(label) == Standing::Strong;
        if let Some(label) = beside::stored_as(subject.text(), subject.value()).filter(is_strong) {
            return by_name(subject, &label);
        }
        if let Some(name) = self.file_named(subject) {
            return Evidence::new(Confidence::High, Reason::FileType(name));
        }
        if subject.is_like_a_commit() {
            return None;
        }
        if let Some(evidence) = self.by_parent(subject) {
            return Some(evidence);
        }
        if subject.names.direct.is_some() {
            return None;
        }
        let above = beside::line_above(subject.text(), subject.value())?;
        let label = if is_strong(&above) { Some(above) } else { above.in_prose(subject.text()) };
        let label = label.filter(is_strong)?;
        Evidence::new(Confidence::Medium, reason_of(subject.text(), &label))
    }

    /// `"apiToken": {"Value": "…"}`
    fn by_parent(&self, subject: &Subject<'_>) -> Option<Evidence> {
        let parent = beside::parent_name(subject.text(), subject.value().start)?;
        let named = Evidence::new(Confidence::Medium, reason_of(subject.text(), &parent))?;
        match subject.standing(&parent) {
            Standing::Strong => Some(named),
            Standing::Weak if subject.names.explicit_value => {
                let near = self.near(subject.view, subject.around, subject.index)?;
                named.and(Reason::Mentioned(near.text))
            }
            Standing::Weak | Standing::Silent | Standing::Against => None,
        }
    }

    /// No name, or one that means nothing to us: only a mark on the same line counts.
    fn without_name(&self, subject: &Subject<'_>) -> Option<Evidence> {
        let (text, value) = (subject.text(), subject.value());
        if subject.context.email && beside::is_beside_email(text, value) {
            return self.beside_email(subject);
        }
        if !self.may_speak_around(subject.view) {
            return None;
        }
        if let Some(phrase) = phrase_before(subject).filter(|_| self.speaks(subject.view)) {
            return Evidence::new(Confidence::High, Reason::Mentioned(phrase));
        }
        if subject.names.explicit_value
            && let Some(Near { mark: Mark::Own, text, .. }) =
                self.near(subject.view, subject.around, subject.index)
        {
            return Evidence::new(Confidence::High, Reason::Key("value".into()))?.and(Reason::Host(text));
        }
        match self.marks.on_line(subject.around, subject.index)? {
            Near { mark: Mark::Own | Mark::Host, text, .. } if subject.names.direct.is_none() => {
                Evidence::new(Confidence::Medium, Reason::Host(text))
            }
            Near { text, .. } => {
                Evidence::new(Confidence::Low, Reason::LittleContext)?.and(Reason::Mentioned(text))
            }
        }
    }

    /// `dev@example.net:KEY`, `("KEY", "dev@example.net")`: nobody else's keys have 37 digits.
    fn beside_email(&self, subject: &Subject<'_>) -> Option<Evidence> {
        let with = |confidence| Evidence::new(confidence, Reason::Neighbour("an e-mail address".into()));
        let commit = subject.is_like_a_commit();
        match self.near(subject.view, subject.around, subject.index) {
            Some(Near { mark: Mark::Own | Mark::Host, text, .. }) if !commit || subject.names.after_email => {
                with(Confidence::High)?.and(Reason::Host(text))
            }
            Some(Near { text, .. }) if !commit => with(Confidence::Medium)?.and(Reason::Mentioned(text)),
            None if !commit && subject.names.after_email => with(Confidence::Medium),
            Some(_) | None => with(Confidence::Low),
        }
    }

    /// Decoded text is rare, and what it speaks of is not to be seen in the chunk.
    ///
    /// May say yes wrongly as long as few have asked: their own looks cost less than one at the whole chunk.
    fn may_speak_around(&self, view: &View<'_>) -> bool {
        if self.speech.known.get().is_none() {
            let asked = self.speech.asked.get() + 1;
            self.speech.asked.set(asked);
            if asked * ONE_LOOK < self.chunk.len() {
                return true;
            }
        }
        self.speaks(view)
    }

    fn speaks(&self, view: &View<'_>) -> bool {
        let known = || *self.speech.known.get_or_init(|| self.marks.any(self.chunk));
        view.is_decoded() || self.is_spelled || known()
    }

    /// The name of a file that holds the value and nothing else: `secrets/cf_api_token`.
    fn file_named(&self, subject: &Subject<'_>) -> Option<String> {
        let alone = subject.names.at_start && subject.text().trim_ascii().len() == subject.value().len();
        if !alone {
            return None;
        }
        let name = self.path.name.as_str();
        let strong = standing(&words(name.as_bytes()), subject.context) == Standing::Strong;
        strong.then(|| name.to_owned())
    }

    /// Marks around the value, here or around the text that this one was decoded from.
    fn near(&self, view: &View<'_>, around: &Around<'_>, index: usize) -> Option<Near> {
        if !self.may_speak_around(view) {
            return None;
        }
        let outside = || {
            let (outer, value) = view.outer(around.value.clone())?;
            self.near(outer, &Around::new(outer.text, value), index)
        };
        self.marks.near(around, index).or_else(outside)
    }

    fn file_type(&self, context: &Context) -> Option<String> {
        context.files.iter().find(|file| self.path.leaf.ends_with(file.as_str())).cloned()
    }

    fn path_mentions(&self) -> Option<String> {
        self.path.mention.clone()
    }
}

/// What the path of a chunk says, read once a chunk.
#[derive(Debug)]
pub(crate) struct PathSays {
    /// The last part, as written.
    name: String,
    /// All of it, lower case, with slashes.
    leaf: String,
    mention: Option<String>,
}

impl PathSays {
    pub(crate) fn of(provenance: &Provenance) -> Self {
        let path = provenance.leaf_name().replace('\\', "/");
        let leaf = path.to_ascii_lowercase();
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        PathSays { name, mention: mention(&leaf), leaf }
    }
}

/// The path speaks of Cloudflare: `cloudflare-ddns.conf`, `.dev.vars`, `sessions/api.cloudflare.com/…`.
/// Only the name and hosts: everything below a checkout called `cloudflare` would count otherwise.
fn mention(leaf: &str) -> Option<String> {
    if let Some(host) = Words::shipped().hosts.iter().find(|host| leaf.contains(host.as_str())) {
        return Some(host.clone());
    }
    let name = leaf.rsplit('/').next().unwrap_or_default();
    let speaks = ["cloudflare", "wrangler", ".dev.vars"].iter().any(|word| name.contains(word));
    speaks.then(|| name.to_owned())
}

fn by_name(subject: &Subject<'_>, label: &Label) -> Option<Evidence> {
    Evidence::new(Confidence::High, reason_of(subject.text(), label))
}

fn standing(label: &[String], context: &Context) -> Standing {
    let words = Words::shipped();
    let last = label.iter().rev().find(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    let last_is_id = last.is_some_and(|word| words.identifiers.contains(word));
    if last_is_id || fits(&context.against, label) {
        return Standing::Against;
    }
    if fits(&context.strong, label) {
        return Standing::Strong;
    }
    let weak = fits(&context.weak, label);
    if !weak && label.iter().any(|word| words.vendors.contains(word)) {
        return Standing::Against;
    }
    if weak { Standing::Weak } else { Standing::Silent }
}

fn fits(patterns: &[LabelPattern], label: &[String]) -> bool {
    patterns.iter().any(|pattern| pattern.fits(label))
}

/// The name of a value that needs none, for people: only a name made of plain words, since what stands before
/// a value may be another value.
pub(crate) fn name_of(view: &View<'_>, value: Range<usize>) -> Option<Reason> {
    let names = label::names(view.text, value.clone());
    match (names.direct, view.outer(value)) {
        (Some(label), _) => {
            let plain =
                |word: &String| word.len() <= 14 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
            let speaks = label.words.iter().any(|word| SPEAKING.contains(&word.as_str()));
            (speaks && label.words.iter().all(plain)).then(|| reason_of(view.text, &label))
        }
        (None, Some((outer, range))) if names.at_start => name_of(outer, range),
        (None, _) => None,
    }
}

/// One of these makes a name worth telling.
const SPEAKING: [&str; 6] = ["token", "key", "secret", "authorization", "password", "cloudflare"];

/// Names a label in the field's words. A name is part of the text, never of the value.
fn reason_of(text: &[u8], label: &Label) -> Reason {
    let name = if label.words.iter().all(|word| is_plain(word)) { label.written(text) } else { told(label) };
    let is_header =
        ["x-", "cf-", "authorization"].iter().any(|start| name.to_ascii_lowercase().starts_with(start));
    let is_option = text[label.range.clone()].starts_with(b"--");
    let is_variable =
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    match (is_header, is_option, is_variable) {
        (true, _, _) => Reason::Header(name),
        (_, true, _) => Reason::Option(name),
        (_, _, true) => Reason::Variable(name),
        (false, false, false) => Reason::Key(name),
    }
}

/// A word that may be told: names have short words with few digits, values do not.
fn is_plain(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() <= 20 && (word.len() <= 8 || digits <= 3)
}

/// A name with everything left out that may be part of a value.
fn told(label: &Label) -> String {
    let words = label.words.iter().map(|word| if is_plain(word) { word.as_str() } else { "…" });
    words.collect::<Vec<_>>().join("_")
}

/// The rule's phrase right before the value, white space folded.
fn phrase_before(subject: &Subject<'_>) -> Option<String> {
    if subject.context.phrases.is_empty() {
        return None;
    }
    let before = &subject.text()[subject.value().start.saturating_sub(64)..subject.value().start];
    let before = String::from_utf8_lossy(before).to_ascii_lowercase();
    let trimmed = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'`".contains(c));
    let folded = trimmed.split_whitespace().collect::<Vec<_>>().join(" ");
    subject.context.phrases.iter().find(|phrase| folded.ends_with(phrase.as_str())).cloned()
}

/// How far from a Global API Key its e-mail address may stand.
const EMAIL_REACH: usize = 600;

fn has_email(view: &View<'_>, value: &Range<usize>) -> bool {
    let window = &view.text[wide_window(view.text, value, EMAIL_REACH)];
    !crate::scan::companions::emails(window).is_empty()
        || view.outer(value.clone()).is_some_and(|(outer, range)| has_email(outer, &range))
}
