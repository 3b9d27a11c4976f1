//! Tunnels and WARP connectors (CLOUDFLARE.md 1.9, 1.11, 3.7).

use super::super::clock::rfc3339;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::things::holders::{Connector, Tunnel, TunnelFamily};
use super::super::world::World;
use super::paging::numbered;
use super::{Call, Needs, Route};
use crate::model::Secret;
use axum::http::Method;
use serde_json::{Value, json};

const CLOUDFLARED: &[&str] =
    &["Cloudflare Tunnel", "Cloudflare One Connectors", "Cloudflare One Connector: cloudflared"];
const WARP: &[&str] = &["Cloudflare One Connectors", "Cloudflare One Connector: WARP", "Cloudflare Tunnel"];

pub(super) fn routes() -> Vec<Route> {
    let cloudflared = routes_under("/accounts/{account}/cfd_tunnel", CLOUDFLARED);
    let warp = routes_under("/accounts/{account}/warp_connector", WARP);
    cloudflared.into_iter().chain(warp).collect()
}

fn routes_under(base: &str, stems: &'static [&'static str]) -> Vec<Route> {
    let (read, write) = (Needs::Read(stems), Needs::Write(stems));
    let one = format!("{base}/{{tunnel}}");
    let connections = format!("{one}/connections");
    let routes = vec![
        Route::get(base, read, list),
        Route::new(Method::POST, base, write, create),
        Route::get(&one, read, get),
        Route::new(Method::PATCH, &one, write, edit),
        Route::new(Method::DELETE, &one, write, delete),
        // Reading the token is as good as having the tunnel: it needs Write.
        Route::get(&format!("{one}/token"), write, token),
        Route::get(&connections, read, connectors),
        Route::new(Method::DELETE, &connections, write, drop_connections),
    ];
    routes.into_iter().map(|route| route.about("zero_trust/subresources/tunnels", "tunnel")).collect()
}

fn kind(call: &Call<'_>) -> TunnelFamily {
    if call.request.path.contains("/warp_connector") {
        TunnelFamily::WarpConnector
    } else {
        TunnelFamily::Cloudflared
    }
}

fn position(world: &World, call: &Call<'_>) -> Result<usize, Refusal> {
    let (account, id, kind) = (call.account(), call.param("tunnel"), kind(call));
    let found = world.tunnels.iter().position(|t| t.account == account && t.id == id && t.family == kind);
    found.ok_or_else(|| Refusal::not_found(1003, "Tunnel not found"))
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let kind = kind(call);
    let own = world.tunnels.iter().filter(|t| t.account == call.account() && t.family == kind);
    let named = own.filter(|t| call.request.query("name").is_none_or(|name| t.name == name));
    Ok(numbered(named.map(json_of).collect(), call.request, 20, 1000))
}

fn get(world: &mut World, call: &Call<'_>) -> Answer {
    Ok(Reply::result(json_of(&world.tunnels[position(world, call)?])))
}

fn create(world: &mut World, call: &Call<'_>) -> Answer {
    let body = call.request.json();
    let name = body["name"].as_str().ok_or_else(|| Refusal::invalid_request("name: required"))?;
    let secret = match asked_secret(&body)? {
        Some(secret) => secret,
        None => world.new_tunnel_secret(),
    };
    let tunnel = Tunnel {
        id: world.chance.uuid(),
        account: call.account().to_owned(),
        family: kind(call),
        name: name.to_owned(),
        secret,
        remote: body["config_src"] == "cloudflare",
        created_at: call.request.at,
        connectors: Vec::new(),
    };
    let mut shown = json_of(&tunnel);
    shown["token"] = json!(tunnel.token().expose());
    world.tunnels.push(tunnel);
    Ok(Reply::result(shown))
}

fn edit(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let body = call.request.json();
    let secret = asked_secret(&body)?;
    let rotates = !world.tunnels[at].remote || world.choices.patch_rotates_remote_tunnel;
    let tunnel = &mut world.tunnels[at];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut tunnel.name);
    }
    if let Some(secret) = secret.filter(|_| rotates) {
        tunnel.secret = secret;
    }
    Ok(Reply::result(json_of(tunnel)))
}

fn asked_secret(body: &Value) -> Result<Option<Secret>, Refusal> {
    let Some(text) = body["tunnel_secret"].as_str() else {
        return Ok(None);
    };
    let long_enough = data_encoding::BASE64.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() >= 32);
    let refuse = || Refusal::invalid_request("tunnel_secret: must be base64 of at least 32 bytes");
    if long_enough { Ok(Some(Secret::new(text))) } else { Err(refuse()) }
}

fn delete(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    if !world.tunnels[at].connectors.is_empty() {
        return Err(Refusal::new(400, 1022, "tunnel has active connections"));
    }
    let mut gone = json_of(&world.tunnels.remove(at));
    gone["deleted_at"] = json!(rfc3339(call.request.at));
    Ok(Reply::result(gone))
}

fn token(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    Ok(Reply::result(json!(world.tunnels[at].token().expose())))
}

fn connectors(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let clients = world.tunnels[at].connectors.iter().map(|connector| {
        json!({
            "id": connector.id,
            "arch": "linux_amd64",
            "version": "2026.8.2",
            "run_at": rfc3339(connector.since),
            "config_version": 1,
            "features": [],
            "conns": [connection(connector)],
        })
    });
    Ok(Reply::result(clients.collect()))
}

fn drop_connections(world: &mut World, call: &Call<'_>) -> Answer {
    let at = position(world, call)?;
    let only = call.request.query("client_id");
    world.tunnels[at].connectors.retain(|connector| only.is_some_and(|id| connector.id != id));
    Ok(Reply::result(json!({})))
}

fn connection(connector: &Connector) -> Value {
    json!({
        "id": connector.id,
        "client_id": connector.id,
        "client_version": "2026.8.2",
        "colo_name": "ams01",
        "is_pending_reconnect": false,
        "opened_at": rfc3339(connector.since),
        "origin_ip": connector.origin_ip,
        "uuid": connector.id,
    })
}

fn json_of(tunnel: &Tunnel) -> Value {
    let tun_type = match tunnel.family {
        TunnelFamily::Cloudflared => "cfd_tunnel",
        TunnelFamily::WarpConnector => "warp_connector",
    };
    let since = tunnel.connectors.first().map(|connector| rfc3339(connector.since));
    json!({
        "id": tunnel.id,
        "account_tag": tunnel.account,
        "name": tunnel.name,
        "config_src": if tunnel.remote { "cloudflare" } else { "local" },
        "remote_config": tunnel.remote,
        "created_at": rfc3339(tunnel.created_at),
        "deleted_at": null,
        "status": if since.is_some() { "healthy" } else { "inactive" },
        "conns_active_at": since,
        "conns_inactive_at": null,
        "connections": tunnel.connectors.iter().map(connection).collect::<Vec<_>>(),
        "tun_type": tun_type,
        "metadata": {},
    })
}
