use serde::{Deserialize, Serialize};

/// A pattern file, as written. `docs/patterns.md` explains each field to people who write their own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSyntax {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub severity: Severity,
    /// Where the format is documented.
    pub reference: String,
    /// What it gives to whoever finds it, in a sentence.
    pub power: String,
    /// How to kill it, in a sentence.
    pub remedy: String,
    pub shape: Vec<ShapeSyntax>,
    #[serde(default)]
    pub context: ContextSyntax,
    #[serde(default, rename = "match")]
    pub matches: Vec<ExampleSyntax>,
    #[serde(default, rename = "no-match")]
    pub no_matches: Vec<NoMatchSyntax>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// One form of a credential. Either `anchor` (the value tells what it is) or `run` (only its surroundings do).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShapeSyntax {
    /// A literal that every value of this form begins with.
    pub anchor: Option<String>,
    /// Where the anchor stands inside the value: what the value begins with.
    pub lead: Option<String>,
    /// What the value is made of: `token` (default), `dotted`, `base64`, `url`, or `any` (read as it stands, never
    /// put together from pieces).
    pub alphabet: Option<String>,
    /// Words that must stand somewhere before the value is looked for (own patterns only).
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The value. A group named `secret` narrows it.
    pub regex: Option<String>,
    /// Lengths of a run of `[A-Za-z0-9_-]` that may be the value.
    pub run: Option<RunSyntax>,
    pub check: Option<String>,
    /// Where a run counts only with evidence; an anchored value may ask for it too.
    #[serde(default)]
    pub needs_context: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunSyntax {
    pub length: [usize; 2],
    pub class: String,
}

/// Evidence, as words. A label pattern is a set of words (`cloudflare+token`), all of which a label must have.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContextSyntax {
    /// Labels that name this credential: enough by themselves.
    #[serde(default)]
    pub strong: Vec<String>,
    /// Labels that fit beside something that speaks of Cloudflare. `*` stands for all that could be anybody's.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Labels that say it is something else.
    #[serde(default)]
    pub against: Vec<String>,
    /// Text that stands right before the value, white space folded.
    #[serde(default)]
    pub phrases: Vec<String>,
    /// Hosts and other marks that are as good as a strong label when a weak label is there too.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Words that make a weak label count a little.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// Path endings that count like a host (`.wrangler/config/default.toml`).
    #[serde(default)]
    pub files: Vec<String>,
    /// An e-mail address near by belongs to this credential.
    #[serde(default)]
    pub email: bool,
    /// Only the hosts and mentions of this rule count, not every host and mention of Cloudflare: other vendors have
    /// values of the same shape.
    #[serde(default)]
    pub own_marks_only: bool,
}

/// A text that must be found, with placeholders (`{secret}`, `{hex:32}`) expanded from a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExampleSyntax {
    pub text: String,
    /// What `{secret}` stands for.
    pub secret: String,
    #[serde(default)]
    pub path: Option<String>,
    /// `certain`, `high`, `medium` or `low`.
    pub confidence: String,
    /// The value is enough by itself: the tests put it into every carrier of `carriers.toml`.
    #[serde(default)]
    pub carried: bool,
    /// The label under which carriers carry it.
    #[serde(default)]
    pub label: Option<String>,
}

/// A text in which nothing may be found at `medium` or better, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoMatchSyntax {
    pub text: String,
    pub why: String,
    #[serde(default)]
    pub path: Option<String>,
}

/// A way people write a secret down: `text` holds `{label}` and `{value}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CarrierSyntax {
    pub name: String,
    pub text: String,
    #[serde(default)]
    pub path: Option<String>,
}
