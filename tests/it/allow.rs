//! What may be allowed, by whom, and for how long.

use crate::harness::{Run, Sandbox};

fn fingerprint(run: &Run) -> String {
    run.records_of("finding")[0]["fingerprint"].as_str().expect("a fingerprint").to_owned()
}

/// Who allowed the first finding.
fn allowed_by(run: &Run) -> serde_json::Value {
    run.records_of("finding")[0]["allowed"]["by"].clone()
}

#[test]
fn an_allowed_finding_is_listed_and_not_counted() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("a.py", format!("x = \"{token}\"  # cfleak:allow\n"));
    let run = sandbox.run("scan --offline -f jsonl").exits(0);
    assert_eq!(allowed_by(&run), "comment", "{run}");
    assert_eq!(run.summary()["findings"], 0);
    let run = sandbox.run("scan --offline --no-allow -f jsonl").exits(1);
    assert!(allowed_by(&run).is_null(), "{run}");
}

#[test]
fn an_allow_file_is_found_upwards_and_says_where() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("deep/er/a.env", format!("CLOUDFLARE_API_TOKEN={token}\n"));
    let name = fingerprint(&sandbox.run("scan --offline -f jsonl").exits(1));
    sandbox.write(".cfleakignore", format!("# known\n{name} deep/** # rotated\n"));
    let run = sandbox.run("scan --offline deep/er -f jsonl").exits(0);
    let allowed = &run.records_of("finding")[0]["allowed"];
    assert_eq!((&allowed["by"], &allowed["where"]), (&"file".into(), &".cfleakignore:2".into()), "{run}");
    sandbox.run("scan --offline --no-allow").exits(1);

    sandbox.write(".cfleakignore", format!("{name} other/** # elsewhere\n"));
    sandbox.run("scan --offline").exits(1);
    sandbox.write(".cfleakignore", format!("{name} until=2020-01-01 # long ago\n"));
    sandbox.run("scan --offline").exits(1).complains("has expired");
    sandbox.write(".cfleakignore", "cf1:nonsense\n");
    sandbox.run("scan --offline").exits(2).complains(".cfleakignore:1:");
}

#[test]
fn a_baseline_keeps_what_was_known_and_lets_nothing_new_pass() {
    let sandbox = Sandbox::new();
    sandbox.write("old", sandbox.token("cfut_"));
    sandbox.run("scan --offline old --write-baseline base.txt").exits(1);
    sandbox.run("scan --offline old --baseline base.txt").exits(0).says("1 allowed");
    sandbox.write("moved", format!("\n\n{}", sandbox.read("old")));
    sandbox.run("scan --offline moved --baseline base.txt").exits(0);
    sandbox.write("new", sandbox.token("cfat_"));
    let run = sandbox.run("scan --offline old new --baseline base.txt -f sarif").exits(1);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).expect("SARIF");
    let states: Vec<&str> = log["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|result| result["baselineState"].as_str())
        .collect();
    assert_eq!(states, ["new", "unchanged"]);
    sandbox.run("scan --offline old --baseline nowhere.txt").exits(2).complains("cannot read nowhere.txt");
}
