//! `cfleak scan` on git repositories, made by the real git.

use crate::harness::git::object_files;
use crate::harness::{Run, Sandbox};
use serde_json::Value;
use std::fs;

fn env(token: &str) -> String {
    format!("CLOUDFLARE_API_TOKEN={token}\n")
}

/// The places of the one finding.
#[track_caller]
fn places(run: &Run) -> Vec<Value> {
    let findings = run.records_of("finding");
    assert_eq!(findings.len(), 1, "{run}");
    findings[0]["places"].as_array().expect("places").clone()
}

#[track_caller]
fn place(run: &Run) -> Value {
    let places = places(run);
    assert_eq!(places.len(), 1, "{run}");
    places[0].clone()
}

#[test]
fn a_removed_file_is_found_where_it_was_committed() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    let commit =
        sandbox.commit("r", "deploy/.env", format!("# x\n{}", env(&token)), "Deploy by hand\n\nMore.");
    sandbox.git("r", "tag v1");
    sandbox.git("r", "rm -q deploy/.env");
    sandbox.git("r", "commit -q -m Tidy");
    let run = sandbox.run("scan --offline -f jsonl r").exits(1);
    let place = place(&run);
    let git = &place["git"];
    assert_eq!(
        (&place["source"], &place["path"], &place["line"]),
        (&"git".into(), &"deploy/.env".into(), &2.into())
    );
    assert_eq!(
        (&git["kind"], &git["commit"], &git["path"]),
        (&"blob".into(), &commit.into(), &"deploy/.env".into())
    );
    assert_eq!((&git["author"], &git["author_email"]), (&"Ada Author".into(), &"ada@example.com".into()));
    assert_eq!((&git["summary"], &git["repository"]), (&"Deploy by hand".into(), &"r".into()));
    assert_eq!(git["time"], "2023-11-14T22:19:20Z");
    assert_eq!((&git["reachable"], &git["at_head"]), (&true.into(), &false.into()));
    assert_eq!(git["refs"], serde_json::json!(["refs/heads/main", "refs/tags/v1"]));
    assert_eq!(run.summary()["complete"], true, "{run}");
}

#[test]
fn every_version_of_a_file_is_a_place_and_one_finding() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    for version in 0..5 {
        let text = format!("{}{}VERSION={version}\n", "# padding\n".repeat(2000), env(&token));
        sandbox.commit("r", ".env", text, "Change");
    }
    sandbox.git("r", "repack -adq");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    let places = places(&run);
    assert_eq!(places.len(), 5, "{run}");
    assert!(places.iter().all(|place| place["line"] == 2001), "{run}");
    assert_eq!(places.iter().filter(|place| place["git"]["at_head"] == true).count(), 1);
}

#[test]
fn work_tree_files_say_how_far_they_have_travelled() {
    let sandbox = Sandbox::new();
    let names = ["committed", "changed", "staged", "untracked", "ignored.env"];
    let tokens = names.map(|_| sandbox.token("cfut_"));
    sandbox.repository("r");
    sandbox.commit("r", ".gitignore", "*.env\n", "Ignore");
    sandbox.commit("r", "committed", env(&tokens[0]), "Add");
    sandbox.commit("r", "changed", "nothing yet\n", "Add");
    for (name, token) in names.iter().zip(&tokens) {
        sandbox.write(&format!("r/{name}"), env(token));
    }
    sandbox.git("r", "add staged");
    let run = sandbox.run("scan --offline --no-history -f jsonl r").exits(1);
    let mut found: Vec<(String, String)> = run
        .records_of("finding")
        .iter()
        .flat_map(|finding| finding["places"].as_array().unwrap().clone())
        .map(|place| (text(&place["path"]), text(&place["exposure"])))
        .collect();
    found.sort();
    let expected = [
        ("r/changed", "tracked"),
        ("r/committed", "committed"),
        ("r/ignored.env", "ignored"),
        ("r/staged", "staged"),
        ("r/untracked", "untracked"),
    ];
    assert_eq!(found, expected.map(|(path, exposure)| (path.to_owned(), exposure.to_owned())), "{run}");
    sandbox.write("outside.env", env(&tokens[0]));
    let run = sandbox.run("scan --offline -f jsonl outside.env").exits(1);
    assert_eq!(place(&run)["exposure"], "outside-git");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_only_a_merge_brought_is_found_in_the_merge() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    sandbox.git("r", "checkout -q -b side");
    sandbox.commit("r", "a", "side\n", "Side");
    sandbox.git("r", "checkout -q main");
    sandbox.commit("r", "b", "main\n", "Main");
    sandbox.git("r", "merge -q --no-commit --no-ff side");
    sandbox.write("r/a", format!("side\n{}", env(&token)));
    sandbox.git("r", "add a");
    sandbox.git("r", "commit -q -m Merge");
    let merge = sandbox.git("r", "rev-parse HEAD");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    assert_eq!(place(&run)["git"]["commit"], merge);
}

#[test]
fn messages_identities_tags_notes_names_and_config_are_read() {
    let sandbox = Sandbox::new();
    let mut tokens = (0..8).map(|_| sandbox.token("cfut_")).collect::<Vec<_>>();
    tokens.sort();
    sandbox.repository("r");
    let commit = sandbox.commit("r", "a", "a\n", &format!("Use {} for now", tokens[0]));
    sandbox.git_words("r", &["tag", "-a", "v1", "-m", &format!("key {}", tokens[1])]);
    sandbox.git_words("r", &["notes", "add", "-m", &env(&tokens[2]), "HEAD"]);
    sandbox.git("r", &format!("branch fix/{}", tokens[3]));
    sandbox.git("r", &format!("remote add origin https://x:{}@git.example.com/r", tokens[4]));
    sandbox.commit("r", &format!("backup/{}.txt", tokens[5]), "a\n", "Add");
    let author = format!("--author=A <{}@example.com>", tokens[6]);
    sandbox.git_words("r", &["commit", "-q", "--allow-empty", "-m", "x", &author]);
    sandbox.write("r/a", env(&tokens[7]));
    sandbox.git("r", "stash -q");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    let findings = run.records_of("finding");
    let kinds = |token: &str| -> Vec<String> {
        let shown = format!("…{}", &token[token.len() - 4..]);
        let finding = findings.iter().find(|finding| text(&finding["redacted"]).ends_with(&shown));
        let places = finding.unwrap_or_else(|| panic!("no {token}\n{run}"))["places"].as_array().unwrap();
        let mut kinds: Vec<String> = places
            .iter()
            .map(|place| format!("{} {}", text(&place["source"]), text(&place["git"]["kind"])))
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let expected =
        ["git commit", "git tag", "git blob", "git ref", "file ", "git tree", "git commit", "git blob"];
    for (token, expected) in tokens.iter().zip(expected) {
        let kinds = kinds(token);
        assert!(kinds.iter().any(|kind| kind == expected), "{expected}: {kinds:?}\n{run}");
    }
    let all = findings.iter().flat_map(|finding| finding["places"].as_array().unwrap());
    let name = all.clone().find(|place| place["git"]["kind"] == "tree").expect("the path");
    assert_eq!(name["git"]["at_head"], true, "the file is still there\n{run}");
    let message = all;
    let message =
        message.clone().find(|place| place["git"]["kind"] == "commit" && place["git"]["object"] == commit);
    let message = message.expect("the commit");
    assert_eq!((&message["line"], &message["git"]["commit"]), (&6.into(), &commit.into()), "{run}");
}

#[test]
fn what_no_ref_leads_to_is_found_and_said_to_be_unreachable() {
    let sandbox = Sandbox::new();
    let (amended, added) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    sandbox.repository("r");
    let dropped = sandbox.commit("r", ".env", env(&amended), "Oops");
    sandbox.git("r", "reset -q --hard HEAD~1");
    sandbox.write("r/b", env(&added));
    sandbox.git("r", "add b");
    sandbox.git("r", "rm -q -f b");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    let findings = run.records_of("finding");
    assert_eq!(findings.len(), 2, "{run}");
    for finding in findings {
        let git = &finding["places"][0]["git"];
        assert_eq!(git["reachable"], false, "{run}");
        let expected =
            if finding["kind"] == "user_api_token" { Value::from(dropped.clone()) } else { Value::Null };
        assert_eq!(git["commit"], expected, "{run}");
    }
}

#[test]
fn archives_and_utf16_in_history_are_opened() {
    let sandbox = Sandbox::new();
    let (zipped, wide) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    sandbox.repository("r");
    sandbox.write("build/secrets/.env", env(&zipped));
    let tar = std::process::Command::new("tar")
        .args(["-czf", "r/build.tgz", "build"])
        .current_dir(sandbox.work())
        .status();
    assert!(tar.expect("tar runs").success());
    let archive = fs::read(sandbox.path("r/build.tgz")).unwrap();
    sandbox.commit("r", "build.tgz", archive, "Add the build");
    let text: Vec<u8> = env(&wide).encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.commit("r", "settings.reg", [&[0xff, 0xfe][..], &text].concat(), "Add settings");
    sandbox.git("r", "rm -q build.tgz settings.reg");
    sandbox.git("r", "commit -q -m Tidy");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    let findings = run.records_of("finding");
    assert_eq!(findings.len(), 2, "{run}");
    for finding in &findings {
        let place = &finding["places"][0];
        match finding["kind"].as_str() {
            Some("user_api_token") => {
                assert_eq!(
                    (&place["path"], &place["inside"][0]),
                    (&"build.tgz".into(), &"build/secrets/.env".into())
                );
                assert_eq!(place["git"]["summary"], "Add the build");
            }
            _ => assert_eq!(
                (&place["path"], &place["decoded"][0]),
                (&"settings.reg".into(), &"utf-16le".into())
            ),
        }
    }
}

#[test]
fn every_way_to_store_objects_is_read() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    let commit = {
        sandbox.repository("r");
        sandbox.commit("r", ".env", env(&token), "Add")
    };
    sandbox.git("r", "rm -q .env");
    sandbox.git("r", "commit -q -m Remove");
    let check = |name: &str| {
        let run = sandbox.run(&format!("scan --offline --no-worktree -f jsonl {name}")).exits(1);
        let place = place(&run);
        assert_eq!(place["git"]["commit"], commit, "{name}\n{run}");
        assert_eq!(run.summary()["complete"], true, "{name}\n{run}");
    };
    check("r");
    sandbox.git("r", "repack -adq");
    check("r");
    sandbox.commit("r", "more", "more\n", "More");
    sandbox.git("r", "repack -dq");
    sandbox.git("r", "multi-pack-index write");
    sandbox.commit("r", "loose", "loose\n", "Loose");
    check("r");
    sandbox.git(".", "clone -q --mirror r mirror.git");
    check("mirror.git");
    sandbox.git(".", "clone -q --shared --bare r borrower.git");
    check("borrower.git");
    sandbox.git("r", "worktree add -q ../tree -b other");
    check("tree");
    sandbox.git(".", "clone -q --bare r bare.git");
    sandbox.git("bare.git", "-c pack.indexVersion=1 repack -adFq");
    check("bare.git");
    sandbox.git("bare.git", "repack -adFq --no-write-bitmap-index");
    check("bare.git");
}

#[test]
fn bundles_are_read_and_thin_ones_are_incomplete() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    let commit = sandbox.commit("r", ".env", env(&token), "Add");
    sandbox.git("r", "bundle create -q ../all.bundle --all");
    let run = sandbox.run("scan --offline -f jsonl all.bundle").exits(1);
    let place = place(&run);
    assert_eq!(
        (&place["git"]["commit"], &place["git"]["repository"]),
        (&commit.into(), &"all.bundle".into())
    );
    assert_eq!(run.summary()["complete"], true, "{run}");
    sandbox.commit("r", "later", "later\n", "Later");
    sandbox.git("r", "bundle create -q ../thin.bundle HEAD~1..main");
    let run = sandbox.run("scan --offline -f jsonl thin.bundle").exits(4);
    assert_eq!(run.records_of("skip")[0]["reason"], "missing-object", "{run}");
}

#[test]
fn shallow_and_partial_clones_are_never_clean() {
    let sandbox = Sandbox::new();
    sandbox.repository("r");
    sandbox.commit("r", "a", "a\n", "More");
    sandbox.git("r", "config uploadpack.allowFilter true");
    let origin = format!("file://{}", sandbox.path("r").display());
    sandbox.git(".", &format!("clone -q --depth 1 {origin} shallow"));
    sandbox.git(".", &format!("clone -q --bare --filter=blob:none {origin} partial.git"));
    for name in ["shallow", "partial.git"] {
        let run = sandbox.run(&format!("scan --offline -f jsonl {name}")).exits(4);
        let skips = run.records_of("skip");
        assert_eq!(skips.len(), 1, "{run}");
        assert_eq!(
            (&skips[0]["reason"], &run.summary()["complete"]),
            (&"missing-object".into(), &false.into())
        );
    }
    sandbox.run("scan --offline r").exits(0);
}

#[test]
fn sha256_repositories_are_read() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    fs::create_dir(sandbox.path("r")).unwrap();
    sandbox.git("r", "init -q --object-format=sha256");
    let commit = sandbox.commit("r", ".env", env(&token), "Add");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    assert_eq!(place(&run)["git"]["commit"], commit);
    sandbox.git("r", "repack -adq");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    assert_eq!((&place(&run)["git"]["commit"], commit.len()), (&commit.clone().into(), 64));
}

#[test]
fn refs_kept_as_reftable_are_said_to_be_unknown() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    let (code, _, _) = sandbox.try_git("", &["init", "-q", "--ref-format=reftable", "r"], &[]);
    if code != Some(0) {
        eprintln!("this git knows no reftable (2.45 does)");
        return;
    }
    let clean = sandbox.run("scan --offline --no-worktree r").exits(4);
    clean.says("refs are not known");
    sandbox.commit("r", ".env", env(&token), "Leak");
    let run = sandbox.run("scan --offline --no-worktree -f jsonl r").exits(1);
    assert_eq!(place(&run)["git"]["path"], ".env", "{run}");
}

#[test]
fn submodules_are_repositories_of_their_own_even_without_work_tree() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("library");
    sandbox.commit("library", ".env", env(&token), "Add");
    sandbox.git("library", "rm -q .env");
    sandbox.git("library", "commit -q -m Remove");
    sandbox.repository("r");
    sandbox.git("r", "submodule --quiet add ../library lib");
    sandbox.git("r", "commit -q -m Submodule");
    let run = sandbox.run("scan --offline -f jsonl r").exits(1);
    place(&run);
    sandbox.git("r", "submodule --quiet deinit -f lib");
    let run = sandbox.run("scan --offline -f jsonl r").exits(1);
    assert_eq!(text(&place(&run)["git"]["repository"]), "r/.git/modules/lib");
}

#[test]
fn ranges_and_revisions_choose_commits() {
    let sandbox = Sandbox::new();
    let tokens = [sandbox.token("cfut_"), sandbox.token("cfat_"), sandbox.token("cfk_")];
    sandbox.repository("r");
    for (at, token) in tokens.iter().enumerate() {
        sandbox.commit("r", &format!("{at}.env"), env(token), &format!("Commit {at}"));
    }
    let kinds = |arguments: &str| -> Vec<String> {
        let run = sandbox.run(&format!("scan --offline -f jsonl r {arguments}"));
        let mut kinds: Vec<String> =
            run.exits(1).records_of("finding").iter().map(|finding| text(&finding["kind"])).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds("--range HEAD~2..HEAD~1"), ["account_api_token"]);
    assert_eq!(kinds("--range HEAD~1.."), ["global_api_key"]);
    assert_eq!(kinds("--since HEAD~2"), ["account_api_token", "global_api_key"]);
    assert_eq!(kinds("--range HEAD~1"), ["account_api_token", "user_api_token"]);
    sandbox.run("scan --offline r --range HEAD..HEAD").exits(0);
}

#[test]
fn a_range_that_names_nothing_is_an_error_and_never_clean() {
    let sandbox = Sandbox::new();
    sandbox.repository("r");
    for arguments in ["--range nowhere..HEAD", "--since v9", "--range ^HEAD", "--range 0123456789abcdef"] {
        let run = sandbox.run(&format!("scan --offline r {arguments}")).exits(2);
        run.complains("names no commits in r");
    }
    sandbox.write("plain/a", "a");
    sandbox.run("scan --offline plain --range HEAD~1..").exits(2).complains("not a git repository");
    sandbox.run("scan --offline plain --no-worktree").exits(2).complains("not a git repository");
}

#[test]
fn staged_reads_the_index_and_not_the_file() {
    let sandbox = Sandbox::new();
    let (staged, later) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    sandbox.repository("r");
    sandbox.commit("r", "deep/er/keep", "keep\n", "Keep");
    sandbox.run("scan --offline --staged r").exits(0);
    sandbox.write("r/deep/er/.env", format!("# one\n{}", env(&staged)));
    sandbox.git("r", "add .");
    sandbox.write("r/deep/er/.env", env(&later));
    let run = sandbox.run("scan --offline --staged -f jsonl r").exits(1);
    let place = place(&run);
    assert_eq!((&place["path"], &place["line"]), (&"deep/er/.env".into(), &2.into()));
    assert_eq!((&place["exposure"], &place["git"]["commit"]), (&"staged".into(), &Value::Null));
    assert_eq!(run.records_of("finding")[0]["kind"], "user_api_token");
}

#[test]
fn damaged_packs_are_read_as_far_as_they_go() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    sandbox.commit("r", ".env", env(&token), "Add");
    for at in 0..40 {
        let noise: String = (0..200).map(|line| format!("{} {}\n", at * line, line * 7919 % 1009)).collect();
        sandbox.commit("r", &format!("noise-{at}"), noise, "Noise");
    }
    sandbox.git(".", "clone -q --mirror r good.git");
    sandbox.git("good.git", "repack -adFq --window=0");
    let pack = object_files(&sandbox.path("good.git"), "pack").remove(0);
    let whole = fs::read(&pack).unwrap();
    // A write into what git made read-only.
    let spoil = |bytes: &[u8]| {
        fs::remove_file(&pack).unwrap();
        sandbox.write_at(&pack, bytes);
    };
    let mut scanned = 0;
    for at in (20..whole.len() - 30).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        spoil(&bytes);
        let run = sandbox.run("scan --offline --no-cache -f jsonl good.git");
        assert!(matches!(run.code, Some(1 | 4)), "byte {at}\n{run}");
        let damaged = run.records_of("skip");
        assert!(damaged.iter().any(|skip| skip["reason"] == "damaged"), "byte {at}\n{run}");
        scanned += usize::from(run.code == Some(1));
    }
    assert!(scanned > 8, "the token survives most damage");
    spoil(&whole[..whole.len() / 2]);
    let run = sandbox.run("scan --offline --no-cache -f jsonl good.git");
    assert!(matches!(run.code, Some(1 | 4)), "{run}");
    let index = pack.with_extension("idx");
    fs::remove_file(&index).unwrap();
    sandbox.write_at(&index, b"not an index");
    spoil(&whole);
    let run = sandbox.run("scan --offline --no-cache -f jsonl good.git").exits(1);
    place(&run);
    assert_eq!(run.records_of("skip").len(), 1, "{run}");
}

#[test]
fn a_second_scan_reads_only_what_is_new_and_finds_the_same() {
    let sandbox = Sandbox::new();
    let (old, new) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    sandbox.repository("r");
    sandbox.commit("r", ".env", env(&old), "Old leak");
    for version in 0..20 {
        sandbox.commit("r", "a", format!("{}\n{version}\n", "text\n".repeat(900)), "Change");
    }
    sandbox.git("r", "repack -adq");
    let scan = |arguments: &str| {
        let run = sandbox.run(&format!("scan --offline --no-worktree -f jsonl r {arguments}")).exits(1);
        let found: Vec<Value> =
            run.records_of("finding").iter().map(|finding| finding["places"].clone()).collect();
        (found, run.summary()["objects"].as_u64().unwrap())
    };
    let (first, all) = scan("");
    let (second, few) = scan("");
    assert_eq!(first, second);
    assert!(few < 3 && all > 40, "{few} of {all}");
    assert_eq!(scan("--no-cache"), (first.clone(), all));
    assert_eq!(scan("--max-depth-decode 2").1, all, "under other rules nothing is known");
    scan("");
    // Under a new name, the same content may mean more.
    sandbox.git("r", "mv a a.env");
    sandbox.commit("r", "new.env", env(&new), "New leak");
    let (third, some) = scan("");
    assert_eq!(third.len(), 2);
    assert!(some < 12, "{some}");
    let store = fs::read_dir(sandbox.home().join(".cache/cfleak/clean")).unwrap().next().unwrap().unwrap();
    fs::write(store.path(), b"in the way").unwrap();
    let run = sandbox.run("scan --offline --no-worktree r").exits(1);
    run.complains("looked at again");
}
