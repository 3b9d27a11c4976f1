use super::super::builder::{Builder, Minted, On, Shape, TokenSpec};
use super::super::things::holders::HookKind;
use super::super::things::token::Status;
use super::company::{DOMAIN, days_before};
use crate::model::{Kind, Secret};
use jiff::SignedDuration;

/// A credential that lies around: one of each kind and state, so that a scan shows every verdict side by
/// side.
#[derive(Clone, Debug)]
pub struct Planted {
    pub label: &'static str,
    pub kind: Kind,
    pub value: Secret,
    /// What stands near it and is needed with it: an e-mail, an account id, a key id.
    pub companion: Option<String>,
    /// The verdict a client should come to (CONTRACT section 1).
    pub verdict: &'static str,
    /// Where in the home directory of the samples it is.
    pub path: &'static str,
    /// How that file writes it: `{value}`, `{companion}` and `{account}` are filled in.
    template: &'static str,
}

impl Planted {
    pub(super) fn text(&self, account: &str) -> String {
        let companion = self.companion.as_deref().unwrap_or_default();
        let text = self.template.replace("{companion}", companion).replace("{account}", account);
        text.replace("{value}", self.value.expose())
    }
}

/// What a kind of credential is called, where it lies and how it is written there.
struct Spot(&'static str, Kind, &'static str, &'static str);

impl Spot {
    fn with(self, value: Secret, companion: Option<String>, verdict: &'static str) -> Planted {
        let Spot(label, kind, path, template) = self;
        Planted { label, kind, value, companion, verdict, path, template }
    }
}

pub(super) fn plant(world: &mut Builder, owner: &str, email: &str, account: &str) -> Vec<Planted> {
    let mut planted = plant_tokens(world, owner, account);
    planted.extend(plant_login(world, owner));
    planted.push(plant_global_key(world, owner, email));
    planted.push(plant_storage(world, account));
    planted.extend(plant_holders(world, account));
    planted
}

const ENV: &str = "export CLOUDFLARE_API_TOKEN={value}\n";

fn plant_tokens(world: &mut Builder, owner: &str, account: &str) -> Vec<Planted> {
    let (past, future) = (days_before(world.now(), 10), days_before(world.now(), -10));
    let user = |name: &str| TokenSpec::of_user(owner).named(name);
    let exposed = Status::Other("exposed".to_owned());
    let of_account = TokenSpec::of_account(account).named("analytics");
    let of_account = of_account.allow(&["Account Analytics Read"], On::Account(account));
    let certbot = user("old certbot").legacy().allow(&["DNS Write"], On::AllZones);
    let token = Kind::UserApiToken;
    let report = "CLOUDFLARE_ACCOUNT_ID={companion}\nCLOUDFLARE_API_TOKEN={value}\n";
    let acme = "SAVED_CF_Token='{value}'\nSAVED_CF_Account_ID='{account}'\n";
    let own = Some(account.to_owned());
    let rows = [
        (Spot("Account-owned token", Kind::AccountApiToken, "reports/.env", report), own, of_account, "live"),
        (
            Spot("Old token without prefix", Kind::LegacyApiToken, ".acme.sh/account.conf", acme),
            None,
            certbot,
            "live",
        ),
        (
            Spot("Token for one office only", token.clone(), "office.sh", ENV),
            None,
            user("office").only_from("192.0.2.0/24"),
            "restricted",
        ),
        (
            Spot("Disabled token", token.clone(), "old/staging.sh", ENV),
            None,
            user("paused").status(Status::Disabled),
            "disabled",
        ),
        (
            Spot("Expired token", token.clone(), "old/2025.sh", ENV),
            None,
            user("last year").expires_on(past),
            "expired",
        ),
        (
            Spot("Token for next week", token.clone(), "launch.sh", ENV),
            None,
            user("launch").not_before(future),
            "not_yet_active",
        ),
        (
            Spot("Token that GitHub found first", token.clone(), "old/public.sh", ENV),
            None,
            user("exposed").status(exposed),
            "unknown",
        ),
    ];
    let made =
        rows.map(|(spot, companion, spec, verdict)| spot.with(world.token(spec).value, companion, verdict));
    let gone = Spot("Deleted token", token, "old/gone.sh", ENV).with(world.stray("cfut_"), None, "dead");
    made.into_iter().chain([gone]).collect()
}

/// The file of Wrangler's login; its two tokens follow each other.
fn plant_login(world: &mut Builder, owner: &str) -> [Planted; 2] {
    const PATH: &str = ".config/.wrangler/config/default.toml";
    let scopes = ["account:read", "user:read", "workers:write", "zone:read", "offline_access"];
    let login = world.login(owner, &scopes, Shape::Prefixed, SignedDuration::from_hours(12));
    let access = Spot("Wrangler login", Kind::OauthAccessToken, PATH, "oauth_token = \"{value}\"\n");
    let refresh = Spot(
        "Wrangler refresh token",
        Kind::OauthRefreshToken,
        PATH,
        "refresh_token = \"{value}\"\nscopes = [ \"account:read\", \"user:read\", \"workers:write\" ]\n",
    );
    [access.with(login.access, None, "live"), refresh.with(login.refresh, None, "not_checked")]
}

fn plant_global_key(world: &mut Builder, owner: &str, email: &str) -> Planted {
    let terraform = "provider \"cloudflare\" {\n  email   = \"{companion}\"\n  api_key = \"{value}\"\n}\n";
    let spot = Spot("Global API key", Kind::GlobalApiKey, "infra/main.tf", terraform);
    spot.with(world.global_key(owner, Shape::Legacy), Some(email.to_owned()), "live")
}

fn plant_storage(world: &mut Builder, account: &str) -> Planted {
    let rclone = "[backups]\ntype = s3\nprovider = Cloudflare\naccess_key_id = {companion}\n\
                  secret_access_key = {value}\nendpoint = https://{account}.r2.cloudflarestorage.com\n";
    let spec = TokenSpec::of_account(account).named("backup job");
    let token: Minted = world.token(spec.allow(&["Workers R2 Storage Write"], On::Account(account)));
    let pair = world.r2_pair(&token);
    let spot = Spot("R2 key pair", Kind::R2S3Credentials, ".config/rclone/rclone.conf", rclone);
    spot.with(pair.secret_access_key, Some(pair.access_key_id), "live")
}

/// Secrets that only an administrator's look can judge, or none; and Turnstile's, which may be asked about.
fn plant_holders(world: &mut Builder, account: &str) -> [Planted; 4] {
    let (_, widget) = world.widget(account, "login form", DOMAIN);
    let (client_id, service) = world.service_token(account, "warehouse scanner");
    let tunnel = world.tunnel(account, "office").token;
    let hook = world.deploy_hook(HookKind::WorkersBuilds);
    let api = "https://api.cloudflare.com/client/v4";
    let hook = Secret::new(format!("{api}/workers/builds/deploy_hooks/{}", hook.expose()));
    let access = "CF-Access-Client-Id: {companion}\nCF-Access-Client-Secret: {value}\n";
    let unit = "[Service]\nExecStart=/usr/bin/cloudflared --no-autoupdate tunnel run --token {value}\n";
    [
        Spot("Turnstile secret", Kind::TurnstileSecret, "shop/.dev.vars", "TURNSTILE_SECRET_KEY={value}\n")
            .with(widget, None, "live"),
        Spot("Access service token", Kind::AccessServiceToken, "scanner/headers.txt", access).with(
            service,
            Some(client_id),
            "not_checked",
        ),
        Spot("Tunnel token", Kind::TunnelToken, "systemd/cloudflared.service", unit).with(
            tunnel,
            None,
            "not_checked",
        ),
        Spot("Deploy hook", Kind::DeployHook, "notes.md", "To rebuild the site: `curl -X POST {value}`\n")
            .with(hook, None, "not_checked"),
    ]
}
