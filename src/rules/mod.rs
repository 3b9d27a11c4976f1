//! Patterns: as written in `patterns/*.toml`, linted, and compiled for use.
//!
//! Reads no file that a person scans. What a rule says is data; how evidence is weighed is `scan`'s business.

mod builtin;
mod compile;
pub mod examples;
mod labels;
mod lint;
mod spell;
mod syntax;

pub use builtin::{Words, builtin, carriers, documentation_samples};
pub use compile::{
    Alphabet, Check, Class, CompileError, Context, LabelName, Pattern, Rule, RuleSet, Shape, ShapeForm,
};
pub use labels::{LabelPattern, words};
pub use lint::{lint, parse_confidence};
pub use spell::spell;
pub use syntax::{CarrierSyntax, ExampleSyntax, NoMatchSyntax, RuleSyntax, Severity};
