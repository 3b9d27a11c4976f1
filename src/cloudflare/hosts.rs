//! Which hosts may receive a found credential.
//!
//! A poisoned environment (`CLOUDFLARE_BASE_URL=https://evil.example`) must not be able to collect what a
//! scan finds, so a host is Cloudflare's, or this machine, or named by the person on the command line. Reads
//! no environment: `commands` hands over the settings with the names they came from.

use reqwest::Url;
use std::fmt;

/// A value and where it came from, for messages: `--api-base`, `CFLEAK_API_BASE`, `.cfleak.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: String,
}

/// What the person and the environment ask for; `None` is the public service.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// With its path (`https://api.cloudflare.com/client/v4`).
    pub api_base: Option<Setting>,
    /// Origins, used instead of Cloudflare's own; the paths stay.
    pub r2: Option<Setting>,
    pub turnstile: Option<Setting>,
    pub oauth: Option<Setting>,
    /// `--allow-api-host`: `HOST` or `HOST:PORT`.
    pub allowed_hosts: Vec<String>,
}

/// Checked addresses of the services we speak to.
#[derive(Clone, Debug)]
pub struct Services {
    pub(super) api: Url,
    pub(super) r2: R2Origin,
    pub(super) turnstile: Url,
    pub(super) oauth: Url,
}

#[derive(Clone, Debug)]
pub(super) enum R2Origin {
    /// `https://<account>.r2.cloudflarestorage.com`
    PerAccount,
    Fixed(Url),
}

/// Why an address is refused. The address itself is only named by host: the rest may hold a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub setting: String,
    pub host: Option<String>,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NotAUrl,
    NotHttp,
    PlainHttp,
    UserInfo,
    QueryOrFragment,
    PathInOrigin,
    ForeignHost,
}

const API: &str = "https://api.cloudflare.com/client/v4";
const TURNSTILE: &str = "https://challenges.cloudflare.com";
const OAUTH: &str = "https://dash.cloudflare.com";

/// Which hosts are Cloudflare's own for a service.
type Own = fn(&str) -> bool;

/// CLOUDFLARE.md 8.4; staging is not for the public.
fn is_api(host: &str) -> bool {
    matches!(host, "api.cloudflare.com" | "api.fed.cloudflare.com")
}

/// One label per account, with a jurisdiction behind it where there is one (CLOUDFLARE.md 1.7).
fn is_r2(host: &str) -> bool {
    host.ends_with(".r2.cloudflarestorage.com")
}

fn is_turnstile(host: &str) -> bool {
    host == "challenges.cloudflare.com"
}

fn is_oauth(host: &str) -> bool {
    host == "dash.cloudflare.com"
}

impl Services {
    pub fn public() -> Self {
        Services {
            api: constant(API),
            r2: R2Origin::PerAccount,
            turnstile: constant(TURNSTILE),
            oauth: constant(OAUTH),
        }
    }

    pub fn resolve(wanted: &Wanted) -> Result<Services, Refused> {
        let allowed = &wanted.allowed_hosts;
        let mut services = Services::public();
        if let Some(setting) = &wanted.api_base {
            services.api = check(setting, is_api, allowed)?;
            services.rehearse_where_the_api_is();
        }
        if let Some(setting) = &wanted.r2 {
            services.r2 = R2Origin::Fixed(check_origin(setting, is_r2, allowed)?);
        }
        if let Some(setting) = &wanted.turnstile {
            services.turnstile = check_origin(setting, is_turnstile, allowed)?;
        }
        if let Some(setting) = &wanted.oauth {
            services.oauth = check_origin(setting, is_oauth, allowed)?;
        }
        Ok(services)
    }

    /// With the API on this machine it is a rehearsal, and a rehearsal sends nothing to the real services:
    /// until told otherwise, they are sought at the same loopback origin.
    fn rehearse_where_the_api_is(&mut self) {
        if !is_loopback(&self.api) {
            return;
        }
        let mut origin = self.api.clone();
        origin.set_path("/");
        self.r2 = R2Origin::Fixed(origin.clone());
        self.turnstile = origin.clone();
        self.oauth = origin;
    }

    /// Does every address lie on this machine? Then no proxy is needed.
    pub(super) fn all_loopback(&self) -> bool {
        !matches!(self.r2, R2Origin::PerAccount) && self.fixed().into_iter().all(is_loopback)
    }

    pub(super) fn any_https_loopback(&self) -> bool {
        self.fixed().into_iter().any(|url| is_loopback(url) && url.scheme() == "https")
    }

    fn fixed(&self) -> Vec<&Url> {
        let r2 = match &self.r2 {
            R2Origin::PerAccount => None,
            R2Origin::Fixed(url) => Some(url),
        };
        [&self.api, &self.turnstile, &self.oauth].into_iter().chain(r2).collect()
    }

    /// The host of the API, for people.
    pub fn api_host(&self) -> &str {
        self.api.host_str().unwrap_or("-")
    }
}

#[expect(clippy::expect_used, reason = "constants of this file, covered by a test")]
fn constant(url: &str) -> Url {
    Url::parse(url).expect("a constant address is an address")
}

fn check_origin(setting: &Setting, own: Own, allowed: &[String]) -> Result<Url, Refused> {
    let url = check(setting, own, allowed)?;
    if url.path() != "/" {
        return Err(refuse(setting, Some(&url), Why::PathInOrigin));
    }
    Ok(url)
}

fn check(setting: &Setting, own: Own, allowed: &[String]) -> Result<Url, Refused> {
    let url = Url::parse(setting.value.trim()).map_err(|_| refuse(setting, None, Why::NotAUrl))?;
    let no = |why| Err(refuse(setting, Some(&url), why));
    if !matches!(url.scheme(), "http" | "https") {
        return no(Why::NotHttp);
    }
    // `https://api.cloudflare.com@evil.example/` reads like Cloudflare and is not.
    if !url.username().is_empty() || url.password().is_some() {
        return no(Why::UserInfo);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return no(Why::QueryOrFragment);
    }
    if is_loopback(&url) {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return no(Why::PlainHttp);
    }
    let is_own = url.port().is_none() && url.host_str().is_some_and(own);
    if is_own || allowed.iter().any(|entry| names(entry, &url)) {
        return Ok(url);
    }
    no(Why::ForeignHost)
}

/// Does an entry of `--allow-api-host` name this very host? No wildcards, no suffixes.
fn names(entry: &str, url: &Url) -> bool {
    let entry = entry.trim().to_ascii_lowercase();
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    !host.is_empty() && (entry == host || entry == format!("{host}:{port}"))
}

fn refuse(setting: &Setting, url: Option<&Url>, why: Why) -> Refused {
    let host = url.and_then(|url| url.host_str()).map(str::to_owned);
    Refused { setting: setting.name.clone(), host, why }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused { setting, host, why } = self;
        let host = host.as_deref().unwrap_or("the given address");
        match why {
            Why::NotAUrl => write!(f, "{setting} is not a URL"),
            Why::NotHttp => write!(f, "{setting} is not an https URL"),
            Why::PlainHttp => {
                write!(f, "{setting} would send credentials to {host} in clear: http is for loopback only")
            }
            Why::UserInfo => write!(f, "{setting} has a user name or password in front of {host}"),
            Why::QueryOrFragment => write!(f, "{setting} has a query or fragment"),
            Why::PathInOrigin => write!(f, "{setting} must be an origin, without a path"),
            Why::ForeignHost => write!(f, "{setting} would send found credentials to {host}"),
        }
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match (self.why, &self.host) {
            (Why::ForeignHost, Some(host)) => {
                Some(format!("if that is meant: --allow-api-host {host}; else unset {}", self.setting))
            }
            (Why::ForeignHost, None)
            | (
                Why::NotAUrl
                | Why::NotHttp
                | Why::PlainHttp
                | Why::UserInfo
                | Why::QueryOrFragment
                | Why::PathInOrigin,
                _,
            ) => None,
        }
    }
}

/// This machine, by address or as `localhost`. A name such as `127.0.0.1.evil.example` is none, nor are
/// `0.0.0.0` and addresses that only map onto loopback.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    if host == "localhost" {
        return true;
    }
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(value: &str, allowed: &[&str]) -> Result<Services, Why> {
        let wanted = Wanted {
            api_base: Some(Setting { name: "CLOUDFLARE_BASE_URL".into(), value: value.into() }),
            allowed_hosts: allowed.iter().map(|host| (*host).to_owned()).collect(),
            ..Wanted::default()
        };
        Services::resolve(&wanted).map_err(|refused| refused.why)
    }

    #[test]
    fn cloudflare_and_this_machine_are_taken_without_a_word() {
        for good in [
            "https://api.cloudflare.com/client/v4",
            "https://API.CLOUDFLARE.COM/client/v4/",
            "https://api.cloudflare.com:443/client/v4",
            "https://api.fed.cloudflare.com/client/v4",
            "http://127.0.0.1:8787/client/v4",
            "http://127.9.9.9/",
            "http://[::1]:80/client/v4",
            "http://localhost:8787",
            "http://LOCALHOST:8787/x",
            "https://localhost/client/v4",
            " http://127.0.0.1:1/client/v4\n",
            // A backslash is a slash in an https URL, so the host ends in front of it.
            "https://api.cloudflare.com\\@evil.example/",
        ] {
            assert!(api(good, &[]).is_ok(), "{good}");
        }
    }

    #[test]
    fn every_disguise_is_refused() {
        for (bad, why) in [
            ("", Why::NotAUrl),
            ("api.cloudflare.com/client/v4", Why::NotAUrl),
            ("ftp://api.cloudflare.com/client/v4", Why::NotHttp),
            ("file:///etc/passwd", Why::NotHttp),
            ("http://api.cloudflare.com/client/v4", Why::PlainHttp),
            ("http://127.0.0.1.evil.example/client/v4", Why::PlainHttp),
            ("https://127.0.0.1.evil.example/client/v4", Why::ForeignHost),
            ("https://localhost.evil.example/", Why::ForeignHost),
            ("https://evil.localhost/", Why::ForeignHost),
            ("https://api.cloudflare.com@evil.example/client/v4", Why::UserInfo),
            ("https://api.cloudflare.com:443@evil.example/client/v4", Why::UserInfo),
            ("http://127.0.0.1@evil.example/", Why::UserInfo),
            ("https://user@api.cloudflare.com/client/v4", Why::UserInfo),
            ("https://api.cloudflare.com.evil.example/client/v4", Why::ForeignHost),
            ("https://evil-api.cloudflare.com/client/v4", Why::ForeignHost),
            ("https://api.cloudflare.com./client/v4", Why::ForeignHost),
            ("https://api.cloudflare.com:8443/client/v4", Why::ForeignHost),
            ("https://api.cloudflare.com/client/v4?to=evil", Why::QueryOrFragment),
            ("https://api.cloudflare.com/client/v4#x", Why::QueryOrFragment),
            ("https://\u{430}pi.cloudflare.com/client/v4", Why::ForeignHost),
            ("http://0.0.0.0:8787/", Why::PlainHttp),
            ("http://[::ffff:127.0.0.1]/", Why::PlainHttp),
            ("http://[::2]/", Why::PlainHttp),
            ("https://192.0.2.1/client/v4", Why::ForeignHost),
        ] {
            assert_eq!(api(bad, &[]).map(|services| services.api.to_string()), Err(why), "{bad}");
        }
    }

    #[test]
    fn an_allowed_host_is_that_host_alone_and_never_in_clear() {
        assert!(api("https://proxy.example/client/v4", &["proxy.example"]).is_ok());
        assert!(api("https://proxy.example:8443/client/v4", &["proxy.example:8443"]).is_ok());
        assert!(api("https://Proxy.Example/client/v4", &["PROXY.example"]).is_ok());
        for (bad, allowed) in [
            ("https://sub.proxy.example/", "proxy.example"),
            ("https://proxy.example.evil.example/", "proxy.example"),
            ("https://proxy.example:8443/", "proxy.example:443"),
            ("https://proxy.example/", ""),
        ] {
            assert_eq!(api(bad, &[allowed]).map(|_| ()), Err(Why::ForeignHost), "{bad}");
        }
        assert_eq!(api("http://proxy.example/", &["proxy.example"]).map(|_| ()), Err(Why::PlainHttp));
    }

    #[test]
    fn a_rehearsal_keeps_the_other_services_on_this_machine() {
        let services = api("http://127.0.0.1:8787/client/v4", &[]).unwrap();
        assert!(services.all_loopback());
        assert_eq!(services.turnstile.as_str(), "http://127.0.0.1:8787/");
        assert!(!Services::public().all_loopback());
    }

    #[test]
    fn other_services_are_origins_of_their_own_host() {
        let origin = |value: &str| {
            let wanted = Wanted {
                turnstile: Some(Setting { name: "CFLEAK_TURNSTILE_URL".into(), value: value.into() }),
                ..Wanted::default()
            };
            Services::resolve(&wanted).map(|services| services.turnstile.to_string()).map_err(|no| no.why)
        };
        assert_eq!(origin("http://127.0.0.1:9"), Ok("http://127.0.0.1:9/".into()));
        assert_eq!(
            origin("https://challenges.cloudflare.com"),
            Ok("https://challenges.cloudflare.com/".into())
        );
        assert_eq!(origin("https://api.cloudflare.com"), Err(Why::ForeignHost));
        assert_eq!(origin("http://127.0.0.1:9/turnstile"), Err(Why::PathInOrigin));
    }

    #[test]
    fn a_refusal_says_which_setting_and_what_to_do() {
        let wanted = Wanted {
            api_base: Some(Setting {
                name: "CLOUDFLARE_BASE_URL".into(),
                value: "https://evil.example/client/v4".into(),
            }),
            ..Wanted::default()
        };
        let refused = Services::resolve(&wanted).unwrap_err();
        assert_eq!(refused.to_string(), "CLOUDFLARE_BASE_URL would send found credentials to evil.example");
        assert_eq!(
            refused.hint().unwrap(),
            "if that is meant: --allow-api-host evil.example; else unset CLOUDFLARE_BASE_URL"
        );
    }
}
