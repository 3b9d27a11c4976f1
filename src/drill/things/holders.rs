//! Objects that hold a secret which is not an API token.

use crate::model::Secret;
use jiff::Timestamp;

/// `cfd_tunnel` or `warp_connector`.
#[derive(Clone, Debug)]
pub(crate) struct Tunnel {
    pub id: String,
    pub account: String,
    pub family: TunnelFamily,
    pub name: String,
    /// Base64 of at least 32 bytes.
    pub secret: Secret,
    /// Configured in the dashboard and run with a token, or on the machine and run with a file.
    pub remote: bool,
    pub created_at: Timestamp,
    pub connectors: Vec<Connector>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TunnelFamily {
    Cloudflared,
    WarpConnector,
}

/// A running `cloudflared`. It stays connected after its secret was rotated (CLOUDFLARE.md 3.7).
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    pub id: String,
    pub origin_ip: String,
    pub since: Timestamp,
}

impl Tunnel {
    /// What `cloudflared tunnel run --token` takes (CLOUDFLARE.md 1.9), in the field order of Go's encoder.
    pub fn token(&self) -> Secret {
        let json = format!(r#"{{"a":"{}","s":"{}","t":"{}"}}"#, self.account, self.secret.expose(), self.id);
        Secret::new(data_encoding::BASE64.encode(json.as_bytes()))
    }

    /// The file `<tunnel id>.json` of a locally managed tunnel.
    pub fn credentials_file(&self) -> Secret {
        Secret::new(format!(
            r#"{{"AccountTag":"{}","TunnelSecret":"{}","TunnelID":"{}"}}"#,
            self.account,
            self.secret.expose(),
            self.id
        ))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Widget {
    pub sitekey: String,
    pub account: String,
    pub name: String,
    pub domains: Vec<String>,
    pub secret: Secret,
    /// After a rotation without `invalidate_immediately` the old one works two hours more.
    pub former: Option<(Secret, Timestamp)>,
    pub created_on: Timestamp,
    pub modified_on: Timestamp,
}

/// An Access service token.
#[derive(Clone, Debug)]
pub(crate) struct ServiceToken {
    pub id: String,
    pub account: String,
    pub name: String,
    /// `<32 hex>.access`
    pub client_id: String,
    pub secret: Secret,
    pub former: Option<(Secret, Timestamp)>,
    pub duration: String,
    pub enabled: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A self-managed OAuth application.
#[derive(Clone, Debug)]
pub(crate) struct OauthClient {
    pub id: String,
    pub account: String,
    pub name: String,
    pub secret: Secret,
    /// The one before the rotation, until it is deleted.
    pub former: Option<Secret>,
    pub redirect_uris: Vec<String>,
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
}

/// Temporary credentials for R2, derived from a parent token.
#[derive(Clone, Debug)]
pub(crate) struct TemporaryCredentials {
    pub id: String,
    pub secret: Secret,
    pub session: Secret,
    /// The token they are derived from.
    pub parent: String,
    pub account: String,
    pub bucket: String,
    pub expires: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct DeployHook {
    pub uuid: Secret,
    pub kind: HookKind,
    /// Builds that somebody started by asking.
    pub builds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    Pages,
    WorkersBuilds,
}
