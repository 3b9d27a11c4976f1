//! `cfleak scan`: read, scan, judge, report.

pub(super) mod allow;
mod memory;
pub(super) mod repositories;
mod sources;
mod stores;

use crate::cli::{Reading, Scan};
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
pub(super) use memory::Memories;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

pub fn run(args: &Scan, settings: &Settings) -> Result<Ending, CommandError> {
    settings.outputs.probe()?;
    let bench = Bench::prepare(settings)?;
    let clock = Instant::now();
    let targets = targets(&args.reading);
    let allowances = allow::allowances(args, settings, &targets)?;
    let options = engine_options(&args.reading, settings, !args.no_allow);
    let engine = engine::engine(&settings.config, options)?;
    let interrupt = Interrupt::listen();
    let tally = Arc::new(Tally::default());
    let memories = match args.no_cache {
        true => Memories::none(settings.talk),
        false => memories(&args.reading, settings, &options)?,
    };
    let job = Job { reading: &args.reading, targets: &targets, memories: &memories };
    let (mut collected, mut skips) = read(&job, settings, &engine, &tally, &interrupt)?;
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

/// Where nothing is named, this directory.
pub(super) fn targets(reading: &Reading) -> Vec<PathBuf> {
    let here = reading.targets.is_empty() && !reading.transcripts;
    if here { vec![PathBuf::from(".")] } else { reading.targets.clone() }
}

/// Pieces of large files run on rayon's own pool, which is made once a process.
fn threads(count: usize) {
    if count > 0 && rayon::ThreadPoolBuilder::new().num_threads(count).build_global().is_err() {
        tracing::debug!(count, "the thread pool was there already");
    }
}

/// Nobody knows which files the sources did not come to.
pub(super) fn cut_short(targets: &[PathBuf]) -> Skip {
    let first = targets.first().map_or_else(Provenance::stdin, Provenance::file);
    Skip { provenance: first, reason: SkipReason::Interrupted, detail: "the rest of the run".to_owned() }
}

pub(super) fn engine_options(reading: &Reading, settings: &Settings, allow_comments: bool) -> Options {
    let default = Options::default();
    let max_depth =
        reading.max_depth_decode.or(settings.config.max_depth_decode).unwrap_or(default.max_depth);
    Options { max_depth, allow_comments }
}

/// What earlier scans under these circumstances found clean.
pub(super) fn memories(
    reading: &Reading,
    settings: &Settings,
    options: &Options,
) -> Result<Memories, CommandError> {
    Memories::new(settings, options, &sources::limits(reading, settings))
}

/// What to read.
pub(super) struct Job<'a> {
    pub reading: &'a Reading,
    pub targets: &'a [PathBuf],
    pub memories: &'a Memories,
}

/// Scans the targets and gathers what is there.
pub(super) fn read(
    job: &Job<'_>,
    settings: &Settings,
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
    let mut work_trees = sources::read(job, settings, &worker)?;
    let (mut collected, skips) = worker.finish();
    if let Some(working_directory) = &settings.base.working_directory {
        work_trees
            .extend(job.targets.iter().filter_map(|target| settings::work_tree(working_directory, target)));
        repositories::tell_exposure(&mut collected.findings, &work_trees, working_directory);
    }
    Ok((collected, skips))
}
