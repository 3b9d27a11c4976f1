//! `cfleak scan`, end to end.

use crate::harness::Sandbox;
use std::fs;

#[test]
fn a_token_in_a_file_is_found_with_its_place() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("deploy/.env", format!("# production\nCLOUDFLARE_API_TOKEN={token}\n"));
    let run = sandbox.run("scan --offline -f jsonl").exits(1).keeps_stderr_silent();
    let findings = run.records_of("finding");
    assert_eq!(findings.len(), 1, "{run}");
    let finding = &findings[0];
    assert_eq!(finding["kind"], "user_api_token");
    assert_eq!(finding["confidence"], "certain");
    assert_eq!(finding["checksum"], "valid");
    assert_eq!(finding["redacted"], format!("cfut_…{}", &token[token.len() - 4..]));
    assert_eq!(finding["verdict"]["state"], "not_checked");
    assert!(finding.get("secret").is_none());
    let place = &finding["places"][0];
    assert_eq!(place["path"], "deploy/.env");
    assert_eq!((&place["line"], &place["column"]), (&2.into(), &22.into()));
    assert_eq!(place["end"].as_u64().unwrap() - place["start"].as_u64().unwrap(), token.len() as u64);
    assert_eq!((&run.summary()["findings"], &run.summary()["complete"]), (&1.into(), &true.into()));
}

#[test]
fn a_clean_directory_says_so_and_exits_with_0() {
    let sandbox = Sandbox::new();
    sandbox.write("readme.md", "nothing here\n");
    sandbox.run("scan --offline").exits(0).says("No Cloudflare credentials found in 1 file");
    let run = sandbox.run("scan --offline -f jsonl").exits(0);
    let kinds: Vec<_> = run.records().iter().map(|record| record["type"].clone()).collect();
    assert_eq!(kinds, ["begin", "summary"]);
}

#[test]
fn stdin_is_scanned_under_its_own_name() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfat_");
    let run = sandbox.run_with("scan --offline - -f jsonl", format!("x {token}.").as_bytes(), &[]).exits(1);
    let place = &run.records_of("finding")[0]["places"][0];
    assert_eq!((&place["source"], &place["path"]), (&"stdin".into(), &"-".into()), "{run}");
}

#[test]
fn show_secrets_is_the_only_way_to_a_value() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("a", &token);
    for format in ["human", "json", "jsonl", "sarif", "csv", "html", "markdown", "junit", "gitlab"] {
        sandbox.run(&format!("scan --offline -f {format}")).exits(1);
    }
    let run = sandbox.run("scan --offline --show-secrets -f jsonl").exits(1);
    assert_eq!(run.records_of("finding")[0]["secret"], token);
}

#[test]
fn several_reports_come_out_of_one_run_in_private_files() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("in/a", &token);
    sandbox.run("scan --offline in -o sarif=out.sarif -o csv=out.csv").exits(1).says("user API token");
    assert!(sandbox.read("out.sarif").contains("\"2.1.0\""));
    assert!(sandbox.read("out.csv").starts_with("fingerprint,"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(sandbox.work().join("out.sarif")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let leftovers = fs::read_dir(sandbox.work()).unwrap().count();
    assert_eq!(leftovers, 3, "in, out.sarif, out.csv");
    let run = sandbox.run("scan --offline in -o jsonl=-").exits(1);
    assert_eq!(run.records_of("finding").len(), 1, "{run}");
}

#[test]
fn what_cannot_be_written_fails_before_the_scan() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "x");
    sandbox.run("scan --offline -o json=no/such/directory.json").exits(2).complains("cannot write");
    sandbox.run("scan --offline -f json -o jsonl=-").exits(2).complains("cannot both go to stdout");
    sandbox.run("scan --offline -o json=x -o jsonl=x").exits(2).complains("cannot both go to x");
}

#[test]
fn wrong_words_end_with_2_and_claim_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run("").exits(2).complains("Usage");
    sandbox.run("scan --exlude x").exits(2).complains("--exclude");
    sandbox.run("scan nowhere").exits(2).complains("error: cannot scan nowhere");
    sandbox.run("scan --config nowhere.toml").exits(2).complains("cannot read nowhere.toml");
}

#[test]
fn below_the_threshold_is_counted_and_not_listed() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    // One letter changed: the checksum fails, and the value is kept as `low`.
    let broken = token.replacen(&token[5..6], if &token[5..6] == "a" { "b" } else { "a" }, 1);
    sandbox.plant(&broken);
    sandbox.write("a.env", format!("TOKEN={broken}\n"));
    let run = sandbox.run("scan --offline").exits(0);
    let run = run.says("1 more below medium; --min-confidence low shows them");
    assert!(!run.stdout.contains("cfut_"), "{run}");
    let low = sandbox.run("scan --offline --min-confidence low -f jsonl").exits(1);
    assert_eq!(low.records_of("finding")[0]["checksum"], "invalid", "{low}");
}

#[test]
fn exit_zero_leaves_the_telling_to_the_report() {
    let sandbox = Sandbox::new();
    sandbox.write("a", sandbox.token("cfut_"));
    sandbox.run("scan --offline --exit-zero").exits(0).says("1 credential");
    sandbox.run("scan --exit-zero nowhere").exits(2);
}

#[test]
fn not_everything_read_and_nothing_found_is_4() {
    let sandbox = Sandbox::new();
    sandbox.write("big", vec![b'x'; 5000]);
    sandbox.write("small", "y");
    let run = sandbox.run("scan --offline --max-bytes 1K").exits(4).says("Not everything was read");
    assert!(run.stdout.contains("big"), "{run}");
    let run = sandbox.run("scan --offline --max-bytes 1K -f jsonl").exits(4);
    assert_eq!(run.records_of("skip")[0]["reason"], "over-max-bytes");
    assert_eq!(run.summary()["skipped"]["over-max-bytes"], 1);
    assert_eq!(run.summary()["complete"], false);
}

#[test]
fn a_hostile_file_name_cannot_speak_to_the_terminal() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("a\u{1b}[2J\u{202e}b.env", &token);
    for format in ["human", "json", "jsonl", "sarif", "csv", "html", "markdown", "junit", "gitlab"] {
        let run = sandbox.run(&format!("scan --offline -f {format}")).exits(1);
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{run}");
    }
    let run = sandbox.run("scan --offline --debug").exits(1);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run}");
}

#[test]
fn colour_follows_the_flag_and_no_color() {
    let sandbox = Sandbox::new();
    sandbox.write("a", sandbox.token("cfut_"));
    let plain = sandbox.run("scan --offline").exits(1);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    sandbox.run("scan --offline --color always").exits(1).says("\u{1b}[");
    let asked = sandbox.run_with("scan --offline --color always", b"", &[("NO_COLOR", "1")]).exits(1);
    asked.says("\u{1b}[");
}

#[test]
fn nothing_scanned_is_said() {
    let sandbox = Sandbox::new();
    sandbox.run("scan --offline").exits(0).says("Nothing was scanned");
}

#[test]
fn progress_is_silent_for_a_short_run_and_never_on_stdout() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "x");
    sandbox.run("scan --offline").exits(0).keeps_stderr_silent();
    let run = sandbox.run("scan --offline --progress always -f jsonl").exits(0);
    assert_eq!(run.records().len(), 2, "{run}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_reader_that_left_is_none() {
    let sandbox = Sandbox::new();
    sandbox.write("a", sandbox.token("cfut_"));
    sandbox.run("scan --offline a -o json=/dev/full").exits(2).complains("cannot write /dev/full");
    let scan = format!("{} scan --offline a", env!("CARGO_BIN_EXE_cfleak"));
    for (pipe, code, said) in
        [("> /dev/full", 2, "cannot write to stdout"), ("| true; exit ${PIPESTATUS[0]}", 1, "")]
    {
        let output = std::process::Command::new("bash")
            .args(["-c", &format!("{scan} {pipe}")])
            .current_dir(sandbox.work())
            .output()
            .expect("bash");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{pipe}: {stderr}");
        assert!(stderr.contains(said) && stderr.is_empty() == said.is_empty(), "{pipe}: {stderr}");
    }
}

/// Ctrl-C while stdin is still open: what came before is reported.
#[cfg(unix)]
#[test]
fn an_interrupted_run_reports_what_it_found() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cfleak"))
        .args(["scan", "--offline", "-", "-f", "jsonl"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // More than any buffer on the way, so that the token was scanned when the signal comes.
    stdin.write_all(token.as_bytes()).unwrap();
    for _ in 0..16 {
        stdin.write_all(&[b'\n'; 1 << 20]).unwrap();
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    // The source looks up at its next piece.
    let _ = stdin.write_all(&vec![b'\n'; 16 << 20]);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{stdout}");
    for said in ["\"type\":\"finding\"", "\"reason\":\"interrupted\"", "\"complete\":false"] {
        assert!(stdout.contains(said), "{said}: {stdout}");
    }
}
