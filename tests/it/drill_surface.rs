//! The read surface for a blast radius (CLOUDFLARE.md 2.6, 7), with every permission enforced.

use super::drill_client::{Auth, Client};
use cfleak::drill::{Builder, Forbidden, On, Role, Shape, TokenSpec, World};
use jiff::SignedDuration;
use serde_json::json;

/// Path below its account, and one permission that opens it.
const OF_ACCOUNT: &[(&str, &str)] = &[
    ("/tokens?per_page=5", "Account API Tokens Read"),
    ("/tokens/permission_groups", "Account API Tokens Read"),
    ("/members?per_page=1", "Account Settings Read"),
    ("/roles", "Account Settings Read"),
    ("/audit_logs", "Account Settings Read"),
    ("/logs/audit?since=2026-01-01&before=2026-12-01", "Account Settings Read"),
    ("/iam/user_groups", "Account Settings Read"),
    ("/secondary_dns/tsigs", "Account Settings Read"),
    ("/challenges/widgets?per_page=5", "Account Settings Read"),
    ("/challenges/widgets", "Turnstile Sites Read"),
    ("/workers/scripts", "Workers Scripts Read"),
    ("/workers/scripts/api/secrets", "Workers Scripts Write"),
    ("/workers/scripts/api/settings", "Workers Scripts Read"),
    ("/workers/scripts/api/versions", "Workers Scripts Read"),
    ("/workers/scripts/api/deployments", "Workers Scripts Read"),
    ("/workers/scripts/api/schedules", "Workers Scripts Read"),
    ("/workers/scripts/api/tails", "Workers Tail Read"),
    ("/workers/domains", "Workers Scripts Read"),
    ("/workers/subdomain", "Workers Scripts Read"),
    ("/workers/dispatch/namespaces", "Workers Scripts Read"),
    ("/workers/observability/destinations", "Workers Observability Read"),
    ("/storage/kv/namespaces?per_page=1", "Workers KV Storage Read"),
    ("/storage/kv/namespaces/n1/keys", "Workers KV Storage Read"),
    ("/d1/database?per_page=1", "D1 Read"),
    ("/r2/buckets", "Workers R2 Storage Read"),
    ("/r2/buckets/logs/domains/managed", "Workers R2 Storage Read"),
    ("/r2/buckets/logs/domains/custom", "Workers R2 Storage Read"),
    ("/r2/buckets/logs/cors", "Workers R2 Storage Read"),
    ("/r2/buckets/logs/lock", "Workers R2 Storage Read"),
    ("/r2/buckets/logs/sippy", "Workers R2 Storage Read"),
    ("/event_notifications/r2/logs/configuration", "Workers R2 Storage Read"),
    ("/queues", "Queues Read"),
    ("/queues/q1/consumers", "Queues Read"),
    ("/hyperdrive/configs", "Hyperdrive Read"),
    ("/secrets_store/stores", "Secrets Store Read"),
    ("/secrets_store/stores/s1/secrets", "Secrets Store Read"),
    ("/pages/projects", "Pages Read"),
    ("/pages/projects/site/deployments", "Pages Read"),
    ("/pages/projects/site/domains", "Pages Read"),
    ("/cfd_tunnel?per_page=1", "Cloudflare Tunnel Read"),
    ("/cfd_tunnel/t1/configurations", "Cloudflare Tunnel Read"),
    ("/warp_connector", "Cloudflare One Connectors Read"),
    ("/teamnet/routes", "Cloudflare Tunnel Read"),
    ("/access/apps?per_page=1", "Access: Apps and Policies Read"),
    ("/access/policies", "Access: Apps and Policies Read"),
    ("/access/groups", "Access: Organizations, Identity Providers, and Groups Read"),
    ("/access/identity_providers", "Access: Organizations, Identity Providers, and Groups Read"),
    ("/access/organizations", "Access: Organizations, Identity Providers, and Groups Read"),
    ("/access/service_tokens?per_page=1", "Access: Service Tokens Read"),
    ("/logpush/jobs", "Logs Read"),
    ("/alerting/v3/policies", "Notifications Read"),
    ("/alerting/v3/destinations/webhooks", "Notifications Read"),
    ("/ai-gateway/gateways?per_page=1", "AI Gateway Read"),
    ("/ai-gateway/gateways/g1/provider_configs", "AI Gateway Read"),
    ("/ai-gateway/gateways/g1/logs", "AI Gateway Read"),
    ("/oauth_clients", "OAuth Client Read"),
    ("/registrar/domains", "Registrar: Domains Read"),
    ("/billing/profile", "Billing Read"),
    ("/rulesets", "Account Rulesets Read"),
    ("/email/routing/addresses", "Email Routing Addresses Read"),
    ("/stream/keys", "Stream Read"),
    ("/stream/webhook", "Stream Read"),
    ("/stream/live_inputs", "Stream Read"),
    ("/images/v1/keys", "Images Read"),
    ("/calls/apps", "Calls Read"),
    ("/calls/turn_keys", "Calls Read"),
];

const OF_ZONE: &[(&str, &str)] = &[
    ("/dns_records?per_page=1", "DNS Read"),
    ("/dnssec", "DNS Read"),
    ("/settings", "Zone Settings Read"),
    ("/workers/routes", "Workers Routes Read"),
    ("/rulesets", "Zone WAF Read"),
    ("/pagerules", "Page Rules Read"),
    ("/firewall/rules", "Firewall Services Read"),
    ("/snippets", "Snippets Read"),
    ("/cloud_connector/rules", "Cloud Connector Read"),
    ("/custom_certificates", "SSL and Certificates Read"),
    ("/ssl/certificate_packs", "SSL and Certificates Read"),
    ("/email/routing/rules", "Email Routing Rules Read"),
    ("/logpush/jobs", "Zone Logs Read"),
];

#[tokio::test]
async fn every_read_route_opens_for_its_permission_and_for_no_other() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let zone = world.zone(&account, "example.com");
    // Permissions that open none of the routes.
    let bare = TokenSpec::of_account(&account)
        .allow(&["Trust and Safety Read"], On::Account(&account))
        .allow(&["Analytics Read"], On::ZonesOf(&account));
    let bare = world.token(bare).value;
    let on_account = OF_ACCOUNT.iter().map(|(path, group)| {
        let spec = TokenSpec::of_account(&account).allow(&[group], On::Account(&account));
        (format!("/accounts/{account}{path}"), spec)
    });
    let on_zone = OF_ZONE.iter().map(|(path, group)| {
        let spec = TokenSpec::of_account(&account).allow(&[group], On::Zone(&zone));
        (format!("/zones/{zone}{path}"), spec)
    });
    let cases: Vec<_> = on_account.chain(on_zone).collect();
    let cases: Vec<_> = cases.into_iter().map(|(path, spec)| (path, world.token(spec).value)).collect();
    let client = Client::start(world.build()).await;
    for (path, value) in cases {
        let open = client.get(Auth::Bearer(&value), &path).await;
        assert_eq!((open.status, &open.body["success"]), (200, &json!(true)), "{path}: {}", open.body);
        let shut = client.get(Auth::Bearer(&bare), &path).await;
        assert_eq!(shut.status, 403, "{path}");
    }
}

#[tokio::test]
async fn products_and_gateway_refuse_in_their_own_words() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let token = TokenSpec::of_account(&account).allow(&["D1 Read"], On::Account(&account));
    let token = world.token(token).value;
    let client = Client::start(world.build()).await;
    let (scripts, tokens) =
        (format!("/accounts/{account}/workers/scripts"), format!("/accounts/{account}/tokens"));
    let product = client.get(Auth::Bearer(&token), &scripts).await;
    assert_eq!((product.refusal(), product.message()), ((403, 10000), "Forbidden"));
    assert!(
        product.body["errors"][0]["documentation_url"].as_str().is_some_and(|url| url.contains("/workers/"))
    );
    let gateway = client.get(Auth::Bearer(&token), &tokens).await;
    assert_eq!(
        (gateway.refusal(), gateway.message()),
        ((403, 9109), "Unauthorized to access requested resource")
    );
    for (how, expected) in [(Forbidden::Plain403, (403, 10000)), (Forbidden::Plain401, (401, 10000))] {
        client.server.with_world(|world| world.choices_mut().forbidden = how);
        assert_eq!(client.get(Auth::Bearer(&token), &scripts).await.refusal(), expected);
    }
}

#[tokio::test]
async fn a_user_credential_reaches_every_account_of_the_user_and_no_other() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let (one, two, foreign) = (world.account("One"), world.account("Two"), world.account("Foreign"));
    world.member(&user, &one, Role::SuperAdministrator);
    world.member(&user, &two, Role::AdministratorReadOnly);
    let token = world.token(TokenSpec::of_user(&user).allow(&["Queues Write"], On::AllAccounts)).value;
    let key = world.global_key(&user, Shape::Prefixed);
    let login =
        world.login(&user, &["account:read", "queues:write"], Shape::Prefixed, SignedDuration::from_hours(1));
    let client = Client::start(world.build()).await;
    let queues = |account: &str| format!("/accounts/{account}/queues");
    for auth in [Auth::Bearer(&token), Auth::Key("ann@example.com", &key), Auth::Bearer(&login.access)] {
        let listed = client.get(auth, "/accounts").await;
        assert_eq!(listed.body["result_info"]["total_count"], json!(2));
        assert_eq!(client.get(auth, &queues(&two)).await.status, 200);
        assert_eq!(client.get(auth, &queues(&foreign)).await.status, 403);
        let wish = Some(json!({"queue_name": "q"}));
        assert_eq!(client.send(auth, "POST", &queues(&one), wish.clone()).await.status, 200);
        assert_eq!(client.send(auth, "POST", &queues(&two), wish).await.status, 403, "read only there");
    }
}

#[tokio::test]
async fn lists_page_by_number_by_cursor_and_nested() {
    let mut world = World::builder();
    let account = world.account("Acme");
    for number in 0..7 {
        world.put(
            &format!("/accounts/{account}/d1/database"),
            json!({"uuid": number.to_string(), "name": "db"}),
        );
        world.put(&format!("/accounts/{account}/r2/buckets"), json!({"name": format!("bucket-{number}")}));
    }
    for number in 0..25 {
        let keys = format!("/accounts/{account}/storage/kv/namespaces/n1/keys");
        world.put(&keys, json!({"name": format!("key-{number}")}));
    }
    let groups = ["D1 Read", "Workers R2 Storage Read", "Workers KV Storage Read"];
    let token = world.token(TokenSpec::of_account(&account).allow(&groups, On::Account(&account))).value;
    let client = Client::start(world.build()).await;
    let numbered =
        client.get(Auth::Bearer(&token), &format!("/accounts/{account}/d1/database?page=2&per_page=3")).await;
    let info = json!({"page": 2, "per_page": 3, "count": 3, "total_count": 7, "total_pages": 3});
    assert_eq!(numbered.body["result_info"], info);

    let count = |got: &super::drill_client::Got, name: &str| {
        let list = if name.is_empty() { &got.body["result"] } else { &got.body["result"][name] };
        list.as_array().map_or(0, Vec::len)
    };
    for (list, name, size, expected) in
        [("r2/buckets?per_page=3", "buckets", 3, 7), ("storage/kv/namespaces/n1/keys?limit=10", "", 10, 25)]
    {
        let (mut cursor, mut seen, mut rounds) = (String::new(), 0, 0);
        loop {
            let path = format!("/accounts/{account}/{list}&cursor={cursor}");
            let got = client.get(Auth::Bearer(&token), &path).await;
            seen += count(&got, name);
            rounds += 1;
            assert!(count(&got, name) <= size);
            cursor = got.body["result_info"]["cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                break;
            }
        }
        assert_eq!((seen, rounds), (expected, 3), "{list}");
    }
}

#[tokio::test]
async fn secrets_show_where_the_sheet_says_and_nowhere_else() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let tunnel = world.tunnel(&account, "office");
    let (sitekey, secret) = world.widget(&account, "login", "example.com");
    let (_, service_secret) = world.service_token(&account, "ci");
    let reader = read_everything(&mut world, &account);
    let admin = world.token(TokenSpec::of_account(&account).allow(
        &["Cloudflare Tunnel Write", "Turnstile Sites Write", "Access: Service Tokens Write", "Calls Write"],
        On::Account(&account),
    ));
    let client = Client::start(world.build()).await;
    let base = format!("/accounts/{account}");
    let list = client.get(Auth::Bearer(&reader), &format!("{base}/challenges/widgets")).await;
    assert!(list.body["result"][0].get("secret").is_none(), "the list shows no secret, the widget does");
    let widget = client.get(Auth::Bearer(&reader), &format!("{base}/challenges/widgets/{sitekey}")).await;
    assert_eq!(widget.body["result"]["secret"], json!(secret.expose()));
    let token = format!("{base}/cfd_tunnel/{}/token", tunnel.id);
    assert_eq!(client.get(Auth::Bearer(&reader), &token).await.status, 403, "needs Write");
    let shown = client.get(Auth::Bearer(&admin.value), &token).await;
    assert_eq!(shown.body["result"], json!(tunnel.token.expose()));
    let services = client.get(Auth::Bearer(&admin.value), &format!("{base}/access/service_tokens")).await;
    assert!(!services.body.to_string().contains(service_secret.expose()));
    let made = client
        .send(Auth::Bearer(&admin.value), "POST", &format!("{base}/calls/turn_keys"), Some(json!({})))
        .await;
    let key = made.body["result"]["key"].as_str().expect("shown once").to_owned();
    let again = client.get(Auth::Bearer(&admin.value), &format!("{base}/calls/turn_keys")).await;
    assert!(key.len() == 64 && !again.body.to_string().contains(&key));
}

fn read_everything(world: &mut Builder, account: &str) -> cfleak::model::Secret {
    let groups = ["Account Settings Read", "Cloudflare Tunnel Read"];
    world.token(TokenSpec::of_account(account).allow(&groups, On::Account(account))).value
}

#[tokio::test]
async fn rotations_change_the_secret_and_old_connectors_stay_until_dropped() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let tunnel = world.tunnel(&account, "office");
    let (client_id, secret) = world.service_token(&account, "ci");
    let groups = ["Cloudflare Tunnel Write", "Access: Service Tokens Write"];
    let admin = world.token(TokenSpec::of_account(&account).allow(&groups, On::Account(&account))).value;
    let client = Client::start(world.build()).await;
    let auth = Auth::Bearer(&admin);
    let one = format!("/accounts/{account}/cfd_tunnel/{}", tunnel.id);
    let short = client.send(auth, "PATCH", &one, Some(json!({"tunnel_secret": "c2hvcnQ="}))).await;
    assert_eq!(short.status, 400);
    let fresh = data_encoding::BASE64.encode(&[7; 32]);
    client.send(auth, "PATCH", &one, Some(json!({"tunnel_secret": fresh}))).await;
    let token = client.get(auth, &format!("{one}/token")).await;
    assert_ne!(token.body["result"], json!(tunnel.token.expose()));
    let connections = format!("{one}/connections");
    let running = client.get(auth, &connections).await;
    assert_eq!(running.body["result"].as_array().map(Vec::len), Some(1), "still connected");
    client.send(auth, "DELETE", &connections, None).await;
    assert_eq!(client.get(auth, &connections).await.body["result"], json!([]));

    let services = format!("/accounts/{account}/access/service_tokens");
    let listed = client.get(auth, &services).await.body["result"][0].clone();
    assert_eq!(listed["client_id"], json!(client_id));
    let id = listed["id"].as_str().expect("an id");
    let rotated = client.send(auth, "POST", &format!("{services}/{id}/rotate"), Some(json!({}))).await;
    assert_eq!(rotated.body["result"]["client_id"], json!(client_id));
    assert_ne!(rotated.body["result"]["client_secret"], json!(secret.expose()));
    let off = client.send(auth, "PUT", &format!("{services}/{id}"), Some(json!({"enabled": false}))).await;
    assert_eq!(off.body["result"]["enabled"], json!(false));
}

#[tokio::test]
async fn deploy_hooks_need_no_credential_and_count_their_builds() {
    let mut world = World::builder();
    let hook = world.deploy_hook(cfleak::drill::HookKind::WorkersBuilds);
    let client = Client::start(world.build()).await;
    let path = format!("/workers/builds/deploy_hooks/{}", hook.expose());
    assert_eq!(client.get(Auth::Nothing, &path).await.status, 405);
    assert_eq!(client.send(Auth::Nothing, "POST", &path, None).await.status, 200);
    let other = "/pages/webhooks/deploy_hooks/00000000-0000-4000-8000-000000000000";
    assert_eq!(client.send(Auth::Nothing, "POST", other, None).await.refusal(), (404, 12000));
    let (builds, seen) =
        client.server.with_world(|world| (world.builds_started(), format!("{:?}", world.seen())));
    assert_eq!(builds, 1);
    assert!(!seen.contains(hook.expose()), "the address is the secret");
}
