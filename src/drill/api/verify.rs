use super::super::choices::{TooEarly, WrongDoor};
use super::super::clock::rfc3339;
use super::super::gate::Caller;
use super::super::refusal::{Refusal, Style};
use super::super::reply::{Answer, Reply};
use super::super::things::token::{Owner, Token};
use super::super::world::World;
use super::{Call, Needs, Route};
use serde_json::json;

pub(super) fn routes() -> Vec<Route> {
    let verify = |path, run| Route::get(path, Needs::AnyCredential, run).style(Style::Verify);
    vec![verify("/user/tokens/verify", of_user), verify("/accounts/{account}/tokens/verify", of_account)]
}

fn of_user(world: &mut World, call: &Call<'_>) -> Answer {
    let token = presented_token(call)?;
    match &token.owner {
        Owner::User(_) => Ok(verified(world, call, token)),
        Owner::Account(_) => {
            let status = world.choices.account_token_on_user_verify;
            Err(Refusal::invalid(Style::Verify).with_status(status))
        }
    }
}

fn of_account(world: &mut World, call: &Call<'_>) -> Answer {
    let token = presented_token(call)?;
    match &token.owner {
        Owner::Account(id) if id == call.account() => Ok(verified(world, call, token)),
        Owner::Account(_) => Err(turned_away(world.choices.wrong_account_on_verify)),
        Owner::User(_) => Err(turned_away(world.choices.user_token_on_account_verify)),
    }
}

fn presented_token<'c>(call: &'c Call<'_>) -> Result<&'c Token, Refusal> {
    match call.caller()? {
        Caller::Token(token) => Ok(token),
        Caller::Key { .. } | Caller::Oauth(_) => Err(Refusal::invalid(Style::Verify)),
    }
}

fn turned_away(door: WrongDoor) -> Refusal {
    match door {
        WrongDoor::InvalidToken => Refusal::invalid(Style::Verify),
        WrongDoor::AuthenticationError => Refusal::authentication_error(),
        WrongDoor::Unauthorized => Refusal::unauthorized(),
    }
}

/// 200 and `success` for disabled and expired tokens too; the word is in `status` (CLOUDFLARE.md 2.2).
fn verified(world: &World, call: &Call<'_>, token: &Token) -> Reply {
    let now = call.request.at;
    let status = match &world.choices.verify_too_early {
        TooEarly::Status(word) if token.too_early(now) => word,
        TooEarly::Status(_) | TooEarly::Active | TooEarly::InvalidToken => token.status_at(now),
    };
    let mut result = json!({"id": token.id, "status": status});
    for (name, time) in [("not_before", token.not_before), ("expires_on", token.expires_on)] {
        if let Some(time) = time {
            result[name] = json!(rfc3339(time));
        }
    }
    let messages = match status {
        "active" => json!([{"code": 10000, "message": "This API Token is valid and active", "type": null}]),
        _ => json!([]),
    };
    Reply::with_messages(result, messages)
}
