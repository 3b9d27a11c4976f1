use super::super::choices::{AccountsList, WithoutPermission};
use super::super::clock::rfc3339;
use super::super::gate::{Caller, Level};
use super::super::refusal::{Refusal, Style};
use super::super::reply::{Answer, Reply};
use super::super::things::people::{Account, User, Zone};
use super::super::things::policy::Target;
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use axum::http::Method;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    let any = Needs::AnyCredential;
    let routes = vec![
        Route::get("/user", Needs::Read(&["User Details"]), user).about("user", "user"),
        Route::get("/accounts", any, list_accounts).about("accounts", "account"),
        Route::get("/accounts/{account}", any, get_account).about("accounts", "account"),
        Route::new(Method::PUT, "/accounts/{account}", Needs::Write(&["Account Settings"]), put_account)
            .about("accounts", "account"),
        Route::get("/zones", any, list_zones).about("zones", "zone"),
        Route::new(Method::POST, "/zones", any, create_zone).about("zones", "zone"),
        Route::get("/zones/{zone}", any, get_zone).about("zones", "zone"),
        Route::new(Method::DELETE, "/zones/{zone}", Needs::Write(&["Zone"]), delete_zone)
            .about("zones", "zone"),
    ];
    routes.into_iter().map(|route| route.style(Style::Gateway)).collect()
}

fn user(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.user()?;
    let user = world.user(id).ok_or_else(|| Refusal::needs_a_user(Style::Gateway))?;
    Ok(Reply::result(user_json(world, user)))
}

fn user_json(world: &World, user: &User) -> Value {
    let memberships = world.memberships.iter().filter(|m| m.user.as_deref() == Some(&user.id));
    let organizations: Vec<Value> = memberships
        .filter_map(|m| Some((m, world.account(&m.account)?)))
        .map(|(m, account)| {
            json!({"id": account.id, "name": account.name, "status": "member", "roles": [m.role.name()]})
        })
        .collect();
    json!({
        "id": user.id,
        "email": user.email,
        "first_name": null,
        "last_name": null,
        "telephone": null,
        "country": null,
        "zipcode": null,
        "two_factor_authentication_enabled": user.two_factor,
        "two_factor_authentication_locked": false,
        "suspended": false,
        "has_pro_zones": false,
        "has_business_zones": false,
        "has_enterprise_zones": false,
        "betas": [],
        "organizations": organizations,
    })
}

fn list_accounts(world: &mut World, call: &Call<'_>) -> Answer {
    let caller = call.caller()?;
    if caller.user().is_none() && world.choices.accounts_for_account_tokens == AccountsList::Refused {
        let words = "List accounts endpoint does not support account owned tokens.";
        return Err(Refusal::new(400, 1001, words));
    }
    let shown = world.accounts.iter().filter(|account| sees_account(world, caller, account));
    let named = shown.filter(|account| call.request.query("name").is_none_or(|name| account.name == name));
    let listed = named.map(account_json).collect();
    Ok(numbered(listed, call.request, 20, 50))
}

/// An account shows up for any permission on it; an account-owned token always sees its own (CLOUDFLARE.md
/// 2.3, 2.6).
fn sees_account(world: &World, caller: &Caller, account: &Account) -> bool {
    if world.sees(caller, Target::Account(&account.id)) {
        return true;
    }
    let some_zone =
        || world.zones.iter().any(|zone| zone.account == account.id && world.sees(caller, zone_target(zone)));
    world.choices.zone_token_sees_account && some_zone()
}

fn zone_target(zone: &Zone) -> Target<'_> {
    Target::Zone { zone: &zone.id, account: &zone.account }
}

fn get_account(world: &mut World, call: &Call<'_>) -> Answer {
    let caller = call.caller()?;
    let account = world.account(call.account()).filter(|account| sees_account(world, caller, account));
    account.map(|account| Reply::result(account_json(account))).ok_or_else(Refusal::unauthorized)
}

fn put_account(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let name = body["name"].as_str().ok_or_else(|| Refusal::invalid_request("name: required"))?;
    let account = world.accounts.iter_mut().find(|account| account.id == call.account());
    let account = account.ok_or_else(Refusal::unauthorized)?;
    name.clone_into(&mut account.name);
    if let Some(enforce) = body["settings"]["enforce_twofactor"].as_bool() {
        account.enforce_two_factor = enforce;
    }
    Ok(Reply::result(account_json(account)))
}

fn account_json(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "type": "standard",
        "settings": {
            "enforce_twofactor": account.enforce_two_factor,
            "api_access_enabled": null,
            "access_approval_expiry": null,
            "abuse_contact_email": null,
        },
        "created_on": rfc3339(account.created_on),
    })
}

fn list_zones(world: &mut World, call: &Call<'_>) -> Answer {
    let caller = call.caller()?;
    let visible: Vec<&Zone> =
        world.zones.iter().filter(|zone| world.sees(caller, zone_target(zone))).collect();
    if visible.is_empty() && world.choices.zones_without_permission == WithoutPermission::Unauthorized {
        return Err(Refusal::unauthorized());
    }
    let wanted = |zone: &&Zone| {
        let asked = |name, value: &str| call.request.query(name).is_none_or(|wanted| wanted == value);
        asked("name", &zone.name) && asked("account.id", &zone.account) && asked("status", "active")
    };
    let listed = visible.into_iter().filter(wanted).map(|zone| zone_json(world, zone)).collect();
    Ok(numbered(listed, call.request, 20, 50))
}

fn get_zone(world: &mut World, call: &Call<'_>) -> Answer {
    let caller = call.caller()?;
    let zone = world.zone(call.param("zone")).filter(|zone| world.sees(caller, zone_target(zone)));
    zone.map(|zone| Reply::result(zone_json(world, zone))).ok_or_else(Refusal::unauthorized)
}

fn create_zone(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let account =
        body["account"]["id"].as_str().ok_or_else(|| Refusal::invalid_request("account.id: required"))?;
    let name = body["name"].as_str().ok_or_else(|| Refusal::invalid_request("name: required"))?;
    // A permission on one zone does not reach a zone that is not there yet; one on all zones does.
    let target = Target::Zone { zone: "not yet", account };
    if !world.may(call.caller()?, Level::Write, &["Zone"], target) {
        return Err(Refusal::unauthorized());
    }
    let zone = Zone {
        id: world.chance.id(),
        account: account.to_owned(),
        name: name.to_owned(),
        created_on: call.request.at,
    };
    let reply = Reply::result(zone_json(world, &zone));
    world.zones.push(zone);
    Ok(reply)
}

fn delete_zone(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.param("zone");
    world.zones.retain(|zone| zone.id != id);
    Ok(Reply::result(json!({ "id": id })))
}

fn zone_json(world: &World, zone: &Zone) -> Value {
    let account_name = world.account(&zone.account).map(|account| account.name.as_str());
    let created = rfc3339(zone.created_on);
    json!({
        "id": zone.id,
        "name": zone.name,
        "status": "active",
        "paused": false,
        "type": "full",
        "development_mode": 0,
        "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        "original_name_servers": [],
        "original_registrar": null,
        "original_dnshost": null,
        "created_on": created,
        "modified_on": created,
        "activated_on": created,
        "meta": {"step": 4, "page_rule_quota": 3, "phishing_detected": false},
        "owner": {"id": null, "type": "organization", "name": account_name},
        "account": {"id": zone.account, "name": account_name},
        "tenant": {"id": null, "name": null},
        "tenant_unit": {"id": null},
        "permissions": ["#zone:read"],
        "plan": {"id": "0f".repeat(16), "name": "Free Website", "price": 0, "currency": "USD"},
    })
}
