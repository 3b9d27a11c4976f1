//! The shipped pattern files, inside the binary.

use crate::rules::syntax::CarrierSyntax;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::OnceLock;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../patterns/", $name)))),*]
    };
}

/// File name and text of every shipped rule, in the order in which they are listed and tried.
pub fn builtin() -> [(&'static str, &'static str); 17] {
    files![
        "user-api-token.toml",
        "account-api-token.toml",
        "legacy-api-token.toml",
        "global-api-key.toml",
        "origin-ca-key.toml",
        "oauth-access-token.toml",
        "oauth-refresh-token.toml",
        "r2-s3-credentials.toml",
        "tunnel-token.toml",
        "tunnel-credentials.toml",
        "access-service-token.toml",
        "turnstile-secret.toml",
        "calls-secret.toml",
        "stream-signing-key.toml",
        "images-signing-key.toml",
        "deploy-hook.toml",
        "mcp-token.toml",
    ]
}

#[derive(Deserialize)]
struct CarrierFile {
    carrier: Vec<CarrierSyntax>,
}

/// The ways people write secrets down.
pub fn carriers() -> Vec<CarrierSyntax> {
    let file: CarrierFile =
        toml::from_str(include_str!("../../patterns/carriers.toml")).expect("shipped carriers are tested");
    file.carrier
}

/// SHA-256, in hex, of well-known sample values: they are public, and their text would look like a leak.
pub fn documentation_samples() -> &'static HashSet<&'static str> {
    static SAMPLES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        include_str!("../../patterns/samples.txt")
            .lines()
            .filter_map(|line| line.split('#').next())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    })
}

/// Words that mean the same in every rule (`patterns/words.toml`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Words {
    pub pass_through: HashSet<String>,
    pub identifiers: HashSet<String>,
    pub credentials: HashSet<String>,
    pub neutral: HashSet<String>,
    pub vendors: HashSet<String>,
    pub foreign_prefixes: Vec<String>,
    pub placeholders: Vec<String>,
    pub hosts: Vec<String>,
    pub providers: Vec<String>,
}

impl Words {
    pub fn shipped() -> &'static Words {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| {
            toml::from_str(include_str!("../../patterns/words.toml")).expect("shipped words are tested")
        })
    }
}
