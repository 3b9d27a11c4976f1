//! From candidates to findings: one credential, every place.
//!
//! The result depends on what was seen, never on the order in which threads saw it. Leaves out whether a
//! finding is live or worth showing.

use crate::model::{
    Allowed, AllowedBy, Candidate, Checksum, Companions, Confidence, Finding, Fingerprint, Kind, Partial,
    Place, Provenance, Reason, Secret,
};
use crate::scan::Hits;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// What a scan found.
#[derive(Debug, Default)]
pub struct Collected {
    /// Sorted by their first place.
    pub findings: Vec<Finding>,
    /// Sorted by place.
    pub partials: Vec<Partial>,
}

/// Gathers the hits of all chunks.
#[derive(Debug, Default)]
pub struct Collector {
    credentials: HashMap<Fingerprint, Gathered>,
    partials: Vec<Partial>,
}

impl Collector {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn take(&mut self, hits: Hits) {
        for candidate in hits.candidates {
            self.credentials
                .entry(Fingerprint::of(&candidate.secret))
                .or_insert_with(|| Gathered::new(candidate.secret.clone()))
                .take(candidate);
        }
        self.partials.extend(hits.partials);
    }

    pub fn finish(mut self) -> Collected {
        join_r2_secrets(&mut self.credentials);
        let mut findings: Vec<Finding> = self
            .credentials
            .into_iter()
            .filter_map(|(fingerprint, gathered)| gathered.into_finding(fingerprint))
            .collect();
        findings.sort_by(|a, b| by_first_place(a, b).then(a.fingerprint.cmp(&b.fingerprint)));
        Collected { findings, partials: sorted_partials(self.partials) }
    }
}

/// One credential while it is being gathered.
///
/// A log may repeat one token ten million times on lines that look alike, so what is the same at many places
/// is kept once: the evidence, with the first place that shows it.
#[derive(Debug)]
struct Gathered {
    secret: Secret,
    evidence: HashMap<Evidence, Place>,
    places: Vec<Place>,
    /// The first place whose line has an allow comment, and its word.
    comment: Option<(Place, &'static str)>,
    /// A place without an allow comment was seen: nobody looked at that one and said it is fine.
    uncommented: bool,
    linked: Vec<Fingerprint>,
}

/// Why one place counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Evidence {
    kind: Kind,
    rule: Arc<str>,
    confidence: Confidence,
    checksum: Option<Checksum>,
    reasons: Vec<Reason>,
    companions: Companions,
}

impl Gathered {
    fn new(secret: Secret) -> Self {
        Gathered {
            secret,
            evidence: HashMap::new(),
            places: Vec::new(),
            comment: None,
            uncommented: false,
            linked: Vec::new(),
        }
    }

    fn take(&mut self, candidate: Candidate) {
        let evidence = Evidence {
            kind: candidate.kind,
            rule: candidate.rule,
            confidence: candidate.confidence,
            checksum: candidate.checksum,
            reasons: candidate.reasons,
            companions: candidate.companions,
        };
        self.see(evidence, &candidate.place);
        match candidate.allow_comment {
            Some(word) => self.comment_on(&candidate.place, word),
            None => self.uncommented = true,
        }
        self.places.push(candidate.place);
    }

    fn see(&mut self, evidence: Evidence, place: &Place) {
        let first = self.evidence.entry(evidence).or_insert_with(|| place.clone());
        if by_place(place, first).is_lt() {
            *first = place.clone();
        }
    }

    fn comment_on(&mut self, place: &Place, word: &'static str) {
        let earlier = |(first, _): &(Place, &str)| by_place(place, first).is_lt();
        if self.comment.as_ref().is_none_or(earlier) {
            self.comment = Some((place.clone(), word));
        }
    }

    /// Evidence of the surest place first.
    fn ranked(&self) -> Vec<&Evidence> {
        let mut ranked: Vec<_> = self.evidence.iter().collect();
        ranked.sort_by(|(a, place_a), (b, place_b)| {
            b.confidence.cmp(&a.confidence).then_with(|| by_place(place_a, place_b)).then_with(|| a.cmp(b))
        });
        ranked.into_iter().map(|(evidence, _)| evidence).collect()
    }

    fn kind(&self) -> Option<Kind> {
        self.ranked().first().map(|best| best.kind.clone())
    }

    fn is_hunted(&self) -> bool {
        self.evidence
            .keys()
            .flat_map(|evidence| &evidence.reasons)
            .any(|why| matches!(why, Reason::Hunted(_)))
    }

    /// `other`, another face of this credential, stops being a finding of its own.
    fn absorb(&mut self, other: Gathered, fingerprint: Fingerprint, why: &str) {
        let mut companions = Companions::default();
        for evidence in other.ranked() {
            companions.absorb(&evidence.companions);
        }
        if let Some((key_id, _)) = other.secret.expose().split_once(':') {
            // An access key id is the id of the token (CLOUDFLARE.md 1.7).
            companions.token_ids.push(key_id.to_owned());
        }
        if let Some(best) = self.ranked().first().map(|&best| best.clone()) {
            let linked = Evidence {
                confidence: best.confidence.max(Confidence::High),
                reasons: best.reasons.iter().cloned().chain([Reason::Linked(why.to_owned())]).collect(),
                companions,
                ..best
            };
            if let Some(place) = other.places.iter().min_by(|a, b| by_place(a, b)) {
                self.see(linked, place);
            }
        }
        if let Some((place, word)) = &other.comment {
            self.comment_on(place, word);
        }
        self.uncommented |= other.uncommented;
        self.places.extend(other.places);
        self.linked.push(fingerprint);
        self.linked.extend(other.linked);
        self.linked.sort();
    }

    fn into_finding(self, fingerprint: Fingerprint) -> Option<Finding> {
        let ranked = self.ranked();
        let mut reasons = Vec::new();
        let mut companions = Companions::default();
        for evidence in &ranked {
            companions.absorb(&evidence.companions);
            for reason in &evidence.reasons {
                if !reasons.contains(reason) {
                    reasons.push(reason.clone());
                }
            }
        }
        let best = (*ranked.first()?).clone();
        let comment = self.comment.filter(|_| !self.uncommented);
        Some(Finding {
            fingerprint,
            kind: best.kind,
            rule: best.rule,
            secret: self.secret,
            confidence: best.confidence,
            checksum: best.checksum,
            reasons,
            companions,
            places: sorted_places(self.places),
            allowed: comment
                .map(|(place, word)| Allowed { by: AllowedBy::Comment, at: comment_at(&place, word) }),
            linked: self.linked,
        })
    }
}

fn comment_at(place: &Place, word: &str) -> String {
    format!("{word} at {}:{}", place.provenance.display(), place.position.line)
}

/// The S3 secret of an API token is SHA-256 of its value (CLOUDFLARE.md 1.7): seen together they are one
/// credential, and revoking the token ends both. A secret seen without its key id belongs to the pair that has
/// the same secret.
fn join_r2_secrets(credentials: &mut HashMap<Fingerprint, Gathered>) {
    let secrets = s3_secrets(credentials);
    if secrets.is_empty() {
        return;
    }
    let mut owners: HashMap<Fingerprint, (Fingerprint, &str)> = HashMap::new();
    for (face, secret) in &secrets {
        if face != secret {
            owners.insert(*secret, (*face, "its secret was seen without the key id too"));
        }
    }
    for (token, secret) in derived_s3_secrets(credentials) {
        owners.insert(secret, (token, "its R2 S3 secret was seen too"));
    }
    for (face, secret) in secrets {
        let Some((owner, why)) = owners.get(&secret).filter(|(owner, _)| *owner != face) else { continue };
        if let Some(gathered) = credentials.remove(&face)
            && let Some(owner) = credentials.get_mut(owner)
        {
            owner.absorb(gathered, face, why);
        }
    }
}

/// Each R2 credential, and the fingerprint of its secret alone.
fn s3_secrets(credentials: &HashMap<Fingerprint, Gathered>) -> Vec<(Fingerprint, Fingerprint)> {
    of_kind(
        credentials,
        |gathered| gathered.kind() == Some(Kind::R2S3Credentials),
        |value| {
            let value = value.expose();
            Secret::new(value.split_once(':').map_or(value, |(_, secret)| secret).to_ascii_lowercase())
        },
    )
}

/// Each API token, and the fingerprint of the S3 secret it would have. A hunt tells the places of either apart.
fn derived_s3_secrets(credentials: &HashMap<Fingerprint, Gathered>) -> Vec<(Fingerprint, Fingerprint)> {
    let is_token =
        |kind: Kind| matches!(kind, Kind::UserApiToken | Kind::AccountApiToken | Kind::LegacyApiToken);
    let is_owner = |gathered: &Gathered| gathered.kind().is_some_and(is_token) && !gathered.is_hunted();
    of_kind(credentials, is_owner, |value| {
        Secret::new(data_encoding::HEXLOWER.encode(&Sha256::digest(value.expose())))
    })
}

/// In order, so that what is joined does not depend on a hash seed.
fn of_kind(
    credentials: &HashMap<Fingerprint, Gathered>,
    wanted: impl Fn(&Gathered) -> bool,
    secret: impl Fn(&Secret) -> Secret,
) -> Vec<(Fingerprint, Fingerprint)> {
    let mut found: Vec<_> = credentials
        .iter()
        .filter(|(_, gathered)| wanted(gathered))
        .map(|(fingerprint, gathered)| (*fingerprint, Fingerprint::of(&secret(&gathered.secret))))
        .collect();
    found.sort();
    found
}

fn by_first_place(a: &Finding, b: &Finding) -> Ordering {
    match (a.places.first(), b.places.first()) {
        (Some(a), Some(b)) => by_place(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Path, way inside, position; what a person would expect, then whatever else makes it total.
fn by_place(a: &Place, b: &Place) -> Ordering {
    let origin = if Arc::ptr_eq(&a.provenance, &b.provenance) {
        Ordering::Equal
    } else {
        by_origin(&a.provenance, &b.provenance)
    };
    origin
        .then_with(|| a.span.cmp(&b.span))
        .then_with(|| a.decoded.len().cmp(&b.decoded.len()))
        .then_with(|| a.decoded.cmp(&b.decoded))
}

fn by_origin(a: &Provenance, b: &Provenance) -> Ordering {
    let object = |p: &Provenance| {
        p.git.as_ref().map(|git| (git.repository.clone(), git.object.clone(), git.path.clone()))
    };
    a.path
        .cmp(&b.path)
        .then_with(|| a.inside.cmp(&b.inside))
        .then_with(|| a.source.cmp(&b.source))
        .then_with(|| object(a).cmp(&object(b)))
        .then_with(|| a.url.cmp(&b.url))
        .then_with(|| a.unwrapped.cmp(&b.unwrapped))
}

/// A spot reached by two ways of decoding is one place: the shorter way tells it.
fn sorted_places(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by(by_place);
    places.dedup_by(|b, a| a.span == b.span && a.provenance == b.provenance);
    places
}

fn sorted_partials(mut partials: Vec<Partial>) -> Vec<Partial> {
    partials.sort_by(|a, b| {
        by_place(&a.place, &b.place).then_with(|| a.kind.cmp(&b.kind)).then_with(|| a.shown.cmp(&b.shown))
    });
    partials.dedup_by(|b, a| a.place == b.place && a.kind == b.kind && a.shown == b.shown);
    partials
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Layer, Position, Span};

    fn candidate(kind: Kind, value: &str, path: &str, line: u64) -> Candidate {
        Candidate {
            kind,
            rule: "a-rule".into(),
            secret: Secret::new(value),
            place: place(path, line),
            confidence: Confidence::Medium,
            checksum: None,
            reasons: vec![Reason::Variable(format!("V{line}"))],
            companions: Companions::default(),
            allow_comment: None,
        }
    }

    fn place(path: &str, line: u64) -> Place {
        Place {
            provenance: Arc::new(Provenance::file(path)),
            position: Position { line, column: 1 },
            span: Span { start: line * 100, end: line * 100 + 40 },
            decoded: Vec::new(),
        }
    }

    fn collect(candidates: impl IntoIterator<Item = Candidate>) -> Vec<Finding> {
        let mut collector = Collector::new();
        for candidate in candidates {
            collector.take(Hits { candidates: vec![candidate], ..Hits::default() });
        }
        collector.finish().findings
    }

    fn token() -> String {
        "Ab3x".repeat(10)
    }

    fn s3_secret() -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(token()))
    }

    #[test]
    fn one_credential_is_one_finding_with_every_place() {
        let findings = collect([
            candidate(Kind::LegacyApiToken, &token(), "b", 2),
            candidate(Kind::LegacyApiToken, &token(), "b", 1),
            candidate(Kind::LegacyApiToken, &token(), "a", 9),
            candidate(Kind::LegacyApiToken, &token(), "a", 9),
        ]);
        assert_eq!(findings.len(), 1);
        let places: Vec<_> =
            findings[0].places.iter().map(|p| (p.provenance.display(), p.position.line)).collect();
        assert_eq!(places, [("a".to_owned(), 9), ("b".to_owned(), 1), ("b".to_owned(), 2)]);
    }

    #[test]
    fn the_surest_place_gives_kind_confidence_and_the_first_reason() {
        let mut sure = candidate(Kind::LegacyApiToken, &token(), "z", 7);
        sure.confidence = Confidence::High;
        sure.rule = "the-sure-rule".into();
        sure.companions.emails.push("owner@example.com".to_owned());
        let findings = collect([candidate(Kind::GlobalApiKey, &token(), "a", 1), sure]);
        assert_eq!(findings[0].kind, Kind::LegacyApiToken);
        assert_eq!(&*findings[0].rule, "the-sure-rule");
        assert_eq!(findings[0].confidence, Confidence::High);
        assert_eq!(findings[0].reasons, [Reason::Variable("V7".into()), Reason::Variable("V1".into())]);
        assert_eq!(findings[0].companions.emails, ["owner@example.com"]);
    }

    #[test]
    fn the_order_of_sighting_changes_nothing() {
        let mut candidates: Vec<Candidate> = (1..6)
            .flat_map(|line| {
                [
                    candidate(Kind::LegacyApiToken, &token(), "a", line),
                    candidate(Kind::R2S3Credentials, &s3_secret(), "b", line),
                    candidate(Kind::GlobalApiKey, &"0f1e".repeat(10), "c", line),
                ]
            })
            .collect();
        let forward = format!("{:?}", collect(candidates.clone()));
        candidates.reverse();
        assert_eq!(forward, format!("{:?}", collect(candidates.clone())));
        candidates.rotate_left(7);
        assert_eq!(forward, format!("{:?}", collect(candidates)));
    }

    #[test]
    fn an_s3_secret_that_is_sha256_of_a_token_belongs_to_the_token() {
        let key_id = "0123456789abcdef".repeat(2);
        let pair = format!("{key_id}:{}", s3_secret());
        let findings = collect([
            candidate(Kind::R2S3Credentials, &pair, "rclone.conf", 3),
            candidate(Kind::R2S3Credentials, &s3_secret(), "x.log", 4),
            candidate(Kind::LegacyApiToken, &token(), ".env", 1),
        ]);
        assert_eq!(findings.len(), 1);
        let finding = &findings[0];
        assert_eq!(finding.kind, Kind::LegacyApiToken);
        assert_eq!(finding.fingerprint, Fingerprint::of(&Secret::new(token())));
        assert_eq!(finding.confidence, Confidence::High);
        assert_eq!(finding.places.len(), 3);
        assert_eq!(finding.linked.len(), 2);
        assert_eq!(finding.companions.token_ids, [key_id]);
        assert!(finding.reasons.contains(&Reason::Linked("its R2 S3 secret was seen too".into())));
    }

    #[test]
    fn a_lone_s3_secret_joins_the_pair_that_has_it_and_no_other() {
        let pair = format!("{}:{}", "ab".repeat(16), s3_secret());
        let findings = collect([
            candidate(Kind::R2S3Credentials, &s3_secret(), "a", 1),
            candidate(Kind::R2S3Credentials, &pair, "b", 1),
            candidate(Kind::R2S3Credentials, &"cd".repeat(32), "c", 1),
        ]);
        let values: Vec<usize> = findings.iter().map(|finding| finding.secret.len()).collect();
        assert_eq!(values, [97, 64]);
    }

    #[test]
    fn one_place_without_a_comment_is_enough_to_count() {
        let mut allowed = candidate(Kind::LegacyApiToken, &token(), "tests/x.rs", 3);
        allowed.allow_comment = Some("cfleak:allow");
        let findings = collect([allowed.clone()]);
        let by = findings[0].allowed.as_ref().map(|allowed| (allowed.by, allowed.at.as_str()));
        assert_eq!(by, Some((AllowedBy::Comment, "cfleak:allow at tests/x.rs:3")));

        let findings = collect([allowed, candidate(Kind::LegacyApiToken, &token(), "deploy.sh", 1)]);
        assert_eq!(findings[0].allowed, None);
    }

    #[test]
    fn one_spot_read_in_two_ways_is_one_place() {
        let mut longer = candidate(Kind::LegacyApiToken, &token(), "a", 1);
        longer.place.decoded = vec![Layer::Base64, Layer::Json];
        let mut shorter = longer.clone();
        shorter.place.decoded = vec![Layer::Base64url];
        let findings = collect([longer, shorter]);
        assert_eq!(findings[0].places.len(), 1);
        assert_eq!(findings[0].places[0].decoded, [Layer::Base64url]);
    }
}
