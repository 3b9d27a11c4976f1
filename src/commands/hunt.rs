//! `cfleak hunt`: one known credential, wherever it is.
//!
//! Asks nobody and remembers nothing: which value was hunted stays in memory, and what other scans know to be clean
//! says nothing about it. Comments and files that allow a credential do not count: who hunts it wants every copy.

use crate::cli::{Hunt, Reading};
use crate::commands::interrupt::Interrupt;
use crate::commands::scan::{self, Job, Memories};
use crate::commands::settings::Settings;
use crate::commands::writeup::{self, Run};
use crate::commands::{CommandError, engine};
use crate::model::{Confidence, Count, Fingerprint, NotCheckedReason, Skip, Tally, redacted};
use crate::report::{Hunted, RuleNote, Veil};
use crate::scan::{Collected, Unfit, Wanted};
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use crate::verify::not_asked;
use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use zeroize::Zeroizing;

/// More on stdin is no single credential.
const MOST: u64 = 64 << 10;

/// What a hunt brought home.
#[derive(Debug)]
pub struct Found {
    pub collected: Collected,
    pub skips: Vec<Skip>,
    pub count: Count,
    pub rules: BTreeMap<String, RuleNote>,
}

pub fn run(args: &Hunt, mut settings: Settings) -> Result<Ending, CommandError> {
    settings.outputs.probe()?;
    // Who names a credential wants to see it, however little it looks like one.
    settings.min_confidence = Confidence::Low;
    let targets = scan::targets(&args.reading);
    let wanted = wanted(args, &targets, &settings.talk)?;
    let interrupt = Interrupt::listen();
    let clock = Instant::now();
    let found = search(&wanted, &args.reading, &settings, &interrupt)?;
    let run = Run {
        targets: targets.iter().map(|target| target.to_string_lossy().into_owned()).collect(),
        judgements: not_asked(&found.collected.findings, NotCheckedReason::TurnedOff),
        collected: found.collected,
        skips: found.skips,
        count: found.count,
        seconds: clock.elapsed().as_secs_f64(),
        interrupted: interrupt.is_set(),
        baseline: false,
        rules: found.rules,
    };
    let mut report = writeup::report(run, &settings);
    report.hunted = Some(hunted(&wanted));
    if let Wanted::Value(value) = &wanted
        && !settings.show_secrets
    {
        // A path may hold the value although nothing was found in the file.
        Veil::over([value]).report(&mut report);
    }
    settings.outputs.write(&report, &settings.style)?;
    Ok(writeup::ending(&report))
}

/// Looks through what is to be read as a scan does, for this credential alone.
pub fn search(
    wanted: &Wanted,
    reading: &Reading,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Found, CommandError> {
    let targets = scan::targets(reading);
    let options = scan::engine_options(reading, settings, false);
    let engine = engine::engine(&settings.config, options)?.hunting(wanted);
    let tally = Arc::new(Tally::default());
    let job = Job { reading, targets: &targets, memories: &Memories::none(settings.talk) };
    let (collected, mut skips) = scan::read(&job, settings, &engine, &tally, interrupt)?;
    skips.extend(interrupt.is_set().then(|| scan::cut_short(&targets)));
    Ok(Found { collected, skips, count: tally.read(), rules: engine::notes(engine.rules()) })
}

fn wanted(args: &Hunt, targets: &[PathBuf], talk: &Talk) -> Result<Wanted, CommandError> {
    if let Some(text) = &args.fingerprint {
        // What was given instead may be a value, and is not repeated.
        let fingerprint: Fingerprint = text.parse().map_err(|error| {
            CommandError::usage(format!("--fingerprint: {error}")).hint("cfleak hunt --value-stdin")
        })?;
        return Ok(Wanted::Fingerprint(fingerprint));
    }
    if let Some(text) = &args.prefix {
        return Wanted::prefix(text).map_err(|why| unfit("--prefix: ", why));
    }
    if targets.iter().any(|target| target == Path::new("-")) {
        return Err(CommandError::usage("stdin cannot be both the value and a target")
            .hint("put what is to be looked through into a file, or hunt by --fingerprint"));
    }
    Wanted::value(&value(talk)?).map_err(|why| unfit("", why))
}

fn unfit(option: &str, why: Unfit) -> CommandError {
    let error = CommandError::usage(format!("{option}{why}"));
    match why {
        Unfit::Empty | Unfit::NotOneWord => error.hint(
            "one value on one line, or the fingerprint that a scan reports: cfleak hunt --fingerprint cf1:…",
        ),
        Unfit::PrefixLong => error.hint("cfleak hunt --value-stdin, which no other process can see"),
        Unfit::Short | Unfit::PrefixShort | Unfit::PrefixLetters => error,
    }
}

/// A person ends the line; a pipe ends.
fn value(talk: &Talk) -> Result<Zeroizing<String>, CommandError> {
    let cannot = |error: io::Error| CommandError::fatal("cannot read the value from stdin").because(error);
    let mut text = Zeroizing::new(String::new());
    let mut stdin = io::stdin().lock().take(MOST);
    if io::stdin().is_terminal() {
        talk.note("One value, then Enter. What is typed here stays on the screen: a pipe is safer.");
        stdin.read_line(&mut text).map_err(cannot)?;
    } else {
        stdin.read_to_string(&mut text).map_err(cannot)?;
    }
    Ok(text)
}

fn hunted(wanted: &Wanted) -> Hunted {
    match wanted {
        Wanted::Value(value) => Hunted { shown: redacted(value), fingerprint: Some(Fingerprint::of(value)) },
        Wanted::Fingerprint(fingerprint) => {
            Hunted { shown: "a value known by its fingerprint".to_owned(), fingerprint: Some(*fingerprint) }
        }
        Wanted::Prefix(prefix) => {
            Hunted { shown: format!("{} by its first characters", redacted(prefix)), fingerprint: None }
        }
    }
}
