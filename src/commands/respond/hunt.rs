//! Every other copy of the credential, in the places the person names.

use crate::cli::Reading;
use crate::commands::CommandError;
use crate::commands::hunt;
use crate::commands::respond::copies::copy;
use crate::commands::respond::session::Session;
use crate::model::incident::{Copies, CopyForm, CopyPlace, Gap};
use crate::model::{Finding, Kind, SourceKind, masked};
use crate::scan::Wanted;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Looks through `targets`; the places of a report that named the credential are copies too.
pub fn copies(session: &mut Session<'_>, targets: &[PathBuf]) -> Result<(), CommandError> {
    let mut copies = known(session);
    match (targets.is_empty(), session.leaked.secret()) {
        (false, Some(secret)) => {
            let wanted = Wanted::Value(secret.clone());
            let reading = Reading { targets: targets.to_vec(), ..Reading::default() };
            let found = hunt::search(&wanted, &reading, session.settings, &session.interrupt)?;
            let is_token = session.leaked.kind() != Kind::R2S3Credentials;
            found.collected.findings.iter().for_each(|finding| add(&mut copies, finding, is_token));
            let masks = found.collected.partials.iter();
            copies.places.extend(masks.map(|partial| copy(&partial.place, CopyForm::Masked)));
            (copies.bytes, copies.files, copies.objects) =
                (found.count.bytes, found.count.files, found.count.objects);
            copies.complete = !found.skips.iter().any(|skip| skip.reason.leaves_a_hole());
            let told = found.skips.iter().filter(|skip| skip.reason.leaves_a_hole());
            copies.skipped.extend(
                told.map(|skip| {
                    masked(&format!("{}: {}", skip.provenance.display(), skip.detail)).into_owned()
                }),
            );
        }
        (false, None) => {
            copies.complete = false;
            copies
                .skipped
                .push("everything: the value is not at hand, and nothing else can be hunted".to_owned());
        }
        (true, _) => {
            session.incident.gaps.push(Gap::new("other copies", "nobody said where to look (--hunt)"));
        }
    }
    copies.targets = targets.iter().map(|target| masked(&target.to_string_lossy()).into_owned()).collect();
    copies.places.sort_by_key(|place| (place.form as u8, place.path.clone(), place.line, place.column));
    copies.places.dedup();
    let says = format!("hunt: {} places in {} targets", copies.places.len(), copies.targets.len());
    begin_at_first_copy(session, &copies);
    session.incident.copies = Some(copies).filter(|copies| !targets.is_empty() || !copies.places.is_empty());
    session.finish("hunt", &says)
}

fn known(session: &Session<'_>) -> Copies {
    let mut copies = Copies { complete: true, ..Copies::default() };
    if let Some(finding) = &session.leaked.finding {
        add(&mut copies, finding, false);
    }
    copies
}

/// Stdin is where the value came from, and no place it leaked to.
fn add(copies: &mut Copies, finding: &Finding, is_token: bool) {
    let is_r2 = is_token && finding.kind == Kind::R2S3Credentials;
    let form = if is_r2 { CopyForm::R2Secret } else { CopyForm::Value };
    let places = finding.places.iter().filter(|place| place.provenance.source != SourceKind::Stdin);
    copies.places.extend(places.map(|place| copy(place, form)));
}

/// The earliest copy that has a time is the first leak that is known, unless the person said when it was.
fn begin_at_first_copy(session: &mut Session<'_>, copies: &Copies) {
    let time =
        |place: &CopyPlace| Some((place.time.as_ref()?.parse::<Timestamp>().ok()?, place.path.clone()));
    let Some((first, path)) = copies.places.iter().filter_map(time).min() else { return };
    let leak = &mut session.incident.leak;
    let is_told = leak.since_source == "--since";
    if !is_told && (first < leak.since || leak.is_since_a_guess()) {
        leak.since = first;
        leak.since_source = format!("the earliest copy known: {}", Path::new(&path).display());
    }
}
