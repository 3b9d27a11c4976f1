//! Patterns of the user's own: a keyword anywhere, then a regex.

use super::{Match, Scanner};
use crate::model::{Confidence, Reason, Secret};
use crate::rules::{Shape, ShapeForm};
use crate::scan::label::names;
use crate::scan::surroundings::Around;
use crate::scan::view::View;

impl Scanner<'_> {
    pub(super) fn free(&mut self, view: &View<'_>) {
        let engine = self.engine;
        let lower = view.text.to_ascii_lowercase();
        for &(rule, shape) in &engine.free {
            let shape = &self.rule(rule).shapes[shape];
            if let ShapeForm::Free { keywords, .. } = &shape.form
                && keywords.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
            {
                self.search(view, rule, shape);
            }
        }
    }

    fn search(&mut self, view: &View<'_>, rule: usize, shape: &Shape) {
        let ShapeForm::Free { regex, .. } = &shape.form else { return };
        for captures in regex.regex().captures_iter(view.text) {
            let Some(value) = captures.name("secret").or_else(|| captures.get(0)) else { continue };
            let Ok(text) = std::str::from_utf8(value.as_bytes()) else { continue };
            let range = value.range();
            let names = names(view.text, range.clone());
            let around = Around::new(view.text, range.clone());
            let weigh = || self.scene().weigh(view, &around, &names, rule, self.rule(rule));
            let evidence = shape.needs_context.then(weigh);
            let (confidence, reasons) = match evidence {
                Some(None) => continue,
                Some(Some(evidence)) => (evidence.confidence, evidence.reasons),
                None => (Confidence::High, vec![Reason::Linked("an own pattern".into())]),
            };
            self.keep(Match {
                view,
                range,
                rule: self.named(rule),
                secret: Secret::new(text),
                confidence,
                checksum: None,
                reasons,
                layers: Vec::new(),
                account: None,
            });
        }
    }
}
