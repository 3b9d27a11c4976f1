//! Bytes per second of the engine, one core, by family of text. `cargo bench --bench throughput`.

mod corpus;

use cfleak::model::{Chunk, Provenance};
use cfleak::rules::RuleSet;
use cfleak::scan::{Engine, Hits, Options};
use divan::Bencher;
use divan::counter::BytesCount;

const SIZE: usize = 16 << 20;

fn main() {
    divan::main();
}

#[divan::bench(args = corpus::FAMILIES, sample_count = 20)]
fn scan(bencher: Bencher<'_, '_>, family: corpus::Family) {
    let text = corpus::text(family, SIZE, 1);
    let engine = Engine::new(RuleSet::builtin(), &[], Options::default());
    let chunk = Chunk::whole(Provenance::file("bench.txt").into(), &text);
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut hits = Hits::default();
        engine.scan(&chunk, &mut hits);
        hits.candidates.len()
    });
}

/// What memory alone allows: one pass of `memchr` for a byte that is not there.
#[divan::bench(args = corpus::FAMILIES, sample_count = 20)]
fn floor(bencher: Bencher<'_, '_>, family: corpus::Family) {
    let text = corpus::text(family, SIZE, 1);
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| memchr::memchr(0, &text));
}

#[divan::bench(sample_count = 20)]
fn compile_rules(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Engine::new(RuleSet::builtin(), &[], Options::default()));
}
