//! `.cfleak.toml`: where it is found, what it changes, what it may not change.

use crate::harness::Sandbox;

#[test]
fn a_file_found_upwards_sets_the_threshold_and_the_excludes() {
    let sandbox = Sandbox::new();
    sandbox.write("sub/vendor/a", sandbox.token("cfut_"));
    sandbox.write("sub/b", "nothing");
    sandbox.run("scan --offline sub").exits(1);
    sandbox.write(".cfleak.toml", "exclude = [\"vendor\"]\n");
    sandbox.run("scan --offline sub").exits(0).says("Configured by .cfleak.toml");
    sandbox.run("scan --offline --no-config sub").exits(1);
}

#[test]
fn the_users_own_file_comes_after_and_config_wins() {
    let sandbox = Sandbox::new();
    sandbox.write("a", sandbox.token("cfut_"));
    let own = sandbox.home().join(".config/cfleak/config.toml");
    sandbox.write_at(&own, "[[allow]]\nkind = \"user_api_token\"\nreason = \"a test\"\n");
    sandbox.run("scan --offline").exits(0).says("Allowed, not counted");
    sandbox.write("empty.toml", "");
    sandbox.run("scan --offline --config empty.toml").exits(1);
    sandbox.write(".cfleak.toml", "");
    sandbox.run("scan --offline").exits(1);
}

#[test]
fn a_wrong_key_is_an_error_with_the_nearest_known_one() {
    let sandbox = Sandbox::new();
    sandbox.write(".cfleak.toml", "\nexlude = [\"a\"]\n");
    let run = sandbox.run("scan --offline").exits(2);
    run.complains(".cfleak.toml:2: unknown field `exlude`").complains("try: exclude");
}

#[test]
fn own_patterns_and_label_names_need_no_code() {
    let sandbox = Sandbox::new();
    let value = "Zq7".repeat(12);
    sandbox.plant(&value);
    sandbox.write("in/a.env", format!("ACME_THING={value}x\n"));
    sandbox.run("scan --offline in").exits(0);
    sandbox.write(
        "patterns/acme.toml",
        r#"
id = "acme-thing"
kind = "acme_thing"
title = "Acme thing"
severity = "low"
reference = "internal"
power = "Opens the door."
remedy = "Close the door."
[[shape]]
keywords = ["ACME_THING"]
regex = 'ACME_THING=(?<secret>[A-Za-z0-9]{37})'
[[match]]
text = "ACME_THING={secret}\n"
secret = "{alnum:37}"
confidence = "high"
[[no-match]]
text = "ACME_THING=short\n"
why = "it is short"
"#,
    );
    sandbox.write(".cfleak.toml", "patterns = [\"patterns\"]\n");
    let run = sandbox.run("scan --offline in -f jsonl");
    assert_eq!(
        run.records_of("finding").first().map(|f| f["kind"].clone()),
        Some("acme_thing".into()),
        "{run}"
    );
}

#[test]
fn a_repository_cannot_name_hosts_that_receive_credentials() {
    let sandbox = Sandbox::new();
    sandbox.write(".cfleak.toml", "api-hosts = [\"evil.example\"]\n");
    sandbox.run("scan --offline").exits(0).complains("api-hosts is ignored here");
}
