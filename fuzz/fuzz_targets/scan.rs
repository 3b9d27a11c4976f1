//! Whatever the bytes: no panic, every candidate inside the chunk.

#![no_main]

use cfleak::model::{Chunk, Provenance};
use cfleak::rules::RuleSet;
use cfleak::scan::{Engine, Hits, Options};
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(RuleSet::builtin(), &[], Options::default()));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let chunk = Chunk::whole(Arc::new(Provenance::file("fuzz.env")), bytes);
    let mut hits = Hits::default();
    ENGINE.scan(&chunk, &mut hits);
    for candidate in &hits.candidates {
        let span = candidate.place.span;
        assert!(span.start <= span.end && span.end <= bytes.len() as u64);
        assert!(candidate.place.position.line >= 1 && candidate.place.position.column >= 1);
    }
});
