use crate::model::Kind;
use crate::rules::labels::LabelPattern;
use crate::rules::syntax::{ContextSyntax, RuleSyntax, RunSyntax, Severity, ShapeSyntax};
use regex::bytes::{Regex, RegexBuilder};
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, OnceLock};

/// One kind of credential, as used.
#[derive(Debug)]
pub struct Rule {
    pub id: Arc<str>,
    pub kind: Kind,
    pub title: String,
    pub severity: Severity,
    pub reference: String,
    pub power: String,
    pub remedy: String,
    pub shapes: Vec<Shape>,
    pub context: Context,
    /// Written by the user, not shipped.
    pub own: bool,
    pub syntax: RuleSyntax,
}

#[derive(Debug)]
pub struct Shape {
    pub form: ShapeForm,
    pub check: Option<Check>,
    pub needs_context: bool,
}

#[derive(Debug)]
pub enum ShapeForm {
    /// Every value begins with `literal`, or with `lead` and holds `literal`; `regex` matches the whole value.
    Anchored { literal: Vec<u8>, lead: Option<Vec<u8>>, alphabet: Alphabet, regex: Pattern },
    /// The value is a run of token characters, or begins with one.
    Run { length: RangeInclusive<usize>, class: Class, regex: Option<Pattern> },
    /// An own pattern: `regex` is searched where a keyword stands.
    Free { keywords: Vec<Vec<u8>>, regex: Pattern },
}

/// A regex, compiled when it is first needed: a scan of ordinary text needs none, and starts the sooner.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    /// Where in `text` the prefix stands.
    prefix: Range<usize>,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        Pattern { text: text.to_owned(), prefix: plain_prefix(text), compiled: OnceLock::new() }
    }

    /// What every match begins with, as far as the regex says it in plain characters.
    pub fn prefix(&self) -> &str {
        &self.text[self.prefix.clone()]
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Own patterns are compiled when they are read, shipped ones are compiled by the tests: a failure here has been
    /// seen before.
    pub fn regex(&self) -> &Regex {
        self.compiled
            .get_or_init(|| compile_regex(&self.text).expect("patterns are compiled before they ship"))
    }
}

fn plain_prefix(regex: &str) -> Range<usize> {
    let Some(rest) = regex.strip_prefix('^').filter(|rest| !rest.contains('|')) else { return 0..0 };
    let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let is_optional = matches!(rest.as_bytes().get(plain), Some(b'?' | b'*' | b'{'));
    1..1 + plain.saturating_sub(usize::from(is_optional))
}

/// What characters a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `[0-9a-f]`, at least one of each.
    HexLower,
    /// `[0-9A-Fa-f]`.
    Hex,
    /// Digits and letters of both cases, `_` and `-` allowed, not hex.
    Mixed,
    Any,
}

/// What an anchored value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `[A-Za-z0-9_-]`
    Token,
    /// Token characters and `.`
    Dotted,
    /// Either base64 alphabet.
    Base64,
    /// Token characters and `.:/`
    Url,
    /// Anything: the value is matched where it stands and never put together from pieces.
    Any,
}

impl Alphabet {
    pub fn has(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte == b'-'
            || match self {
                Alphabet::Token => false,
                Alphabet::Dotted => byte == b'.',
                Alphabet::Base64 => byte == b'+' || byte == b'/',
                Alphabet::Url => matches!(byte, b'.' | b':' | b'/'),
                Alphabet::Any => true,
            }
    }
}

/// A proof or a reading that a regex cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The last 8 hex digits are the CRC32 of the 40 characters before them (CLOUDFLARE.md 1.2).
    Crc32,
    /// Base64 of JSON with `a`, `t`, `s` (CLOUDFLARE.md 1.9).
    TunnelToken,
    /// The JSON of a tunnel's credentials file.
    TunnelCredentials,
    /// A tunnel's secret alone.
    TunnelSecret,
    /// A private key in PEM or JWK, plain or in base64.
    PrivateKey,
    /// `0x4…`, but not a number in hexadecimal.
    Turnstile,
    /// A 64-digit S3 secret whose 32-digit key id stands near by.
    R2Pair,
    /// A 64-digit secret whose `….access` id stands near by.
    AccessPair,
    /// A UUID that is not a placeholder.
    Uuid,
    /// The format stopped working on a published date.
    Retired,
}

#[derive(Debug, Default)]
pub struct Context {
    pub strong: Vec<LabelPattern>,
    pub weak: Vec<LabelPattern>,
    pub against: Vec<LabelPattern>,
    pub phrases: Vec<String>,
    pub hosts: Vec<String>,
    pub mentions: Vec<String>,
    pub files: Vec<String>,
    pub email: bool,
    pub own_marks_only: bool,
}

/// A label that a user's configuration adds to a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelName {
    pub name: String,
    pub kind: Kind,
}

/// Why a pattern file cannot be used.
#[derive(Debug)]
pub struct CompileError {
    /// The file, or the id of a built-in rule.
    pub file: String,
    pub what: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pattern {}: {}", self.file, self.what)
    }
}

impl std::error::Error for CompileError {}

/// Every rule, in a fixed order.
#[derive(Debug)]
pub struct RuleSet {
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// The shipped rules.
    pub fn builtin() -> Self {
        let rules = crate::rules::builtin()
            .into_iter()
            .map(|(file, text)| Rule::parse(file, text, false).expect("shipped patterns are tested"))
            .collect();
        RuleSet { rules }
    }

    /// Adds a user's own pattern file.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), CompileError> {
        let rule = Rule::parse(file, text, true)?;
        if self.rules.iter().any(|other| other.id == rule.id) {
            let what = format!("the id `{}` is taken by another rule", rule.id);
            return Err(CompileError { file: file.to_owned(), what });
        }
        self.rules.push(rule);
        Ok(())
    }

    /// Adds the label names of a user's configuration. Says which kind no rule has.
    pub fn add_labels(&mut self, labels: &[LabelName]) -> Result<(), CompileError> {
        for label in labels {
            let mut known = false;
            for rule in self.rules.iter_mut().filter(|rule| rule.kind == label.kind) {
                rule.context.strong.push(LabelPattern::new(&label.name));
                known = true;
            }
            if !known {
                let what = format!("no rule finds the kind `{}`", label.kind);
                return Err(CompileError { file: format!("label {}", label.name), what });
            }
        }
        Ok(())
    }

    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }

    pub fn of_kind(&self, kind: &Kind) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.kind == *kind)
    }
}

impl Rule {
    pub fn parse(file: &str, text: &str, own: bool) -> Result<Rule, CompileError> {
        let fail = |what: String| CompileError { file: file.to_owned(), what };
        let syntax: RuleSyntax = toml::from_str(text)
            .map_err(|error| fail(error.message().to_owned() + &line_of(text, &error)))?;
        if syntax.shape.is_empty() {
            return Err(fail("a rule needs at least one [[shape]]".into()));
        }
        if own {
            syntax
                .shape
                .iter()
                .filter_map(|shape| shape.regex.as_deref())
                .try_for_each(|regex| compile_regex(regex).map(drop).map_err(fail))?;
        }
        let shapes = syntax.shape.iter().map(compile_shape).collect::<Result<Vec<_>, _>>().map_err(fail)?;
        Ok(Rule {
            id: syntax.id.as_str().into(),
            kind: Kind::from_name(&syntax.kind),
            title: syntax.title.clone(),
            severity: syntax.severity,
            reference: syntax.reference.clone(),
            power: syntax.power.clone(),
            remedy: syntax.remedy.clone(),
            shapes,
            context: compile_context(&syntax.context),
            own,
            syntax,
        })
    }
}

fn line_of(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
    line.map_or(String::new(), |line| format!(" (line {line})"))
}

fn compile_shape(written: &ShapeSyntax) -> Result<Shape, String> {
    let regex = written.regex.as_deref().map(Pattern::new);
    let form = match (&written.anchor, &written.run, regex) {
        (Some(anchor), None, Some(regex)) => {
            let lead = written.lead.clone().map(String::into_bytes);
            let alphabet = compile_alphabet(written.alphabet.as_deref().unwrap_or("token"))?;
            ShapeForm::Anchored { literal: anchor.clone().into_bytes(), lead, alphabet, regex }
        }
        (None, Some(RunSyntax { length: [min, max], class }), regex) => {
            if min > max {
                return Err(format!("run length [{min}, {max}] is empty"));
            }
            ShapeForm::Run { length: *min..=*max, class: compile_class(class)?, regex }
        }
        (None, None, Some(regex)) if !written.keywords.is_empty() => ShapeForm::Free {
            keywords: written.keywords.iter().map(|word| word.to_ascii_lowercase().into_bytes()).collect(),
            regex,
        },
        _ => return Err("a shape is `anchor` and `regex`, or `run`, or `keywords` and `regex`".into()),
    };
    let needs_context = written.needs_context || matches!(form, ShapeForm::Run { .. });
    Ok(Shape { form, check: written.check.as_deref().map(compile_check).transpose()?, needs_context })
}

/// Anchored at the start, because a shape is tried where its anchor or run stands.
fn compile_regex(written: &str) -> Result<Regex, String> {
    RegexBuilder::new(written)
        .unicode(false)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| format!("regex does not compile: {error}"))
}

fn compile_alphabet(name: &str) -> Result<Alphabet, String> {
    Ok(match name {
        "token" => Alphabet::Token,
        "dotted" => Alphabet::Dotted,
        "base64" => Alphabet::Base64,
        "url" => Alphabet::Url,
        "any" => Alphabet::Any,
        other => return Err(format!("alphabet `{other}` is none of token, dotted, base64, url, any")),
    })
}

fn compile_class(name: &str) -> Result<Class, String> {
    Ok(match name {
        "hex-lower" => Class::HexLower,
        "hex" => Class::Hex,
        "mixed" => Class::Mixed,
        "any" => Class::Any,
        other => return Err(format!("class `{other}` is none of hex-lower, hex, mixed, any")),
    })
}

fn compile_check(name: &str) -> Result<Check, String> {
    Ok(match name {
        "crc32" => Check::Crc32,
        "tunnel-token" => Check::TunnelToken,
        "tunnel-credentials" => Check::TunnelCredentials,
        "tunnel-secret" => Check::TunnelSecret,
        "private-key" => Check::PrivateKey,
        "turnstile" => Check::Turnstile,
        "r2-pair" => Check::R2Pair,
        "access-pair" => Check::AccessPair,
        "uuid" => Check::Uuid,
        "retired" => Check::Retired,
        other => return Err(format!("check `{other}` is not known")),
    })
}

fn compile_context(written: &ContextSyntax) -> Context {
    let patterns = |list: &[String]| list.iter().map(|label| LabelPattern::new(label)).collect();
    let lower = |list: &[String]| list.iter().map(|text| text.to_ascii_lowercase()).collect();
    Context {
        strong: patterns(&written.strong),
        weak: patterns(&written.weak),
        against: patterns(&written.against),
        phrases: lower(&written.phrases),
        hosts: lower(&written.hosts),
        mentions: lower(&written.mentions),
        files: lower(&written.files),
        email: written.email,
        own_marks_only: written.own_marks_only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_only_what_every_match_begins_with() {
        for (regex, prefix) in [
            ("^0x4[A-Za-z0-9_-]{30,34}$", "0x4"),
            ("^abc?d", "ab"),
            ("^a{0,2}", ""),
            ("^abc|^def", ""),
            ("abc", ""),
            ("^[0-9a-f]{32}:", ""),
        ] {
            assert_eq!(Pattern::new(regex).prefix(), prefix, "{regex}");
        }
    }
}
