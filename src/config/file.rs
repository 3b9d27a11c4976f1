use crate::config::syntax::{AllowSyntax, ConfigSyntax, Scope};
use crate::config::{Allowances, Error};
use crate::model::{Confidence, Kind};
use std::fs;
use std::path::{Path, PathBuf};

/// A configuration, as used. Paths are below the directory of the file.
#[derive(Debug, Default)]
pub struct Config {
    pub path: Option<PathBuf>,
    pub min_confidence: Option<Confidence>,
    pub verify: Option<Scope>,
    pub offline: Option<bool>,
    pub exclude: Vec<String>,
    pub respect_gitignore: Option<bool>,
    pub max_bytes: Option<u64>,
    pub max_depth_archive: Option<usize>,
    pub max_depth_decode: Option<usize>,
    pub patterns: Vec<PathBuf>,
    pub labels: Vec<Label>,
    pub api_hosts: Vec<String>,
    /// Hosts that the file names and that are not believed.
    pub refused_hosts: Vec<String>,
    allow: Vec<AllowSyntax>,
}

/// A name under which this team keeps a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub name: String,
    pub kind: Kind,
}

/// Who put the file there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The person who runs cfleak: `--config`, or their configuration directory.
    Own,
    /// It lay beside what is scanned, which may be anybody's repository. It may say what to leave out of a report,
    /// since that is listed; it may not say where credentials are sent.
    Found,
}

impl Config {
    pub fn read(path: &Path, trust: Trust) -> Result<Self, Error> {
        let text =
            fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        let written: ConfigSyntax = toml::from_str(&text).map_err(|error| wrong(path, &text, &error))?;
        Ok(Self::meant(path, written, trust))
    }

    fn meant(path: &Path, written: ConfigSyntax, trust: Trust) -> Self {
        let directory = path.parent().unwrap_or(Path::new(""));
        let (api_hosts, refused_hosts) = match trust {
            Trust::Own => (written.api_hosts, Vec::new()),
            Trust::Found => (Vec::new(), written.api_hosts),
        };
        let label = |label: super::syntax::LabelSyntax| Label {
            kind: Kind::from_name(&label.kind),
            name: label.name,
        };
        Config {
            path: Some(path.to_owned()),
            min_confidence: written.min_confidence,
            verify: written.verify,
            offline: written.offline,
            exclude: written.exclude,
            respect_gitignore: written.respect_gitignore,
            max_bytes: written.max_bytes,
            max_depth_archive: written.max_depth_archive,
            max_depth_decode: written.max_depth_decode,
            patterns: written.patterns.iter().map(|pattern| directory.join(pattern)).collect(),
            labels: written.labels.into_iter().map(label).collect(),
            api_hosts,
            refused_hosts,
            allow: written.allow,
        }
    }

    /// Adds the `[[allow]]` rules of the file.
    pub fn add_allowances(&self, allowances: &mut Allowances) -> Result<(), Error> {
        let Some(path) = &self.path else { return Ok(()) };
        for (nth, rule) in self.allow.iter().enumerate() {
            allowances.add_rule(rule, path, nth + 1).map_err(|what| Error::Wrong {
                path: path.clone(),
                line: 1,
                what: format!("[[allow]] number {}: {what}", nth + 1),
                try_instead: None,
            })?;
        }
        Ok(())
    }
}

fn wrong(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
    let message = error.message().trim();
    Error::Wrong {
        path: path.to_owned(),
        line,
        what: message.split(", expected").next().unwrap_or(message).to_owned(),
        try_instead: nearest(message),
    }
}

/// "unknown field `exlude`, expected one of `exclude`, `verify`" → the known word that is nearest.
///
/// serde tells what it knows in words only; the test below notices when the words change.
fn nearest(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let (distance, known) = quoted
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min_by_key(|(distance, _)| *distance)?;
    // A third of the letters may be wrong; more than that is another word.
    (distance <= known.len().div_ceil(3)).then(|| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, trust: Trust) -> Result<Config, Error> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".cfleak.toml");
        fs::write(&path, text).unwrap();
        Config::read(&path, trust)
    }

    #[test]
    fn every_key_is_read() {
        let config = read(
            r#"
            min-confidence = "low"
            verify = "none"
            offline = true
            exclude = ["vendor/**"]
            respect-gitignore = true
            max-bytes = 1000
            max-depth-archive = 2
            max-depth-decode = 3
            patterns = ["patterns"]
            api-hosts = ["api.internal.example"]
            [[labels]]
            name = "MY_TOK"
            kind = "user_api_token"
            [[allow]]
            path = "tests/**"
            reason = "made up"
            "#,
            Trust::Own,
        )
        .unwrap();
        assert_eq!(config.min_confidence, Some(Confidence::Low));
        assert_eq!(config.verify, Some(Scope::None));
        assert_eq!((config.max_depth_archive, config.max_depth_decode), (Some(2), Some(3)));
        assert!(config.patterns[0].is_absolute());
        assert_eq!(config.labels, [Label { name: "MY_TOK".into(), kind: Kind::UserApiToken }]);
        assert_eq!(config.api_hosts, ["api.internal.example"]);
        assert_eq!(config.allow.len(), 1);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_nearest() {
        for (text, line, what, hint) in [
            ("\nexlude = []", 2, "unknown field `exlude`", Some("exclude")),
            ("min_confidence = \"low\"", 1, "unknown field `min_confidence`", Some("min-confidence")),
            ("min-confidence = \"lo\"", 1, "unknown variant `lo`", Some("low")),
            ("banana = 1", 1, "unknown field `banana`", None),
            ("[[labels]]\nnam = 1", 2, "unknown field `nam`", Some("name")),
        ] {
            let Error::Wrong { line: at, what: said, try_instead, .. } = read(text, Trust::Own).unwrap_err()
            else {
                panic!("{text}: another error");
            };
            assert_eq!((at, said.as_str(), try_instead.as_deref()), (line, what, hint), "{text}");
        }
    }

    #[test]
    fn a_file_found_beside_the_target_cannot_name_hosts_that_receive_credentials() {
        let config = read("api-hosts = [\"evil.example\"]", Trust::Found).unwrap();
        assert!(config.api_hosts.is_empty());
        assert_eq!(config.refused_hosts, ["evil.example"]);
    }
}
