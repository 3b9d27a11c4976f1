use crate::cloudflare::{Setting, Wanted};
use crate::model::masked;
use crate::ui::Terminal;
use jiff::Timestamp;
use std::ffi::OsString;
use std::path::PathBuf;

/// What the machine says, asked once.
#[derive(Debug)]
pub struct Edge {
    pub started: Timestamp,
    pub working_directory: Option<PathBuf>,
    /// The user's configuration directory (XDG, or what the system has instead).
    pub config_home: Option<PathBuf>,
    pub offline: bool,
    /// Where the environment says Cloudflare is.
    pub wanted: Wanted,
    pub terminal: Terminal,
}

impl Edge {
    #[allow(clippy::disallowed_methods, reason = "this is the edge")]
    pub fn look() -> Self {
        let text = |name: &str| std::env::var(name).ok();
        Edge {
            started: Timestamp::now(),
            working_directory: std::env::current_dir().ok(),
            config_home: config_home(),
            offline: text("CFLEAK_OFFLINE").is_some_and(|value| is_yes(&value)),
            wanted: Wanted {
                api_base: first_set(&["CFLEAK_API_BASE", "CLOUDFLARE_API_BASE_URL", "CLOUDFLARE_BASE_URL"]),
                r2: first_set(&["CFLEAK_R2_ENDPOINT"]),
                turnstile: first_set(&["CFLEAK_TURNSTILE_URL"]),
                oauth: first_set(&["CFLEAK_OAUTH_URL"]),
                allowed_hosts: Vec::new(),
            },
            terminal: Terminal::look(text("NO_COLOR").as_deref(), text("TERM").as_deref()),
        }
    }
}

/// The user's configuration directory.
pub fn config_home() -> Option<PathBuf> {
    let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("XDG_CONFIG_HOME").or_else(|| path("APPDATA")).or_else(|| home().map(|home| home.join(".config")))
}

/// Where programs keep what they can do without.
pub fn cache_home() -> Option<PathBuf> {
    let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("XDG_CACHE_HOME").or_else(|| path("LOCALAPPDATA")).or_else(|| home().map(|home| home.join(".cache")))
}

/// What follows `prefix` in the names of the variables that begin with it.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn variables_after(prefix: &str) -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter_map(|name| name.strip_prefix(prefix).map(str::to_owned)).collect()
}

/// Where this program is.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn own_path() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

/// `user@host`, for the record of who ran what.
pub fn who() -> String {
    let name = |names: &[&str]| names.iter().find_map(|name| variable(name)?.into_string().ok());
    let user = name(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "somebody".to_owned());
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    format!("{user}@{host}")
}

/// What was typed. A credential never travels on it, and one that does is masked.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn command_line() -> String {
    let words = std::env::args_os().skip(1).map(|word| masked(&word.to_string_lossy()).into_owned());
    std::iter::once("cfleak".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// The user's home directory.
pub fn home() -> Option<PathBuf> {
    variable("HOME").or_else(|| variable("USERPROFILE")).filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// What the environment says, for stores whose place it names.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The first of these variables that holds anything (CONTRACT section 6).
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn first_set(names: &[&str]) -> Option<Setting> {
    names.iter().find_map(|name| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
        // A name that is no text is no URL either, and is refused as one.
        Some(Setting { name: (*name).to_owned(), value: value.to_string_lossy().into_owned() })
    })
}

/// `CFLEAK_OFFLINE=1`; an empty value, `0`, `no` and `false` leave it off.
fn is_yes(value: &str) -> bool {
    !matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "no" | "false" | "off")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn offline_is_on_for_anything_that_is_no_refusal() {
        assert_eq!(["1", "true", "yes", "anything"].map(is_yes), [true; 4]);
        assert_eq!(["", "0", "False", "no", " off "].map(is_yes), [false; 5]);
    }
}
