//! Texts hidden in the text: decoded, then looked at the same way.

use super::{Match, Scanner};
use crate::model::{Confidence, Reason, Secret};
use crate::rules::Check;
use crate::scan::check;
use crate::scan::class::{Makeup, is_base64};
use crate::scan::decode::{self, Decoded};
use crate::scan::engine::Engine;
use crate::scan::label::value_start;
use crate::scan::view::{Back, View};
use std::ops::Range;

/// Shorter hex runs spell nothing that could be a credential.
const MIN_HEX: usize = 48;

impl Scanner<'_> {
    /// A run that may be encoded text. Says up to where it was looked at.
    pub(super) fn encoded(&mut self, view: &View<'_>, run: &Range<usize>) -> usize {
        let start = value_start(view.text, run);
        if Makeup::of(&view.text[start..run.end]).is_hex() {
            if run.end - start >= MIN_HEX
                && let Some(decoded) = decode::hex_run(view.text, start..run.end)
            {
                self.descend(view, decoded);
            }
            return run.end;
        }
        let (region, decoded) = decode::base64_region(view.text, run.clone());
        if let Some(decoded) = decoded {
            self.descend(view, decoded);
        }
        region.end
    }

    /// A prefix seen inside base64 text: its place gives the alignment.
    pub(super) fn base64_needle(&mut self, view: &View<'_>, at: usize, phase: usize) {
        if let Some(decoded) = decode::base64_with_needle(view.text, at, phase) {
            self.descend(view, decoded);
        }
    }

    /// Text around an escape. Says up to where it was read.
    pub(super) fn escaped(&mut self, view: &View<'_>, at: usize) -> usize {
        let Some(decoded) = decode::escaped_line(view.text, at) else { return at + 1 };
        let end = decoded.region.end;
        self.descend(view, decoded);
        end
    }

    pub(super) fn packed(&mut self, view: &View<'_>, at: usize) {
        if let Some(decoded) = decode::base64_packed(view.text, at) {
            self.descend(view, decoded);
        }
    }

    /// The body of a mail.
    pub(super) fn quoted_printable(&mut self, view: &View<'_>, header: Range<usize>) {
        if let Some(decoded) = decode::quoted_printable(view.text, header.end) {
            self.descend(view, decoded);
        }
    }

    /// Looks at what the dump around `at` spells. Tells where it ends.
    pub(super) fn dump(&mut self, view: &View<'_>, at: usize) -> usize {
        let Some(decoded) = decode::dump(view.text, at) else { return at };
        let end = decoded.region.end;
        self.descend(view, decoded);
        end
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
            rule,
            secret: Secret::new(value),
            confidence: Confidence::Certain,
            checksum: None,
            reasons: vec![Reason::Parses("a tunnel token with account, tunnel and secret")],
            layers: Vec::new(),
            account: Some(token.account),
        });
    }
}
