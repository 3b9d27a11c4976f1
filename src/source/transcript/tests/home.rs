use super::super::{Options, read_home};
use crate::source::testing::{Spy, token, write};
use std::ffi::OsString;
use std::fs;

/// `title surface files not_read` of every line.
fn table(survey: &super::super::Survey) -> Vec<String> {
    let line = |line: &super::super::Coverage| {
        format!("{}: {} {} {}", line.store, line.surface, line.files, line.not_read)
    };
    survey.coverage.iter().map(line).collect()
}

#[test]
fn a_home_is_walked_and_every_store_has_its_line() -> std::io::Result<()> {
    let home = tempfile::tempdir()?;
    let at = |path: &str| home.path().join(path);
    let value = token(1);
    let line = format!(r#"{{"type":"user","message":{{"role":"user","content":"{value}"}}}}"#);
    write(&at(".claude/projects/-h/s.jsonl"), &line);
    write(&at(".claude/paste-cache/0011.txt"), &value);
    write(&at(".claude/image-cache/s/1.png"), b"\x89PNG");
    write(&at(".claude/todos/x.json"), format!("[\"{value}\"]"));
    write(&at(".claude.json"), format!(r#"{{"mcpServers":{{"cf":{{"env":{{"T":"{value}"}}}}}}}}"#));
    write(&at("elsewhere/sessions/rollout-1.jsonl"), &line);
    write(&at("Documents/not-a-store.txt"), &value);
    let variable = |name: &str| (name == "CODEX_HOME").then(|| OsString::from(at("elsewhere")));
    let spy = Spy::looking_for(&[&value]);
    let survey = read_home(home.path(), &variable, 2, &spy, &Options::default());
    assert_eq!(
        table(&survey),
        [
            "Claude Code: cache 1 0",
            "Claude Code: paste 1 0",
            "Claude Code: transcript 1 0",
            "Claude Code (state): settings 1 0",
            "Codex: transcript 1 0",
        ]
    );
    assert_eq!(spy.seen().len(), 5);
    assert!(
        spy.seen().iter().all(|seen| seen.provenance.path.as_ref().is_some_and(|path| path.is_absolute()))
    );
    Ok(())
}

#[test]
fn hidden_repositories_are_for_another_reader() -> std::io::Result<()> {
    let home = tempfile::tempdir()?;
    let at = |path: &str| home.path().join(path);
    write(&at(".gemini/history/shop/.git/HEAD"), "ref: refs/heads/main");
    write(&at(".gemini/history/other/.project_root"), "/h/other");
    write(&at(".local/share/opencode/snapshot/global/5f82/HEAD"), "ref: refs/heads/main");
    write(&at(".local/share/opencode/snapshot/global/5f82/objects/info/x"), "");
    let survey = read_home(home.path(), &|_| None, 1, &Spy::default(), &Options::default());
    let want = [at(".gemini/history/shop"), at(".local/share/opencode/snapshot/global/5f82")];
    assert_eq!(survey.elsewhere, want);
    Ok(())
}

#[cfg(unix)]
#[test]
fn links_are_followed_once() -> std::io::Result<()> {
    let home = tempfile::tempdir()?;
    let value = token(1);
    let store = home.path().join("disk/projects/-h/s.jsonl");
    write(&store, format!("{{\"type\":\"{value}\"}}"));
    fs::create_dir(home.path().join(".claude"))?;
    std::os::unix::fs::symlink(home.path().join("disk/projects"), home.path().join(".claude/projects"))?;
    std::os::unix::fs::symlink(home.path().join("disk"), home.path().join("disk/projects/loop"))?;
    let spy = Spy::looking_for(&[&value]);
    read_home(home.path(), &|_| None, 1, &spy, &Options::default());
    assert_eq!(spy.seen().len(), 1);
    Ok(())
}

#[test]
fn a_home_without_stores_has_an_empty_table() -> std::io::Result<()> {
    let home = tempfile::tempdir()?;
    let survey = read_home(home.path(), &|_| None, 1, &Spy::default(), &Options::default());
    assert!(survey.coverage.is_empty() && survey.elsewhere.is_empty());
    Ok(())
}
