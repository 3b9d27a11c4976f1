//! The shell scripts that git runs.
//!
//! Plain `sh`, since git brings one wherever it runs hooks. What stood in a hook's place before is kept beside it and
//! chained, and a script that cannot find cfleak lets nothing through.

use std::path::Path;

/// In the second line of every script of ours.
const MARK: &str = "# cfleak-hook 1";

/// What is added to the name of a hook that was there before.
pub const KEPT: &str = ".before-cfleak";

/// A hook that cfleak looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The name of the file.
    pub file: &'static str,
    /// What cfleak is asked to be.
    pub command: &'static str,
    /// Git says something on stdin, which both hooks must hear.
    hears: bool,
    /// The other hook goes first, because it may change what is looked at (a formatter, a message template). Before a
    /// push it goes last, because it may send things (git-lfs).
    last: bool,
}

pub const PRE_COMMIT: Guard = Guard { file: "pre-commit", command: "pre-commit", hears: false, last: true };
pub const PRE_MERGE_COMMIT: Guard =
    Guard { file: "pre-merge-commit", command: "pre-commit", hears: false, last: true };
pub const COMMIT_MSG: Guard = Guard { file: "commit-msg", command: "commit-msg", hears: false, last: true };
pub const PRE_PUSH: Guard = Guard { file: "pre-push", command: "pre-push", hears: true, last: false };
pub const PRE_RECEIVE: Guard =
    Guard { file: "pre-receive", command: "pre-receive", hears: true, last: false };

/// The other hooks of a clone. A global `core.hooksPath` hides those of each repository, so they are handed on.
pub const HANDED_ON: [&str; 10] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "prepare-commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "post-rewrite",
    "sendemail-validate",
];

/// Where a script finds the hook that it shadows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shadowed {
    /// Beside it, under another name.
    Kept,
    /// Beside it, or in the repository's own hook directory.
    KeptOrOwn,
}

pub fn is_ours(script: &[u8]) -> bool {
    script.split(|byte| *byte == b'\n').nth(1).is_some_and(|line| line.starts_with(MARK.as_bytes()))
}

pub fn guard(guard: &Guard, shadowed: Shadowed, cfleak: &Path) -> String {
    let hear = "heard=$(cat; echo x)\nheard=${heard%x}\n";
    let feed = if guard.hears { "printf %s \"$heard\" | " } else { "" };
    let ours = format!("{feed}\"$cfleak\" hook {} \"$@\" || exit\n", guard.command);
    let theirs = format!("if [ -x \"$other\" ]; then\n\t{feed}\"$other\" \"$@\" || exit\nfi\n");
    let (first, second) = if guard.last { (theirs, ours) } else { (ours, theirs) };
    format!(
        "{}cfleak={}\n\
         [ -x \"$cfleak\" ] || cfleak=$(command -v cfleak) || {{\n\
         \techo \"cfleak is not installed any more, and a hook that cannot look lets nothing through.\" >&2\n\
         \techo \"  try: delete $0\" >&2\n\
         \texit 2\n\
         }}\n{}{}{first}{second}",
        head(guard.file),
        quoted(cfleak),
        other(guard.file, shadowed),
        if guard.hears { hear } else { "" },
    )
}

/// Hands a hook on to the repository's own.
pub fn handing_on(file: &str) -> String {
    let run = "if [ -x \"$other\" ]; then\n\texec \"$other\" \"$@\"\nfi\n";
    format!("{}{}{run}", head(file), other(file, Shadowed::KeptOrOwn))
}

fn head(file: &str) -> String {
    format!("#!/bin/sh\n{MARK}: {file}. `cfleak hook uninstall` takes it away.\n")
}

fn other(file: &str, shadowed: Shadowed) -> String {
    let kept = format!("other=${{0%/*}}/{file}{KEPT}\n");
    match shadowed {
        Shadowed::Kept => kept,
        // A repository may have scripts of ours too; one look is enough.
        Shadowed::KeptOrOwn => format!(
            "{kept}\
             if [ ! -x \"$other\" ]; then\n\
             \tother=$(git rev-parse --git-common-dir)/hooks/{file}\n\
             \tif [ -x \"$other\" ] && sed -n 2p \"$other\" | grep -q '^{MARK}'; then\n\
             \t\tother=$other{KEPT}\n\
             \tfi\n\
             fi\n"
        ),
    }
}

/// For the shell, as one word.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_known_by_their_second_line() {
        let script = guard(&PRE_PUSH, Shadowed::Kept, Path::new("/opt/it's/cfleak"));
        assert!(is_ours(script.as_bytes()) && is_ours(handing_on("post-merge").as_bytes()));
        assert!(script.contains("cfleak='/opt/it'\\''s/cfleak'"), "{script}");
        assert!(!is_ours(b"#!/bin/sh\necho cfleak-hook 1\n") && !is_ours(b""));
    }

    #[test]
    fn a_formatter_goes_first_and_an_uploader_last() {
        let order = |guard_: &Guard| {
            let script = guard(guard_, Shadowed::Kept, Path::new("/cfleak"));
            script.find("\"$cfleak\" hook") < script.find("\"$other\" \"$@\"")
        };
        assert!(order(&PRE_PUSH) && order(&PRE_RECEIVE));
        assert!(!order(&PRE_COMMIT) && !order(&COMMIT_MSG) && !order(&PRE_MERGE_COMMIT));
    }
}
