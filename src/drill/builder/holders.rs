use super::super::chance::sha256_hex;
use super::super::things::holders::{Connector, DeployHook, HookKind, OauthClient, Tunnel, TunnelFamily};
use super::{Builder, Minted};
use crate::model::Secret;
use serde_json::{Value, json};

/// Both halves of an S3 credential of R2, and the token it stands for.
#[derive(Clone, Debug)]
pub struct R2Pair {
    pub access_key_id: String,
    pub secret_access_key: Secret,
}

/// A tunnel, in the two forms in which people leak it.
#[derive(Clone, Debug)]
pub struct TunnelMade {
    pub id: String,
    pub token: Secret,
    pub credentials_file: Secret,
}

impl Builder {
    /// The pair that goes with a token: its id, and SHA-256 of its value (CLOUDFLARE.md 1.7).
    pub fn r2_pair(&self, token: &Minted) -> R2Pair {
        let secret_access_key = Secret::new(sha256_hex(token.value.expose()));
        R2Pair { access_key_id: token.id.clone(), secret_access_key }
    }

    /// An account that never took R2.
    pub fn without_r2(&mut self, account: &str) {
        self.world.accounts_without_r2.push(account.to_owned());
    }

    /// A tunnel with one connector running.
    pub fn tunnel(&mut self, account: &str, name: &str) -> TunnelMade {
        let created_at = self.long_ago();
        let tunnel = Tunnel {
            id: self.world.chance.uuid(),
            account: account.to_owned(),
            family: TunnelFamily::Cloudflared,
            name: name.to_owned(),
            secret: self.world.new_tunnel_secret(),
            remote: true,
            created_at,
            connectors: vec![Connector {
                id: self.world.chance.uuid(),
                origin_ip: "198.51.100.20".to_owned(),
                since: created_at,
            }],
        };
        let made = TunnelMade {
            id: tunnel.id.clone(),
            token: tunnel.token(),
            credentials_file: tunnel.credentials_file(),
        };
        self.world.tunnels.push(tunnel);
        made
    }

    /// A Turnstile widget: site key and secret.
    pub fn widget(&mut self, account: &str, name: &str, domain: &str) -> (String, Secret) {
        let created = self.long_ago();
        let widget = self.world.new_widget(account, name, vec![domain.to_owned()], created);
        let made = (widget.sitekey.clone(), widget.secret.clone());
        self.world.widgets.push(widget);
        made
    }

    /// An Access service token: client id and client secret.
    pub fn service_token(&mut self, account: &str, name: &str) -> (String, Secret) {
        let created = self.long_ago();
        let token = self.world.new_service_token(account, name, "17520h", created);
        let made = (token.client_id.clone(), token.secret.clone());
        self.world.service_tokens.push(token);
        made
    }

    /// A self-managed OAuth application: client id and client secret.
    pub fn oauth_client(&mut self, account: &str, name: &str) -> (String, Secret) {
        let client = OauthClient {
            id: self.world.chance.id(),
            account: account.to_owned(),
            name: name.to_owned(),
            secret: Secret::new(self.world.chance.hex(64)),
            former: None,
            redirect_uris: vec!["https://app.example.com/callback".to_owned()],
            scopes: vec!["user-details.read".to_owned()],
            created_at: self.long_ago(),
        };
        let made = (client.id.clone(), client.secret.clone());
        self.world.oauth_clients.push(client);
        made
    }

    /// A deploy hook: the part of its address that is the secret.
    pub fn deploy_hook(&mut self, kind: HookKind) -> Secret {
        let uuid = Secret::new(self.world.chance.uuid());
        self.world.hooks.push(DeployHook { uuid: uuid.clone(), kind, builds: 0 });
        uuid
    }

    /// A member of a plain list, by the path of the list: `/accounts/{id}/queues`.
    pub fn put(&mut self, list: &str, member: Value) {
        self.world.shelves.entry(list.to_owned()).or_default().push(member);
    }

    /// A member that gets an identifier in this field.
    pub fn put_new(&mut self, list: &str, field: &str, mut member: Value) {
        let uuid = field == "uuid";
        member[field] = json!(if uuid { self.world.chance.uuid() } else { self.world.chance.id() });
        self.put(list, member);
    }

    /// A single object, by its path: `/accounts/{id}/workers/subdomain`.
    pub fn document(&mut self, path: &str, value: Value) {
        self.world.documents.insert(path.to_owned(), value);
    }

    /// A Worker with the names of its secrets; values are never readable.
    pub fn worker(&mut self, account: &str, name: &str, code: &str, secrets: &[&str]) {
        let scripts = format!("/accounts/{account}/workers/scripts");
        let path = format!("{scripts}/{name}");
        let created = super::super::clock::rfc3339(self.long_ago());
        self.put(
            &scripts,
            json!({"id": name, "etag": sha256_hex(code), "created_on": created, "modified_on": created,
                   "handlers": ["fetch"], "usage_model": "standard", "has_assets": false, "logpush": false}),
        );
        for secret in secrets {
            self.put(&format!("{path}/secrets"), json!({"name": secret, "type": "secret_text"}));
        }
        let bindings = secrets.iter().map(|name| json!({"name": name, "type": "secret_text"}));
        self.document(&format!("{path}/settings"), json!({"bindings": bindings.collect::<Vec<_>>()}));
        self.world.blobs.insert(path, code.as_bytes().to_vec());
    }

    /// A DNS record as it has always been.
    pub fn dns_record(&mut self, zone: &str, kind: &str, name: &str, content: &str) -> String {
        let id = self.world.chance.id();
        let created = super::super::clock::rfc3339(self.long_ago());
        let mut record = super::super::api::dns_record_defaults();
        for (field, value) in [("id", id.as_str()), ("name", name), ("type", kind), ("content", content)] {
            record[field] = json!(value);
        }
        record["created_on"] = json!(created);
        record["modified_on"] = json!(created);
        self.put(&format!("/zones/{zone}/dns_records"), record);
        id
    }
}
