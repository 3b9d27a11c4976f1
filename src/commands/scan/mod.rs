//! `cfleak scan`: read, scan, judge, report.

pub(super) mod allow;
mod memory;
pub(super) mod repositories;
mod sources;
mod stores;

use crate::cli::Scan;
use crate::commands::interrupt::Interrupt;
use crate::commands::judge::Bench;
use crate::commands::settings::{self, Settings};
use crate::commands::worker::Worker;
use crate::commands::writeup::{self, Run};
use crate::commands::{CommandError, engine};
use crate::model::{Chunk, Provenance, Skip, SkipReason, Tally};
use crate::scan::{Collected, Engine, Hits, Options};
use crate::source::ci;
use crate::ui::Progress;
use crate::ui::exit_code::Ending;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

pub fn run(args: &Scan, settings: &Settings) -> Result<Ending, CommandError> {
    settings.outputs.probe()?;
    let bench = Bench::prepare(settings)?;
    let clock = Instant::now();
    let targets = targets(args);
    let allowances = allow::allowances(args, settings, &targets)?;
    let engine = engine::engine(&settings.config, engine_options(args, settings))?;
    let interrupt = Interrupt::listen();
    let tally = Arc::new(Tally::default());
    let (mut collected, mut skips) = read(args, settings, &targets, &engine, &tally, &interrupt)?;
    skips.extend(interrupt.is_set().then(|| cut_short(&targets)));
    allow::apply(&mut collected.findings, &allowances, settings);
    let judgements = bench.judge(&collected.findings, &[], &interrupt);
    let run = Run {
        targets: targets.iter().map(|target| target.to_string_lossy().into_owned()).collect(),
        collected,
        judgements,
        skips,
        count: tally.read(),
        seconds: clock.elapsed().as_secs_f64(),
        interrupted: interrupt.is_set(),
        baseline: args.baseline.is_some(),
        rules: engine::notes(engine.rules()),
    };
    let report = writeup::report(run, settings);
    settings.outputs.write(&report, &settings.style)?;
    if let Some(path) = &args.write_baseline {
        allow::write_baseline(path, &report)?;
    }
    Ok(writeup::ending(&report))
}

fn targets(args: &Scan) -> Vec<PathBuf> {
    if args.targets.is_empty() && !args.transcripts { vec![PathBuf::from(".")] } else { args.targets.clone() }
}

/// Pieces of large files run on rayon's own pool, which is made once a process.
fn threads(count: usize) {
    if count > 0 && rayon::ThreadPoolBuilder::new().num_threads(count).build_global().is_err() {
        tracing::debug!(count, "the thread pool was there already");
    }
}

/// Nobody knows which files the sources did not come to.
fn cut_short(targets: &[PathBuf]) -> Skip {
    let first = targets.first().map_or_else(Provenance::stdin, Provenance::file);
    Skip { provenance: first, reason: SkipReason::Interrupted, detail: "the rest of the run".to_owned() }
}

fn engine_options(args: &Scan, settings: &Settings) -> Options {
    let default = Options::default();
    let max_depth = args.max_depth_decode.or(settings.config.max_depth_decode).unwrap_or(default.max_depth);
    Options { max_depth, allow_comments: !args.no_allow }
}

/// Scans `targets` and gathers what is there.
pub(super) fn read(
    args: &Scan,
    settings: &Settings,
    targets: &[PathBuf],
    engine: &Engine,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<(Collected, Vec<Skip>), CommandError> {
    let scan = |chunk: &Chunk<'_>, hits: &mut Hits| {
        engine.scan(chunk, hits);
        // The time of a log's line is looked up where something was found, and nowhere else.
        let candidates = hits.candidates.iter_mut().map(|candidate| &mut candidate.place);
        let partials = hits.partials.iter_mut().map(|partial| &mut partial.place);
        candidates.chain(partials).for_each(|place| ci::set_time(chunk, place));
    };
    let worker = Worker::new(scan, tally, interrupt.clone(), settings.min_confidence);
    threads(settings.threads);
    let _progress = Progress::watch(settings.progress, Arc::clone(tally));
    let mut work_trees = sources::read(targets, args, settings, &worker)?;
    let (mut collected, skips) = worker.finish();
    if let Some(working_directory) = &settings.base.working_directory {
        work_trees.extend(targets.iter().filter_map(|target| settings::work_tree(working_directory, target)));
        repositories::tell_exposure(&mut collected.findings, &work_trees, working_directory);
    }
    Ok((collected, skips))
}
