//! What would be done, as data: shown before it is done, and the same in every run.

use crate::cloudflare::changes::{TokenPath, TokenRoute};
use crate::cloudflare::endpoints::AccountId;
use crate::model::incident::{Action, ActionState, Minted, MintedKind, Presence, Target, TargetKind, Verb};

/// How the person wants the credential to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Freeze,
    Roll,
    Delete,
    Nothing,
}

/// Public OAuth clients whose logins leak (CLOUDFLARE.md 1.6).
pub const OAUTH_CLIENTS: [(&str, &str); 2] =
    [("wrangler", "54d11594-84e4-41aa-b438-e81b8fa78ee7"), ("cf", "cbca97e7-c331-4cdd-8fd8-e25a451b98bf")];

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub target: &'a Target,
    pub fingerprint: Option<&'a str>,
    /// The responder that may read the record, and so perhaps change it.
    pub responder: Option<&'a str>,
}

/// The steps that end the credential itself.
pub fn for_leak(subject: &Subject<'_>, wish: Wish) -> Vec<Action> {
    if wish == Wish::Nothing {
        return Vec::new();
    }
    let target = subject.target;
    match target.kind {
        TargetKind::UserToken | TargetKind::AccountToken => vec![token(subject, wish)],
        TargetKind::OauthLogin => OAUTH_CLIENTS.iter().map(|client| revoke_login(subject, client)).collect(),
        TargetKind::ServiceToken => vec![service_token(subject, wish)],
        TargetKind::TurnstileWidget => vec![widget(subject)],
        TargetKind::Tunnel => vec![tunnel_secret(subject), tunnel_connections(subject)],
        TargetKind::GlobalApiKey => vec![by_hand(subject, GLOBAL_KEY_SAYS, GLOBAL_KEY)],
        TargetKind::OriginCaKey => vec![by_hand(subject, ORIGIN_CA_SAYS, ORIGIN_CA)],
        TargetKind::Other => vec![by_hand(subject, OTHER_SAYS, OTHER)],
    }
}

/// Steps that end the credentials it minted. They are frozen, whatever was wished for the leak: nobody knows yet what
/// depends on them.
pub fn for_minted(minted: &[Minted], responder: Option<&str>) -> Vec<Action> {
    let is_open = |minted: &&Minted| {
        matches!(minted.kind, MintedKind::Token | MintedKind::ServiceToken)
            && matches!(minted.presence, Presence::Exists | Presence::Unknown)
    };
    let action = |minted: &Minted| {
        let is_service = minted.kind == MintedKind::ServiceToken;
        // Of a token, the account says whose it is: none for a user's.
        let account = minted.account.clone();
        let target = Target {
            kind: match (is_service, &account) {
                (true, _) => TargetKind::ServiceToken,
                (false, Some(_)) => TargetKind::AccountToken,
                (false, None) => TargetKind::UserToken,
            },
            id: Some(minted.id.clone()?),
            name: minted.name.clone(),
            account,
            minted: true,
        };
        // Whoever may manage the leak may manage this, unless nobody could even look it up.
        let responder = responder.filter(|_| minted.presence != Presence::Unknown);
        let subject = Subject { target: &target, fingerprint: None, responder };
        Some(if is_service { service_token(&subject, Wish::Freeze) } else { token(&subject, Wish::Freeze) })
    };
    minted.iter().filter(is_open).filter_map(action).collect()
}

/// Where the record of it is, with ids that were checked; `None` where there is none, or an id is no id.
pub fn record_path(target: &Target) -> Option<String> {
    match target.kind {
        TargetKind::UserToken => token_path(&TokenRoute::User, target),
        TargetKind::AccountToken => {
            token_path(&TokenRoute::Account(AccountId::new(target.account.as_deref()?)?), target)
        }
        TargetKind::ServiceToken => path_in_account(target, "access/service_tokens"),
        TargetKind::TurnstileWidget => path_in_account(target, "challenges/widgets"),
        TargetKind::Tunnel => path_in_account(target, "cfd_tunnel"),
        TargetKind::GlobalApiKey | TargetKind::OriginCaKey | TargetKind::OauthLogin | TargetKind::Other => {
            None
        }
    }
}

fn token_path(route: &TokenRoute, target: &Target) -> Option<String> {
    Some(TokenPath::new(route, target.id.as_deref()?)?.as_str().to_owned())
}

fn token(subject: &Subject<'_>, wish: Wish) -> Action {
    let target = subject.target;
    let Some(path) = record_path(target) else { return by_hand(subject, TOKEN_SAYS, TOKEN) };
    let (verb, request, says, undo) = match wish {
        Wish::Freeze | Wish::Nothing => (
            Verb::Freeze,
            format!("PUT {path}"),
            "sets its status to disabled and leaves the rest of its record as it is; whatever uses it stops working",
            Some("set the status back to active, in the dashboard or with the same request"),
        ),
        Wish::Roll => (
            Verb::Roll,
            format!("PUT {path}/value"),
            "gives it a new value with the same rights; the old value stops working",
            None,
        ),
        Wish::Delete => (
            Verb::Delete,
            format!("DELETE {path}"),
            "deletes it for good; whatever uses it stops working",
            None,
        ),
    };
    action(subject, verb, Some(request), says, undo)
}

fn revoke_login(subject: &Subject<'_>, (name, client): &(&str, &str)) -> Action {
    let says =
        format!("tells the login server to forget the token, as one of {name}'s; the person logs in again");
    let mut revoke = action(subject, Verb::Revoke, Some("POST /oauth2/revoke".to_owned()), &says, None);
    revoke.id = format!("{} as {name}", revoke.id);
    revoke.target.id = Some((*client).to_owned());
    // Whoever has the token may end it: no responder is needed (RFC 7009, public clients).
    revoke.responder = Some("the token itself".to_owned());
    revoke
}

fn service_token(subject: &Subject<'_>, wish: Wish) -> Action {
    let Some(path) = record_path(subject.target) else {
        return by_hand(subject, SERVICE_TOKEN_SAYS, SERVICE_TOKEN);
    };
    let (verb, request, says, undo) = match wish {
        Wish::Freeze | Wish::Nothing => (
            Verb::Disable,
            format!("PUT {path}"),
            "disables it; whatever authenticates with it is refused",
            Some("enable it again, in the dashboard or with the same request"),
        ),
        Wish::Roll => (
            Verb::Rotate,
            format!("POST {path}/rotate"),
            "gives it a new secret; the old one stops working at once",
            None,
        ),
        Wish::Delete => (Verb::Delete, format!("DELETE {path}"), "deletes it for good", None),
    };
    action(subject, verb, Some(request), says, undo)
}

fn widget(subject: &Subject<'_>) -> Action {
    let Some(path) = record_path(subject.target) else {
        return by_hand(subject, WIDGET_SAYS, WIDGET);
    };
    let says = "gives the widget a new secret and ends the old one at once; servers that check with the old one refuse \
                every visitor until they have the new one";
    action(subject, Verb::Rotate, Some(format!("POST {path}/rotate_secret")), says, None)
}

fn tunnel_secret(subject: &Subject<'_>) -> Action {
    let Some(path) = record_path(subject.target) else {
        return by_hand(subject, TUNNEL_SAYS, TUNNEL);
    };
    let says = "gives the tunnel a new random secret; connectors with the old one cannot connect again";
    action(subject, Verb::Rotate, Some(format!("PATCH {path}")), says, None)
}

fn tunnel_connections(subject: &Subject<'_>) -> Action {
    let Some(path) = record_path(subject.target) else {
        return by_hand(subject, TUNNEL_SAYS, TUNNEL);
    };
    let says = "drops every connection of the tunnel, also those of strangers: what runs with the old secret is off \
                until it has the new one";
    action(subject, Verb::DropConnections, Some(format!("DELETE {path}/connections")), says, None)
}

fn path_in_account(target: &Target, collection: &str) -> Option<String> {
    let account = AccountId::new(target.account.as_deref()?)?;
    let id = target.id.as_deref()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let is_safe = (1..=64).contains(&id.len()) && id.bytes().all(is_plain);
    is_safe.then(|| format!("/accounts/{}/{collection}/{id}", account.as_str()))
}

fn action(
    subject: &Subject<'_>,
    verb: Verb,
    request: Option<String>,
    says: &str,
    undo: Option<&str>,
) -> Action {
    let target = subject.target;
    let confirm = target.id.iter().map(String::as_str).chain(subject.fingerprint);
    Action {
        id: format!("{} {} {}", verb.as_str(), target.kind.as_str(), name(subject)),
        verb,
        request,
        says: says.to_owned(),
        undo: undo.map(str::to_owned),
        confirm: confirm.map(str::to_owned).collect(),
        responder: subject.responder.map(str::to_owned),
        by_hand: Vec::new(),
        state: ActionState::Planned,
        target: target.clone(),
    }
}

fn by_hand(subject: &Subject<'_>, says: &str, steps: &[&str]) -> Action {
    Action {
        by_hand: steps.iter().map(|step| (*step).to_owned()).collect(),
        responder: None,
        state: ActionState::ByHand,
        ..action(subject, Verb::ByHand, None, says, None)
    }
}

fn name(subject: &Subject<'_>) -> String {
    let known = subject.target.id.as_deref().or(subject.fingerprint);
    known.unwrap_or("of unknown id").to_owned()
}

const GLOBAL_KEY_SAYS: &str = "no API changes a Global API key: its owner does it in the dashboard";
const GLOBAL_KEY: &[&str] = &[
    "The owner of the key logs in at https://dash.cloudflare.com/profile/api-tokens",
    "API Keys → Global API Key → Change, and confirms with the password",
    "My Profile → Authentication: change the password, check two-factor authentication",
    "My Profile → Sessions: revoke every session that is not known",
    "Run the same command again: it asks until the old key is refused",
];

const ORIGIN_CA_SAYS: &str = "no API changes an Origin CA key; the format was retired on 2026-09-30";
const ORIGIN_CA: &[&str] = &[
    "The owner of the key logs in at https://dash.cloudflare.com/profile/api-tokens",
    "API Keys → Origin CA Key → Change, where it is still offered: every value shown before ends",
    "Look for the API token that replaced it in the same place: it may have leaked with it",
];

const TOKEN_SAYS: &str =
    "its record was not found, so nothing can be sent: somebody who may manage it ends it";
const TOKEN: &[&str] = &[
    "A user's token: its user opens https://dash.cloudflare.com/profile/api-tokens",
    "An account's token: an administrator opens https://dash.cloudflare.com/?to=/:account/api-tokens",
    "Find it by its name, its last use, or its rights; then … → Disable or Delete",
    "Where its user cannot be reached, an administrator removes the member from the account",
    "Or run again with --responder of the right owner, or with --token-id",
];

const SERVICE_TOKEN_SAYS: &str = "it was not found in any account a responder may see";
const SERVICE_TOKEN: &[&str] = &[
    "Open https://dash.cloudflare.com/?to=/:account/access/service-auth/service-tokens",
    "Find it by its client id (in front of the secret where it leaked), then Rotate or Delete",
];

const WIDGET_SAYS: &str = "its widget was not found in any account a responder may see";
const WIDGET: &[&str] = &[
    "Open https://dash.cloudflare.com/?to=/:account/turnstile and the widget's settings",
    "Rotate secret, and end the old one at once",
];

const TUNNEL_SAYS: &str = "its tunnel could not be told";
const TUNNEL: &[&str] = &[
    "Open https://dash.cloudflare.com/?to=/:account/tunnels",
    "Refresh the token, then drop its connections",
];

const OTHER_SAYS: &str = "cfleak has no request that ends this kind: a person does it";
const OTHER: &[&str] = &[
    "`cfleak rules show KIND` says how this kind is ended and where",
    "A deploy hook: delete it in the project's settings and make another",
    "A Realtime, Stream or Images key: delete it and make another",
    "An MCP login: https://dash.cloudflare.com/profile/access-management/authorization",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: TargetKind, account: Option<&str>) -> Target {
        let id = match kind {
            TargetKind::TurnstileWidget => "0x4AAA".to_owned(),
            _other => "0f".repeat(16),
        };
        Target { kind, id: Some(id), name: None, account: account.map(str::to_owned), minted: false }
    }

    fn requests(target: &Target, wish: Wish) -> Vec<String> {
        let subject = Subject { target, fingerprint: Some("cf1:00"), responder: Some("env:R") };
        let steps = for_leak(&subject, wish);
        steps
            .iter()
            .map(|step| step.request.clone().unwrap_or_else(|| step.verb.as_str().to_owned()))
            .collect()
    }

    #[test]
    fn each_kind_has_its_way_to_end() {
        let account = "a".repeat(32);
        let id = "0f".repeat(16);
        for (kind, wish, expected) in [
            (TargetKind::UserToken, Wish::Freeze, vec![format!("PUT /user/tokens/{id}")]),
            (TargetKind::UserToken, Wish::Roll, vec![format!("PUT /user/tokens/{id}/value")]),
            (TargetKind::AccountToken, Wish::Delete, vec![format!("DELETE /accounts/{account}/tokens/{id}")]),
            (TargetKind::UserToken, Wish::Nothing, vec![]),
            (
                TargetKind::ServiceToken,
                Wish::Freeze,
                vec![format!("PUT /accounts/{account}/access/service_tokens/{id}")],
            ),
            (
                TargetKind::TurnstileWidget,
                Wish::Freeze,
                vec![format!("POST /accounts/{account}/challenges/widgets/0x4AAA/rotate_secret")],
            ),
            (
                TargetKind::Tunnel,
                Wish::Freeze,
                vec![
                    format!("PATCH /accounts/{account}/cfd_tunnel/{id}"),
                    format!("DELETE /accounts/{account}/cfd_tunnel/{id}/connections"),
                ],
            ),
            (TargetKind::GlobalApiKey, Wish::Freeze, vec!["by hand".to_owned()]),
            (TargetKind::OauthLogin, Wish::Freeze, vec!["POST /oauth2/revoke".to_owned(); 2]),
        ] {
            assert_eq!(requests(&target(kind, Some(&account)), wish), expected, "{kind:?}");
        }
    }

    #[test]
    fn what_cannot_be_named_safely_is_left_to_people() {
        for (id, account) in
            [("../../members", Some("a".repeat(32))), ("0f", None), ("x", Some("short".to_owned()))]
        {
            for kind in [TargetKind::AccountToken, TargetKind::ServiceToken, TargetKind::Tunnel] {
                let target =
                    Target { id: Some(id.to_owned()), account: account.clone(), ..target(kind, None) };
                assert!(
                    requests(&target, Wish::Delete).iter().all(|step| step == "by hand"),
                    "{kind:?} {id}"
                );
            }
        }
    }

    #[test]
    fn a_token_that_was_minted_is_frozen_and_confirmed_by_its_own_id() {
        let id = "1f".repeat(16);
        let minted = |presence| Minted {
            kind: MintedKind::Token,
            id: Some(id.clone()),
            name: Some("ci-2".to_owned()),
            account: None,
            zone: None,
            at: None,
            by_token: None,
            generation: 1,
            presence,
            is_suspect: false,
            evidence: String::new(),
            advice: String::new(),
        };
        let steps = for_minted(&[minted(Presence::Exists), minted(Presence::Gone)], None);
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].verb, &steps[0].confirm), (Verb::Freeze, &vec![id.clone()]));
    }
}
