//! Full history, attribution included, against its floor: gix's walk over every object that only counts.
//!
//! `cargo bench --bench git -- REPOSITORY...` prints floor, ours and ratio of the same run, how much of the text was
//! scanned, what opening archives cost, and the most private memory that was in use.

use cfleak::model::{Candidate, Chunk, Confidence, Reason, Skip};
use cfleak::rules::RuleSet;
use cfleak::scan::{Engine, Hits};
use cfleak::source::git::history::Options;
use cfleak::source::git::memory::Nothing;
use cfleak::source::git::repository::Repository;
use cfleak::source::git::whole;
use cfleak::source::limits::Limits;
use cfleak::source::{Flow, Sink};
use gix::odb::pack::{cache, data, index};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() {
    let paths = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    println!("repository objects gigabytes | floor ours ratio | scanned | archives | memory | findings");
    for path in paths {
        measure(Path::new(&path));
    }
}

fn measure(path: &Path) {
    let repository = Repository::open(path).expect("a repository");
    // The first walk reads the files into memory and is not counted.
    floor(&repository);
    let (floor, objects, bytes) = floor(&repository);
    let memory = Memory::watch();
    let (ours, sink) = ours(&repository, Limits::default());
    let memory = memory.most();
    let (without_archives, _) = ours_without_archives(&repository);
    let found = sink.found.into_inner().expect("no panic");
    println!(
        "{} {objects} {:.2} | {:.2} s {:.2} s {:.2} | {:.3} GB in {} pieces | {:+.2} s | {} MB | {} of {}",
        repository.name,
        bytes as f64 / 1e9,
        floor.as_secs_f64(),
        ours.as_secs_f64(),
        ours.as_secs_f64() / floor.as_secs_f64(),
        sink.probed.load(Ordering::Relaxed) as f64 / 1e9,
        sink.probes.load(Ordering::Relaxed),
        ours.as_secs_f64() - without_archives.as_secs_f64(),
        memory >> 10,
        found.iter().filter(|candidate| candidate.confidence >= Confidence::Medium).count(),
        found.len(),
    );
}

fn floor(repository: &Repository) -> (Duration, u64, u64) {
    let start = Instant::now();
    let (objects, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let packs = std::fs::read_dir(repository.common_dir.join("objects/pack")).expect("packs");
    let files = packs.map(|entry| entry.expect("an entry").path());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "idx")) {
        let index = index::File::at(&path, repository.hash).expect("an index");
        let pack = data::File::at(path.with_extension("pack"), repository.hash).expect("a pack");
        let traversed = index.traverse(
            &pack,
            &mut gix::utils::progress::Discard,
            &AtomicBool::new(false),
            |_, data: &[u8], _: &_, _: &_| {
                objects.fetch_add(1, Ordering::Relaxed);
                bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
                Ok(())
            },
            index::traverse::Options {
                traversal: index::traverse::Algorithm::DeltaTreeLookup,
                thread_limit: None,
                check: index::traverse::SafetyCheck::SkipFileAndObjectChecksumVerificationAndNoAbortOnDecodeError,
                alloc_limit_bytes: None,
                make_pack_lookup_cache: || cache::Never,
            },
        );
        traversed.expect("a sound pack");
    }
    (start.elapsed(), objects.into_inner(), bytes.into_inner())
}

fn ours(repository: &Repository, limits: Limits) -> (Duration, Bench) {
    let sink = Bench {
        engine: Engine::new(RuleSet::builtin(), &[], cfleak::scan::Options::default()),
        probes: AtomicU64::default(),
        probed: AtomicU64::default(),
        found: Mutex::default(),
    };
    let start = Instant::now();
    let _ = whole::repository(repository, &Options { threads: 0, limits }, &Nothing, &sink);
    (start.elapsed(), sink)
}

fn ours_without_archives(repository: &Repository) -> (Duration, Bench) {
    ours(repository, Limits { depth: 0, ..Limits::default() })
}

/// Looks at chunks as `cfleak scan` does.
struct Bench {
    engine: Engine,
    probes: AtomicU64,
    probed: AtomicU64,
    found: Mutex<Vec<Candidate>>,
}

impl Bench {
    fn scan(&self, chunk: &Chunk<'_>, mut hits: Hits) -> Hits {
        self.engine.scan(chunk, &mut hits);
        hits
    }
}

impl Sink for Bench {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        let hits = self.scan(chunk, Hits::default());
        self.found.lock().expect("no panic").extend(hits.candidates);
        Flow::Continue
    }

    fn probe(&self, chunk: &Chunk<'_>) -> Vec<u64> {
        self.probes.fetch_add(1, Ordering::Relaxed);
        self.probed.fetch_add(chunk.text.len() as u64, Ordering::Relaxed);
        let hits = self.scan(chunk, Hits::only_where());
        let counts = |candidate: &&Candidate| !candidate.reasons.contains(&Reason::DocumentationSample);
        hits.candidates.iter().filter(counts).map(|candidate| candidate.place.span.start).collect()
    }

    fn skip(&self, _skip: Skip) {}

    fn file(&self, _bytes: u64) {}

    fn object(&self, _bytes: u64) {}
}

/// Samples the private memory of this process.
struct Memory {
    thread: std::thread::JoinHandle<u64>,
}

static STOP: AtomicBool = AtomicBool::new(false);

impl Memory {
    fn watch() -> Self {
        STOP.store(false, Ordering::Relaxed);
        let thread = std::thread::spawn(|| {
            let mut most = 0;
            while !STOP.load(Ordering::Relaxed) {
                most = most.max(private_kilobytes());
                std::thread::sleep(Duration::from_millis(5));
            }
            most
        });
        Memory { thread }
    }

    fn most(self) -> u64 {
        STOP.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

fn private_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
