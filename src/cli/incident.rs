//! What `revoke` and `respond` share: which credential, who acts, how far.

use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// The credential. Its value never stands on the command line.
#[derive(Args, Debug)]
#[group(id = "credential", required = true, multiple = true, args = ["value_stdin", "from", "token_id"])]
pub struct Leak {
    /// Read the value from stdin, as `cfleak verify` does: `VALUE [email=…] [account=…]`
    #[arg(long, conflicts_with = "from")]
    pub value_stdin: bool,

    /// Take it from a report (JSON or JSON Lines), reading the value again at its place
    #[arg(long, value_name = "FINDINGS")]
    pub from: Option<PathBuf>,

    /// Its id, beside the value or alone: a token's id, a service token's client id, a widget's site key, a tunnel's id
    #[arg(long, value_name = "ID")]
    pub token_id: Option<String>,

    /// Which finding of the report
    #[arg(long, value_name = "FINGERPRINT", requires = "from", conflicts_with = "value_stdin")]
    pub fingerprint: Option<String>,

    /// An account to look into; any number of times [default: every one that can be found]
    #[arg(long = "account", value_name = "ID")]
    pub accounts: Vec<String>,
}

/// Who acts, and how far.
#[derive(Args, Debug)]
pub struct Acting {
    /// A credential of yours that may read and change tokens, never the leaked one; any number of times
    /// [default: env:CFLEAK_RESPONDER_TOKEN]
    #[arg(long = "responder", value_name = "env:NAME|file:PATH")]
    pub responders: Vec<Responder>,

    /// How it ends: `freeze` can be taken back
    #[arg(long, value_enum, default_value_t = Action::Freeze)]
    pub action: Action,

    /// Do it. Without this, nothing is changed anywhere
    #[arg(long)]
    pub apply: bool,

    /// The token id or fingerprint of what may be changed; any number of times. On a terminal you are asked
    #[arg(long, value_name = "ID", requires = "apply")]
    pub confirm: Vec<String>,

    /// Where the new value of `roll` goes: a new file that only you can read
    #[arg(long, value_name = "PATH")]
    pub new_value: Option<PathBuf>,

    /// Where the case is kept; the same directory again continues it [default: cfleak-case-…]
    #[arg(long = "case", value_name = "DIR")]
    pub case_directory: Option<PathBuf>,

    /// How long to wait for a refusal after the change
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub prove_for: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Disable it; reversible
    Freeze,
    /// Give it a new value
    Roll,
    /// Delete it for good
    Delete,
    /// Only look
    None,
}

/// Where a responder's credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Responder {
    Environment(String),
    File(PathBuf),
}

impl FromStr for Responder {
    type Err = String;

    /// Does not repeat what it does not understand: it may be a credential.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Responder::Environment(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Responder::File(path.into())),
            Some(_) | None => {
                Err("expected env:NAME or file:PATH; a credential never stands on the command line"
                    .to_owned())
            }
        }
    }
}
