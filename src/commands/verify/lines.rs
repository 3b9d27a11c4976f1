//! Credentials on stdin, one a line.

use super::Docket;
use crate::commands::CommandError;
use crate::model::{
    Candidate, Checksum, Companions, Confidence, Place, Position, Provenance, Reason, Skip, SkipReason, Span,
    Tally,
};
use crate::scan::{Collector, Hits, Recognized, recognize};
use crate::ui::Talk;
use crate::verify::{Handed, StrangeWord, read_line};
use std::io::{self, IsTerminal, Read};
use std::sync::Arc;
use zeroize::Zeroizing;

pub fn read(talk: &Talk) -> Result<Docket, CommandError> {
    if io::stdin().is_terminal() {
        talk.note(
            "One credential a line, then Ctrl-D. What is typed here stays on the screen: a pipe is safer.",
        );
    }
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| CommandError::fatal("cannot read stdin").because(error))?;
    Ok(docket(&bytes))
}

fn docket(bytes: &[u8]) -> Docket {
    let tally = Tally::default();
    tally.file(bytes.len() as u64);
    let provenance = Arc::new(Provenance::stdin());
    let mut hits = Hits::default();
    let mut skips = Vec::new();
    let mut start = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index as u64 + 1;
        match candidate(line, number, start, &provenance) {
            Ok(Some(candidate)) => hits.candidates.push(candidate),
            Ok(None) => {}
            Err(why) => skips.push(skip(number, why)),
        }
        start += line.len() as u64;
    }
    let mut collector = Collector::new();
    collector.take(hits);
    Docket {
        targets: vec!["-".to_owned()],
        collected: collector.finish(),
        others: Vec::new(),
        skips,
        count: tally.read(),
    }
}

/// Why a line is no credential. The line itself may be one after all, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strange {
    NotText,
    Word,
    Shape,
}

fn candidate(
    line: &[u8],
    number: u64,
    start: u64,
    provenance: &Arc<Provenance>,
) -> Result<Option<Candidate>, Strange> {
    let text = std::str::from_utf8(line).map_err(|_| Strange::NotText)?;
    let Some(handed) = read_line(text).map_err(|StrangeWord| Strange::Word)? else { return Ok(None) };
    let known = recognize(handed.value.expose()).ok_or(Strange::Shape)?;
    Ok(Some(as_candidate(handed, known, number, start, provenance)))
}

fn as_candidate(
    handed: Handed,
    known: Recognized,
    number: u64,
    start: u64,
    provenance: &Arc<Provenance>,
) -> Candidate {
    let confidence = match known.checksum {
        Some(Checksum::Valid) => Confidence::Certain,
        Some(Checksum::Invalid) => Confidence::Low,
        None => Confidence::High,
    };
    let mut reasons = vec![Reason::Linked("handed over to be verified".to_owned())];
    reasons.extend(known.checksum.map(|checksum| match checksum {
        Checksum::Valid => Reason::ChecksumValid,
        Checksum::Invalid => Reason::ChecksumInvalid,
    }));
    let from = start + handed.column as u64;
    Candidate {
        rule: known.kind.as_str().replace('_', "-").into(),
        kind: known.kind,
        place: Place {
            provenance: Arc::clone(provenance),
            position: Position { line: number, column: handed.column as u64 + 1 },
            span: Span { start: from, end: from + handed.value.len() as u64 },
            decoded: Vec::new(),
        },
        secret: known.secret,
        confidence,
        checksum: known.checksum,
        reasons,
        companions: Companions {
            emails: handed.emails,
            account_ids: handed.account_ids,
            ..Companions::default()
        },
        allow_comment: None,
    }
}

fn skip(number: u64, why: Strange) -> Skip {
    let why = match why {
        Strange::NotText => "not UTF-8",
        Strange::Word => "a word behind the value is neither email=… nor account=…",
        Strange::Shape => "not the shape of any credential we know",
    };
    Skip {
        provenance: Provenance::stdin(),
        reason: SkipReason::NotACredential,
        detail: format!("line {number}: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn every_line_becomes_a_credential_or_a_skip_and_no_skip_repeats_it() {
        let token = format!("cfut_{}", "Ab3".repeat(16));
        let key = "0123456789abc".repeat(3)[..37].to_owned();
        let input = format!(
            "# comment\n\n{token}\nhello\n  a@example.com:{key} account={}\n{token} surprise\n\u{e9}\n",
            "a".repeat(32)
        );
        let docket = docket(&[input.as_bytes(), b"\xff\xfe\n"].concat());
        let found: Vec<_> = docket
            .collected
            .findings
            .iter()
            .map(|finding| {
                (finding.kind.clone(), finding.places[0].position.line, finding.places[0].position.column)
            })
            .collect();
        assert_eq!(found, [(Kind::UserApiToken, 3, 1), (Kind::GlobalApiKey, 5, 17)]);
        let details: Vec<&str> = docket.skips.iter().map(|skip| skip.detail.as_str()).collect();
        assert_eq!(details.len(), 4, "{details:?}");
        assert!(details.iter().all(|detail| !detail.contains("Ab3")), "{details:?}");
        assert_eq!(docket.collected.findings[1].companions.emails, ["a@example.com"]);
    }

    #[test]
    fn the_span_covers_the_value() {
        let token = format!("cfut_{}", "Ab3".repeat(16));
        let input = format!("# x\r\n  {token} email=a@x\n");
        let span = docket(input.as_bytes()).collected.findings[0].places[0].span;
        assert_eq!(&input[span.start as usize..span.end as usize], token);
    }
}
