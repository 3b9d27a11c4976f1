//! `cfleak hunt`, end to end.

use crate::harness::{Run, Sandbox};
use cfleak::model::{Fingerprint, Secret};
use cfleak::rules::examples::Seed;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};
use std::io::Write;

const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// A value that no name and no prefix gives away.
fn legacy(sandbox: &Sandbox) -> String {
    let value = Seed(23).text(TOKEN, 40);
    sandbox.plant(&value);
    value
}

fn fingerprint(value: &str) -> Fingerprint {
    Fingerprint::of(&Secret::new(value))
}

fn by_value(sandbox: &Sandbox, value: &str, line: &str) -> Run {
    sandbox.run_with(&format!("hunt --value-stdin {line}"), format!("  {value}\n").as_bytes(), &[])
}

fn paths(run: &Run) -> Vec<String> {
    let findings = run.records_of("finding");
    let places =
        findings.iter().flat_map(|finding| finding["places"].as_array().cloned().unwrap_or_default());
    places.map(|place| place["path"].as_str().unwrap_or_default().to_owned()).collect()
}

fn zip(name: &str, content: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory");
    writer.write_all(content.as_bytes()).expect("memory");
    writer.finish().expect("memory").into_inner()
}

#[test]
fn every_copy_is_found_and_none_is_shown() {
    let sandbox = Sandbox::new();
    let value = legacy(&sandbox);
    sandbox.write("in/notes.md", format!("as said: {value}.\n"));
    sandbox.write("in/deep/blob.bin", BASE64.encode(format!("\u{1}\u{2}\u{3}{value}").as_bytes()));
    sandbox.write("in/logs.zip", zip("run/1.txt", &format!("url=%3D{}", value.replace('_', "%5F"))));
    sandbox.write("in/other.txt", sandbox.token("cfut_"));
    for format in ["human", "json", "jsonl", "sarif", "csv", "html", "markdown", "junit", "gitlab"] {
        by_value(&sandbox, &value, &format!("in -f {format} --debug")).exits(1);
    }
    let run = by_value(&sandbox, &value, "in -f jsonl").exits(1).keeps_stderr_silent();
    assert_eq!(paths(&run), ["in/deep/blob.bin", "in/logs.zip", "in/notes.md"]);
    let finding = &run.records_of("finding")[0];
    assert_eq!(finding["fingerprint"], fingerprint(&value).to_string());
    assert_eq!(
        (&finding["kind"], &finding["verdict"]["state"]),
        (&"legacy_api_token".into(), &"not_checked".into())
    );
    let tail = &value[36..];
    by_value(&sandbox, &value, "in")
        .exits(1)
        .says(&format!("hunted: …{tail} ({})", fingerprint(&value)))
        .says("Found in 3 places in 4 files")
        .says("Everything asked for was read.");
}

#[test]
fn who_must_not_hold_the_value_hunts_by_fingerprint() {
    let sandbox = Sandbox::new();
    let value = legacy(&sandbox);
    sandbox.write("in/a.txt", format!("x {value} y\n"));
    sandbox.write("in/b.txt", format!("x {}\n", sandbox.token("cfut_")));
    let line = format!("hunt in --fingerprint {} -f jsonl", fingerprint(&value));
    assert_eq!(paths(&sandbox.run(&line).exits(1)), ["in/a.txt"]);
    let human = format!("hunt in --fingerprint {}", fingerprint("nobody's"));
    sandbox.run(&human).exits(0).says("Not found in 2 files").says(&fingerprint("nobody's").to_string());
}

#[test]
fn a_prefix_finds_whole_values_and_the_rest_of_masked_ones() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("in/a.txt", format!("{token}\n"));
    sandbox.write("in/b.txt", format!("{}****\n", &token[..10]));
    let run = sandbox.run(&format!("hunt in --prefix {} -f jsonl", &token[..10])).exits(1);
    assert_eq!(paths(&run), ["in/a.txt"]);
    let parts = run.records_of("partial");
    assert_eq!((parts.len(), &parts[0]["place"]["path"]), (1, &"in/b.txt".into()));
    assert_eq!(parts[0]["shown"], "cfut_…");
}

#[test]
fn masked_remains_alone_are_told_and_are_not_the_credential() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfat_");
    sandbox.write("in/ci.log", format!("using ***{}\nand so on... or ***\n", &token[49..]));
    let run = by_value(&sandbox, &token, "in").exits(0);
    run.says("Not found, 1 masked or cut part in 1 file").says(&format!("cfat_…{}", &token[49..]));
    let run = by_value(&sandbox, &token, "in -f jsonl").exits(0);
    assert_eq!((run.records_of("finding").len(), run.records_of("partial").len()), (0, 1), "{run}");
}

#[test]
fn the_r2_secret_of_a_token_is_named_as_such() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("in/s3.cfg", format!("pass: {}\n", HEXLOWER.encode(&Sha256::digest(token.as_bytes()))));
    let run = by_value(&sandbox, &token, "in").exits(1);
    run.says("it is the R2 S3 secret of the hunted token");
    let run = by_value(&sandbox, &token, "in -f jsonl").exits(1);
    assert_eq!(run.records_of("finding")[0]["kind"], "r2_s3_credentials", "{run}");
}

#[test]
fn history_transcripts_and_allowed_lines_are_hunted_too() {
    let sandbox = Sandbox::new();
    let value = legacy(&sandbox);
    sandbox.repository("in");
    sandbox.commit("in", "gone.txt", format!("it was {value}\n"), "add");
    sandbox.git("in", "rm -q gone.txt");
    sandbox.commit("in", "kept.txt", format!("{value} # cfleak:allow\n"), "remove");
    let session = sandbox.home().join(".claude/projects/p/s.jsonl");
    let line = format!(
        "{{\"type\":\"user\",\"sessionId\":\"s\",\"message\":{{\"role\":\"user\",\"content\":\"try {value}\"}}}}\n"
    );
    sandbox.write_at(&session, line);
    // What a scan remembers as clean is not clean for a hunt.
    sandbox.run("scan --offline in").exits(0);
    let run = by_value(&sandbox, &value, "in --transcripts -f jsonl").exits(1);
    let found = paths(&run);
    for path in ["gone.txt", "kept.txt", "in/kept.txt"] {
        assert!(found.iter().any(|found| found == path), "{path}\n{run}");
    }
    assert!(found.iter().any(|found| found.ends_with("s.jsonl")), "{run}");
    assert_eq!(run.records_of("finding")[0]["allowed"], serde_json::Value::Null);
    let run = by_value(&sandbox, &value, "in --no-history -f jsonl").exits(1);
    assert_eq!(paths(&run), ["in/kept.txt"]);
}

#[test]
fn not_everything_read_and_not_found_is_4() {
    let sandbox = Sandbox::new();
    let value = legacy(&sandbox);
    sandbox.write("in/big", vec![b'x'; 5000]);
    let run = by_value(&sandbox, &value, "in --max-bytes 1K").exits(4);
    run.says("Not found so far as it was read").says("Not everything was read");
}

#[test]
fn wrong_words_end_with_2_and_repeat_no_value() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("in/a", "x");
    sandbox.run("hunt in").exits(2).complains("--value-stdin");
    sandbox.run(&format!("hunt in --fingerprint {token}")).exits(2).complains("32 lower-case hex digits");
    sandbox.run(&format!("hunt in --prefix {token}")).exits(2).complains("most of a value");
    sandbox.run("hunt in --prefix cfut_ab").exits(2).complains("at least 4 more");
    sandbox.run(&format!("hunt {token} --prefix cfut_abcd")).exits(2).complains("cannot scan cfut_…");
    by_value(&sandbox, &token, "-").exits(2).complains("both the value and a target");
    by_value(&sandbox, "", "in").exits(2).complains("no value on stdin");
    by_value(&sandbox, "abc", "in").exits(2).complains("fewer than 16 characters");
    by_value(&sandbox, &format!("{token}\n{token}"), "in").exits(2).complains("more than one value");
}

#[test]
fn a_path_that_is_the_value_is_masked() {
    let sandbox = Sandbox::new();
    let value = legacy(&sandbox);
    sandbox.write(&format!("in/{value}/big"), vec![b'x'; 5000]);
    for format in ["human", "jsonl"] {
        by_value(&sandbox, &value, &format!("in -v --max-bytes 1K -f {format}")).exits(4);
    }
}
