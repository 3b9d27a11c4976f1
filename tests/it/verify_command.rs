//! `cfleak verify` and `cfleak scan` as a person runs them, against the fake on loopback.

use super::drill_client::LOOPBACK;
use cfleak::drill::{Server, Status, TokenSpec, World};
use cfleak::model::Secret;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A cleared environment, a home of its own, the API where `base` says.
fn cfleak(home: &Path, base: &str, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cfleak"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("CFLEAK_API_BASE", base)
        // Were a proxy asked for loopback, nothing would work.
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that refuses before it reads closes the pipe, and that is fine.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

struct Stage {
    home: tempfile::TempDir,
    server: Server,
    live: Secret,
    disabled: Secret,
    stray: Secret,
}

async fn stage() -> Stage {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let live = world.token(TokenSpec::of_user(&user)).value;
    let disabled = world.token(TokenSpec::of_user(&user).status(Status::Disabled)).value;
    let stray = world.stray("cfut_");
    let server = Server::start(world.build(), LOOPBACK).await.unwrap();
    Stage { home: tempfile::tempdir().unwrap(), server, live, disabled, stray }
}

impl Stage {
    fn run(&self, args: &[&str], input: &str) -> Output {
        cfleak(self.home.path(), &self.server.api_base(), args, input)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_judges_every_line_and_says_so_in_its_exit_code() {
    let stage = stage().await;
    let (live, disabled, stray) = (stage.live.expose(), stage.disabled.expose(), stage.stray.expose());
    for (input, code, states) in [
        (format!("{live}\n{disabled}\n"), 3, vec!["live", "disabled"]),
        (format!("# only the dead\n{stray}\n"), 0, vec!["dead"]),
        (format!("{disabled}\nhello\n"), 4, vec!["disabled"]),
        (format!("{}\n", "0123456789abc".repeat(3).get(..37).unwrap()), 4, vec!["not_checked"]),
        (String::new(), 0, vec![]),
    ] {
        let output = stage.run(&["verify", "-f", "json"], &input);
        assert_eq!(output.status.code(), Some(code), "{}", shown(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let found: Vec<_> = findings.iter().map(|f| f["verdict"]["state"].as_str().unwrap()).collect();
        assert_eq!(found, states);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_of_any_form_shows_a_value() {
    let stage = stage().await;
    let input = format!("{}\n{}\n", stage.live.expose(), stage.disabled.expose());
    for format in ["human", "json", "jsonl", "sarif", "csv", "html", "markdown", "junit", "gitlab"] {
        let output = stage.run(&["verify", "--debug", "-v", "-f", format], &input);
        let shown = shown(&output);
        assert_eq!(output.status.code(), Some(3), "{format}: {shown}");
        for secret in [&stage.live, &stage.disabled] {
            assert!(!shown.contains(secret.expose()), "{format}");
            assert!(!shown.contains(&secret.expose()[5..25]), "{format}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_judged_again_at_their_places() {
    let stage = stage().await;
    let file = stage.home.path().join("deploy.env");
    std::fs::write(&file, format!("CLOUDFLARE_API_TOKEN={}\n", stage.live.expose())).unwrap();
    let scan = stage.run(&["scan", "--offline", "-o", "jsonl=findings.jsonl", "deploy.env"], "");
    assert_eq!(scan.status.code(), Some(1), "{}", shown(&scan));
    let again = stage.run(&["verify", "--from", "findings.jsonl"], "");
    assert_eq!(again.status.code(), Some(3), "{}", shown(&again));
    assert!(shown(&again).contains("deploy.env:1:22"), "{}", shown(&again));
    std::fs::write(&file, "nothing here any more\n").unwrap();
    let gone = stage.run(&["verify", "--from", "findings.jsonl"], "");
    assert_eq!(gone.status.code(), Some(4), "{}", shown(&gone));
    assert!(shown(&gone).contains("is not there any more"), "{}", shown(&gone));
}

/// Counts connections that were made, and answers none.
struct Trap(TcpListener);

impl Trap {
    fn set() -> Trap {
        let listener = TcpListener::bind(LOOPBACK).unwrap();
        listener.set_nonblocking(true).unwrap();
        Trap(listener)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    fn was_touched(&self) -> bool {
        self.0.accept().is_ok()
    }
}

#[test]
fn offline_opens_no_socket() {
    let home = tempfile::tempdir().unwrap();
    let token = format!("cfut_{}2ae98c30", "A".repeat(40));
    let line = format!("CLOUDFLARE_API_TOKEN={token}\n");
    std::fs::write(home.path().join("x.env"), line).unwrap();
    let run = |trap: &Trap, args: &[&str]| {
        let base = format!("{}/client/v4", trap.origin());
        cfleak(home.path(), &base, args, &format!("{token}\n"));
        trap.was_touched()
    };
    for args in [
        &["scan", "--offline", "x.env"][..],
        &["scan", "--offline", "--verify", "all", "--min-confidence", "low", "x.env"],
        &["scan", "--verify", "none", "x.env"],
        &["verify", "--offline"],
    ] {
        assert!(!run(&Trap::set(), args), "{args:?}");
    }
    // The trap does catch what is not offline.
    let trap = Trap::set();
    let base = format!("{}/client/v4", trap.origin());
    let mut child = Command::new(env!("CARGO_BIN_EXE_cfleak"))
        .arg("verify")
        .env_clear()
        .env("CFLEAK_API_BASE", base)
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{token}\n").as_bytes()).unwrap();
    let touched = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        trap.was_touched()
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(touched);
}

#[test]
fn a_poisoned_environment_gets_nothing() {
    let home = tempfile::tempdir().unwrap();
    let token = format!("cfut_{}2ae98c30\n", "A".repeat(40));
    for base in [
        "https://evil.example/client/v4",
        "http://127.0.0.1.evil.example/",
        "https://api.cloudflare.com@evil.example/",
    ] {
        let output = cfleak(home.path(), base, &["verify"], &token);
        assert_eq!(output.status.code(), Some(2), "{base}: {}", shown(&output));
        assert!(shown(&output).contains("CFLEAK_API_BASE"), "{}", shown(&output));
        let offline = cfleak(home.path(), base, &["verify", "--offline"], &token);
        assert_eq!(offline.status.code(), Some(4), "{base}: {}", shown(&offline));
    }
}
