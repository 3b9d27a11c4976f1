//! `.cfleak.toml` as written.

use crate::model::Confidence;
use serde::Deserialize;
use std::path::PathBuf;

/// Keys are spelled like the flags they stand for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigSyntax {
    pub min_confidence: Option<Confidence>,
    pub verify: Option<Scope>,
    pub offline: Option<bool>,
    #[serde(default)]
    pub exclude: Vec<String>,
    pub respect_gitignore: Option<bool>,
    pub max_bytes: Option<u64>,
    pub max_depth_archive: Option<usize>,
    pub max_depth_decode: Option<usize>,
    /// Directories of own patterns, relative to the file.
    #[serde(default)]
    pub patterns: Vec<PathBuf>,
    #[serde(default)]
    pub labels: Vec<LabelSyntax>,
    #[serde(default)]
    pub allow: Vec<AllowSyntax>,
    /// Hosts that may receive credentials beside Cloudflare's own.
    #[serde(default)]
    pub api_hosts: Vec<String>,
}

/// Which findings are checked live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    All,
    High,
    None,
}

/// A name under which this team keeps a credential.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSyntax {
    pub name: String,
    pub kind: String,
}

/// Findings that are known to be fine: everything given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowSyntax {
    pub fingerprint: Option<String>,
    pub path: Option<String>,
    pub kind: Option<String>,
    pub rule: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    pub reason: String,
}
