//! `cfleak rules`, and what packagers need.

use crate::harness::Sandbox;

#[test]
fn rules_are_listed_and_shown() {
    let sandbox = Sandbox::new();
    sandbox.run("rules list").exits(0).says("user-api-token").says("critical");
    let run = sandbox.run("rules list -f jsonl").exits(0);
    assert!(run.records().iter().all(|rule| rule["kind"].is_string() && rule["remedy"].is_string()), "{run}");
    sandbox.run("rules show global_api_key").exits(0).says("global-api-key");
    sandbox.run("rules show user-api-tokn").exits(2).complains("try: cfleak rules show user-api-token");
    sandbox.run("rules list -f sarif").exits(2).complains("human, json or jsonl");
    sandbox.run("rules").exits(2);
}

#[test]
fn a_pattern_file_has_to_prove_itself() {
    let sandbox = Sandbox::new();
    sandbox.run("rules check").exits(0).says("0 own and");
    let rule = |regex: &str, example: &str| {
        format!(
            "id = \"own\"\nkind = \"own\"\ntitle = \"Own\"\nseverity = \"low\"\nreference = \"x\"\npower = \"x\"\n\
             remedy = \"x\"\n[[shape]]\nkeywords = [\"OWN_\"]\nregex = '{regex}'\n[[match]]\ntext = \"{example}\"\n\
             secret = \"{{alnum:30}}\"\nconfidence = \"high\"\n[[no-match]]\ntext = \"OWN_x\"\nwhy = \"short\"\n"
        )
    };
    sandbox.write("good.toml", rule("OWN_[A-Za-z0-9]{30}", "OWN_{secret} "));
    sandbox.write("blind.toml", rule("OWN_[0-9]{30}", "OWN_{secret} "));
    sandbox.write("broken.toml", rule("OWN_[", "x"));
    sandbox.write("nonsense.toml", "id = 1");
    sandbox.run("rules check blind.toml").exits(2).complains("is not found");
    sandbox.run("rules check broken.toml").exits(2).complains("broken.toml");
    sandbox.run("rules check nonsense.toml").exits(2).complains("nonsense.toml");
    sandbox.run("rules check nowhere.toml").exits(2).complains("cannot read nowhere.toml");
    sandbox.run("rules check good.toml").exits(0).says("1 own and");
}

#[test]
fn packagers_get_completions_a_manual_and_a_version() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        sandbox.run(&format!("completions {shell}")).exits(0).says("cfleak");
    }
    sandbox.run("man").exits(0).says(".TH cfleak 1").says("min\\-confidence");
    sandbox.run("--version").exits(0).says(env!("CARGO_PKG_VERSION"));
    sandbox.run("--help").exits(0).says("Exit codes");
}
