//! `cfleak drill --serve` as a person runs it: the fake in one terminal, the scan of its samples in another.

use cfleak::drill::Clock;
use cfleak::drill::story::{Cast, incident};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The fake in a process of its own, ended with the test.
struct Serving {
    child: Child,
    page: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cfleak(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfleak"));
    command.env_clear().env("HOME", home).current_dir(home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn serve(home: &Path) -> Serving {
    let mut command = cfleak(home);
    command.args(["drill", "--serve", "127.0.0.1:0", "--samples", "leaks"]);
    command.args(["--secrets-file", "values", "--responder-file", "responder"]);
    let mut child = command.spawn().expect("the binary runs");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    // The last row of the page; nothing is printed after it.
    let mut page = String::new();
    for line in out.lines().map_while(Result::ok) {
        page.push_str(&line);
        page.push('\n');
        if line.ends_with("Deploy hook") {
            break;
        }
    }
    Serving { child, page }
}

impl Serving {
    /// The variables that the page says to export.
    fn environment(&self) -> Vec<(String, String)> {
        let exports = self.page.lines().filter_map(|line| line.trim().strip_prefix("export "));
        exports.filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    fn run(&self, home: &Path, arguments: &[&str], input: &[u8]) -> Output {
        let mut child =
            cfleak(home).args(arguments).envs(self.environment()).spawn().expect("the binary runs");
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        child.wait_with_output().expect("the binary ends")
    }
}

/// The cast that the binary plays: the same seed, whatever the time.
fn cast() -> Cast {
    incident(1, Clock::new(|| "2026-11-22T10:00:00Z".parse().expect("a time"))).cast
}

fn values(cast: &Cast) -> Vec<String> {
    let minted = [&cast.leaked, &cast.responder, &cast.account_responder].map(|minted| &minted.value);
    let planted = cast.planted.iter().map(|planted| &planted.value);
    minted.into_iter().chain(planted).map(|value| value.expose().to_owned()).collect()
}

/// Verdict by redacted form.
fn verdicts(output: &Output) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let records = text.lines().map(|line| serde_json::from_str(line).expect("a record"));
    let findings = records.filter(|record: &serde_json::Value| record["type"] == "finding");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    findings.map(|finding| (text(&finding["redacted"]), text(&finding["verdict"]["state"]))).collect()
}

#[test]
fn the_samples_show_every_verdict_side_by_side_and_no_value() {
    let home = tempfile::tempdir().expect("a directory");
    let serving = serve(home.path());
    let cast = cast();
    let scan = serving.run(home.path(), &["scan", "leaks", "-f", "jsonl"], b"");
    assert_eq!(scan.status.code(), Some(3), "{}", String::from_utf8_lossy(&scan.stderr));
    let got = verdicts(&scan);
    for planted in &cast.planted {
        let shown = cfleak::model::redacted(&planted.value);
        assert_eq!(got.get(&shown).map(String::as_str), Some(planted.verdict), "{}", planted.label);
    }
    let leaked = cfleak::model::redacted(&cast.leaked.value);
    assert_eq!(got.get(&leaked).map(String::as_str), Some("live"));

    let written = [serving.page.as_bytes(), &scan.stdout, &scan.stderr].concat();
    for value in values(&cast) {
        assert!(memchr::memmem::find(&written, value.as_bytes()).is_none(), "a value shows");
    }
}

#[test]
fn the_values_are_in_a_private_file_that_verify_reads() {
    let home = tempfile::tempdir().expect("a directory");
    let serving = serve(home.path());
    let file = home.path().join("values");
    let lines = fs::read_to_string(&file).expect("the values");
    for value in values(&cast()) {
        assert!(lines.contains(&value));
    }
    #[cfg(unix)]
    for name in ["values", "responder"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home.path().join(name)).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let responder = fs::read(home.path().join("responder")).expect("the responder");
    let output = serving.run(home.path(), &["verify", "-f", "jsonl"], &responder);
    assert_eq!(verdicts(&output).into_values().collect::<Vec<_>>(), ["live"]);
}

#[test]
fn an_address_that_others_could_reach_is_refused() {
    let home = tempfile::tempdir().expect("a directory");
    let output =
        cfleak(home.path()).args(["drill", "--serve", "0.0.0.0:0"]).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the drill serves on loopback only, not on 0.0.0.0:0"), "{said}");
    assert!(said.contains("try: cfleak drill --serve 127.0.0.1:0"), "{said}");
}

/// The first command of the README.
#[test]
fn the_whole_story_is_played_and_ends_with_a_report() {
    let home = tempfile::tempdir().expect("a directory");
    let output = cfleak(home.path()).arg("drill").output().expect("the binary runs");
    let shown =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let case = home.path().join("cfleak-drill/case");
    let report = fs::read_to_string(case.join("report.html")).expect("a report");
    assert!(shown.contains("report.html"), "{shown}");
    for word in ["ci-deploy", "ci-deploy-2", "backup", "cdn-helper", "203.0.113.66", "STRIPE_SECRET_KEY"] {
        assert!(report.contains(word), "{word}");
    }
    let cast = cast();
    let mut texts = vec![shown];
    let mut directories = vec![case];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("readable").flatten() {
            match entry.path() {
                path if path.is_dir() => directories.push(path),
                path => texts.push(fs::read_to_string(path).expect("text")),
            }
        }
    }
    let values = cast.planted.iter().map(|planted| &planted.value);
    for value in values.chain([&cast.leaked.value, &cast.responder.value, &cast.account_responder.value]) {
        assert!(texts.iter().all(|text| !text.contains(value.expose())));
    }
    let again = cfleak(home.path()).arg("drill").output().expect("the binary runs");
    assert_eq!(again.status.code(), Some(2), "somebody's case is not written over");
}
