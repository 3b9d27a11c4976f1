//! Masks values wherever else they stand: in paths, in branch names, in the message of the commit that leaked them.
//!
//! A value is redacted where it is a finding. The same value may be part of what describes the place, and no report
//! shows it there either.

use crate::model::{Companions, GitOrigin, Partial, Place, Provenance, Secret, Skip, masked, redacted};
use crate::report::{Entry, Report};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// Shorter parts of a value say nothing, and stand in many honest words.
const SHORTEST: usize = 16;

/// Knows values, and what to show instead.
#[derive(Debug, Default)]
pub struct Veil {
    masks: Vec<(Secret, String)>,
}

impl Veil {
    pub fn over<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut masks: Vec<(Secret, String)> = Vec::new();
        for secret in secrets {
            // `ID:SECRET` and `EMAIL:KEY` may stand apart as well.
            let parts = secret.expose().split(':').map(Secret::new);
            let known = std::iter::once(secret.clone()).chain(parts).filter(|part| part.len() >= SHORTEST);
            masks.extend(known.map(|part| (part.clone(), redacted(&part))));
        }
        // A whole value goes before its parts, or the rest of it would be left.
        masks.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        masks.dedup_by(|a, b| a.0 == b.0);
        Veil { masks }
    }

    pub fn report(&self, report: &mut Report) {
        report.targets.iter_mut().for_each(|target| self.text(target));
        report.findings.iter_mut().for_each(|entry| self.entry(entry));
        report.partials.iter_mut().for_each(|Partial { place, .. }| self.place(place));
        for Skip { provenance, detail, .. } in &mut report.skips {
            self.provenance(provenance);
            self.text(detail);
        }
    }

    fn entry(&self, entry: &mut Entry) {
        let Companions { emails, account_ids, zone_ids, token_ids } = &mut entry.companions;
        let lists = [&mut entry.reasons, emails, account_ids, zone_ids, token_ids];
        lists.into_iter().flatten().for_each(|text| self.text(text));
        if let Some(allowed) = &mut entry.allowed {
            self.text(&mut allowed.at);
        }
        entry.places.iter_mut().for_each(|place| self.place(place));
    }

    fn place(&self, place: &mut Place) {
        let mut veiled = Provenance::clone(&place.provenance);
        self.provenance(&mut veiled);
        if veiled != *place.provenance {
            place.provenance = Arc::new(veiled);
        }
    }

    fn provenance(&self, provenance: &mut Provenance) {
        if let Some(path) = &mut provenance.path {
            self.path(path);
        }
        provenance.inside.iter_mut().for_each(|member| self.text(member));
        provenance.url.iter_mut().for_each(|url| self.text(url));
        if let Some(git) = &mut provenance.git {
            self.git(git);
        }
        if let Some(ci) = &mut provenance.ci {
            [&mut ci.run, &mut ci.job, &mut ci.step].into_iter().flatten().for_each(|text| self.text(text));
        }
        if let Some(said) = &mut provenance.transcript {
            let texts = [&mut said.session, &mut said.record, &mut said.tool, &mut said.tool_use_id];
            texts.into_iter().flatten().for_each(|text| self.text(text));
        }
    }

    fn git(&self, git: &mut GitOrigin) {
        let texts = [&mut git.author, &mut git.author_email, &mut git.summary, &mut git.path];
        texts.into_iter().flatten().chain(&mut git.refs).for_each(|text| self.text(text));
        self.text(&mut git.repository);
    }

    fn path(&self, path: &mut PathBuf) {
        // A path that is no text is only rewritten where it shows a value.
        let shown = path.to_string_lossy().into_owned();
        let mut text = shown.clone();
        self.text(&mut text);
        if text != shown {
            *path = text.into();
        }
    }

    fn text(&self, text: &mut String) {
        for (secret, mask) in &self.masks {
            if text.contains(secret.expose()) {
                *text = text.replace(secret.expose(), mask);
            }
        }
        // A value that is only a name was never found, and is masked all the same.
        if let Cow::Owned(text_masked) = masked(text) {
            *text = text_masked;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_their_parts_are_masked_and_honest_words_stay() {
        let (id, value) = ("1f".repeat(16), "Ab3".repeat(14));
        let veil = Veil::over([&Secret::new(format!("{id}:{value}")), &Secret::new("short")]);
        let table = [
            (format!("a/{id}:{value}.txt"), "a/…3Ab3.txt"),
            (format!("key {value} and {id}"), "key …3Ab3 and …1f1f"),
            ("a short word".to_owned(), "a short word"),
        ];
        for (mut text, expected) in table {
            veil.text(&mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_path_that_is_not_text_stays_as_it_is() {
        let veil = Veil::over([&Secret::new("Ab3".repeat(14))]);
        let mut path = PathBuf::from("caf\u{e9}/x");
        veil.path(&mut path);
        assert_eq!(path, PathBuf::from("caf\u{e9}/x"));
    }
}
