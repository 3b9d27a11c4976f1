//! The git hooks, in real commits and real pushes to local remotes.

use crate::harness::Sandbox;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn env(token: &str) -> String {
    format!("CLOUDFLARE_API_TOKEN={token}\n")
}

/// A remote `origin.git` and a clone `r` that has pushed its first commit and has the hooks.
fn clone_with_hooks() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q --bare origin.git");
    sandbox.repository("r");
    sandbox.git("r", "remote add origin ../origin.git");
    sandbox.git("r", "push -q -u origin main");
    sandbox.cfleak("r", "hook install --hook pre-push").exits(0).says("pre-push");
    sandbox
}

/// What git said of an attempt, and whether it worked.
#[track_caller]
fn attempt(sandbox: &Sandbox, words: &str) -> (bool, String) {
    attempt_with(sandbox, words, &[])
}

#[track_caller]
fn attempt_with(sandbox: &Sandbox, words: &str, environment: &[(&str, &str)]) -> (bool, String) {
    let words: Vec<&str> = words.split_whitespace().collect();
    let (code, stdout, stderr) = sandbox.try_git("r", &words, environment);
    (code == Some(0), format!("git {words:?}\n{stdout}{stderr}"))
}

#[track_caller]
fn refused(sandbox: &Sandbox, words: &str) -> String {
    let (went, said) = attempt(sandbox, words);
    assert!(!went, "it should have been refused\n{said}");
    assert!(said.contains("API token") || said.contains("API key"), "{said}");
    said
}

#[track_caller]
fn passes(sandbox: &Sandbox, words: &str) -> String {
    let (went, said) = attempt(sandbox, words);
    assert!(went, "it should have passed\n{said}");
    said
}

#[test]
fn a_push_of_a_leak_is_refused_with_commit_line_and_remedy() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    let commit = sandbox.commit("r", "deploy/.env", format!("# x\n{}", env(&token)), "Deploy by hand");
    sandbox.commit("r", "other", "other\n", "Later");
    let said = refused(&sandbox, "push origin main");
    let short = &commit[..10];
    for part in
        ["deploy/.env:2:22", short, "Deploy by hand", "git rebase -i", "CFLEAK_SKIP=", ".cfleakignore: cf1:"]
    {
        assert!(said.contains(part), "{part:?} is missing\n{said}");
    }
    assert!(!said.contains(&token));
    sandbox.git("r", "reset -q --hard HEAD~2");
    sandbox.commit("r", "clean", "clean\n", "Clean");
    passes(&sandbox, "push origin main");
}

#[test]
fn every_shape_of_push_is_seen_through() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    passes(&sandbox, "push origin main");
    // A new branch, by its name, by HEAD, by a revision and by an id.
    sandbox.git("r", "checkout -q -b leak");
    let commit = sandbox.commit("r", ".env", env(&token), "Leak");
    for what in
        ["leak", "HEAD:refs/heads/x", "leak~0:refs/heads/x", &format!("{commit}:refs/heads/x"), "--all"]
    {
        refused(&sandbox, &format!("push origin {what}"));
    }
    sandbox.git("r", "checkout -q main");
    assert!(refused(&sandbox, "push origin leak").contains("on the branch that has it, git rebase"));
    // By URL and to a remote that has no tracking refs.
    refused(&sandbox, "push ../origin.git leak");
    // Several refs, the leak in the second; with a delete among them.
    sandbox.git("r", "checkout -q -b aaa");
    sandbox.commit("r", "clean", "clean\n", "Clean");
    passes(&sandbox, "push origin aaa");
    sandbox.commit("r", "clean", "cleaner\n", "Clean");
    refused(&sandbox, "push origin aaa leak");
    refused(&sandbox, "push origin :aaa leak main");
    // Deleting sends nothing.
    passes(&sandbox, "push origin :aaa");
    // A tag that leads to it, light and annotated.
    sandbox.git("r", "tag light leak");
    sandbox.git_words("r", &["tag", "-a", "heavy", "-m", "heavy", "leak"]);
    refused(&sandbox, "push origin light");
    refused(&sandbox, "push origin heavy");
    refused(&sandbox, "push --tags origin");
    refused(&sandbox, "push --mirror origin");
    // A tag of a blob.
    let blob = sandbox.git("r", "rev-parse leak:.env");
    sandbox.git("r", &format!("tag content {blob}"));
    refused(&sandbox, "push origin content");
    passes(&sandbox, "push origin main");
}

#[test]
fn what_was_taken_out_again_or_came_with_a_merge_is_still_sent() {
    let sandbox = clone_with_hooks();
    let (removed, merged) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    let first = sandbox.commit("r", ".env", env(&removed), "Add");
    sandbox.git("r", "rm -q .env");
    sandbox.git("r", "commit -q -m Remove");
    let said = refused(&sandbox, "push origin main");
    assert!(said.contains(&first[..10]), "{said}");
    sandbox.git("r", "reset -q --hard HEAD~2");
    sandbox.git("r", "checkout -q -b side");
    sandbox.commit("r", "a", "side\n", "Side");
    sandbox.git("r", "checkout -q main");
    sandbox.commit("r", "b", "main\n", "Main");
    sandbox.git("r", "merge -q --no-commit --no-ff side");
    sandbox.write("r/b", format!("main\n{}", env(&merged)));
    sandbox.git("r", "add b");
    sandbox.git("r", "commit -q -m Merge");
    let said = refused(&sandbox, "push origin main");
    assert!(said.contains("--amend"), "the merge is the last commit\n{said}");
}

#[test]
fn messages_paths_and_ref_names_are_sent_too() {
    let sandbox = clone_with_hooks();
    let tokens: Vec<String> = (0..4).map(|_| sandbox.token("cfut_")).collect();
    sandbox.commit("r", "a", "a\n", &format!("Use {}", tokens[0]));
    assert!(refused(&sandbox, "push origin main").contains("message"));
    sandbox.git("r", "reset -q --hard HEAD~1");
    sandbox.commit("r", &format!("{}.txt", tokens[1]), "a\n", "Add");
    refused(&sandbox, "push origin main");
    sandbox.git("r", "reset -q --hard HEAD~1");
    sandbox.git_words("r", &["tag", "-a", "v1", "-m", &format!("key {}", tokens[2])]);
    let said = refused(&sandbox, "push origin v1");
    assert!(said.contains("git tag -a -f v1") && !said.contains("-:"), "{said}");
    let said = refused(&sandbox, &format!("push origin main:refs/heads/{}", tokens[3]));
    assert!(said.contains("the name is sent") && !said.contains("unreachable"), "{said}");
    assert!(!said.contains("Nothing was scanned"), "{said}");
    passes(&sandbox, "push origin main");
}

#[test]
fn what_the_remote_has_already_is_no_news() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.git(".", "init -q --bare origin.git");
    sandbox.repository("r");
    sandbox.commit("r", ".env", env(&token), "Old leak");
    sandbox.git("r", "remote add origin ../origin.git");
    sandbox.git("r", "push -q -u origin main");
    sandbox.cfleak("r", "hook install --hook pre-push").exits(0);
    // A new branch on old ground, a moved file, and its removal.
    sandbox.git("r", "checkout -q -b new");
    sandbox.commit("r", "a", "a\n", "More");
    sandbox.git("r", "mv .env moved.env");
    sandbox.git("r", "commit -q -m Move");
    passes(&sandbox, "push origin new");
    sandbox.git("r", "checkout -q main");
    sandbox.git("r", "rm -q .env");
    sandbox.git("r", "commit -q -m Remove");
    passes(&sandbox, "push origin main");
    // A remote that is pushed to elsewhere than it is fetched from has it not.
    sandbox.git(".", "init -q --bare fork.git");
    sandbox.git("r", "remote set-url --push origin ../fork.git");
    refused(&sandbox, "push origin new:other");
}

#[test]
fn a_forced_push_and_an_unknown_remote_object_are_looked_at() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    sandbox.git(".", "clone -q origin.git other");
    sandbox.commit("other", "theirs", "theirs\n", "Theirs");
    sandbox.git("other", "push -q origin main");
    // The remote has a commit that is not here.
    sandbox.commit("r", "mine", "mine\n", "Mine");
    let said = passes(&sandbox, "push --force origin main");
    assert!(said.contains("not all known here"), "{said}");
    sandbox.commit("r", ".env", env(&token), "Leak");
    sandbox.git("r", "commit -q --amend -m Changed");
    sandbox.git("r", "reset -q --soft HEAD~2");
    sandbox.git("r", "commit -q -m Squashed");
    refused(&sandbox, "push --force origin main");
}

#[test]
fn a_reason_lets_a_push_through_and_is_noted() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    sandbox.commit("r", ".env", env(&token), "Leak");
    let (went, said) = attempt_with(&sandbox, "push origin main", &[("CFLEAK_SKIP", "  ")]);
    assert!(!went && said.contains("gives no reason"), "{said}");
    let (went, said) = attempt_with(&sandbox, "push origin main", &[("CFLEAK_SKIP", "revoked on Monday")]);
    assert!(went && said.contains("skips.log"), "{said}");
    let log = sandbox.read("r/.git/cfleak/skips.log");
    assert!(log.contains("\tpre-push\trevoked on Monday\n"), "{log}");
    sandbox.cfleak("r", "hook status --hook pre-push").exits(0).says("skipped 1 times");
}

#[test]
fn an_allowed_value_passes() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    sandbox.commit("r", ".env", env(&token), "Leak");
    let said = refused(&sandbox, "push origin main");
    let at = said.find("cf1:").expect("a fingerprint");
    sandbox.write("r/.cfleakignore", format!("{} # rotated\n", &said[at..at + 36]));
    passes(&sandbox, "push origin main");
}

#[test]
fn what_cannot_be_read_is_not_let_through() {
    let sandbox = clone_with_hooks();
    sandbox.commit("r", "a", "some text of which nothing will be left\n", "Add");
    let blob = sandbox.git("r", "rev-parse HEAD:a");
    let path = sandbox.path(&format!("r/.git/objects/{}/{}", &blob[..2], &blob[2..]));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, b"damaged").unwrap();
    let (went, said) = attempt(&sandbox, "push origin main");
    assert!(!went && said.contains("nothing is let through"), "{said}");
    // Nobody told what is pushed.
    sandbox.cfleak("r", "hook pre-push").exits(2).complains("nobody told what is pushed");
    let run = sandbox.run_in("r", "hook pre-push origin url", b"nonsense\n", &[]).exits(2);
    run.complains("CFLEAK_SKIP");
    sandbox.run_in("r", "hook pre-push origin url", b"", &[]).exits(0);
}

#[test]
fn the_framework_tells_in_the_environment() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    let from = sandbox.git("r", "rev-parse HEAD");
    let to = sandbox.commit("r", ".env", env(&token), "Leak");
    let run = |to: &str| {
        sandbox.run_in(
            "r",
            "hook pre-push",
            b"",
            &[("PRE_COMMIT_FROM_REF", &from), ("PRE_COMMIT_TO_REF", to)],
        )
    };
    run(&to).exits(1);
    run(&from).exits(0);
    // A whole history, root and all: then there is only a name.
    let named = |name: &str| {
        let environment = [("PRE_COMMIT_LOCAL_BRANCH", name), ("PRE_COMMIT_REMOTE_NAME", "origin")];
        sandbox.run_in("r", "hook pre-push", b"", &environment)
    };
    named("refs/heads/main").exits(1);
    named("refs/heads/other").exits(2).complains("nobody told what is pushed");
}

#[test]
fn a_commit_of_a_leak_is_refused_and_the_file_is_not_asked() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    sandbox.cfleak("r", "hook install").exits(0);
    sandbox.write("r/.env", env(&token));
    passes(&sandbox, "commit -q --allow-empty -m Nothing");
    sandbox.git("r", "add .env");
    sandbox.write("r/.env", "clean\n");
    let said = refused(&sandbox, "commit -q -m Leak");
    assert!(said.contains(".env:1:22") && said.contains("staged"), "{said}");
    passes(&sandbox, "commit -q -a -m Clean");
    sandbox.write("r/.env", env(&token));
    refused(&sandbox, "commit -q -a -m Leak");
    refused(&sandbox, "commit -q -m Leak .env");
    sandbox.write("r/other", "other\n");
    sandbox.git("r", "add other");
    passes(&sandbox, "commit -q -m Other other");
    // The first commit of all has nothing before it.
    sandbox.git(".", "init -q first");
    sandbox.write("first/.env", env(&token));
    sandbox.git("first", "add .");
    sandbox.cfleak("first", "hook pre-commit").exits(1);
}

#[test]
fn a_merge_is_not_blamed_for_what_either_side_had() {
    let sandbox = Sandbox::new();
    let (old, new) = (sandbox.token("cfut_"), sandbox.token("cfat_"));
    sandbox.repository("r");
    sandbox.git("r", "checkout -q -b side");
    sandbox.commit("r", "old.env", env(&old), "Old leak");
    sandbox.git("r", "checkout -q main");
    sandbox.commit("r", "b", "main\n", "Main");
    sandbox.cfleak("r", "hook install").exits(0);
    passes(&sandbox, "merge -q --no-ff -m Merge side");
    sandbox.git("r", "reset -q --hard HEAD~1");
    sandbox.git("r", "merge -q --no-commit --no-ff side");
    sandbox.write("r/new.env", env(&new));
    sandbox.git("r", "add new.env");
    let said = refused(&sandbox, "commit -q -m Merge");
    assert!(said.contains("new.env") && !said.contains("old.env"), "{said}");
}

#[test]
fn a_commit_message_is_looked_at_without_the_diff_below_it() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    sandbox.cfleak("r", "hook install --hook commit-msg").exits(0);
    let message = format!("--message=Use {token} for now");
    let (code, _, said) = sandbox.try_git("r", &["commit", "-q", "--allow-empty", &message], &[]);
    assert!(code != Some(0) && said.contains("git commit -e -F"), "{said}");
    let text = format!("Fine\n# ------------------------ >8 ------------------------\n+{}", env(&token));
    sandbox.write("r/message", text);
    sandbox.cfleak("r", "hook commit-msg message").exits(0);
    passes(&sandbox, "commit -q --allow-empty -m Fine");
}

#[test]
fn a_server_refuses_what_it_is_sent_and_keeps_nothing() {
    let sandbox = Sandbox::new();
    let tokens: Vec<String> = (0..3).map(|_| sandbox.token("cfut_")).collect();
    sandbox.git(".", "init -q --bare origin.git");
    sandbox.repository("r");
    sandbox.git("r", "remote add origin ../origin.git");
    sandbox.git("r", "push -q -u origin main");
    sandbox.cfleak("origin.git", "hook install").exits(0).says("pre-receive");
    sandbox.commit("r", ".env", env(&tokens[0]), "Leak");
    let said = refused(&sandbox, "push origin main");
    assert!(said.contains("remote:") && said.contains(".env:1:22"), "{said}");
    let blob = sandbox.git("r", "rev-parse HEAD:.env");
    let (code, _, _) = sandbox.try_git("origin.git", &["cat-file", "-e", &blob], &[]);
    assert_ne!(code, Some(0), "the quarantine is gone with what was in it");
    sandbox.git("r", "reset -q --hard HEAD~1");
    // Large pushes stay packed, small ones are unpacked.
    sandbox.git("origin.git", "config receive.unpackLimit 1");
    sandbox.commit("r", "deep/.env", env(&tokens[1]), "Leak");
    refused(&sandbox, "push origin HEAD:refs/heads/new");
    sandbox.git("r", "reset -q --hard HEAD~1");
    sandbox.git_words("r", &["tag", "-a", "v1", "-m", &format!("key {}", tokens[2])]);
    refused(&sandbox, "push origin v1");
    sandbox.commit("r", "clean", "clean\n", "Clean");
    passes(&sandbox, "push origin main HEAD:refs/heads/other");
    passes(&sandbox, "push origin :other");
    let (went, said) = attempt(&sandbox, "push origin main");
    assert!(went && said.contains("up-to-date"), "{said}");
}

#[test]
fn hooks_that_were_there_are_kept_chained_and_come_back() {
    let sandbox = clone_with_hooks();
    let token = sandbox.token("cfut_");
    sandbox.git("r", "config alias.x status");
    let hook = sandbox.write("r/.git/hooks/pre-commit", "#!/bin/sh\necho before >> ../order\n");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let stdin = sandbox
        .write("r/.git/hooks/pre-push.before-cfleak", "#!/bin/sh\ncat >> ../heard; echo $1 >> ../heard\n");
    fs::set_permissions(&stdin, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.cfleak("r", "hook install").exits(0).says("kept and chained");
    sandbox.cfleak("r", "hook install").exits(0).says("renewed");
    sandbox.cfleak("r", "hook status").exits(0).says("another hook with it");
    sandbox.commit("r", "a", "a\n", "Add");
    assert_eq!(sandbox.read("order"), "before\n");
    passes(&sandbox, "push origin main");
    let heard = sandbox.read("heard");
    assert!(heard.starts_with("refs/heads/main ") && heard.ends_with("\norigin\n"), "{heard}");
    // A hook that says no still counts, and nothing is uploaded before the look.
    sandbox.write("r/.git/hooks/pre-push.before-cfleak", "#!/bin/sh\necho asked >> ../asked; exit 1\n");
    sandbox.commit("r", "b", "b\n", "Add");
    assert!(!attempt(&sandbox, "push origin main").0);
    sandbox.commit("r", ".env", "later\n", "Add");
    sandbox.write("r/.env", env(&token));
    sandbox.git("r", "add .env");
    sandbox.git("r", "commit -q --no-verify -m Leak");
    fs::remove_file(sandbox.path("asked")).unwrap();
    refused(&sandbox, "push origin main");
    assert!(!sandbox.path("asked").exists());
    sandbox.cfleak("r", "hook uninstall").exits(0).says("is back");
    assert!(sandbox.read("r/.git/hooks/pre-commit").contains("echo before"));
    assert!(!sandbox.path("r/.git/hooks/commit-msg").exists());
    sandbox.cfleak("r", "hook status").exits(4).says("another hook, without cfleak");
}

#[test]
fn worktrees_and_configured_directories_are_respected() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    sandbox.git("r", "worktree add -q ../tree -b other");
    sandbox.cfleak("tree", "hook install").exits(0);
    assert!(sandbox.path("r/.git/hooks/pre-commit").exists());
    sandbox.write("tree/.env", env(&token));
    sandbox.git("tree", "add .env");
    let (code, _, said) = sandbox.try_git("tree", &["commit", "-q", "-m", "Leak"], &[]);
    assert!(code != Some(0) && said.contains(".env"), "{said}");
    sandbox.git("r", "config core.hooksPath .githooks");
    sandbox.cfleak("r", "hook status").exits(4).says("core.hooksPath").says("absent");
    sandbox.cfleak("r", "hook install --hook pre-commit").exits(0).complains("commit the hooks");
    assert!(sandbox.path("r/.githooks/pre-commit").exists());
    sandbox.git("r", "config core.hooksPath .husky/_");
    let run = sandbox.cfleak("r", "hook install").exits(2);
    run.complains("husky").complains("add to .husky/pre-commit: cfleak hook pre-commit");
}

#[test]
fn hooks_for_all_repositories_hand_on_to_their_own() {
    let sandbox = Sandbox::new();
    let token = sandbox.token("cfut_");
    sandbox.repository("r");
    for (name, text) in [("post-commit", "echo post >> ../order"), ("pre-commit", "echo own >> ../order")] {
        let hook = sandbox.write(&format!("r/.git/hooks/{name}"), format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.cfleak("", "hook install --global").exits(0).says("cfleak/hooks");
    sandbox.cfleak("", "hook status --global").exits(0);
    sandbox.cfleak("r", "hook status").exits(0).says("core.hooksPath of this user");
    for command in ["hook install", "hook uninstall"] {
        sandbox.cfleak("r", command).exits(2).complains("all your repositories").complains("use --global");
    }
    sandbox.commit("r", "a", "a\n", "Add");
    assert_eq!(sandbox.read("order"), "own\npost\n");
    sandbox.write("r/.env", env(&token));
    sandbox.git("r", "add .env");
    refused(&sandbox, "commit -q -m Leak");
    sandbox.cfleak("", "hook uninstall --global").exits(0);
    passes(&sandbox, "commit -q -m Leak");
    let (code, _, _) = sandbox.try_git("", &["config", "--global", "core.hooksPath"], &[]);
    assert_ne!(code, Some(0), "the setting is gone");
}

#[test]
fn a_hook_without_its_program_lets_nothing_through() {
    let sandbox = clone_with_hooks();
    let script = sandbox.read("r/.git/hooks/pre-push");
    let line = script.lines().find(|line| line.starts_with("cfleak=")).unwrap();
    sandbox.write("r/.git/hooks/pre-push", script.replace(line, "cfleak=/nowhere/cfleak"));
    sandbox.commit("r", "a", "a\n", "Add");
    let (went, said) = attempt(&sandbox, "push origin main");
    assert!(!went && said.contains("not installed any more"), "{said}");
}
