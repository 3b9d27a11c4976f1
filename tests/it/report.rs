//! `cfleak report`, and documents that foreign readers take.

use crate::harness::Sandbox;
use serde_json::Value;

const SCHEMA: &str = include_str!("../data/sarif-2.1.0-rtm.5.json");

/// Complaints of the schema about a document.
fn schema_complaints(document: &Value) -> Option<String> {
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    compiler.add_resource("sarif.json", schema).expect("a resource");
    let index = compiler.compile("sarif.json", &mut schemas).expect("a schema");
    schemas.validate(document, index).err().map(|error| error.to_string())
}

#[test]
fn sarif_is_valid_with_and_without_findings() {
    let sandbox = Sandbox::new();
    sandbox.write("clean", "x");
    sandbox.write("a", sandbox.token("cfut_"));
    sandbox.write("b", format!("x = 1 # {} gitleaks:allow\n", sandbox.token("cfat_")));
    sandbox.write("big", vec![b'x'; 5000]);
    for (line, code) in [
        ("scan --offline clean -f sarif", 0),
        ("scan --offline -f sarif --max-bytes 1K", 1),
        ("scan --offline -f sarif --show-secrets", 1),
    ] {
        let run = sandbox.run(line).exits(code);
        let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(schema_complaints(&document), None, "{run}");
    }
}

#[test]
fn the_schema_would_notice() {
    let document = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [{ "level": "loud" }] }] });
    assert!(schema_complaints(&document).is_some());
}

#[test]
fn sarif_has_what_code_scanning_needs() {
    let sandbox = Sandbox::new();
    sandbox.write("sub/dir/a b.env", format!("CLOUDFLARE_API_TOKEN={}\n", sandbox.token("cfut_")));
    sandbox.write("sub/x.py", format!("t = \"{}\" # cfleak:allow\n", sandbox.token("cfat_")));
    // A work tree: paths count from its root wherever the scan starts.
    std::fs::create_dir(sandbox.work().join("sub/.git")).unwrap();
    let run = sandbox.run("scan --offline --no-history sub/dir sub/x.py -f sarif").exits(1);
    let log: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let driver = &log["runs"][0]["tool"]["driver"];
    let rule = &driver["rules"][0];
    for field in ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"] {
        assert!(!rule[field].is_null(), "{field}");
    }
    let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
    assert!((0.1..=10.0).contains(&severity));
    assert!(rule["properties"]["tags"].as_array().unwrap().contains(&"security".into()));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let found: Vec<&str> = results
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["dir/a%20b.env", "x.py"], "{run}");
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 1);
    assert!(results[0]["partialFingerprints"]["primaryLocationLineHash"].is_string());
    assert!(results[0].get("suppressions").is_none());
    assert_eq!(results[1]["suppressions"][0]["kind"], "inSource");
    assert!(log["runs"][0]["automationDetails"]["id"].is_string());
}

#[test]
fn a_findings_file_is_rendered_again_in_any_format() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a", sandbox.token("cfut_"));
    for format in ["jsonl", "json"] {
        let first =
            sandbox.run(&format!("scan --offline in -f {format} -o {format}=found.{format}")).exits(1);
        let again = sandbox.run(&format!("report found.{format} -f {format}")).exits(0);
        assert_eq!(first.stdout, again.stdout);
        for other in ["human", "sarif", "csv", "html", "markdown", "junit", "gitlab"] {
            sandbox
                .run(&format!("report found.{format} -f {other}"))
                .exits(0)
                .says("cf1:")
                .keeps_stderr_silent();
        }
    }
}

#[test]
fn a_value_in_a_findings_file_is_not_shown_again_without_the_flag() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("in/a", &token);
    let shown = sandbox.run("scan --offline in -f jsonl --show-secrets").exits(1);
    sandbox.write("found.jsonl", &shown.stdout);
    sandbox.run("report found.jsonl -f json").exits(0);
    sandbox.run("report found.jsonl -f human --show-secrets").exits(0).says(&token);
}

#[test]
fn what_is_no_findings_file_is_refused() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.write("broken.jsonl", format!("{{\"schema\":\"cfleak/1\",\"type\":\"{token}\"}}\n"));
    sandbox.write("empty.jsonl", "");
    for file in ["broken.jsonl", "empty.jsonl"] {
        sandbox.run(&format!("report {file}")).exits(2).complains("is no findings file");
    }
    sandbox.run("report nowhere.jsonl").exits(2).complains("cannot read nowhere.jsonl");
}
