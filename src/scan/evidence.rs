//! How much the surroundings say for a value that cannot speak for itself.
//!
//! One decision, in one place: the name of the value first, then what is spoken of around it. Every confidence comes
//! with its reasons. Does not look at the value; that is `quality`.

use crate::model::{Confidence, Provenance, Reason};
use crate::rules::{Context, LabelPattern, Rule, Words};
use crate::scan::label::{self, Label, Names};
use crate::scan::surroundings::{Mark, Marks, Near, wide_window};
use crate::scan::view::View;
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
    pub provenance: &'a Provenance,
    /// Does the whole chunk speak of Cloudflare at all?
    pub speaks: bool,
}

impl Scene<'_> {
    /// Weighs what stands around `value` for `rule`; `None` where nothing speaks for it.
    pub(crate) fn weigh(
        &self,
        view: &View<'_>,
        value: Range<usize>,
        names: &Names,
        index: usize,
        rule: &Rule,
    ) -> Option<Evidence> {
        if names.direct.is_none()
            && names.at_start
            && let Some((outer, range)) = view.outer(value.clone())
        {
            let names = label::names(outer.text, range.clone());
            return self.weigh(outer, range, &names, index, rule);
        }
        let standing = names.direct.as_ref().map_or(Standing::Silent, |label| standing(label, &rule.context));
        let strong_beside = names.beside.iter().find(|label| standing_is_strong(label, &rule.context));
        match standing {
            Standing::Against => None,
            Standing::Strong => self.by_name(view, names.direct.as_ref()?),
            _ if strong_beside.is_some() => self.by_name(view, strong_beside?),
            Standing::Weak => self.by_weak_name(view, value, index, rule, names),
            Standing::Silent => self.without_name(view, value, index, rule, names),
        }
    }

    fn by_name(&self, view: &View<'_>, label: &Label) -> Option<Evidence> {
        Evidence::new(Confidence::High, reason_of(view.text, label))
    }

    fn by_weak_name(
        &self,
        view: &View<'_>,
        value: Range<usize>,
        index: usize,
        rule: &Rule,
        names: &Names,
    ) -> Option<Evidence> {
        let named = reason_of(view.text, names.direct.as_ref()?);
        let base = |confidence| Evidence { confidence, reasons: vec![named.clone()] };
        if let Some(phrase) = phrase_before(view.text, value.start, &rule.context) {
            return Evidence::new(Confidence::High, Reason::Mentioned(phrase));
        }
        if let Some(file) = self.file_type(&rule.context) {
            return base(Confidence::High).and(Reason::FileType(file));
        }
        let near = self.near(view, &value, index);
        let email = rule.context.email && has_email(view, &value);
        match near {
            Some(Near { mark: Mark::Host, text, .. }) => base(Confidence::High).and(Reason::Host(text)),
            Some(Near { mark: Mark::Provider, .. }) => {
                base(Confidence::High).and(Reason::Neighbour("the provider Cloudflare".into()))
            }
            Some(Near { mark: Mark::Mention, text, .. }) => {
                let evidence = base(Confidence::Medium).and(Reason::Mentioned(text))?;
                if email {
                    evidence.and(Reason::Neighbour("an e-mail address".into()))
                } else {
                    Some(evidence)
                }
            }
            None if email => base(Confidence::Low).and(Reason::Neighbour("an e-mail address".into())),
            None => {
                self.path_mentions().and_then(|word| base(Confidence::Medium).and(Reason::FileType(word)))
            }
        }
    }

    /// No name, or one that means nothing to us: only a mark on the same line counts.
    fn without_name(
        &self,
        view: &View<'_>,
        value: Range<usize>,
        index: usize,
        rule: &Rule,
        names: &Names,
    ) -> Option<Evidence> {
        if !self.speaks {
            return None;
        }
        if let Some(phrase) = phrase_before(view.text, value.start, &rule.context) {
            return Evidence::new(Confidence::High, Reason::Mentioned(phrase));
        }
        let near = self.marks.on_line(view.text, &value, index);
        if rule.context.email && names.after_email {
            let reason = Reason::Neighbour("an e-mail address".into());
            return match near.or_else(|| self.near(view, &value, index)) {
                Some(Near { mark: Mark::Host, text, .. }) => {
                    Evidence::new(Confidence::High, reason)?.and(Reason::Host(text))
                }
                Some(Near { text, .. }) => {
                    Evidence::new(Confidence::Medium, reason)?.and(Reason::Mentioned(text))
                }
                None => Evidence::new(Confidence::Low, reason),
            };
        }
        match near? {
            Near { mark: Mark::Host, text, .. } if names.direct.is_none() => {
                Evidence::new(Confidence::Medium, Reason::Host(text))
            }
            Near { text, .. } => {
                Evidence::new(Confidence::Low, Reason::LittleContext)?.and(Reason::Mentioned(text))
            }
        }
    }

    /// Marks around the value, here or around the text that this one was decoded from.
    fn near(&self, view: &View<'_>, value: &Range<usize>, index: usize) -> Option<Near> {
        if !self.speaks {
            return None;
        }
        let here = self.marks.near(view.text, value, index);
        let outside = || view.outer(value.clone()).and_then(|(outer, range)| self.near(outer, &range, index));
        here.or_else(outside)
    }

    fn file_type(&self, context: &Context) -> Option<String> {
        let leaf = self.provenance.leaf_name().to_ascii_lowercase().replace('\\', "/");
        context.files.iter().find(|file| leaf.ends_with(file.as_str())).cloned()
    }

    /// The path speaks of Cloudflare: `cloudflare-ddns.conf`, `.dev.vars`, `k8s/cloudflared/…`. Only the last parts
    /// of it: everything below a checkout called `cloudflare` would count otherwise.
    fn path_mentions(&self) -> Option<String> {
        let leaf = self.provenance.leaf_name().to_ascii_lowercase().replace('\\', "/");
        let name = leaf.rsplit('/').next().unwrap_or_default();
        ["cloudflare", "wrangler", ".dev.vars"]
            .into_iter()
            .find(|word| name.contains(word))
            .map(|_| name.to_owned())
    }
}

fn standing(label: &Label, context: &Context) -> Standing {
    let words = Words::shipped();
    let last = label.words.iter().rev().find(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    let last_is_id = last.is_some_and(|word| words.identifiers.contains(word));
    if last_is_id || fits(&context.against, label) {
        return Standing::Against;
    }
    if fits(&context.strong, label) {
        return Standing::Strong;
    }
    if label.words.iter().any(|word| words.vendors.contains(word)) && !fits(&context.weak, label) {
        return Standing::Against;
    }
    if fits(&context.weak, label) { Standing::Weak } else { Standing::Silent }
}

fn standing_is_strong(label: &Label, context: &Context) -> bool {
    standing(label, context) == Standing::Strong
}

fn fits(patterns: &[LabelPattern], label: &Label) -> bool {
    patterns.iter().any(|pattern| pattern.fits(&label.words))
}

/// Names a label in the field's words. A name is part of the text, never of the value.
fn reason_of(text: &[u8], label: &Label) -> Reason {
    let name = label.written(text);
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

/// The rule's phrase right before the value, white space folded.
fn phrase_before(text: &[u8], value: usize, context: &Context) -> Option<String> {
    if context.phrases.is_empty() {
        return None;
    }
    let before = String::from_utf8_lossy(&text[value.saturating_sub(64)..value]).to_ascii_lowercase();
    let trimmed = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'`".contains(c));
    let folded = trimmed.split_whitespace().collect::<Vec<_>>().join(" ");
    context.phrases.iter().find(|phrase| folded.ends_with(phrase.as_str())).cloned()
}

/// How far from a Global API Key its e-mail address may stand.
const EMAIL_REACH: usize = 600;

fn has_email(view: &View<'_>, value: &Range<usize>) -> bool {
    let window = &view.text[wide_window(view.text, value, EMAIL_REACH)];
    !crate::scan::companions::emails(window).is_empty()
        || view.outer(value.clone()).is_some_and(|(outer, range)| has_email(outer, &range))
}
