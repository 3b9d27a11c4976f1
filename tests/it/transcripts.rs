//! `scan --transcripts`: this user's stores, whatever holds them, and a table of what was read.

use crate::harness::Sandbox;
use serde_json::json;

#[test]
fn the_stores_of_this_user_are_read_with_their_hidden_repositories() {
    let sandbox = Sandbox::new();
    let [said, taken_out] = ["cfut_", "cfat_"].map(|prefix| sandbox.token(prefix));
    let prompt = json!({"type": "user", "sessionId": "s", "uuid": "u", "timestamp": "2026-11-24T10:00:00.000Z",
        "message": {"role": "user", "content": format!("deploy with {said}")}});
    sandbox.write_at(&sandbox.home().join(".claude/projects/-shop/s.jsonl"), format!("{prompt}\n"));
    sandbox.write_at(&sandbox.home().join(".codeium/windsurf/cascade/c.pb"), [0x8f; 64]);
    let checkpoints = "../home/.gemini/history/shop";
    sandbox.repository(checkpoints);
    sandbox.commit(checkpoints, ".dev.vars", format!("CLOUDFLARE_API_TOKEN={taken_out}\n"), "Snapshot");
    sandbox.git(checkpoints, "rm -q .dev.vars");
    sandbox.git(checkpoints, "commit -q -m Snapshot");

    let run = sandbox.run("scan --transcripts --offline -f jsonl").exits(1);
    let run = run
        .complains("Claude Code transcript")
        .complains("encrypted conversation")
        .complains("read as git history");
    let findings = run.records_of("finding");
    let place = |kind: &str| {
        let finding = findings.iter().find(|finding| finding["kind"] == kind);
        finding.unwrap_or_else(|| panic!("no {kind}\n{run}"))["places"][0].clone()
    };
    assert_eq!(place("user_api_token")["transcript"]["agent"], "claude-code");
    assert_eq!(place("account_api_token")["git"]["path"], ".dev.vars");
    let skips: Vec<_> = run.records_of("skip").iter().map(|skip| skip["reason"].clone()).collect();
    assert_eq!(skips, ["opaque"], "{run}");
}

#[test]
fn a_home_without_stores_is_clean_and_says_so() {
    let sandbox = Sandbox::new();
    let run = sandbox.run("scan --transcripts --offline").exits(0);
    run.complains("No agent store").says("there was nothing to read");
}
