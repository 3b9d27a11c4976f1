//! Seeded text of the kinds that scans meet: nobody needs a particular repository to measure.

use cfleak::rules::examples::Seed;

/// A family of text.
#[derive(Clone, Copy, Debug)]
pub enum Family {
    /// Timestamped service log: short words, numbers, ids, paths.
    Log,
    /// Agent transcript: JSON lines with escaped text.
    Transcript,
    /// Source code in which every fifth line says Cloudflare.
    Source,
    /// Base64 and digests: the worst case for a scanner of long runs.
    Dense,
}

pub const FAMILIES: [Family; 4] = [Family::Log, Family::Transcript, Family::Source, Family::Dense];

/// At least `bytes` of text, ending at a line end.
pub fn text(family: Family, bytes: usize, seed: u64) -> Vec<u8> {
    let mut seed = Seed(seed);
    let mut out = String::with_capacity(bytes + 4096);
    let mut number = 0;
    while out.len() < bytes {
        number += 1;
        match family {
            Family::Log => log_line(&mut out, number, &mut seed),
            Family::Transcript => transcript_line(&mut out, number, &mut seed),
            Family::Source => source_line(&mut out, number, &mut seed),
            Family::Dense => dense_line(&mut out, number, &mut seed),
        }
    }
    out.into_bytes()
}

const WORDS: [&str; 16] = [
    "request",
    "completed",
    "handler",
    "user",
    "cache",
    "miss",
    "upstream",
    "connection",
    "retry",
    "in",
    "ms",
    "worker",
    "queue",
    "flush",
    "the",
    "of",
];

fn words(out: &mut String, count: usize, seed: &mut Seed) {
    for _ in 0..count {
        out.push_str(WORDS[seed.below(WORDS.len())]);
        out.push(' ');
    }
}

fn log_line(out: &mut String, number: usize, seed: &mut Seed) {
    let millis = number % 1000;
    out.push_str(&format!("2026-11-22T10:{:02}:{:02}.{millis:03}Z INFO ", number / 60 % 60, number % 60));
    words(out, 6, seed);
    out.push_str(&format!("id={} path=/api/v1/items/{} status=200\n", seed.hex(16), seed.below(100_000)));
}

fn transcript_line(out: &mut String, number: usize, seed: &mut Seed) {
    out.push_str(&format!(
        "{{\"type\":\"assistant\",\"uuid\":\"{}\",\"turn\":{number},\"text\":\"",
        seed.uuid()
    ));
    for _ in 0..40 {
        words(out, 8, seed);
        out.push_str("\\n  const value = \\\"text\\\";\\n");
    }
    out.push_str("\"}\n");
}

fn source_line(out: &mut String, number: usize, seed: &mut Seed) {
    match number % 5 {
        0 => out
            .push_str("import { CloudflareClient } from \"@cloudflare/workers-types\"; // cloudflare api\n"),
        1 => out.push_str(&format!("  const commit_{number} = \"{}\";\n", seed.hex(40))),
        2 => {
            out.push_str("    if (env.CLOUDFLARE_API_TOKEN === undefined) { throw new Error(`missing`); }\n")
        }
        3 => out.push('\n'),
        _ => {
            out.push_str("  // ");
            words(out, 9, seed);
            out.push('\n');
        }
    }
}

fn dense_line(out: &mut String, number: usize, seed: &mut Seed) {
    match number % 3 {
        0 => out.push_str(&format!("    \"integrity\": \"sha512-{}==\",\n", seed.alnum(86))),
        1 => out.push_str(&format!("{}  file-{number}.tar.gz\n", seed.hex(64))),
        _ => out.push_str(&format!("{}\n", seed.alnum(76))),
    }
}
