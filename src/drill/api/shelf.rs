//! Plain lists and single objects: what the families of endpoints do.
//!
//! Objects are kept as the JSON they came as, under the path they live at. Leaves out validation: a rehearsal
//! needs a DNS record to appear, not to be a correct DNS record.

use super::super::audit::Note;
use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::world::World;
use super::families::{ACTIONS, DOCUMENTS, OF_ACCOUNTS, OF_ZONES};
use super::family::{Family, Ids, Paging, Single};
use super::paging::{after_cursor, numbered};
use super::{Call, Needs, PREFIX, Route};
use axum::http::Method;
use serde_json::{Value, json};

/// The last part of the path of a member.
const MEMBER: &str = "id";

pub(super) fn routes() -> Vec<Route> {
    let of_accounts = OF_ACCOUNTS.iter().flat_map(|family| family_routes("/accounts/{account}", family));
    let of_zones = OF_ZONES.iter().flat_map(|family| family_routes("/zones/{zone}", family));
    let documents = DOCUMENTS.iter().flat_map(document_routes);
    let actions = ACTIONS.iter().map(action_route);
    of_accounts.chain(of_zones).chain(documents).chain(actions).collect()
}

fn family_routes(scope: &str, family: &'static Family) -> Vec<Route> {
    let (read, write) = (Needs::Read(family.read), Needs::Write(family.write));
    let path = format!("{scope}{}", family.path);
    let member = format!("{path}/{{{MEMBER}}}");
    let routes = vec![
        Route::get(&path, read, list),
        Route::new(Method::POST, &path, write, create),
        // Secrets of a Worker and its custom domains are put on the collection, with their name in the body.
        Route::new(Method::PUT, &path, write, create),
        Route::get(&member, read, get),
        Route::new(Method::PUT, &member, write, replace),
        Route::new(Method::PATCH, &member, write, patch),
        Route::new(Method::DELETE, &member, write, delete),
    ];
    routes.into_iter().map(|route| route.about(family.product, family.kind).family(family)).collect()
}

fn document_routes(document: &'static Single) -> Vec<Route> {
    let (read, write) = (Needs::Read(document.stems), Needs::Write(document.stems));
    let put = |method| Route::new(method, document.path, write, document_put);
    let routes = vec![
        Route::get(document.path, read, document_get),
        put(Method::PUT),
        put(Method::PATCH),
        put(Method::POST),
        Route::new(Method::DELETE, document.path, write, document_delete),
    ];
    routes.into_iter().map(|route| route.about(document.product, document.kind)).collect()
}

fn action_route(action: &'static Single) -> Route {
    Route::new(Method::POST, action.path, Needs::Write(action.stems), act).about(action.product, action.kind)
}

/// Where the members of the call's family are kept.
fn shelf(call: &Call<'_>) -> String {
    let path = path(call);
    match call.param(MEMBER) {
        "" => path.to_owned(),
        member => path[..path.len() - member.len() - 1].to_owned(),
    }
}

fn path<'c>(call: &'c Call<'_>) -> &'c str {
    call.request.path.strip_prefix(PREFIX).unwrap_or(&call.request.path)
}

fn family(call: &Call<'_>) -> Result<&'static Family, Refusal> {
    call.route.family.ok_or_else(|| Refusal::no_route(404, path(call)))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let family = family(call)?;
    let members = world.shelves.get(&shelf(call)).cloned().unwrap_or_default();
    let members = filtered(members, call);
    Ok(match family.paging {
        Paging::Numbered => numbered(members, call.request, 20, 1000),
        Paging::Single => Reply::result(Value::Array(members)),
        Paging::Cursor => {
            let limit = call.request.number("limit").unwrap_or(1000).clamp(10, 1000);
            let (shown, cursor) = after_cursor(members, call.request, limit);
            let info = json!({"count": shown.len(), "cursor": cursor.unwrap_or_default()});
            Reply::page(Value::Array(shown), info)
        }
        Paging::Nested(name) => {
            let limit = call.request.number("per_page").unwrap_or(20).clamp(1, 1000);
            let (shown, cursor) = after_cursor(members, call.request, limit);
            let info = json!({"per_page": limit, "cursor": cursor.unwrap_or_default()});
            Reply::page(json!({ name: shown }), info)
        }
    })
}

/// `name` and `type` select, where members have such fields.
fn filtered(members: Vec<Value>, call: &Call<'_>) -> Vec<Value> {
    let selects = |member: &Value, field: &str| {
        call.request.query(field).is_none_or(|wanted| member[field].is_null() || member[field] == wanted)
    };
    members.into_iter().filter(|m| selects(m, "name") && selects(m, "type")).collect()
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let family = family(call)?;
    let mut member = (family.defaults)();
    overlay(&mut member, call.request.json());
    let field = family.ids.field();
    match family.ids {
        Ids::Hex(_) => member[field] = json!(world.chance.id()),
        Ids::Uuid(_) => member[field] = json!(world.chance.uuid()),
        Ids::Number => member[field] = json!(next_number(world, &shelf(call))),
        Ids::Named(_) if member[field].is_string() => {}
        Ids::Named(_) => return Err(Refusal::invalid_request(format!("{field}: required"))),
    }
    let created = rfc3339(call.request.at);
    member["created_on"] = json!(created);
    member["modified_on"] = json!(created);
    store(world, call, family, member)
}

fn next_number(world: &World, shelf: &str) -> u64 {
    let numbers = world.shelves.get(shelf).into_iter().flatten().filter_map(|member| member["id"].as_u64());
    numbers.max().unwrap_or(0) + 1
}

/// Puts a member in its place and tells it back, with what is shown only now.
fn store(world: &mut World, call: &Call<'_>, family: &'static Family, mut member: Value) -> Answer {
    for hidden in family.never {
        member.as_object_mut().and_then(|fields| fields.remove(*hidden));
    }
    let field = family.ids.field();
    let shelf = world.shelves.entry(shelf(call)).or_default();
    let before = match shelf.iter_mut().find(|known| known[field] == member[field]) {
        Some(known) => std::mem::replace(known, member.clone()),
        None => {
            shelf.push(member.clone());
            Value::Null
        }
    };
    world.note = note(family, call, &before, &member);
    if before.is_null() {
        for secret in family.once {
            member[*secret] = json!(world.chance.hex(64));
        }
    }
    Ok(Reply::result(member))
}

fn note(family: &Family, call: &Call<'_>, before: &Value, after: &Value) -> Option<Note> {
    let words = family.v1?;
    let action = match (before.is_null(), after.is_null()) {
        (true, _) => words.create,
        (false, true) => words.delete,
        (false, false) => words.update,
    };
    let shown = if after.is_null() { before } else { after };
    let field = &shown[family.ids.field()];
    let id = field.as_str().unwrap_or(call.param(MEMBER));
    let metadata = json!({"name": shown["name"], "type": shown["type"], "content": shown["content"]});
    Some(Note::new(action, words.resource_type, id).metadata(metadata).values(before.clone(), after.clone()))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    Ok(Reply::result(world.shelves[&shelf(call)][at].clone()))
}

/// A named member that is not there yet comes into being, as `PUT` of a Worker or a bucket setting does.
fn replace(world: &mut World, call: &Call<'_>) -> Answer {
    let family = family(call)?;
    let before = position(world, call).map(|at| world.shelves[&shelf(call)][at].clone());
    let known = match (before, family.ids) {
        (Ok(known), _) => known,
        (Err(_), Ids::Named(_)) => json!({}),
        (Err(missing), Ids::Hex(_) | Ids::Uuid(_) | Ids::Number) => return Err(missing),
    };
    let mut member = (family.defaults)();
    overlay(&mut member, call.request.json());
    let (field, now) = (family.ids.field(), rfc3339(call.request.at));
    member[field] = if known[field].is_null() { json!(call.param(MEMBER)) } else { known[field].clone() };
    member["created_on"] =
        if known["created_on"].is_null() { json!(now) } else { known["created_on"].clone() };
    member["modified_on"] = json!(now);
    store(world, call, family, member)
}

fn patch(world: &mut World, call: &Call<'_>) -> Answer {
    let family = family(call)?;
    let at = position(world, call)?;
    let mut member = world.shelves[&shelf(call)][at].clone();
    overlay(&mut member, call.request.json());
    member["modified_on"] = json!(rfc3339(call.request.at));
    store(world, call, family, member)
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let family = family(call)?;
    let at = position(world, call)?;
    let shelf = world.shelves.entry(shelf(call)).or_default();
    let removed = shelf.remove(at);
    world.note = note(family, call, &removed, &Value::Null);
    let field = family.ids.field();
    Ok(Reply::result(json!({ field: removed[field] })))
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let family = family(call)?;
    let wanted = call.param(MEMBER);
    let field = family.ids.field();
    let is_it = |member: &Value| match member[field].as_u64() {
        Some(number) => wanted.parse() == Ok(number),
        None => member[field] == wanted,
    };
    let found = world.shelves.get(&shelf(call)).and_then(|members| members.iter().position(is_it));
    found.ok_or_else(|| Refusal::not_found(family.missing, format!("{} not found", family.kind)))
}

/// Puts the fields of a body over an object; a body that is none changes nothing.
fn overlay(object: &mut Value, body: Value) {
    if let Value::Object(fields) = body {
        for (name, value) in fields {
            object[name] = value;
        }
    }
}

fn document_get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(Reply::result(world.documents.get(path(call)).cloned().unwrap_or_else(|| json!({}))))
}

fn document_put(world: &mut World, call: &Call<'_>) -> Answer {
    let known = world.documents.entry(path(call).to_owned()).or_insert_with(|| json!({}));
    overlay(known, call.request.json());
    Ok(Reply::result(known.clone()))
}

fn document_delete(world: &mut World, call: &Call<'_>) -> Answer {
    world.documents.remove(path(call));
    Ok(Reply::result(json!({})))
}

fn act(_: &mut World, _: &Call<'_>) -> Answer {
    Ok(Reply::result(json!({})))
}
