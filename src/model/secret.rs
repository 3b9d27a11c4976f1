use std::borrow::Cow;
use std::fmt;
use zeroize::Zeroizing;

/// The only holder of credential text.
///
/// It masks itself in `Debug`, is not `Serialize`, is wiped when dropped, and [`Secret::expose`] is the one
/// door: `rg 'expose\('` lists every use.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Secret(Zeroizing::new(text.into()))
    }

    /// The credential itself. Never hand the result to a formatter, a logger or an argument list.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Length in bytes, which is no secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", redacted(self))
    }
}

/// Prefixes that say nothing about the value behind them (CONTRACT section 1, "redacted form").
const PUBLIC_PREFIXES: [&str; 6] = ["cfut_", "cfat_", "cfk_", "cfoat_", "cfast_", "v1.0-"];

/// What may be shown of a credential: its public prefix, `…`, and its last four characters.
///
/// A value so short that four characters would be a good part of it shows none of them.
pub fn redacted(secret: &Secret) -> String {
    let value = secret.expose();
    let prefix = PUBLIC_PREFIXES.iter().find(|prefix| value.starts_with(**prefix)).unwrap_or(&"");
    let rest: Vec<char> = value[prefix.len()..].chars().collect();
    let tail: String = if rest.len() >= 16 { rest[rest.len() - 4..].iter().collect() } else { String::new() };
    format!("{prefix}…{tail}")
}

/// A part behind a public prefix that is shorter is a word like any other.
const SHORTEST_BODY: usize = 24;

/// Text from outside with every value masked that tells what it is by its prefix: a path or an argument may be one.
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, prefix)) =
        PUBLIC_PREFIXES.iter().filter_map(|prefix| Some((rest.find(prefix)?, *prefix))).min()
    {
        let body = &rest[at + prefix.len()..];
        let len = body.find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c)).unwrap_or(body.len());
        let end = at + prefix.len() + len;
        if len >= SHORTEST_BODY {
            out.push_str(&rest[..at]);
            out.push_str(&redacted(&Secret::new(&rest[at..end])));
        } else {
            out.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_shows_no_value_that_announces_itself() {
        let value = format!("cfut_{}", "Ab3".repeat(16));
        assert_eq!(masked(&format!("no such file: a/{value}.env")), "no such file: a/cfut_….env");
        assert_eq!(masked(&format!("{value} {value}")), "cfut_…3Ab3 cfut_…3Ab3");
        assert_eq!(masked("src/cfut_dir/x"), "src/cfut_dir/x");
    }

    #[test]
    fn debug_and_redacted_show_prefix_and_four_characters() {
        let body = "Ab3".repeat(14);
        let secret = Secret::new(format!("cfut_{body}9f0e"));
        assert_eq!(redacted(&secret), "cfut_…9f0e");
        assert_eq!(format!("{secret:?}"), "Secret(cfut_…9f0e)");
    }

    #[test]
    fn a_short_value_shows_nothing() {
        assert_eq!(redacted(&Secret::new("abcdefgh")), "…");
    }
}
