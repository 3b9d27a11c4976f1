//! Values that tell what they are: a prefix or a frame announces them, whole or in pieces.

use super::{Match, Scanner};
use crate::model::{Checksum, Confidence, Reason, Secret};
use crate::rules::{Alphabet, Check, Shape, ShapeForm};
use crate::scan::anchors::goes_on;
use crate::scan::chain::{self, Chain};
use crate::scan::check;
use crate::scan::class::{MIN_RUN, Makeup, is_token};
use crate::scan::evidence;
use crate::scan::joints::{joint, spelling};
use crate::scan::label::{names, value_start};
use crate::scan::partial;
use crate::scan::quality::is_placeholder;
use crate::scan::surroundings::Around;
use crate::scan::view::View;
use std::ops::Range;

/// The longest value put together from pieces: a tunnel token has 150 to 300 characters.
const LONGEST: usize = 600;
/// The longest value read as it stands: a private key.
const LONGEST_ANY: usize = 16 << 10;
/// How far behind its beginning a value's anchor may stand.
const LEAD_REACH: usize = 200;

/// The retirement that CLOUDFLARE.md 1.5.1 dates.
const RETIRED: &str = "refused since 2026-09-30";

impl Scanner<'_> {
    /// Tries the shapes that a literal announces. The first that fits wins.
    pub(super) fn anchored(&mut self, view: &View<'_>, literal: Range<usize>, shapes: &[(usize, usize)]) {
        let mut read: Option<(usize, Chain)> = None;
        for &(rule, shape) in shapes {
            let rules = self.rule(rule);
            let ShapeForm::Anchored { literal: full, lead, alphabet, .. } = &rules.shapes[shape].form else {
                continue;
            };
            if !goes_on(view.text, literal.start, full) {
                return;
            }
            let Some(start) = start_of(view.text, literal.start, lead.as_deref()) else { continue };
            if *alphabet == Alphabet::Any {
                if self.as_it_stands(view, start, rule, &rules.shapes[shape]) {
                    return;
                }
                if is_spelled_behind(view.text, literal.end) {
                    self.escaped(view, literal.start);
                    return;
                }
                continue;
            }
            let limit = if *alphabet == Alphabet::Token { 80 } else { LONGEST };
            let chain = match &read {
                Some((at, chain)) if *at == start => chain,
                _ => &read.insert((start, chain::read(view.text, start, limit, |byte| alphabet.has(byte)))).1,
            };
            if self.put_together(view, chain, rule, &rules.shapes[shape]) {
                return;
            }
        }
        if let (Some((start, chain)), Some(&(rule, _))) = (read, shapes.first()) {
            self.cut_off(view, start, &chain, rule);
        }
    }

    /// A value behind a name that begins with an escape: tries every shape with a prefix.
    pub(super) fn spelled(&mut self, view: &View<'_>, start: usize) {
        let wide = |byte| Alphabet::Url.has(byte) || Alphabet::Base64.has(byte);
        let chain = chain::read(view.text, start, LONGEST, wide);
        if chain.text.len() < MIN_RUN {
            return;
        }
        for rule in 0..self.engine.rules.rules.len() {
            for shape in &self.rule(rule).shapes {
                let ShapeForm::Anchored { literal, lead, .. } = &shape.form else { continue };
                let begins = chain.text.starts_with(lead.as_ref().unwrap_or(literal));
                if begins && self.put_together(view, &chain, rule, shape) {
                    return;
                }
            }
        }
    }

    /// Matches a shape against a value put together from pieces.
    fn put_together(&mut self, view: &View<'_>, chain: &Chain, rule: usize, shape: &Shape) -> bool {
        let ShapeForm::Anchored { regex, alphabet, .. } = &shape.form else { return false };
        if shape.check == Some(Check::TunnelToken) && !check::begins_as_tunnel_token(&chain.text) {
            return false;
        }
        // Only base64 has values of any length; elsewhere the shape itself says where the value ends.
        let ends: Vec<usize> =
            if *alphabet == Alphabet::Base64 { chain.ends().collect() } else { vec![chain.text.len()] };
        ends.into_iter().any(|end| {
            let Some(found) = regex.regex().find(&chain.text[..end]) else { return false };
            let raw = chain.map.raw_span(found.range());
            let layers = chain.layers(found.end());
            let text = chain.text[found.range()].to_vec();
            self.judge_anchored(view, raw, text, layers, rule, shape)
        })
    }

    fn as_it_stands(&mut self, view: &View<'_>, start: usize, rule: usize, shape: &Shape) -> bool {
        let ShapeForm::Anchored { regex, .. } = &shape.form else { return false };
        let window = &view.text[start..view.text.len().min(start + LONGEST_ANY)];
        let Some(captures) = regex.regex().captures(window) else { return false };
        let Some(value) = captures.name("secret").or_else(|| captures.get(0)) else { return false };
        let range = start + value.start()..start + value.end();
        self.judge_anchored(view, range, value.as_bytes().to_vec(), Vec::new(), rule, shape)
    }

    /// The check decides how sure we are, or that this is nothing.
    fn judge_anchored(
        &mut self,
        view: &View<'_>,
        range: Range<usize>,
        text: Vec<u8>,
        layers: Vec<crate::model::Layer>,
        rule: usize,
        shape: &Shape,
    ) -> bool {
        let broken = !layers.is_empty();
        let Ok(value) = String::from_utf8(text) else { return false };
        let mut found = Match {
            view,
            range: range.clone(),
            rule: self.named(rule),
            secret: Secret::new(value.as_str()),
            confidence: Confidence::High,
            checksum: None,
            reasons: Vec::new(),
            layers,
            account: None,
        };
        let accepted = match shape.check {
            Some(Check::Crc32) => checked(&mut found, &value, bounded(view.text, &range), broken),
            Some(Check::TunnelToken) => tunnel_token(&mut found, view.text, &value),
            Some(Check::TunnelSecret) => check::is_random_tunnel_secret(&value),
            Some(Check::TunnelCredentials) => tunnel_credentials(&mut found, view.text, &value),
            Some(Check::PrivateKey) => private_key(&mut found, &value),
            Some(Check::Uuid) => !is_placeholder(value.rsplit('/').next().unwrap_or_default().as_bytes()),
            Some(Check::Retired) => {
                found.reasons.push(Reason::Retired(RETIRED));
                bounded(view.text, &range) && !is_placeholder(value.as_bytes())
            }
            Some(Check::Turnstile | Check::R2Pair | Check::AccessPair) | None => {
                bounded(view.text, &range) && !is_placeholder(value.as_bytes())
            }
        };
        if !accepted {
            return false;
        }
        if shape.needs_context {
            let names = names(view.text, range.clone());
            let around = Around::new(view.text, range);
            let Some(evidence) = self.scene().weigh(view, &around, &names, rule, self.rule(rule)) else {
                return false;
            };
            found.reasons.extend(evidence.reasons);
            found.confidence = match shape.check {
                Some(Check::PrivateKey) if evidence.confidence >= Confidence::High => Confidence::Certain,
                _ => evidence.confidence,
            };
        } else {
            if found.reasons.is_empty() {
                found.reasons.push(Reason::OwnForm);
            }
            found.reasons.extend(evidence::name_of(view, range));
        }
        self.keep(found);
        true
    }

    /// What announced itself and is no whole value: masked, or cut off.
    fn cut_off(&mut self, view: &View<'_>, start: usize, chain: &Chain, rule: usize) {
        let end = start + chain.text.len().min(view.text.len() - start);
        if chain.is_broken() && chain.text.len() > 12 && !view.text[start..end].contains(&b'*') {
            return;
        }
        if let Some(shown) = partial::after_prefix(view.text, start) {
            self.keep_partial(view, start..start + shown.len, rule, shown.shown);
        }
    }
}

/// `TunnelSecret%22%3A%22…`: what separates a name from its value is spelled.
fn is_spelled_behind(text: &[u8], at: usize) -> bool {
    let near = &text[at..text.len().min(at + 12)];
    (0..near.len()).any(|skip| spelling(&near[skip..]).is_some())
}

/// Where a value whose anchor stands at `at` begins.
fn start_of(text: &[u8], at: usize, lead: Option<&[u8]>) -> Option<usize> {
    let Some(lead) = lead else { return Some(at) };
    let floor = at.saturating_sub(LEAD_REACH);
    memchr::memmem::rfind(&text[floor..at], lead).map(|index| floor + index)
}

/// Does nothing of another word stand right before the value? An escape or a colour code does not count.
fn bounded(text: &[u8], range: &Range<usize>) -> bool {
    let word =
        range.start - text[..range.start].iter().rev().take(80).take_while(|&&byte| is_token(byte)).count();
    word == range.start || value_start(text, &(word..range.end)) == range.start
}

/// A valid checksum is proof whatever stands around; an invalid one keeps the value at `low`, if it stands whole.
fn checked(found: &mut Match<'_>, value: &str, bounded: bool, broken: bool) -> bool {
    let body = value.split_once('_').map_or(value, |(_, body)| body).as_bytes();
    found.checksum = check::checksum(value.as_bytes());
    let placeholder = is_placeholder(&body[..body.len().min(40)]);
    match found.checksum {
        Some(Checksum::Valid) if placeholder => {
            found.confidence = Confidence::Low;
            found.reasons.extend([Reason::ChecksumValid, Reason::Placeholder]);
            true
        }
        Some(Checksum::Valid) => {
            found.confidence = Confidence::Certain;
            found.reasons.push(Reason::ChecksumValid);
            true
        }
        Some(Checksum::Invalid) | None => {
            found.confidence = Confidence::Low;
            found.reasons.push(Reason::ChecksumInvalid);
            bounded && !broken && !placeholder && Makeup::of(body).is_mixed()
        }
    }
}

/// Padding is part of the base64 text; what was read ends in front of it.
fn tunnel_token(found: &mut Match<'_>, text: &[u8], value: &str) -> bool {
    let (mut whole, mut raw) = (value.to_owned(), 0);
    while !whole.len().is_multiple_of(4) {
        let Some(len) = padding(&text[found.range.end + raw..]) else { break };
        whole.push('=');
        raw += len;
    }
    let Some(token) = check::tunnel_token(whole.as_bytes()) else { return false };
    found.range.end += raw;
    found.secret = Secret::new(whole);
    found.confidence = Confidence::Certain;
    found.account = Some(token.account);
    found.reasons.push(Reason::Parses("a tunnel token with account, tunnel and secret"));
    true
}

/// The length of a `=`, spelled or not.
fn padding(rest: &[u8]) -> Option<usize> {
    if rest.first() == Some(&b'=') {
        return Some(1);
    }
    joint(None, rest).filter(|joint| joint.spells == Some(b'=')).map(|joint| joint.len)
}

/// The account and the tunnel stand in other fields of the same object.
fn tunnel_credentials(found: &mut Match<'_>, text: &[u8], secret: &str) -> bool {
    let Some((account, tunnel)) = partial::tunnel_fields(text, &found.range) else { return false };
    if !check::is_tunnel_secret(secret) {
        return false;
    }
    found.secret = Secret::new(format!("{account}:{tunnel}:{secret}"));
    found.confidence = Confidence::Certain;
    found.account = Some(account);
    found.reasons.push(Reason::Parses("a tunnel's credentials file"));
    true
}

fn private_key(found: &mut Match<'_>, value: &str) -> bool {
    let Some(key) = check::private_key(value.as_bytes()) else { return false };
    found.secret = key;
    found.reasons.push(Reason::Parses("a private key"));
    true
}
