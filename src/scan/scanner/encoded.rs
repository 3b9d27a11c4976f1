//! Texts hidden in the text: decoded, then looked at the same way.

use super::{Match, Run, Scanner};
use crate::model::{Confidence, Reason, Secret};
use crate::rules::Check;
use crate::scan::check;
use crate::scan::class::is_base64;
use crate::scan::decode::{self, Decoded};
use crate::scan::engine::Engine;
use crate::scan::view::{Back, View};
use std::ops::Range;

/// What begins this close to where a stretch was cut may go on behind the cut.
const TAIL: usize = 600;

/// Up to where a stretch that was undone up to `end` holds whole values.
pub(super) fn whole_until(text: &[u8], end: usize) -> usize {
    let at_boundary =
        text.get(end).is_none_or(|&byte| byte == b'\n' || !(is_base64(byte) || b"\\%&;".contains(&byte)));
    if at_boundary { end } else { end.saturating_sub(TAIL) }
}

/// Shorter hex runs spell nothing that could be a credential.
const MIN_HEX: usize = 48;

impl Scanner<'_> {
    /// A run that may be encoded text. Says up to where it was looked at.
    pub(super) fn encoded(&mut self, view: &View<'_>, run: &Run) -> usize {
        if run.makeup.is_hex() {
            if run.value().len() >= MIN_HEX
                && let Some(decoded) = decode::hex_run(view.text, run.value())
            {
                self.descend(view, decoded);
            }
            return run.whole.end;
        }
        let (region, decoded) = decode::base64_region(view.text, run.whole.clone());
        if let Some(decoded) = decoded {
            self.descend(view, decoded);
        }
        region.end
    }

    /// A prefix seen inside base64 text: its place gives the alignment.
    pub(super) fn base64_needle(&mut self, view: &View<'_>, at: usize, phase: usize) {
        let group = (at + 4 - phase) % 4;
        if at < self.undone.base64[group] {
            return;
        }
        if let Some(decoded) = decode::base64_with_needle(view.text, at, phase) {
            self.undone.base64[group] = whole_until(view.text, decoded.region.end);
            self.descend(view, decoded);
        }
    }

    /// The line around an escape.
    pub(super) fn escaped(&mut self, view: &View<'_>, at: usize) {
        if at < self.undone.escapes {
            return;
        }
        if let Some(decoded) = decode::escaped_line(view.text, at) {
            self.undone.escapes = whole_until(view.text, decoded.region.end);
            self.descend(view, decoded);
        }
    }

    /// Compressed text in base64.
    pub(super) fn packed(&mut self, view: &View<'_>, at: usize) {
        if at < self.undone.packed {
            return;
        }
        if let Some(decoded) = decode::base64_packed(view.text, at) {
            self.undone.packed = decoded.region.end;
            self.descend(view, decoded);
        }
    }

    /// The body of a mail.
    pub(super) fn quoted_printable(&mut self, view: &View<'_>, header: Range<usize>) {
        if header.start < self.undone.mail {
            return;
        }
        let (end, decoded) = decode::quoted_printable(view.text, header.end);
        self.undone.mail = end;
        if let Some(decoded) = decoded {
            self.descend(view, decoded);
        }
    }

    pub(super) fn dump(&mut self, view: &View<'_>, at: usize) {
        if at < self.undone.dump {
            return;
        }
        let (end, decoded) = decode::dump(view.text, at);
        self.undone.dump = end;
        if let Some(decoded) = decoded {
            self.descend(view, decoded);
        }
    }

    /// Looks at a decoded text, and at what it unpacks to.
    pub(super) fn descend(&mut self, view: &View<'_>, decoded: Decoded) {
        let deep = Engine::depth(&view.layers) >= self.engine.options.max_depth;
        if deep || decoded.text.len() > self.budget {
            self.hits.over_decode = true;
            return;
        }
        self.budget -= decoded.text.len();
        self.tunnel_token(view, &decoded);
        let below = View::below(view, &decoded.text, &decoded.back, &decoded.layers);
        match decode::inflate(&decoded.text) {
            Some((text, layer, cut)) => {
                self.hits.over_decode |= cut;
                let back = Back::All(0..decoded.text.len());
                self.view(&View::below(&below, &text, &back, &[layer]));
            }
            None => self.view(&below),
        }
    }

    /// Base64 of JSON may be a tunnel token with its fields in any order and with blanks between them.
    fn tunnel_token(&mut self, view: &View<'_>, decoded: &Decoded) {
        if !decoded.text.trim_ascii_start().starts_with(b"{") {
            return;
        }
        let engine = self.engine;
        let is_rule = |rule: &crate::rules::Rule| {
            rule.shapes.iter().any(|shape| shape.check == Some(Check::TunnelToken))
        };
        let Some(rule) = engine.rules.rules.iter().position(is_rule) else { return };
        let mut end = decoded.region.end;
        end += view.text[end..].iter().take(2).take_while(|&&byte| byte == b'=').count();
        let range = decoded.region.start..end;
        let value: Vec<u8> = view.text[range.clone()]
            .iter()
            .copied()
            .filter(|&byte| is_base64(byte) || byte == b'=')
            .collect();
        let Some(token) = check::tunnel_token(&value) else { return };
        let Ok(mut value) = String::from_utf8(value) else { return };
        // Padding that is spelled stays outside the region, and is part of the value all the same.
        value.extend(std::iter::repeat_n('=', value.len().next_multiple_of(4) - value.len()));
        self.keep(Match {
            view,
            range,
            rule: self.named(rule),
            secret: Secret::new(value),
            confidence: Confidence::Certain,
            checksum: None,
            reasons: vec![Reason::Parses("a tunnel token with account, tunnel and secret")],
            layers: Vec::new(),
            account: Some(token.account),
        });
    }
}
