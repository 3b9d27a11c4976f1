//! Full history against its floor: gix's walk over every object that only counts.
//!
//! `cargo bench --bench git -- REPOSITORY...`

use cfleak::model::{Candidate, Chunk, Confidence, Reason, Skip};
use cfleak::rules::RuleSet;
use cfleak::scan::{Engine, Hits};
use cfleak::source::git::history::{History, Options};
use cfleak::source::git::objects::Objects;
use cfleak::source::git::refs::{Refs, Tip};
use cfleak::source::limits::Limits;
use cfleak::source::{Flow, Sink};
use gix::hash::{Kind, ObjectId};
use gix::odb::pack::{data, index};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() {
    for path in std::env::args().skip(1).filter(|arg| !arg.starts_with("--")) {
        let path = Path::new(&path);
        for _ in 0..2 {
            let (floor, objects, bytes) = floor(path);
            let (ours, sink) = ours(path);
            let found = sink.found.lock().unwrap().clone();
            println!(
                "{}: {objects} objects, {:.2} GB; floor {:.2} s, ours {:.2} s, ratio {:.2}; probed {:.3} GB in {} probes; {} candidates, {} at least medium, {} skips",
                path.display(),
                bytes as f64 / 1e9,
                floor.as_secs_f64(),
                ours.as_secs_f64(),
                ours.as_secs_f64() / floor.as_secs_f64(),
                sink.probed.load(Ordering::Relaxed) as f64 / 1e9,
                sink.probes.load(Ordering::Relaxed),
                found.len(),
                found.iter().filter(|c| c.confidence >= Confidence::Medium).count(),
                sink.skips.lock().unwrap().len(),
            );
        }
    }
}

fn floor(repo: &Path) -> (Duration, u64, u64) {
    let start = Instant::now();
    let (objects, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    for entry in std::fs::read_dir(repo.join("objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "idx") {
            continue;
        }
        let index = index::File::at(&path, Kind::Sha1).unwrap();
        let pack = data::File::at(path.with_extension("pack"), Kind::Sha1).unwrap();
        let options = index::traverse::Options {
            traversal: index::traverse::Algorithm::DeltaTreeLookup,
            thread_limit: None,
            check: index::traverse::SafetyCheck::SkipFileAndObjectChecksumVerificationAndNoAbortOnDecodeError,
            alloc_limit_bytes: None,
            make_pack_lookup_cache: || gix::odb::pack::cache::Never,
        };
        let traversed = index.traverse(
            &pack,
            &mut gix::utils::progress::Discard,
            &AtomicBool::new(false),
            |_, data: &[u8], _: &_, _: &_| {
                objects.fetch_add(1, Ordering::Relaxed);
                bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
                Ok(())
            },
            options,
        );
        traversed.unwrap();
    }
    (start.elapsed(), objects.into_inner(), bytes.into_inner())
}

struct Bench {
    engine: Engine,
    probes: AtomicU64,
    probed: AtomicU64,
    found: Mutex<Vec<Candidate>>,
    skips: Mutex<Vec<Skip>>,
}

impl Sink for Bench {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        let mut hits = Hits::default();
        self.engine.scan(chunk, &mut hits);
        self.found.lock().unwrap().extend(hits.candidates);
        Flow::Continue
    }
    fn probe(&self, chunk: &Chunk<'_>) -> Vec<u64> {
        self.probes.fetch_add(1, Ordering::Relaxed);
        self.probed.fetch_add(chunk.text.len() as u64, Ordering::Relaxed);
        let mut hits = Hits::default();
        self.engine.scan(chunk, &mut hits);
        hits.candidates
            .iter()
            .filter(|c| !c.reasons.contains(&Reason::DocumentationSample))
            .map(|c| c.place.span.start)
            .collect()
    }
    fn skip(&self, skip: Skip) {
        self.skips.lock().unwrap().push(skip);
    }
    fn file(&self, _: u64) {}
    fn object(&self, _: u64) {}
}

fn refs(repo: &Path) -> Refs {
    let text = std::fs::read_to_string(repo.join("packed-refs")).unwrap();
    let tips: Vec<Tip> = text
        .lines()
        .filter(|l| !l.starts_with(['#', '^']))
        .map(|l| {
            let (id, name) = l.split_once(' ').unwrap();
            Tip { name: name.into(), id: ObjectId::from_hex(id.as_bytes()).unwrap() }
        })
        .collect();
    let head = std::fs::read_to_string(repo.join("HEAD")).unwrap();
    let head = head
        .trim()
        .strip_prefix("ref: ")
        .map(|n| n.to_owned())
        .and_then(|n| tips.iter().find(|t| t.name == n.as_bytes()).map(|t| t.id));
    Refs::new(tips, head)
}

fn ours(repo: &Path) -> (Duration, Bench) {
    let engine = Engine::new(RuleSet::builtin(), &[], Default::default());
    let sink = Bench {
        engine,
        probes: Default::default(),
        probed: Default::default(),
        found: Default::default(),
        skips: Default::default(),
    };
    let start = Instant::now();
    let refs = refs(repo);
    let (objects, _) = Objects::open(vec![repo.join("objects")], Kind::Sha1);
    let history = History { repository: "repo", objects: &objects, refs: &refs };
    let _ = history.scan(&Options { threads: 2, limits: Limits::default() }, &sink);
    (start.elapsed(), sink)
}
