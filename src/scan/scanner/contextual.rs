//! Values that only their surroundings explain: runs of the right length, whole or in pieces.

use super::{Match, Run, Scanner};
use crate::model::{Confidence, Layer, Reason, Secret};
use crate::rules::{Check, Class, LabelPattern, Pattern, Rule, Shape, ShapeForm};
use crate::scan::chain;
use crate::scan::check;
use crate::scan::class::{MIN_RUN, Makeup, is_base64, is_token};
use crate::scan::companions;
use crate::scan::decode;
use crate::scan::engine::LONGEST_RUN;
use crate::scan::evidence::Evidence;
use crate::scan::joints::joint;
use crate::scan::joints::joint_at;
use crate::scan::label::{self, Names};
use crate::scan::partial;
use crate::scan::quality::{Looks, is_foreign, is_placeholder};
use crate::scan::surroundings::{Around, Mark, wide_window};
use crate::scan::view::View;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

/// How far behind a name a value in pieces may begin.
const NAME_REACH: usize = 96;
/// The longest value of several runs: an OAuth token has 87 characters.
const LONGEST_VALUE: usize = 100;
/// The first item of a list of bytes: `41`, `0x41`.
const LONGEST_LISTED: usize = 4;
/// How far in front of an S3 secret its key's id may stand without a name.
const KEY_ID_REACH: usize = 160;
/// How far from an Access secret its client id may stand.
const PAIR_REACH: usize = 1200;
/// The part of a Turnstile secret that is the same in most of them.
const TURNSTILE_HEAD: usize = 10;

/// A possible value and what stands around it: read once, and no sooner than a rule asks.
struct Subject<'v> {
    view: &'v View<'v>,
    around: Around<'v>,
    text: Cow<'v, [u8]>,
    /// Undone to put `text` together.
    layers: Vec<Layer>,
    names: OnceCell<Names>,
    looks: Looks,
}

impl<'v> Subject<'v> {
    fn new(view: &'v View<'v>, range: Range<usize>, text: Cow<'v, [u8]>, layers: Vec<Layer>) -> Self {
        let around = Around::new(view.text, range);
        Subject { view, around, text, layers, names: OnceCell::new(), looks: Looks::default() }
    }

    /// A value that stands as it is.
    fn plain(view: &'v View<'v>, range: Range<usize>) -> Self {
        let text = Cow::Borrowed(&view.text[range.clone()]);
        Subject::new(view, range, text, Vec::new())
    }

    fn range(&self) -> &Range<usize> {
        &self.around.value
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| label::names(self.view.text, self.range().clone()))
    }

    fn named_by(&self, patterns: &[LabelPattern]) -> bool {
        let name = self.names().direct.as_ref();
        name.is_some_and(|label| patterns.iter().any(|pattern| pattern.fits(&label.words)))
    }

    /// Could a machine have made it, for Cloudflare as far as it shows?
    fn looks_made(&self, shape: &Shape) -> bool {
        let ShapeForm::Run { class, regex, .. } = &shape.form else { return false };
        if shape.check == Some(Check::Turnstile) {
            return check::is_turnstile(&self.text);
        }
        match class {
            Class::Mixed => {
                let first = self.text.split(|&byte| byte == b'.').next().unwrap_or(&self.text);
                self.looks.random(first) && !is_foreign(&self.text)
            }
            Class::HexLower | Class::Hex | Class::Any => {
                regex.is_none() || self.text.iter().any(|&byte| !byte.is_ascii_hexdigit() && byte != b':')
            }
        }
    }

    /// Did a person write it to be replaced?
    fn is_placeholder(&self, shape: &Shape) -> bool {
        match shape.check {
            Some(Check::Turnstile) => is_placeholder(&self.text[TURNSTILE_HEAD.min(self.text.len())..]),
            _ => self.looks.like_placeholder(&self.text),
        }
    }
}

impl Scanner<'_> {
    /// A run that stands whole.
    pub(super) fn contextual(&mut self, view: &View<'_>, run: &Run) {
        let Run { whole, start, makeup } = run;
        let is_value = self.value_of_run(view, run.value(), *makeup);
        // `=3D7…` may be a spelled equals sign and a value, or a value that begins with 3D.
        if !is_value && *start > whole.start && view.text[whole.start - 1] == b'=' {
            self.value_of_run(view, whole.clone(), Makeup::of(&view.text[whole.clone()]));
        }
    }

    fn value_of_run(&mut self, view: &View<'_>, value: Range<usize>, makeup: Makeup) -> bool {
        let engine = self.engine;
        let shapes = engine.runs.get(value.len()).map(Vec::as_slice).unwrap_or_default();
        if shapes.is_empty() || !stands_alone(view.text, &value) {
            return false;
        }
        let mut is_value = false;
        let subject = Subject::plain(view, value.clone());
        for &(rule, shape) in shapes {
            let shape = &self.rule(rule).shapes[shape];
            let ShapeForm::Run { class, regex, .. } = &shape.form else { continue };
            if !has_class(*class, makeup) {
                continue;
            }
            is_value |= match regex {
                Some(regex) => self.several_runs(view, &value, rule, shape, regex),
                None => self.judge(&subject, rule, shape),
            };
        }
        is_value
    }

    /// A value that begins with this run and may have the separators of its parts spelled: `…%3A…`.
    fn several_runs(
        &mut self,
        view: &View<'_>,
        run: &Range<usize>,
        rule: usize,
        shape: &Shape,
        regex: &Pattern,
    ) -> bool {
        if !view.text[run.start..].starts_with(regex.prefix().as_bytes()) {
            return false;
        }
        // Most runs of such a length are ids and digests, and end where the value would go on.
        let rest = &view.text[run.end..];
        let goes_on = rest.first().is_some_and(|&byte| is_value(byte)) || joint(Some(b'x'), rest).is_some();
        if !goes_on && !regex.as_str().ends_with('$') {
            return false;
        }
        let chain = chain::read(view.text, run.start, LONGEST_VALUE, is_value);
        let Some(found) = regex.regex().find(limit(&chain.text, regex, run.len())) else { return false };
        let length = found.end();
        let range = chain.map.raw_span(0..length);
        let text = Cow::Borrowed(&chain.text[..length]);
        stands_alone(view.text, &range)
            && self.judge(&Subject::new(view, range, text, chain.layers(length)), rule, shape)
    }

    /// What stands around a value decides, if it looks made by a machine. Nearly every digest does, and nearly none has
    /// anything around it that speaks for it, so placeholders are turned away last.
    fn judge(&mut self, subject: &Subject<'_>, rule: usize, shape: &Shape) -> bool {
        if !subject.looks_made(shape) {
            return false;
        }
        let Some(mut evidence) = self.evidence(subject, rule, shape) else { return false };
        let in_pieces = !subject.layers.is_empty();
        if in_pieces && evidence.confidence < Confidence::High || subject.is_placeholder(shape) {
            return false;
        }
        let Ok(mut value) = String::from_utf8(subject.text.to_vec()) else { return false };
        if shape.check == Some(Check::R2Pair)
            && let Some(id) = companions::around(subject.view, subject.range().clone()).token_ids.first()
        {
            evidence.reasons.push(Reason::Neighbour("an access key id".into()));
            value = format!("{id}:{value}");
        }
        self.keep(Match {
            view: subject.view,
            range: subject.range().clone(),
            rule: self.named(rule),
            secret: Secret::new(value),
            confidence: evidence.confidence,
            checksum: None,
            reasons: evidence.reasons,
            layers: subject.layers.clone(),
            account: None,
        });
        true
    }

    /// What the surroundings say. Two kinds bring proof of their own: most Turnstile secrets begin alike, and
    /// the id of an Access service token beside its secret is as good as a name.
    fn evidence(&self, subject: &Subject<'_>, rule: usize, shape: &Shape) -> Option<Evidence> {
        let written = self.rule(rule);
        let evidence = self.scene().weigh(subject.view, &subject.around, subject.names(), rule, written);
        match shape.check {
            Some(Check::Turnstile) if evidence.is_none() => likely_turnstile(subject, written),
            Some(Check::R2Pair) => with_key_id(subject, evidence, || self.near_own_mark(subject, rule)),
            Some(Check::AccessPair) if has_client_id(subject.view, subject.range()) => {
                let confidence = beside_client_id(subject, written)?;
                let mut reasons = evidence.map(|evidence| evidence.reasons).unwrap_or_default();
                reasons.push(Reason::Neighbour("a client id ending in .access".into()));
                Some(Evidence { confidence, reasons })
            }
            _ => evidence,
        }
    }

    fn near_own_mark(&self, subject: &Subject<'_>, rule: usize) -> bool {
        self.engine.marks.near(&subject.around, rule).is_some_and(|near| near.mark == Mark::Own)
    }

    /// A name that may be followed by a value in pieces, or by what a mask left of one.
    pub(super) fn labelled(&mut self, view: &View<'_>, word: Range<usize>) {
        let text = view.text;
        let name_end =
            word.end + text[word.end..].iter().take(64).take_while(|&&byte| is_token(byte)).count();
        let Some(start) = value_behind(text, name_end) else { return };
        let plain = text[start..].iter().take(LONGEST_RUN + 1).take_while(|&&byte| is_token(byte)).count();
        if plain < LONGEST_RUN && joint_at(text, start + plain).is_some() {
            self.in_pieces(view, start, plain);
        }
        if plain <= LONGEST_LISTED
            && let Some(decoded) = decode::hex_list(text, start)
        {
            self.descend(view, decoded);
        }
        if plain < MIN_RUN
            && let Some(shown) = partial::after_name(text, start)
            && let Some(rule) = self.strongly_named(view, start..start + shown.len)
        {
            self.keep_partial(view, start..start + shown.len, rule, shown.shown);
        }
    }

    fn in_pieces(&mut self, view: &View<'_>, start: usize, plain: usize) {
        let chain = chain::read(view.text, start, LONGEST_VALUE, is_value);
        if !chain.is_broken() {
            return;
        }
        // What stands whole in front of the first joint is the run pass's business.
        for end in chain.ends().filter(|&end| end > plain && end >= MIN_RUN) {
            self.piece(view, &chain, end);
        }
        if plain == 0 {
            self.spelled(view, start);
        }
    }

    /// Tries the first `end` characters of a chain as a value.
    fn piece(&mut self, view: &View<'_>, chain: &chain::Chain, end: usize) {
        let text = &chain.text[..end];
        let run = text.iter().take_while(|&&byte| is_token(byte)).count();
        let makeup = Makeup::of(&text[..run]);
        let engine = self.engine;
        for &(rule, shape) in engine.runs.get(run).map(Vec::as_slice).unwrap_or_default() {
            let shape = &self.rule(rule).shapes[shape];
            let ShapeForm::Run { class, regex, .. } = &shape.form else { continue };
            let whole = match regex {
                None => run == end,
                Some(regex) => regex.regex().find(text).is_some_and(|found| found.end() == end),
            };
            if whole && has_class(*class, makeup) {
                let range = chain.map.raw_span(0..end);
                self.judge(&Subject::new(view, range, text.into(), chain.layers(end)), rule, shape);
            }
        }
    }

    /// The rule whose strong label names the value at `range`.
    fn strongly_named(&self, view: &View<'_>, range: Range<usize>) -> Option<usize> {
        let names = label::names(view.text, range);
        let label = names.direct?;
        let words = crate::rules::Words::shipped();
        if label.words.last().is_some_and(|word| words.identifiers.contains(word)) {
            return None;
        }
        self.engine
            .rules
            .rules
            .iter()
            .position(|rule| rule.context.strong.iter().any(|p| p.fits(&label.words)))
    }
}

/// Token characters, and what separates the runs of an OAuth or MCP token.
fn is_value(byte: u8) -> bool {
    is_token(byte) || byte == b'.' || byte == b':'
}

/// `$` in a shape means the end of the run.
fn limit<'t>(text: &'t [u8], regex: &Pattern, run: usize) -> &'t [u8] {
    if regex.as_str().ends_with('$') { &text[..run.min(text.len())] } else { text }
}

fn has_class(class: Class, makeup: Makeup) -> bool {
    match class {
        Class::HexLower => makeup.is_hex_lower(),
        Class::Hex => makeup.is_hex(),
        Class::Mixed => makeup.is_mixed(),
        Class::Any => true,
    }
}

fn likely_turnstile(subject: &Subject<'_>, rule: &Rule) -> Option<Evidence> {
    let likely = subject.text.starts_with(b"0x4AAAAAA") && !subject.named_by(&rule.context.against);
    let reasons = vec![Reason::Parses("the usual beginning of a Turnstile secret")];
    likely.then_some(Evidence { confidence: Confidence::Medium, reasons })
}

/// Beside a client id: how sure its name makes us that this is the secret. `None` if the name says something
/// else.
fn beside_client_id(subject: &Subject<'_>, rule: &Rule) -> Option<Confidence> {
    let Some(label) = &subject.names().direct else { return Some(Confidence::Medium) };
    if subject.named_by(&rule.context.strong) || subject.named_by(&rule.context.weak) {
        return Some(Confidence::High);
    }
    let speaks = label.words.iter().any(|word| word == "secret" || word == "access");
    (speaks && !subject.named_by(&rule.context.against)).then_some(Confidence::Medium)
}

/// A piece of base64, of a JWT, of a longer path is no value of its own.
fn stands_alone(text: &[u8], value: &Range<usize>) -> bool {
    let before = value.start.checked_sub(1).map(|index| text[index]);
    let behind = text.get(value.end).copied();
    let next = text.get(value.end + 1).copied();
    let base64 = before == Some(b'+') || behind == Some(b'+') || (behind == Some(b'=') && next == Some(b'='));
    // Behind 43 characters a dot may be the middle of an OAuth token, whose shape reads on.
    let dotted =
        before == Some(b'.') || (behind == Some(b'.') && next.is_some_and(is_token) && value.len() != 43);
    let path = before == Some(b'/') && behind == Some(b'/');
    !base64 && !dotted && !path
}

/// `0123….access` near the value, or near the text it was decoded from; there the id may be in base64 too.
fn has_client_id(view: &View<'_>, value: &Range<usize>) -> bool {
    let window = &view.text[wide_window(view.text, value, PAIR_REACH)];
    let id_before = |mark: &[u8], length: usize, of_id: fn(&u8) -> bool| {
        memchr::memmem::find_iter(window, mark).any(|at| {
            at >= length
                && window[at - length..at].iter().all(of_id)
                && window.get(at + mark.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        })
    };
    // Of the 39 bytes the last six are two groups of their own: `acc`, `ess`.
    let spelled = || id_before(b"YWNjZXNz", 44, |&byte| is_base64(byte));
    id_before(b".access", 32, u8::is_ascii_hexdigit)
        || (view.is_decoded()
            && view.outer(value.clone()).is_some_and(|(outer, range)| has_client_id(outer, &range)))
        || spelled()
}

/// A secret of S3 needs its key's id: where only a word speaks for it the id has to stand near by, and where
/// the id stands right before it no name is needed.
fn with_key_id(
    subject: &Subject<'_>,
    evidence: Option<Evidence>,
    near_own_mark: impl Fn() -> bool,
) -> Option<Evidence> {
    let (text, range) = (subject.view.text, subject.range());
    if evidence.as_ref().is_none_or(|evidence| evidence.confidence < Confidence::Medium)
        && follows_key_id(text, range.start)
        && near_own_mark()
    {
        let reasons = vec![Reason::Neighbour("an access key id right before it".into())];
        return Some(Evidence { confidence: Confidence::Medium, reasons });
    }
    let mut evidence = evidence?;
    let label = subject.names().direct.as_ref().map(|label| label.words.as_slice()).unwrap_or_default();
    let is_of_s3 = label.iter().any(|word| word == "access");
    let is_any = label == ["secret"] || label == ["password"];
    let needs_id = is_any || (evidence.confidence == Confidence::Medium && !is_of_s3);
    let has_id = || {
        has_id_before(text, range.start)
            || !companions::around(subject.view, range.clone()).token_ids.is_empty()
    };
    if needs_id && !has_id() {
        evidence.confidence = evidence.confidence.min(Confidence::Low);
    }
    Some(evidence)
}

/// Thirty-two hex digits a little before the value that are no account's and no zone's.
fn has_id_before(text: &[u8], start: usize) -> bool {
    let mut at = start.saturating_sub(KEY_ID_REACH);
    while at < start {
        let word = at..at + text[at..start].iter().take_while(|&&byte| is_token(byte)).count();
        let digits = word.len() == 32 && text[word.clone()].iter().all(u8::is_ascii_hexdigit);
        if digits && text.get(word.end) != Some(&b'.') && !is_of_account(text, &word) {
            return true;
        }
        at = word.end + 1;
    }
    false
}

fn is_of_account(text: &[u8], id: &Range<usize>) -> bool {
    let names = label::names(text, id.clone());
    names.direct.is_some_and(|label| label.words.iter().any(|word| word == "account" || word == "zone"))
}

/// `ID SECRET`, `ID:SECRET`, `"ID", "SECRET"`
fn follows_key_id(text: &[u8], start: usize) -> bool {
    let gap = text[..start].iter().rev().take(4).take_while(|byte| b" :,\"'\t".contains(byte)).count();
    let end = start - gap;
    let run = text[..end].iter().rev().take(33).take_while(|&&byte| is_token(byte)).count();
    gap > 0 && run == 32 && text[end - 32..end].iter().all(u8::is_ascii_hexdigit)
}

/// Where the value of the name that ends at `name_end` begins: behind separators, spelled or not, and words
/// like
/// `Bearer`.
fn value_behind(text: &[u8], name_end: usize) -> Option<usize> {
    let limit = text.len().min(name_end + NAME_REACH);
    let mut at = name_end;
    let mut separated = false;
    while at < limit {
        let skip = separator(&text[at..limit]);
        if skip > 0 {
            separated = true;
            at += skip;
            continue;
        }
        let word = text[at..limit].iter().take_while(|&&byte| is_token(byte)).count();
        let says_nothing =
            matches!(&text[at..at + word], b"Bearer" | b"bearer" | b"value" | b"secret" | b"key");
        if says_nothing && separated {
            at += word;
            continue;
        }
        return separated.then_some(at);
    }
    None
}

/// How many bytes of separator stand here.
fn separator(rest: &[u8]) -> usize {
    match rest {
        [b'%', b'3', b'D' | b'd' | b'A' | b'a', ..]
        | [b'%', b'2', b'2' | b'0', ..]
        | [b'=', b'3', b'D', ..] => 3,
        [b'&', b'q', b'u', b'o', b't', b';', ..] => 6,
        [b'&', b'#', b'3', b'4' | b'9', b';', ..] => 5,
        [b'\\', b'u', b'0', b'0', b'3', b'd' | b'D', ..] | [b'\\', b'u', b'0', b'0', b'2', b'2', ..] => 6,
        [b'\\', b'x', b'2', b'2', ..] => 4,
        [b'\\', b'n' | b't', ..] => 2,
        [b'\\', b'"' | b'\'' | b'\\', ..] => 1,
        [
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b'=' | b':' | b'>' | b'(' | b'[' | b']' | b'{' | b',' | b'$',
            ..,
        ] => 1,
        [0x1b, ..] => crate::scan::joints::ansi(rest, 1).unwrap_or(0),
        _ => 0,
    }
}
