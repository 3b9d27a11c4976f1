use std::fmt;
use std::sync::Arc;

/// A kind of credential: `kind` in every output (CONTRACT section 1).
///
/// The kinds that later rooms treat differently are variants; a kind that only a pattern file knows is
/// [`Kind::Other`], found and reported like the rest but never sent anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    UserApiToken,
    AccountApiToken,
    /// 40 characters without a prefix; owner (user or account) unknown.
    LegacyApiToken,
    GlobalApiKey,
    OriginCaKey,
    OauthAccessToken,
    OauthRefreshToken,
    R2S3Credentials,
    TunnelToken,
    TunnelCredentials,
    AccessServiceToken,
    TurnstileSecret,
    CallsSecret,
    StreamSigningKey,
    ImagesSigningKey,
    DeployHook,
    McpToken,
    Other(Arc<str>),
}

impl Kind {
    /// Every kind the program itself knows, in the order of CONTRACT section 1.
    pub const KNOWN: [Kind; 17] = [
        Kind::UserApiToken,
        Kind::AccountApiToken,
        Kind::LegacyApiToken,
        Kind::GlobalApiKey,
        Kind::OriginCaKey,
        Kind::OauthAccessToken,
        Kind::OauthRefreshToken,
        Kind::R2S3Credentials,
        Kind::TunnelToken,
        Kind::TunnelCredentials,
        Kind::AccessServiceToken,
        Kind::TurnstileSecret,
        Kind::CallsSecret,
        Kind::StreamSigningKey,
        Kind::ImagesSigningKey,
        Kind::DeployHook,
        Kind::McpToken,
    ];

    pub fn as_str(&self) -> &str {
        match self {
            Kind::UserApiToken => "user_api_token",
            Kind::AccountApiToken => "account_api_token",
            Kind::LegacyApiToken => "legacy_api_token",
            Kind::GlobalApiKey => "global_api_key",
            Kind::OriginCaKey => "origin_ca_key",
            Kind::OauthAccessToken => "oauth_access_token",
            Kind::OauthRefreshToken => "oauth_refresh_token",
            Kind::R2S3Credentials => "r2_s3_credentials",
            Kind::TunnelToken => "tunnel_token",
            Kind::TunnelCredentials => "tunnel_credentials",
            Kind::AccessServiceToken => "access_service_token",
            Kind::TurnstileSecret => "turnstile_secret",
            Kind::CallsSecret => "calls_secret",
            Kind::StreamSigningKey => "stream_signing_key",
            Kind::ImagesSigningKey => "images_signing_key",
            Kind::DeployHook => "deploy_hook",
            Kind::McpToken => "mcp_token",
            Kind::Other(name) => name,
        }
    }

    pub fn from_name(name: &str) -> Kind {
        Kind::KNOWN
            .iter()
            .find(|kind| kind.as_str() == name)
            .cloned()
            .unwrap_or_else(|| Kind::Other(name.into()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
