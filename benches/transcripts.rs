//! Bytes per second of transcripts, records parsed and put in place: the reader alone, and with the engine behind
//! it. Uses all cores, as a scan does. `cargo bench --bench transcripts`.

use cfleak::model::{Chunk, Provenance, Skip};
use cfleak::rules::RuleSet;
use cfleak::rules::examples::Seed;
use cfleak::scan::{Engine, Hits, Options};
use cfleak::source::transcript::{self, detect, read};
use cfleak::source::{Flow, Sink};
use divan::Bencher;
use divan::counter::BytesCount;
use std::path::Path;

const SIZE: usize = 256 << 20;
const PATH: &str = "/h/.claude/projects/-h/5a0f.jsonl";

fn main() {
    divan::main();
}

/// A sink that does what `scan` does with a chunk.
struct Null<'a>(Option<&'a Engine>);

impl Sink for Null<'_> {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        if let Some(engine) = self.0 {
            let mut hits = Hits::default();
            engine.scan(chunk, &mut hits);
            divan::black_box(hits.candidates.len());
        }
        Flow::Continue
    }

    fn skip(&self, _skip: Skip) {}
    fn file(&self, _bytes: u64) {}
    fn object(&self, _bytes: u64) {}
}

/// Prompts, tool calls, listings of files and test runs, in the proportions of real sessions.
fn session(bytes: usize) -> Vec<u8> {
    let mut seed = Seed(7);
    let mut out = String::with_capacity(bytes + (64 << 10));
    let mut turn = 0;
    while out.len() < bytes {
        turn += 1;
        let id = seed.uuid();
        let time = format!("2026-03-01T10:{:02}:{:02}.000Z", turn / 60 % 60, turn % 60);
        let head = format!(
            r#""parentUuid":"{}","isSidechain":false,"userType":"external","cwd":"/home/me/shop","sessionId":"5a0f","version":"2.1.197","gitBranch":"main","uuid":"{id}","timestamp":"{time}""#,
            seed.uuid()
        );
        let call = format!("toolu_{}", seed.alnum(24));
        out += &format!(
            r#"{{{head},"type":"assistant","message":{{"role":"assistant","model":"m","content":[{{"type":"text","text":"Let me look at step {turn}."}},{{"type":"tool_use","id":"{call}","name":"Bash","input":{{"command":"cat src/step_{turn}.rs","description":"read"}}}}]}}}}"#
        );
        out.push('\n');
        let mut listing = String::new();
        for line in 0..seed.below(200) {
            listing += &format!(
                "{line:6}→    let value_{line} = self.compute(\\\"key {}\\\", {line});\\n",
                seed.hex(8)
            );
        }
        out += &format!(
            r#"{{{head},"type":"user","message":{{"role":"user","content":[{{"tool_use_id":"{call}","type":"tool_result","content":"{listing}"}}]}},"toolUseResult":{{"stdout":"{listing}","stderr":"","interrupted":false}}}}"#
        );
        out.push('\n');
    }
    out.into_bytes()
}

fn run(bencher: Bencher<'_, '_>, engine: Option<&Engine>) {
    let session = session(SIZE);
    let provenance = Provenance::file(PATH);
    let Some(kind) = detect(Path::new(PATH), b"") else { return };
    bencher.counter(BytesCount::of_slice(&session)).bench_local(|| {
        read(kind, &provenance, &mut session.as_slice(), &Null(engine), &transcript::Options::default())
            .is_ok()
    });
}

#[divan::bench(sample_count = 8)]
fn reader(bencher: Bencher<'_, '_>) {
    run(bencher, None);
}

#[divan::bench(sample_count = 8)]
fn reader_and_engine(bencher: Bencher<'_, '_>) {
    run(bencher, Some(&Engine::new(RuleSet::builtin(), &[], Options::default())));
}
