//! Arguments as typed: what people may write on the command line, and no more.
//!
//! One file a subcommand. Leaves out what the words mean on this machine (defaults from configuration, the
//! environment, terminals): that is `commands::settings`. A command appears here when it works, so that
//! `--help` never promises anything.

mod completions;
mod drill;
mod global;
mod hook;
mod hunt;
mod incident;
mod man;
mod reading;
mod report;
mod respond;
mod revoke;
mod rules;
mod scan;
mod size;
mod verify;

pub use completions::Completions;
pub use drill::Drill;
pub use global::{Format, Global, Output, VerifyScope, When};
pub use hook::{Hook, HookCommand, HookName, Place};
pub use hunt::Hunt;
pub use incident::{Acting, Action, Leak, Responder};
pub use man::Man;
pub use reading::Reading;
pub use report::Report;
pub use respond::Respond;
pub use revoke::Revoke;
pub use rules::{Rules, RulesCommand};
pub use scan::Scan;
pub use verify::Verify;

use clap::{Parser, Subcommand};

/// Find leaked Cloudflare credentials.
#[derive(Debug, Parser)]
#[command(
    name = "cfleak",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = EXIT_CODES,
    max_term_width = 100
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Scan(Box<Scan>),
    Hunt(Box<Hunt>),
    Report(Report),
    Rules(Rules),
    Verify(Verify),
    Revoke(Box<Revoke>),
    Respond(Box<Respond>),
    Hook(Hook),
    Drill(Drill),
    Completions(Completions),
    Man(Man),
}

const EXIT_CODES: &str = "\
Exit codes:
  0    clean, and everything asked for was read
  1    findings, none known to be live
  2    usage, configuration or fatal error
  3    at least one credential is live
  4    nothing found, but not everything was read
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_of_the_contract_parse_before_and_after_the_command() {
        for line in [
            "scan -f jsonl -o sarif=out.sarif -o human=- --min-confidence low . -",
            "-f json scan",
            "scan --offline --verify none --show-secrets -j 2 --config x.toml",
            "scan --no-config -q --color never --progress always --exit-zero",
            "scan --max-depth-archive 3 --max-depth-decode 4 --max-bytes 4GB --exclude *.min.js --exclude a/**",
            "scan --respect-gitignore --baseline b --write-baseline c --no-allow -v --debug",
            "hunt --value-stdin a b --exclude *.min.js --no-history -f jsonl",
            "hunt --fingerprint cf1:0123456789abcdef0123456789abcdef - --max-bytes 1G --max-depth-decode 6",
            "hunt --prefix cfut_abcd --transcripts --no-config",
            "report findings.jsonl --format html",
            "rules list",
            "rules show user-api-token -f json",
            "rules check own.toml patterns",
            "verify --from findings.jsonl --api-base http://127.0.0.1:8787/client/v4 --allow-api-host a --allow-api-host b",
            "drill",
            "drill --directory d --seed 2",
            "drill --serve 127.0.0.1:0 --secrets-file s --responder-file r --samples d --seed 2 --propagation 3",
            "revoke --value-stdin",
            "revoke --value-stdin --action roll --new-value v --apply --confirm a --confirm b --case c",
            "respond --token-id a --account b --account c --responder env:A --responder file:b",
            "respond --from f.jsonl --fingerprint cf1:0 --since 2026-11-20 --hunt . --hunt logs --probe",
            "completions bash",
            "man",
        ] {
            let words = std::iter::once("cfleak").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_words_are_usage_errors() {
        for line in [
            "",
            "scna",
            "scan --exlude x",
            "scan -f yaml",
            "scan -o nothing",
            "scan -o yaml=x",
            "scan -o json=",
            "scan --max-bytes 4XB",
            "drill --samples d",
            "drill --serve nowhere",
            "scan -q -v",
            "hunt",
            "hunt .",
            "hunt --value-stdin --prefix cfut_abcd",
            "hunt --prefix cfut_abcd --fingerprint cf1:0",
            "hunt --value-stdin --baseline x",
            "hunt --value-stdin --no-history --no-worktree",
            "respond",
            "respond --value-stdin --from f.jsonl",
            "revoke --value-stdin --fingerprint cf1:0",
            "revoke --value-stdin --responder secret",
            "revoke --value-stdin --confirm a",
            "revoke --value-stdin --action explode",
            "scan --config a --no-config",
        ] {
            let words = std::iter::once("cfleak").chain(line.split(' ').filter(|word| !word.is_empty()));
            let error = Cli::try_parse_from(words).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
