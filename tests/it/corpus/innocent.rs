//! Texts that look like leaks and are none: hashes, ids, public keys, references, placeholders, other
//! people's tokens; and values that may be kept but not reported (a wrong checksum, a masked value).

use super::Cases;

pub fn add(cases: &mut Cases) {
    placeholders(cases);
    references(cases);
    commits(cases);
    identifiers(cases);
    hashes(cases);
    strangers(cases);
    wrong_checksums(cases);
    masked(cases);
}

fn placeholders(cases: &mut Cases) {
    cases.group("placeholders");
    for value in [
        "<your-token>",
        "<CLOUDFLARE_API_TOKEN>",
        "YOUR_API_TOKEN",
        "your_cloudflare_api_token_goes_here_ok_1",
        "your-cloudflare-api-token-with-dns-edit",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXXX",
        "****************************************",
        "........................................",
        "0000000000000000000000000000000000000000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "1234567890123456789012345678901234567890",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCD",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn",
        "0123456789abcdef0123456789abcdef01234567",
        "abc123abc123abc123abc123abc123abc123abc1",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "fake-token-for-testing-purposes-only-001",
        "test_token_1234567890_test_token_1234567",
        "example-api-token-example-api-token-0001",
        "dummy_dummy_dummy_dummy_dummy_dummy_dumm",
        "insert_your_cloudflare_api_token_here_00",
        "REPLACE_WITH_YOUR_CLOUDFLARE_API_TOKEN_1",
        "this_is_not_a_real_cloudflare_api_token1",
        "my-super-secret-cloudflare-api-token-123",
        "cfut_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        concat!("cfut_", "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "12345678"), // whole, it would look like a leak
        "cfut_YOUR_TOKEN_HERE",
        "cfat_<40 characters><checksum>",
        "cfut_...",
        concat!("cfk_", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn", "00000000"),
        "changeme",
        "null",
        "",
        "REDACTED",
        "[REDACTED]",
        "[MASKED]",
        "***",
        "(sensitive value)",
        "(known after apply)",
        "paste-the-token-from-the-dashboard-here1",
    ] {
        cases.nothing(".env.example", format!("CLOUDFLARE_API_TOKEN={value}\n"));
        cases.nothing(
            "README.md",
            format!("curl -H \"Authorization: Bearer {value}\" https://api.cloudflare.com/client/v4/zones\n"),
        );
        cases.nothing("values.yaml", format!("cloudflare:\n  apiToken: \"{value}\"\n"));
    }
    for value in [
        "0123456789abcdef0123456789abcdef01234",
        "1234567890abcdef1234567890abcdef12345",
        "0000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffffffff",
        "abcdefabcdefabcdefabcdefabcdefabcdefa",
        "1111111122222222333333334444444455555",
    ] {
        cases.nothing("README.md", format!("X-Auth-Email: user@example.com\nX-Auth-Key: {value}\n"));
        cases.nothing(".env.sample", format!("CF_API_KEY={value}\nCF_API_EMAIL=user@example.com\n"));
    }
}

fn references(cases: &mut Cases) {
    cases.group("references");
    for value in [
        "$CF_API_TOKEN",
        "${CLOUDFLARE_API_TOKEN}",
        "${CLOUDFLARE_API_TOKEN:?must be set before the deploy}",
        "${CLOUDFLARE_API_TOKEN:-}",
        "{{ cloudflare_api_token }}",
        "{{ .Values.cloudflare.apiToken | quote }}",
        "{{ lookup('env', 'CLOUDFLARE_API_TOKEN') }}",
        "%CLOUDFLARE_API_TOKEN%",
        "${{ secrets.CLOUDFLARE_API_TOKEN }}",
        "${{ secrets.CLOUDFLARE_API_TOKEN_PRODUCTION_DEPLOY }}",
        "op://Infrastructure/Cloudflare/credentials/api_token",
        "vault:secret/data/cloudflare/production#api_token",
        "ref+vault://secret/cloudflare/production/api_token",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:cloudflare-api-token-AbCdEf",
        "projects/1234567890/secrets/cloudflare-api-token/versions/latest",
        "gcp:secretmanager:projects/my-project/cloudflare_token",
        "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/cf)",
        "$(cat /run/secrets/cloudflare_api_token_for_production_zone)",
        "`op read op://Private/Cloudflare/token`",
        "!vault-ref cloudflare/api_token/production/main",
        "/run/secrets/cloudflare_api_token_for_dns",
        "file:///etc/cloudflare/credentials/api-token",
        "process.env.CLOUDFLARE_API_TOKEN",
        "os.environ[\"CLOUDFLARE_API_TOKEN_PRODUCTION_MAIN\"]",
        "var.cloudflare_api_token_for_production_z",
        "data.vault_generic_secret.cloudflare.data.api_token",
        "module.cloudflare_api_token.value_of_the_token_",
        "!Ref CloudflareApiTokenParameterForProduction",
        "env/CLOUDFLARE_API_TOKEN_FOR_OCTODNS_CONFIG",
        "keyring:cloudflare-production-api-token-main",
        "{env.CLOUDFLARE_API_TOKEN}",
        "config.cloudflareApiTokenForProductionUse1",
    ] {
        cases.nothing("config.yml", format!("cloudflare:\n  api_token: {value}\n"));
        cases.nothing(".env", format!("CLOUDFLARE_API_TOKEN={value}\n"));
    }
}

fn commits(cases: &mut Cases) {
    cases.group("commits");
    for name in [
        "CLOUDFLARE_COMMIT",
        "CF_GIT_SHA",
        "CLOUDFLARE_REVISION",
        "cloudflare_version",
        "cf_ref",
        "CLOUDFLARED_COMMIT",
        "CLOUDFLARE_BUILD_ID",
        "CF_DEPLOY_SHA",
    ] {
        cases.nothing("versions.env", format!("{name}=«hex:40»\n"));
    }
}

fn identifiers(cases: &mut Cases) {
    cases.group("identifiers");
    for name in [
        "CLOUDFLARE_ACCOUNT_ID",
        "CF_ACCOUNT_ID",
        "CF_ZONE_ID",
        "CLOUDFLARE_ZONE_ID",
        "CF_Zone_ID",
        "CLOUDFLARE_API_TOKEN_ID",
        "R2_ACCESS_KEY_ID",
        "CF_KV_NAMESPACE_ID",
        "CLOUDFLARE_ACCOUNT_TAG",
        "TURN_KEY_ID",
        "CALLS_APP_ID",
        "CF_USER_ID",
    ] {
        cases.nothing(".env", format!("{name}=«hex:32»\n"));
    }
    for name in [
        "CLOUDFLARE_TUNNEL_ID",
        "TUNNEL_ID",
        "CLOUDFLARE_D1_ID",
        "CF_DATABASE_ID",
        "CLOUDFLARE_ACCESS_APP_ID",
        "CF_LIST_ID",
    ] {
        cases.nothing(".env", format!("{name}=«uuid»\n"));
    }
    for name in [
        "CF_ACCESS_AUD",
        "CLOUDFLARE_ACCESS_AUD",
        "POLICY_AUD",
        "CF_ACCESS_POLICY_AUD",
        "ACCESS_AUDIENCE_TAG",
    ] {
        cases.nothing(".env", format!("TEAM_DOMAIN=https://team.cloudflareaccess.com\n{name}=«hex:64»\n"));
    }
}

fn hashes(cases: &mut Cases) {
    cases.group("hashes");
    for (name, shape) in [
        ("CLOUDFLARE_API_TOKEN_SHA256", "hex:64"),
        ("CF_API_TOKEN_HASH", "hex:40"),
        ("cloudflare_api_token_sha1", "hex:40"),
        ("cloudflare_api_token_checksum", "hex:40"),
        ("CF_ACCESS_CLIENT_SECRET_SHA256", "hex:64"),
        ("R2_SECRET_ACCESS_KEY_SHA256", "hex:64"),
        ("cf_api_key_fingerprint", "hex:40"),
        ("CLOUDFLARE_API_KEY_DIGEST", "hex:40"),
        ("cloudflared_sha256", "hex:64"),
        ("r2_object_sha256", "hex:64"),
        ("cloudflare_etag", "hex:40"),
        ("turnstile_script_hash", "hex:64"),
    ] {
        cases.nothing("hashes.env", format!("{name}=«{shape}»\n"));
    }
}

fn strangers(cases: &mut Cases) {
    cases.group("strangers");
    for (name, shape) in [
        ("API_KEY", "hex:40"),
        ("TOKEN", "hex:40"),
        ("GITEA_TOKEN", "hex:40"),
        ("SECRET", "hex:64"),
        ("SECRET_KEY", "hex:64"),
        ("APP_SECRET", "hex:64"),
        ("AUTH_TOKEN", "hex:64"),
        ("MASTER_KEY", "hex:64"),
        ("COOKIE_SECRET", "hex:64"),
        ("PRIVATE_KEY", "hex:64"),
        ("WEBHOOK_SECRET", "hex:40"),
        ("APP_KEY", "base64:32"),
    ] {
        cases.nothing(
            ".env",
            format!("CLOUDFLARE_ACCOUNT_ID=«hex:32»\nCLOUDFLARE_EMAIL=«email»\n{name}=«{shape}»\n"),
        );
        cases.nothing(
            "docker-compose.yml",
            format!("    image: cloudflare/cloudflared:2026\n    environment:\n      - {name}=«{shape}»\n"),
        );
    }
    for (name, shape) in [
        ("AWS_SECRET_ACCESS_KEY", "alnum:40"),
        ("GITHUB_CLIENT_SECRET", "hex:40"),
        ("SENTRY_AUTH_TOKEN", "hex:64"),
        ("DIGITALOCEAN_TOKEN", "hex:64"),
        ("DATADOG_APP_KEY", "hex:40"),
        ("DD_API_KEY", "hex:32"),
        ("NETLIFY_AUTH_TOKEN", "token:43"),
        ("HCLOUD_TOKEN", "alnum:64"),
        ("LINODE_TOKEN", "hex:64"),
        ("FASTLY_API_TOKEN", "token:32"),
        ("VERCEL_TOKEN", "alnum:24"),
        ("SESSION_SECRET", "hex:64"),
        ("JWT_SECRET", "token:40"),
        ("ENCRYPTION_KEY", "hex:64"),
        ("RECAPTCHA_SECRET_KEY", "token:40"),
        ("NPM_TOKEN", "uuid"),
        ("MAPBOX_TOKEN", "token:64"),
        ("ALGOLIA_ADMIN_KEY", "hex:32"),
        ("DISCORD_WEBHOOK", "token:68"),
        ("POSTGRES_PASSWORD", "alnum:40"),
    ] {
        cases.nothing(
            ".env",
            format!("CLOUDFLARE_ACCOUNT_ID=«hex:32»\nCLOUDFLARE_EMAIL=«email»\n{name}=«{shape}»\n"),
        );
    }
}

fn wrong_checksums(cases: &mut Cases) {
    cases.group("wrong checksums");
    for value in ["bad-user", "bad-account", "bad-global"] {
        cases.low(".env", format!("CLOUDFLARE_API_TOKEN=«{value}»\n"));
        cases.low(
            "a.sh",
            format!("curl -H 'Authorization: Bearer «{value}»' https://api.cloudflare.com/client/v4/zones\n"),
        );
        cases.low("", format!("«{value}»\n"));
        cases.low("a.txt", format!("the token is «{value}».\n"));
    }
}

fn masked(cases: &mut Cases) {
    cases.group("masked");
    for value in [
        "cfut_«alnum:4»****************************************«hex:4»",
        "cfut_…«hex:4»",
        "cfat_«alnum:6»...«hex:4»",
        "cfk_«alnum:4»••••••••••••••••«hex:4»",
        "cfut_«alnum:20»…",
        "cfut_«alnum:12»***",
        "cfut_************************************************«hex:4»",
    ] {
        cases.partial("out.log", format!("CLOUDFLARE_API_TOKEN={value}\n"));
        cases.partial("report.txt", format!("Found token {value} in .env\n"));
    }
}
