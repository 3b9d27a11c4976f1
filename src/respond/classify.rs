//! What a line of an audit log means to a responder: its class, plain words, what it made, what it needed.
//!
//! Goes by method and path, since Cloudflare publishes no list of resource types (CLOUDFLARE.md 4.3); entries of
//! version 1 have no path and go by their action. Knows nothing of who did it or when.

mod deeds;

use crate::model::incident::{Class, MintedKind};
use deeds::{DEEDS, DEEDS_V1};

/// One kind of deed. The first row that fits decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    methods: &'static str,
    /// `*` is one segment; a last `**` is any number of them.
    path: &'static str,
    pub class: Class,
    /// `mint|minted the API token {}`: what was tried, what was done, and on what.
    words: &'static str,
    /// What is left behind and outlives the credential.
    pub mints: Option<MintedKind>,
    /// Permission groups of which any one is enough, the narrowest first.
    pub needs: &'static [&'static str],
}

const fn deed(methods: &'static str, path: &'static str, class: Class, words: &'static str) -> Deed {
    Deed { methods, path, class, words, mints: None, needs: &[] }
}

impl Deed {
    const fn mints(self, kind: MintedKind) -> Deed {
        Deed { mints: Some(kind), ..self }
    }

    const fn needs(self, needs: &'static [&'static str]) -> Deed {
        Deed { needs, ..self }
    }

    /// `minted the API token "backup"`, or `tried to mint …` where it failed.
    pub fn words(&self, object: Option<&str>, failed: bool) -> String {
        let (attempt, rest) = self.words.split_once('|').unwrap_or((self.words, self.words));
        let (done, what) = rest.split_once(' ').unwrap_or((rest, ""));
        let what = what.replace("{}", object.unwrap_or_default());
        let verb = if failed { format!("tried to {attempt}") } else { done.to_owned() };
        format!("{verb} {what}").trim_end().to_owned()
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let meant = self.methods == "*" || self.methods.split(' ').any(|known| known == method);
        meant && path_fits(self.path, path)
    }
}

const OTHER: Deed = deed("*", "/**", Class::Other, "change|changed {}");

const OTHER_V1: Deed = deed("*", "*", Class::Other, "change|changed {}");

/// By what was sent where. The path may have its host, `/client/v4` and a query.
pub fn by_request(method: &str, uri: &str) -> &'static Deed {
    let (method, path) = (method.to_ascii_uppercase(), relative(uri));
    DEEDS.iter().find(|deed| deed.fits(&method, path)).unwrap_or(&OTHER)
}

/// By the words of version 1.
pub fn by_action(action: &str, resource_type: &str) -> &'static Deed {
    let (action, kind) = (action.to_ascii_lowercase(), resource_type.to_ascii_lowercase());
    let fits = |deed: &&Deed| {
        deed.methods.split(' ').any(|known| known == action) && (deed.path == "*" || deed.path == kind)
    };
    DEEDS_V1.iter().find(fits).unwrap_or(&OTHER_V1)
}

/// The path below `/client/v4`, without query and without a slash at its end.
pub fn relative(uri: &str) -> &str {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let path = match path.split_once("://") {
        Some((_scheme, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => path,
    };
    let path = path.strip_prefix("/client/v4").filter(|rest| rest.starts_with('/')).unwrap_or(path);
    path.trim_end_matches('/')
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/').skip(1).filter(|part| !part.is_empty());
    for wanted in pattern.split('/').skip(1) {
        match (wanted, parts.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (literal, Some(part)) if literal == part => {}
            (_, Some(_) | None) => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_is_followed() {
        use MintedKind as K;
        let a = "/accounts/00000000000000000000000000000aaa";
        let z = "/zones/00000000000000000000000000000bbb";
        for (method, path, class, mints) in [
            ("POST", "/user/tokens".to_owned(), Class::Persistence, Some(K::Token)),
            ("POST", format!("{a}/tokens"), Class::Persistence, Some(K::Token)),
            ("PUT", "/user/tokens/x/value".to_owned(), Class::Persistence, Some(K::Token)),
            ("PUT", format!("{a}/tokens/x"), Class::Persistence, Some(K::Token)),
            ("DELETE", "/user/tokens/x".to_owned(), Class::Tampering, None),
            ("POST", format!("{a}/members"), Class::Persistence, Some(K::Member)),
            ("PUT", format!("{a}/iam/user_groups/x/members"), Class::Persistence, Some(K::Other)),
            ("POST", format!("{a}/oauth_clients"), Class::Persistence, Some(K::OauthClient)),
            ("POST", format!("{a}/oauth_clients/x/rotate_secret"), Class::Persistence, Some(K::OauthClient)),
            ("POST", format!("{a}/access/service_tokens"), Class::Persistence, Some(K::ServiceToken)),
            (
                "POST",
                format!("{a}/access/service_tokens/x/rotate"),
                Class::Persistence,
                Some(K::ServiceToken),
            ),
            ("POST", format!("{a}/access/apps/x/policies"), Class::Persistence, Some(K::AccessPolicy)),
            ("POST", format!("{a}/access/identity_providers"), Class::Persistence, Some(K::IdentityProvider)),
            ("POST", format!("{a}/cfd_tunnel"), Class::Persistence, Some(K::Tunnel)),
            ("POST", format!("{a}/warp_connector"), Class::Persistence, Some(K::Tunnel)),
            ("POST", format!("{a}/r2/temp-access-credentials"), Class::Persistence, Some(K::R2Credentials)),
            ("PUT", format!("{a}/r2/buckets/b/domains/managed"), Class::Persistence, Some(K::Other)),
            ("PUT", format!("{a}/r2/buckets/b/cors"), Class::Persistence, Some(K::Other)),
            ("PUT", format!("{a}/workers/scripts/api"), Class::Code, Some(K::Worker)),
            ("PUT", format!("{a}/workers/scripts/api/content"), Class::Code, Some(K::Worker)),
            ("POST", format!("{a}/workers/scripts/api/deployments"), Class::Code, Some(K::Worker)),
            ("PUT", format!("{a}/workers/scripts/api/secrets"), Class::Code, None),
            ("POST", format!("{a}/workers/scripts/api/tails"), Class::Code, None),
            ("PUT", format!("{a}/workers/domains"), Class::Code, Some(K::WorkerRoute)),
            ("POST", format!("{z}/workers/routes"), Class::Code, Some(K::WorkerRoute)),
            ("POST", format!("{a}/pages/projects/p/deployments"), Class::Code, None),
            ("PATCH", format!("{z}/dns_records/x"), Class::Dns, Some(K::DnsRecord)),
            ("POST", format!("{z}/dns_records/import"), Class::Dns, None),
            ("DELETE", format!("{z}/dns_records/x"), Class::Dns, None),
            ("PATCH", format!("{z}/dnssec"), Class::Dns, None),
            ("POST", format!("{a}/secondary_dns/tsigs"), Class::Dns, None),
            ("PATCH", format!("{z}/settings/ssl"), Class::Zone, None),
            ("PUT", format!("{z}/rulesets/phases/x/entrypoint"), Class::Zone, Some(K::Other)),
            ("POST", "/zones".to_owned(), Class::Zone, None),
            ("DELETE", z.to_owned(), Class::Zone, None),
            ("POST", format!("{z}/custom_certificates"), Class::Zone, None),
            ("PUT", format!("{a}/storage/kv/namespaces/n/values/k"), Class::Data, None),
            ("POST", format!("{a}/d1/database/d/query"), Class::Data, None),
            ("PUT", format!("{a}/r2/buckets/b/objects/a/b/c"), Class::Data, None),
            ("POST", format!("{a}/queues/q/messages"), Class::Data, None),
            ("POST", format!("{z}/email/routing/rules"), Class::Mail, Some(K::MailRule)),
            ("POST", format!("{a}/email/routing/addresses"), Class::Mail, Some(K::MailRule)),
            ("POST", format!("{z}/logpush/jobs"), Class::Exfiltration, Some(K::LogpushJob)),
            ("POST", format!("{a}/logpush/jobs"), Class::Exfiltration, Some(K::LogpushJob)),
            ("DELETE", format!("{a}/logpush/jobs/1"), Class::Tampering, None),
            ("POST", format!("{a}/alerting/v3/destinations/webhooks"), Class::Exfiltration, Some(K::Webhook)),
            ("DELETE", format!("{a}/alerting/v3/policies/x"), Class::Exfiltration, None),
            ("POST", format!("{a}/alerting/v3/silences"), Class::Tampering, None),
            ("POST", format!("{a}/access/keys/rotate"), Class::Tampering, None),
            ("GET", format!("{a}/workers/scripts"), Class::Read, None),
            ("POST", format!("{a}/something/new"), Class::Other, None),
            ("POST", String::new(), Class::Other, None),
        ] {
            let deed = by_request(method, &path);
            assert_eq!((deed.class, deed.mints), (class, mints), "{method} {path}");
        }
    }

    #[test]
    fn host_prefix_query_and_case_make_no_difference() {
        for uri in [
            "/user/tokens",
            "/client/v4/user/tokens",
            "/client/v4/user/tokens/?page=1",
            "https://api.cloudflare.com/client/v4/user/tokens#x",
        ] {
            assert_eq!(relative(uri), "/user/tokens", "{uri}");
            assert_eq!(by_request("post", uri).mints, Some(MintedKind::Token));
        }
        assert_eq!(relative("/client/v4x"), "/client/v4x");
    }

    #[test]
    fn version_1_goes_by_its_actions() {
        for (action, resource, class, mints) in [
            ("token_create", "account", Class::Persistence, Some(MintedKind::Token)),
            ("API_key_view", "", Class::Persistence, None),
            ("rec_add", "DNS_record", Class::Dns, Some(MintedKind::DnsRecord)),
            ("add", "zone", Class::Zone, None),
            ("add", "something", Class::Other, None),
            ("create", "job", Class::Exfiltration, Some(MintedKind::LogpushJob)),
        ] {
            let deed = by_action(action, resource);
            assert_eq!((deed.class, deed.mints), (class, mints), "{action}");
        }
    }

    #[test]
    fn words_say_what_was_done_and_what_was_only_tried() {
        let deed = by_request("POST", "/user/tokens");
        assert_eq!(deed.words(Some("backup"), false), "minted the API token backup");
        assert_eq!(deed.words(Some("backup"), true), "tried to mint the API token backup");
        assert_eq!(deed.words(None, false), "minted the API token");
        for deed in DEEDS.iter().chain(DEEDS_V1) {
            assert!(deed.words.contains('|'), "{deed:?}");
        }
    }
}
