use super::super::company::{Cast, days_before};
use super::{CannotWrite, Cause};
use gix::actor::Signature;
use gix::objs::tree::EntryKind;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;

/// One state of the repository and the words of its commit.
struct Commit {
    at: Timestamp,
    message: &'static str,
    files: Vec<(&'static str, String)>,
}

/// A shop whose deploy token was committed and taken out again: the history still has it.
pub(super) fn make(directory: &Path, cast: &Cast, now: Timestamp) -> Result<(), CannotWrite> {
    let commits = history(cast, now);
    let git = |error: Box<dyn std::error::Error>| Cause::Git(error.to_string());
    let failed = |cause| CannotWrite { path: directory.to_owned(), cause };
    let last = commits.last().map(|commit| commit.files.clone()).unwrap_or_default();
    commit_all(directory, cast, &commits).map_err(|error| failed(git(error)))?;
    for (path, text) in last {
        super::write(&directory.join(path), &text)?;
    }
    Ok(())
}

fn history(cast: &Cast, now: Timestamp) -> Vec<Commit> {
    let wrangler =
        format!("name = \"shop\"\nmain = \"src/index.js\"\naccount_id = \"{}\"\n", cast.production);
    let shop = [
        ("README.md", "# Shop\n\nFresh bread. `npx wrangler deploy` puts it out.\n".to_owned()),
        ("wrangler.toml", wrangler),
        (
            "src/index.js",
            "export default { async fetch() { return new Response('fresh bread') } }\n".to_owned(),
        ),
    ];
    let env = format!("CLOUDFLARE_API_TOKEN={}\n", cast.leaked.value.expose());
    let with_env = shop.iter().cloned().chain([("deploy/.env", env)]);
    let ignoring = shop.iter().cloned().chain([(".gitignore", "deploy/.env\n".to_owned())]);
    let an_hour_later = cast.leaked_at.checked_add(SignedDuration::from_hours(1)).unwrap_or(cast.leaked_at);
    vec![
        Commit { at: days_before(now, 390), message: "Open the shop", files: shop.to_vec() },
        Commit { at: cast.leaked_at, message: "Deploy by hand while CI is down", files: with_env.collect() },
        Commit { at: an_hour_later, message: "Do not commit the environment", files: ignoring.collect() },
    ]
}

fn commit_all(directory: &Path, cast: &Cast, commits: &[Commit]) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(directory)?;
    // Nobody's own configuration of git has a say in what the samples look like.
    let options = gix::open::Options::isolated();
    let kind = gix::create::Kind::WithWorktree;
    let repository =
        gix::ThreadSafeRepository::init_opts(directory, kind, gix::create::Options::default(), options)?;
    let repository = repository.to_thread_local();
    fs::write(repository.git_dir().join("HEAD"), "ref: refs/heads/main\n")?;
    let mut parent = None;
    for commit in commits {
        let mut editor = repository.empty_tree().edit()?;
        for (path, text) in &commit.files {
            let blob = repository.write_blob(text)?;
            editor.upsert(*path, EntryKind::Blob, blob)?;
        }
        let tree = editor.write()?.detach();
        let who = Signature {
            name: "Maria".into(),
            email: cast.owner_email.as_str().into(),
            time: gix::date::Time::new(commit.at.as_second(), 0),
        };
        let mut buffer = gix::date::parse::TimeBuf::default();
        let who = who.to_ref(&mut buffer);
        let id = repository.commit_as(who, who, "refs/heads/main", commit.message, tree, parent)?;
        parent = Some(id.detach());
        repository.index_from_tree(&tree)?.write(gix::index::write::Options::default())?;
    }
    Ok(())
}
