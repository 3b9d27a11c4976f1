use super::super::refusal::{Refusal, Style};
use super::super::reply::{Answer, Reply};
use super::super::things::people::{Membership, Role};
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use axum::http::Method;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    const READ: Needs = Needs::Read(&["Account Settings"]);
    const WRITE: Needs = Needs::Write(&["Account Settings"]);
    const MEMBERS: &str = "/accounts/{account}/members";
    const MEMBER: &str = "/accounts/{account}/members/{member}";
    let of_account = vec![
        Route::get(MEMBERS, READ, list),
        Route::new(Method::POST, MEMBERS, WRITE, invite),
        Route::get(MEMBER, READ, get),
        Route::new(Method::PUT, MEMBER, WRITE, change),
        Route::new(Method::DELETE, MEMBER, WRITE, remove),
        Route::get("/accounts/{account}/roles", READ, roles),
        Route::get("/accounts/{account}/roles/{role}", READ, role),
    ];
    let own = Route::get("/memberships", Needs::Read(&["Memberships"]), memberships).style(Style::Legacy);
    let of_account =
        of_account.into_iter().map(|route| route.style(Style::Gateway).about("members", "member"));
    of_account.chain([own.about("members", "membership")]).collect()
}

fn memberships(world: &mut World, call: &Call<'_>) -> Answer {
    let user = call.user()?;
    let own = world.memberships.iter().filter(|m| m.user.as_deref() == Some(user));
    let listed = own.filter_map(|m| {
        let account = world.account(&m.account)?;
        Some(json!({
            "id": m.id,
            "status": status(m),
            "account": {"id": account.id, "name": account.name, "type": "standard"},
            "roles": [m.role.name()],
            "permissions": {},
            "api_access_enabled": null,
        }))
    });
    Ok(numbered(listed.collect(), call.request, 20, 50))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let members = world.memberships.iter().filter(|m| m.account == call.account());
    Ok(numbered(members.map(|m| member_json(world, m)).collect(), call.request, 20, 50))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let member = position(world, call)?;
    Ok(Reply::result(member_json(world, &world.memberships[member])))
}

fn invite(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let email = body["email"].as_str().ok_or_else(|| Refusal::invalid_request("email: required"))?;
    let role = asked_role(&body)?;
    let user = world.users.iter().find(|user| user.email == email).map(|user| user.id.clone());
    let membership = Membership {
        id: world.chance.id(),
        account: call.account().to_owned(),
        email: email.to_owned(),
        user,
        role,
        accepted: body["status"] == "accepted",
    };
    let reply = Reply::result(member_json(world, &membership));
    world.memberships.push(membership);
    Ok(reply)
}

fn change(world: &mut World, call: &Call<'_>) -> Answer {
    let member = position(world, call)?;
    world.memberships[member].role = asked_role(&call.request.json())?;
    Ok(Reply::result(member_json(world, &world.memberships[member])))
}

fn remove(world: &mut World, call: &Call<'_>) -> Answer {
    let member = position(world, call)?;
    let removed = world.memberships.remove(member);
    Ok(Reply::result(json!({ "id": removed.id })))
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let mut members = world.memberships.iter();
    let found = members.position(|m| m.account == call.account() && m.id == call.param("member"));
    found.ok_or_else(|| Refusal::not_found(1003, "Member not found for account"))
}

/// Roles come as ids, or inside objects.
fn asked_role(body: &Value) -> Result<Role, Refusal> {
    let first = &body["roles"][0];
    let id = first.as_str().or_else(|| first["id"].as_str());
    id.and_then(Role::from_id)
        .ok_or_else(|| Refusal::invalid_request("roles: at least one known role is required"))
}

fn roles(_: &mut World, call: &Call<'_>) -> Answer {
    Ok(numbered(Role::ALL.into_iter().map(role_json).collect(), call.request, 20, 50))
}

fn role(_: &mut World, call: &Call<'_>) -> Answer {
    let role = Role::from_id(call.param("role")).ok_or_else(|| Refusal::not_found(1003, "Role not found"))?;
    Ok(Reply::result(role_json(role)))
}

fn role_json(role: Role) -> Value {
    json!({"id": role.id(), "name": role.name(), "description": role.name(), "permissions": {}})
}

fn status(membership: &Membership) -> &'static str {
    if membership.accepted { "accepted" } else { "pending" }
}

fn member_json(world: &World, membership: &Membership) -> Value {
    let user = membership.user.as_deref().and_then(|id| world.user(id));
    json!({
        "id": membership.id,
        "email": membership.email,
        "status": status(membership),
        "user": {
            "id": user.map(|user| &user.id),
            "email": membership.email,
            "first_name": null,
            "last_name": null,
            "two_factor_authentication_enabled": user.is_some_and(|user| user.two_factor),
        },
        "roles": [role_json(membership.role)],
        "policies": [],
    })
}
