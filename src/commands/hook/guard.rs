//! What the hooks do when git runs them.

use super::{advice, skip};
use crate::cli::Scan;
use crate::commands::interrupt::Interrupt;
use crate::commands::judge::Bench;
use crate::commands::scan::{allow, repositories};
use crate::commands::settings::Settings;
use crate::commands::worker::Worker;
use crate::commands::writeup::{self, Run};
use crate::commands::{CommandError, edge, engine};
use crate::model::{Chunk, Provenance, Tally};
use crate::report::{Format, Report, Style};
use crate::scan::{Engine, Hits, Options};
use crate::source::Sink;
use crate::source::git::changes::Changes;
use crate::source::git::index;
use crate::source::git::lookup::Lookup;
use crate::source::git::newer::newer;
use crate::source::git::push::{self, Update};
use crate::source::git::repository::{Repository, Trust};
use crate::source::limits::Limits;
use crate::ui::exit_code::Ending;
use gix::bstr::ByteSlice;
use gix::hash::ObjectId;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// When git asks.
pub enum Occasion<'a> {
    PreCommit,
    CommitMsg { file: &'a Path },
    PrePush { remote: Option<&'a OsStr> },
    PreReceive,
}

impl Occasion<'_> {
    fn name(&self) -> &'static str {
        match self {
            Occasion::PreCommit => "pre-commit",
            Occasion::CommitMsg { .. } => "commit-msg",
            Occasion::PrePush { .. } => "pre-push",
            Occasion::PreReceive => "pre-receive",
        }
    }

    pub fn way_around(&self) -> String {
        match self {
            Occasion::PreCommit | Occasion::CommitMsg { .. } => "CFLEAK_SKIP=\"why\" git commit …".to_owned(),
            Occasion::PrePush { .. } => "CFLEAK_SKIP=\"why\" git push …".to_owned(),
            Occasion::PreReceive => "CFLEAK_SKIP=\"why\" in the environment of the server".to_owned(),
        }
    }
}

pub fn run(occasion: &Occasion<'_>, settings: &Settings) -> Result<Ending, CommandError> {
    let repository = repository(occasion)?;
    if let Some(reason) = skip::reason()? {
        skip::note(&repository.common_dir, occasion.name(), &reason, settings.started)?;
        let log = skip::log(&repository.common_dir);
        settings.talk.warn(&format!("{} did not look; noted in {}", occasion.name(), log.display()));
        return Ok(Ending::Clean);
    }
    let report = look(occasion, &repository, settings)?;
    let ending = writeup::ending(&report);
    if ending != Ending::Clean {
        show(&report, settings)?;
        for line in advice::lines(occasion, &report, &repository) {
            settings.talk.note(&line);
        }
    }
    Ok(ending)
}

/// A hook runs in the work tree, or in the git directory of a bare repository; git says where the rest is.
fn repository(occasion: &Occasion<'_>) -> Result<Repository, CommandError> {
    let start = edge::variable("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let trust = match occasion {
        // What is pushed to a server says nothing about its configuration; all the same nothing of it is needed.
        Occasion::PreReceive => Trust::Foreign,
        Occasion::PreCommit | Occasion::CommitMsg { .. } | Occasion::PrePush { .. } => Trust::Own,
    };
    Repository::around_with(&start, trust).map_err(repositories::not_opened)
}

fn look(
    occasion: &Occasion<'_>,
    repository: &Repository,
    settings: &Settings,
) -> Result<Report, CommandError> {
    let bench = Bench::prepare(settings)?;
    let clock = Instant::now();
    let (tally, interrupt) = (Tally::default(), Interrupt::listen());
    let engine = engine::engine(&settings.config, Options::default())?;
    let worker = Worker::new(scan(&engine), &tally, interrupt.clone(), settings.min_confidence);
    let limits = Limits { max_bytes: settings.config.max_bytes, ..Limits::default() };
    match occasion {
        Occasion::PreCommit => staged(repository, &limits, &worker)?,
        Occasion::CommitMsg { file } => message(file, &worker)?,
        Occasion::PrePush { remote } => {
            let updates = pushed(remote.is_some(), repository)?;
            let tracked = remote_name(*remote).map_or_else(Vec::new, |name| tracked(repository, &name));
            new_objects(repository, &updates, tracked, None, &limits, &worker, settings)?;
        }
        Occasion::PreReceive => {
            let updates =
                push::pre_receive(&stdin()?).map_err(|error| CommandError::usage(error.to_string()))?;
            let kept: Vec<ObjectId> = repository.refs().tips.into_iter().map(|tip| tip.id).collect();
            new_objects(repository, &updates, kept, quarantine(), &limits, &worker, settings)?;
        }
    }
    let (mut collected, skips) = worker.finish();
    let allowances = allow::allowances(&Scan::default(), settings, &[PathBuf::from(".")])?;
    allow::apply(&mut collected.findings, &allowances, settings);
    let judgements = bench.judge(&collected.findings, &[], &interrupt);
    let run = Run {
        targets: vec![repository.name.clone()],
        collected,
        judgements,
        skips,
        count: tally.read(),
        seconds: clock.elapsed().as_secs_f64(),
        interrupted: interrupt.is_set(),
        baseline: false,
        rules: engine::notes(engine.rules()),
    };
    Ok(writeup::report(run, settings))
}

fn scan(engine: &Engine) -> impl Fn(&Chunk<'_>, &mut Hits) + Sync + '_ {
    |chunk, hits| engine.scan(chunk, hits)
}

fn staged(repository: &Repository, limits: &Limits, sink: &dyn Sink) -> Result<(), CommandError> {
    let lookup = repositories::lookup(repository)?;
    // `git commit FILE` and `git commit -a` prepare an index of their own.
    let path = edge::variable("GIT_INDEX_FILE").map_or_else(|| repository.index_path(), PathBuf::from);
    let index =
        index::open(&path, repository.hash).map_err(|error| CommandError::fatal(error.to_string()))?;
    let mut parents = repository.next_parents();
    // `git merge` asks before it writes MERGE_HEAD; all it says of the other side by then is a variable for each head.
    let merged = edge::variables_after("GITHEAD_");
    parents.extend(merged.iter().filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok()));
    let staged = index.map(|index| index::staged(&index, &lookup, &parents)).unwrap_or_default();
    let changes = Changes::new(&repository.name, &lookup, parents.first().map(AsRef::as_ref), limits, sink);
    let _ = changes.staged(&staged);
    Ok(())
}

/// With `git commit -v` the diff follows below this line, and is not part of the message.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";

fn message(file: &Path, sink: &dyn Sink) -> Result<(), CommandError> {
    let text = std::fs::read(file).map_err(|error| {
        CommandError::fatal(format!("cannot read the message in {}", file.display())).because(error)
    })?;
    let end = memchr::memmem::find(&text, SCISSORS).unwrap_or(text.len());
    sink.file(end as u64);
    let _ = sink.chunk(&Chunk::whole(Arc::new(Provenance::file(file)), &text[..end]));
    Ok(())
}

/// What is pushed: told by git on stdin, or by the pre-commit framework in the environment.
fn pushed(by_git: bool, repository: &Repository) -> Result<Vec<Update>, CommandError> {
    if by_git {
        return push::pre_push(&stdin()?).map_err(|error| CommandError::usage(error.to_string()));
    }
    let id = |name: &str| {
        edge::variable(name)
            .and_then(|id| ObjectId::from_hex(id.as_encoded_bytes()).ok())
            .filter(|id| !id.is_null())
    };
    // The framework says no ids when a whole history is new, root and all; only the name of what is pushed.
    let named = || resolve(repository, &edge::variable("PRE_COMMIT_LOCAL_BRANCH")?);
    let Some(new) = id("PRE_COMMIT_TO_REF").or_else(|| id("PRE_COMMIT_SOURCE")).or_else(named) else {
        // Silence here would look like a clean push.
        return Err(CommandError::usage(
            "nobody told what is pushed: neither git nor pre-commit runs this hook",
        ));
    };
    let old = id("PRE_COMMIT_FROM_REF").or_else(|| id("PRE_COMMIT_ORIGIN"));
    let branch = edge::variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default();
    Ok(vec![Update { local: None, new: Some(new), remote: branch.as_encoded_bytes().into(), old }])
}

fn resolve(repository: &Repository, name: &OsStr) -> Option<ObjectId> {
    let id = repository.gix()?.rev_parse_single(name.as_encoded_bytes().as_bstr()).ok()?;
    Some(id.detach())
}

fn remote_name(remote: Option<&OsStr>) -> Option<OsString> {
    remote.map(OsStr::to_owned).or_else(|| edge::variable("PRE_COMMIT_REMOTE_NAME"))
}

fn tracked(repository: &Repository, remote: &OsStr) -> Vec<ObjectId> {
    repository.gix().map_or_else(Vec::new, |gix| push::tracking(gix, remote.as_encoded_bytes()))
}

/// The object directory of a push that is not accepted yet (git-receive-pack(1), "Quarantine environment").
fn quarantine() -> Option<PathBuf> {
    edge::variable("GIT_QUARANTINE_PATH")
        .or_else(|| edge::variable("GIT_OBJECT_DIRECTORY"))
        .map(PathBuf::from)
}

fn new_objects(
    repository: &Repository,
    updates: &[Update],
    tracked: Vec<ObjectId>,
    quarantine: Option<PathBuf>,
    limits: &Limits,
    sink: &dyn Sink,
    settings: &Settings,
) -> Result<(), CommandError> {
    let mut directories: Vec<PathBuf> = quarantine.into_iter().collect();
    directories.push(repository.common_dir.join("objects"));
    let lookup = Lookup::open(&directories, repository.hash, repository.shallow())
        .map_err(|error| CommandError::fatal("cannot read the objects of this push").because(error))?;
    let ends = push::ends(updates, tracked, &lookup);
    if !ends.unknown.is_empty() {
        settings.talk.note(
            "What the remote has is not all known here, so more than this push is looked at (git fetch helps).",
        );
    }
    let head = repository.head();
    let changes = Changes::new(&repository.name, &lookup, head.as_deref(), limits, sink);
    let named = updates.iter().filter_map(|update| update.new.map(|id| (update.remote.as_ref(), id)));
    let _ = changes.ref_names(named).then(|| changes.newer(&newer(&lookup, &ends.want, &ends.have)));
    Ok(())
}

fn stdin() -> Result<Vec<u8>, CommandError> {
    let mut text = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut text);
    read.map_err(|error| CommandError::fatal("cannot read what git says on stdin").because(error))?;
    Ok(text)
}

fn show(report: &Report, settings: &Settings) -> Result<(), CommandError> {
    let style = Style { color: settings.talk.color, ..settings.style };
    report
        .print(Format::Human, &style, &mut io::stderr().lock())
        .map_err(|error| CommandError::fatal("cannot write to stderr").because(error))
}
