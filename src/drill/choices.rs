pub use super::refusal::Forbidden;
use jiff::SignedDuration;

/// Everything CLOUDFLARE.md marks as unknown or as conjecture, decided here and switchable.
///
/// A client must give the right verdict under every value, so a test turns these one by one. The defaults are
/// what the sheet calls likely; where it calls nothing likely, the most treacherous answer.
#[derive(Clone, Debug)]
pub struct Choices {
    /// An account-owned token on `/user/tokens/verify`: 401 in most reports, 403 in one (2.3).
    pub account_token_on_user_verify: u16,
    /// A user token on `/accounts/{id}/tokens/verify` (2.3, U).
    pub user_token_on_account_verify: WrongDoor,
    /// An account token on the verify endpoint of another account (2.3, U).
    pub wrong_account_on_verify: WrongDoor,
    /// What verify says to an IP-restricted token from elsewhere (2.4, U).
    pub verify_from_elsewhere: FromElsewhere,
    /// What verify says before `not_before` (2.2, U).
    pub verify_too_early: TooEarly,
    /// `GET /accounts` with an account-owned token: an error in 2024, one account in 2026 (2.3).
    pub accounts_for_account_tokens: AccountsList,
    /// Whether a token with only zone permissions sees its account in `GET /accounts` (10, U).
    pub zone_token_sees_account: bool,
    /// `GET /zones` without any zone permission (2.4, 2.6): an empty list or a refusal.
    pub zones_without_permission: WithoutPermission,
    /// HTTP status of 7003, "400/404" in the sheet.
    pub bad_identifier: u16,
    /// HTTP status of 9103, "400/403" in the sheet.
    pub unknown_key: u16,
    /// What a product says to a live token without the permission (2.4, 6).
    pub forbidden: Forbidden,
    /// Code of a 429: "971, 10000, 10013, 10500 or other".
    pub rate_limit_code: i64,
    pub quota: Quota,
    pub lockout: Lockout,
    /// How long a value still works after its token was disabled, rolled or deleted.
    pub propagation: Propagation,
    /// What a retired Origin CA key is told (10, U).
    pub origin_ca: OriginCa,
    /// Whether revoking a refresh token also ends its access token, and the reverse (3.7 C, 10 U).
    pub refresh_revocation_ends_access: bool,
    pub access_revocation_ends_refresh: bool,
    /// `result_info.count` of audit v2 as text, as the documentation shows it, or as a number (4.2).
    pub audit_v2_count_is_text: bool,
    /// `result_info.cursor` (documentation) or `result_info.cursors.after` (the SDKs look for it) (4.2).
    pub audit_v2_cursor: CursorPlace,
    /// `limit` of audit v2 when none is given (10, U).
    pub audit_v2_default_limit: usize,
    /// `raw.uri` with `/client/v4` in front, or without as in the examples (4.3).
    pub audit_v2_uri_is_whole: bool,
    /// Whether what users do to themselves (minting a user token) shows in the logs of their accounts (4.1,
    /// C).
    pub user_actions_in_account_logs: bool,
    /// The first day audit v2 has data for; older history is in v1 alone (4.2).
    pub audit_v2_since: &'static str,
    /// Whether `token_roll` in v1 shows SHA-256 of the values (4.1, C) or an unrelated digest.
    pub token_hash_is_sha256: bool,
    /// Whether `PATCH tunnel_secret` changes the token of a remote-managed tunnel (3.7, C).
    pub patch_rotates_remote_tunnel: bool,
    /// The account that R2's host stands for, when the `Host` header names none (the origin is loopback).
    pub r2_account: Option<String>,
    /// Whether temporary R2 credentials die with their parent at once (1.8, U).
    pub r2_parent_ends_temporary: bool,
    /// The address that callers seem to come from; `None`: the one of the connection.
    pub client_address: Option<std::net::IpAddr>,
    /// Whether `x-drill-client-ip` of a request is believed. For tests only: anybody could lie.
    pub honour_client_header: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            account_token_on_user_verify: 401,
            user_token_on_account_verify: WrongDoor::InvalidToken,
            wrong_account_on_verify: WrongDoor::InvalidToken,
            verify_from_elsewhere: FromElsewhere::Location,
            verify_too_early: TooEarly::Active,
            accounts_for_account_tokens: AccountsList::Own,
            zone_token_sees_account: false,
            zones_without_permission: WithoutPermission::EmptyList,
            bad_identifier: 404,
            unknown_key: 403,
            forbidden: Forbidden::Enriched,
            rate_limit_code: 971,
            quota: Quota::default(),
            lockout: Lockout::default(),
            propagation: Propagation::None,
            origin_ca: OriginCa::NotServed,
            refresh_revocation_ends_access: true,
            access_revocation_ends_refresh: false,
            audit_v2_count_is_text: true,
            audit_v2_cursor: CursorPlace::Flat,
            audit_v2_default_limit: 100,
            audit_v2_uri_is_whole: false,
            user_actions_in_account_logs: true,
            audit_v2_since: "2026-03-10T00:00:00Z",
            token_hash_is_sha256: true,
            patch_rotates_remote_tunnel: true,
            r2_account: None,
            r2_parent_ends_temporary: true,
            client_address: None,
            honour_client_header: false,
        }
    }
}

/// The answer of a verify endpoint that does not serve this token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongDoor {
    /// 401, 1000 "Invalid API Token": looks exactly like death.
    InvalidToken,
    /// 403, 10000 "Authentication error".
    AuthenticationError,
    /// 403, 9109 "Unauthorized to access requested resource".
    Unauthorized,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromElsewhere {
    /// 403, 9109 "Cannot use the access token from location".
    Location,
    /// 200: the condition is not looked at.
    Active,
    /// 401, 1000: indistinguishable from an unknown token on this endpoint alone.
    InvalidToken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TooEarly {
    /// 200 "active" with a `not_before` in the future.
    Active,
    /// 401, 1000.
    InvalidToken,
    /// 200 with a status word of its own.
    Status(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountsList {
    /// 200 with exactly the token's own account.
    Own,
    /// 400, 1001 "List accounts endpoint does not support account owned tokens."
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutPermission {
    EmptyList,
    /// 403, 9109 "Unauthorized to access requested resource".
    Unauthorized,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginCa {
    /// 401, 10000: the header is no longer a credential.
    NotServed,
    /// 400, 9106: the header is no longer looked at.
    NotLookedAt,
    /// Before 2026-09-30: it worked.
    Served,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorPlace {
    Flat,
    Nested,
}

/// Requests a user or an account token may make (5): 1,200 in five minutes, then all calls fail for five
/// more.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub requests: u32,
    pub window: SignedDuration,
    pub per_second_and_address: u32,
}

impl Default for Quota {
    fn default() -> Self {
        Quota { requests: 1200, window: SignedDuration::from_mins(5), per_second_and_address: 200 }
    }
}

/// Failing authentications of one address before "Max auth failures reached". Threshold, duration and HTTP
/// status are unknown (5, 10); a client that keeps to one failure a second and stops after 20 in a row stays
/// below.
#[derive(Clone, Copy, Debug)]
pub struct Lockout {
    pub failures: u32,
    pub window: SignedDuration,
    pub lasts: SignedDuration,
    pub status: u16,
}

impl Default for Lockout {
    fn default() -> Self {
        Lockout {
            failures: 30,
            window: SignedDuration::from_secs(20),
            lasts: SignedDuration::from_mins(5),
            status: 403,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    None,
    /// The old state answers this many more requests with that value.
    Requests(u32),
    /// The old state answers for this long.
    For(SignedDuration),
}
