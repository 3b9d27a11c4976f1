//! The fake against Cloudflare's own client: both were written from other sources, so agreement means
//! something.

use super::drill_client::LOOPBACK;
use cfleak::drill::story::{Cast, incident};
use cfleak::drill::{Clock, Server};
use cfleak::model::Kind;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A Python with the SDK, kept between runs in the build directory; or why there is none.
fn python_with_sdk() -> Result<PathBuf, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cloudflare-sdk");
    let python = home.join("bin/python");
    if run(&python, &["-c", "import cloudflare"]).is_ok() {
        return Ok(python);
    }
    run(Path::new("python3"), &["-m", "venv", &home.to_string_lossy()])?;
    run(&python, &["-m", "pip", "install", "--quiet", "cloudflare>=5.9,<6"])?;
    Ok(python)
}

fn run(program: &Path, arguments: &[&str]) -> Result<Output, String> {
    let output =
        Command::new(program).args(arguments).output().map_err(|e| format!("{}: {e}", program.display()))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn check(python: &Path, server: &Server, cast: &Cast) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sdk_check.py");
    let key = cast.planted.iter().find(|planted| planted.kind == Kind::GlobalApiKey).expect("a Global key");
    let base = server.api_base();
    let environment = [
        ("BASE", base.as_str()),
        ("RESPONDER", cast.responder.value.expose()),
        ("ACCOUNT_RESPONDER", cast.account_responder.value.expose()),
        ("LEAKED", cast.leaked.value.expose()),
        ("LEAKED_ID", &cast.leaked.id),
        ("EMAIL", &cast.owner_email),
        ("KEY", key.value.expose()),
        ("ACCOUNT", &cast.production),
        ("STAGING", &cast.staging),
        ("ZONE", &cast.zone),
        ("SINCE", "2026-09-01"),
        ("BEFORE", "2026-11-22T12:00:00Z"),
    ];
    let mut command = Command::new(python);
    command.arg(script).env_clear();
    for (name, value) in environment {
        command.env(format!("DRILL_{name}"), value);
    }
    command.output().expect("python starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_accepts_every_answer() {
    let python = match python_with_sdk() {
        Ok(python) => python,
        Err(why) => {
            eprintln!("skipped: the PyPI package `cloudflare` cannot be installed here: {why}");
            return;
        }
    };
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    let story = incident(1, Clock::new(move || now));
    let server = Server::start(story.world, LOOPBACK).await.expect("loopback has a free port");
    let output = check(&python, &server, &story.cast);
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("all checks passed"), "{said}\n{complained}");
}
