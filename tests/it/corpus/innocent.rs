//! Texts that look like leaks and are none: hashes, ids, public keys, references, placeholders, other people's tokens;
//! and values that may be kept but not reported (a wrong checksum, a masked value).

use super::Cases;

pub fn add(cases: &mut Cases) {
    placeholders(cases);
    references(cases);
    commits(cases);
    lock_files(cases);
    identifiers(cases);
    public_values(cases);
    hashes(cases);
    strangers(cases);
    encrypted(cases);
    prose_and_code(cases);
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
        "cfut_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX12345678",
        "cfut_YOUR_TOKEN_HERE",
        "cfat_<40 characters><checksum>",
        "cfut_...",
        "cfk_abcdefghijklmnopqrstuvwxyzabcdefghijklmn00000000",
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
    cases.nothing(
        "README.md",
        "CF_ACCESS_CLIENT_SECRET=0000000000000000000000000000000000000000000000000000000000000000\n",
    );
    cases.nothing(
        "README.md",
        "R2_SECRET_ACCESS_KEY=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
    );
    cases.nothing("README.md", "cloudflared tunnel run --token eyJhIjoi...\n");
    cases.nothing("README.md", "cloudflared service install <TUNNEL_TOKEN>\n");
    cases.nothing("README.md", "TUNNEL_TOKEN=eyJhIjoixxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
    cases.nothing("README.md", "POST https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/00000000-0000-0000-0000-000000000000\n");
    cases.nothing(
        "README.md",
        "POST https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/<hook-id>\n",
    );
    cases.nothing(
        "hook.sh",
        "curl -X POST \"https://api.cloudflare.com/client/v4/workers/builds/deploy_hooks/${HOOK_ID}\"\n",
    );
    cases.nothing("README.md", "oauth_token = \"cfoat_<43 base64url>.<43 base64url>\"\n");
    cases.nothing(
        "README.md",
        "X-Auth-User-Service-Key: v1.0-e24fd090c02efcfecb4de8f4ff246fd5c75b48946fdf0ce26c59...\n",
    );
    cases.nothing("README.md", "TURNSTILE_SECRET_KEY=0x4AAAAAAAxxxxxxxxxxxxxxxxxxxxxxxxx\n");
    cases.nothing("README.md", "TURNSTILE_SECRET_KEY=0x4AAAAAAA-your-secret-key-here-000\n");
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
    cases.nothing(".env", "CLOUDFLARE_API_TOKEN_FILE=/run/secrets/cloudflare_api_token_0123456789ab\n");
    cases.nothing(
        "compose.yml",
        "environment:\n  CF_DNS_API_TOKEN_FILE: /run/secrets/cf_dns_api_token_of_the_example_net_zone\n",
    );
    cases.nothing(
        "issuer.yaml",
        "apiTokenSecretRef:\n  name: cloudflare-api-token-secret-production-\n  key: api-token\n",
    );
    cases.nothing(
        "ext.yaml",
        "remoteRef:\n  key: cloudflare-production-dns-edit-api-token\n  property: CLOUDFLARE_API_TOKEN\n",
    );
    cases.nothing("Jenkinsfile", "withCredentials([string(credentialsId: 'cloudflare-api-token-production-main-001', variable: 'CF_API_TOKEN')]) {\n");
    cases.nothing(
        "run.sh",
        "read -rsp 'Cloudflare API token: ' CLOUDFLARE_API_TOKEN\nexport CLOUDFLARE_API_TOKEN\n",
    );
    cases.nothing("app.ts", "const apiToken = getCloudflareApiTokenFromSecretsManager();\n");
    cases.nothing(
        "app.ts",
        "headers: { Authorization: `Bearer ${env.CLOUDFLARE_API_TOKEN_WITH_DNS_EDIT}` }\n",
    );
    cases.nothing("app.go", "token := os.Getenv(\"CLOUDFLARE_API_TOKEN_WITH_DNS_EDIT_PERMS\")\n");
    cases.nothing("main.tf", "provider \"cloudflare\" {\n  api_token = var.cloudflare_api_token\n  # api_key = var.cloudflare_global_api_key_of_the_account\n}\n");
}

fn commits(cases: &mut Cases) {
    cases.group("commits");
    cases.nothing(".github/workflows/a.yml", "      - uses: cloudflare/wrangler-action@«hex:40» # v3\n        with:\n          apiToken: ${{ secrets.CLOUDFLARE_API_TOKEN }}\n");
    cases.nothing(
        ".github/workflows/a.yml",
        "      - uses: cloudflare/pages-action@«hex:40»\n      - uses: actions/checkout@«hex:40»\n",
    );
    cases.nothing("build.log", "CF_PAGES=1\nCF_PAGES_BRANCH=main\nCF_PAGES_COMMIT_SHA=«hex:40»\nCF_PAGES_URL=https://«hex:8».site.pages.dev\n");
    cases
        .nothing("build.log", "WORKERS_CI=1\nWORKERS_CI_COMMIT_SHA=«hex:40»\nWORKERS_CI_BUILD_UUID=«uuid»\n");
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
    cases.nothing("git.log", "commit «hex:40»\nAuthor: A <«email»>\n\n    Bump cloudflare api token docs\n");
    cases.nothing(
        "notes.md",
        "See https://github.com/cloudflare/workers-sdk/commit/«hex:40» for the token change.\n",
    );
    cases.nothing("notes.md", "https://github.com/cloudflare/cloudflared/blob/«hex:40»/credentials/origin_cert.go#L20 parses the API token\n");
    cases.nothing(".gitmodules", "[submodule \"cloudflare\"]\n\turl = https://github.com/cloudflare/cloudflare-go\n# Subproject commit «hex:40»\n");
    cases.nothing(
        "a.diff",
        "diff --git a/cloudflare_token.go b/cloudflare_token.go\nindex «hex:40»..«hex:40» 100644\n",
    );
    cases.nothing("flake.nix", "  src = fetchFromGitHub {\n    owner = \"cloudflare\";\n    repo = \"cloudflared\";\n    rev = \"«hex:40»\";\n    hash = \"sha256-«base64:32»\";\n  };\n");
    cases.nothing("flake.lock", "\"cloudflare\": {\"locked\": {\"owner\": \"cloudflare\", \"rev\": \"«hex:40»\", \"narHash\": \"sha256-«base64:32»\"}}\n");
    cases.nothing("go.mod", "require github.com/cloudflare/circl v1.3.8-0.20240425-«hex:12»\n");
    cases.nothing(
        "Cargo.lock",
        "source = \"git+https://github.com/cloudflare/quiche?rev=«hex:40»#«hex:40»\"\n",
    );
    cases.nothing(
        "package.json",
        "\"wrangler\": \"git+https://github.com/cloudflare/workers-sdk.git#«hex:40»\"\n",
    );
    cases.nothing("FETCH_HEAD", "«hex:40»\t\tbranch 'main' of github.com:cloudflare/api-schemas\n");
    cases.nothing(
        "logs/HEAD",
        "«hex:40» «hex:40» A <«email»> 1763000000 +0000\tcommit: add cloudflare api token to ci\n",
    );
    cases.nothing(
        "packed-refs",
        "«hex:40» refs/heads/cloudflare-api-token\n«hex:40» refs/remotes/origin/cf-token\n",
    );
    cases.nothing("rebase.txt", "pick «hex:40» Add CF_API_KEY handling\npick «hex:40» Use X-Auth-Key\n");
    cases.nothing("upload.json", r#"{"commit_hash":"«hex:40»","commit_message":"rotate cloudflare token","branch":"main","url":"https://api.cloudflare.com/client/v4/accounts/x/pages/projects/y/deployments"}"#);
}

fn lock_files(cases: &mut Cases) {
    cases.group("lock files");
    cases.nothing("go.sum", "github.com/cloudflare/cloudflare-go v0.116.0 h1:«base64:32»\ngithub.com/cloudflare/cloudflare-go v0.116.0/go.mod h1:«base64:32»\n");
    cases.nothing("package-lock.json", "\"node_modules/wrangler\": {\n  \"version\": \"4.100.0\",\n  \"resolved\": \"https://registry.npmjs.org/wrangler/-/wrangler-4.100.0.tgz\",\n  \"integrity\": \"sha512-«base64:64»\"\n},\n\"node_modules/@cloudflare/workers-types\": {\n  \"integrity\": \"sha512-«base64:64»\"\n}\n");
    cases.nothing(
        "package-lock.json",
        "\"cloudflare\": {\n  \"version\": \"2.9.1\",\n  \"integrity\": \"sha1-«base64:20»\"\n}\n",
    );
    cases.nothing("yarn.lock", "cloudflare@^2.7.0:\n  resolved \"https://registry.yarnpkg.com/cloudflare/-/cloudflare-2.9.1.tgz#«hex:40»\"\n  integrity sha512-«base64:64»\n");
    cases.nothing(
        "yarn.lock",
        "\"@cloudflare/kv-asset-handler@npm:0.3.4\":\n  version: 0.3.4\n  checksum: 10c0/«hex:128»\n",
    );
    cases.nothing("pnpm-lock.yaml", "  '@cloudflare/workerd-linux-64@1.20260101.0':\n    resolution: {integrity: sha512-«base64:64»}\n    engines: {node: '>=16'}\n");
    cases.nothing("Cargo.lock", "[[package]]\nname = \"cloudflare\"\nversion = \"0.14.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"«hex:64»\"\n");
    cases.nothing(".terraform.lock.hcl", "provider \"registry.terraform.io/cloudflare/cloudflare\" {\n  version = \"5.22.0\"\n  hashes = [\n    \"h1:«base64:32»\",\n    \"zh:«hex:64»\",\n    \"zh:«hex:64»\",\n  ]\n}\n");
    cases.nothing("poetry.lock", "[[package]]\nname = \"cloudflare\"\nfiles = [\n    {file = \"cloudflare-5.9.0.tar.gz\", hash = \"sha256:«hex:64»\"},\n]\n");
    cases.nothing(
        "requirements.txt",
        "cloudflare==5.9.0 \\\n    --hash=sha256:«hex:64» \\\n    --hash=sha256:«hex:64»\n",
    );
    cases.nothing("Pipfile.lock", r#"{"cloudflare":{"hashes":["sha256:«hex:64»"],"version":"==2.19.4"}}"#);
    cases.nothing("composer.lock", r#"{"name":"cloudflare/sdk","source":{"type":"git","reference":"«hex:40»"},"dist":{"shasum":"«hex:40»"}}"#);
    cases.nothing("Gemfile.lock", "  cloudflare (4.4.0)\nCHECKSUMS\n  cloudflare (4.4.0) sha256=«hex:64»\n");
    cases.nothing("uv.lock", "name = \"cloudflare\"\nsdist = { url = \"https://files.pythonhosted.org/packages/«hex:2»/«hex:2»/«hex:60»/cloudflare-4.tar.gz\", hash = \"sha256:«hex:64»\" }\n");
    cases.nothing("mix.lock", "  \"cloudflare\": {:hex, :cloudflare, \"1.0.0\", \"«hex:64»\", [:mix], [], \"hexpm\", \"«hex:64»\"},\n");
    cases.nothing("deno.lock", r#"{"remote":{"https://esm.sh/@cloudflare/kv":"«hex:64»"},"npm":{"wrangler@4":{"integrity":"sha512-«base64:64»"}}}"#);
    cases.nothing("cloudflared.rb", "  url \"https://github.com/cloudflare/cloudflared/archive/refs/tags/2026.8.2.tar.gz\"\n  sha256 \"«hex:64»\"\n");
    cases.nothing("PKGBUILD", "pkgname=cloudflared\nsha256sums=('«hex:64»')\nsha1sums=('«hex:40»')\n");
    cases.nothing("RELEASE.md", "### SHA256 Checksums:\n```\ncloudflared-amd64.pkg: «hex:64»\ncloudflared-linux-amd64: «hex:64»\n```\n");
    cases.nothing(
        "compose.yml",
        "    image: cloudflare/cloudflared:2026.8.2@sha256:«hex:64»\n    command: tunnel run\n",
    );
    cases.nothing("images.txt", "cloudflare/cloudflared  latest  sha256:«hex:64»  «hex:12»  2 days ago\n");
    cases.nothing("gradle.lock", "com.cloudflare:sdk:1.0=«hex:40»\n");
    cases.nothing("WORKSPACE", "http_archive(\n    name = \"com_cloudflare_workerd\",\n    sha256 = \"«hex:64»\",\n    strip_prefix = \"workerd-«hex:40»\",\n)\n");
    cases.nothing("index.html", "<script src=\"https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js\" integrity=\"sha512-«base64:64»\" crossorigin></script>\n");
    cases.nothing("index.html", "<link href=\"https://cdnjs.cloudflare.com/a.css\" integrity=\"sha384-«base64:48»\">\n<script integrity=\"sha256-«base64:32»\"></script>\n");
}

fn identifiers(cases: &mut Cases) {
    cases.group("identifiers");
    cases.nothing("wrangler.toml", "account_id = \"«hex:32»\"\nzone_id = \"«hex:32»\"\nkv_namespaces = [ { binding = \"KV\", id = \"«hex:32»\", preview_id = \"«hex:32»\" } ]\n");
    cases.nothing("wrangler.jsonc", "{\"d1_databases\":[{\"binding\":\"DB\",\"database_id\":\"«uuid»\"}],\"hyperdrive\":[{\"binding\":\"H\",\"id\":\"«hex:32»\"}]}\n");
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
    cases.nothing("jwt.json", r#"{"aud":["«hex:64»"],"iss":"https://team.cloudflareaccess.com","sub":"«uuid»","email":"a@example.net"}"#);
    cases.nothing(".env", "CF_ACCESS_CLIENT_ID=«hex:32».access\n");
    cases.nothing("a.sh", "curl -H 'CF-Access-Client-Id: «hex:32».access' -H \"CF-Access-Client-Secret: $SECRET\" https://app.example.net\n");
    cases.nothing("config.yml", "tunnel: «uuid»\ncredentials-file: /root/.cloudflared/«uuid».json\n");
    cases.nothing("rclone.conf", "[r2]\ntype = s3\nprovider = Cloudflare\naccess_key_id = «hex:32»\nendpoint = https://«hex:32».r2.cloudflarestorage.com\n");
    cases.nothing("ls.txt", ".wrangler/state/v3/d1/miniflare-D1DatabaseObject/«hex:64».sqlite\n.wrangler/state/v3/r2/bucket/blobs/«hex:64»\n");
    cases.nothing(
        "worker.ts",
        "const id = env.ROOM.idFromString(\"«hex:64»\"); // durable object, cloudflare\n",
    );
    cases.nothing("do.log", "{\"durableObjectId\":\"«hex:64»\",\"scriptName\":\"cloudflare-worker\"}\n");
    cases.nothing("deploy.log", "Uploaded site (2.10 sec)\nDeployed site triggers\n  https://site.example.workers.dev\nCurrent Version ID: «uuid»\n");
    cases.nothing(
        "headers.txt",
        "HTTP/2 200\ncf-ray: «hex:16»-AMS\netag: \"«hex:40»\"\nserver: cloudflare\ncf-cache-status: HIT\n",
    );
    cases.nothing("headers.txt", "ETag: W/\"«hex:64»\"\nServer: cloudflare\nCF-RAY: «hex:16»\n");
    cases.nothing("cookies.txt", "Set-Cookie: __cfduid=d«hex:42»; expires=Sat, 22-Nov-26 10:00:00 GMT; domain=.example.net\nserver: cloudflare\n");
    cases.nothing("cookies.txt", "Cookie: cf_clearance=«token:43»-1763000000-1.2.1.1-«token:80»\n");
    cases.nothing(
        "cookies.txt",
        "__cf_bm=«token:43»-1763000000-1.0.1.1-«token:86»; path=/; domain=.cloudflare.com\n",
    );
    cases.nothing("tokens.json", r#"{"result":[{"id":"«hex:32»","name":"cloudflare ci","status":"active","policies":[{"id":"«hex:32»","permission_groups":[{"id":"«hex:32»","name":"DNS Write"}]}]}],"success":true}"#);
    cases.nothing("verify.json", r#"{"result":{"id":"«hex:32»","status":"active"},"success":true,"messages":[{"code":10000,"message":"This API Token is valid and active"}]}"#);
    cases.nothing(
        "manifest.json",
        r#"{"/index.html":{"hash":"«hex:32»","size":120},"/app.js":{"hash":"«hex:32»","size":9}}"#,
    );
    cases.nothing("url.txt", "https://dash.cloudflare.com/«hex:32»/workers/services/view/api/production\n");
    cases.nothing("url.txt", "https://dash.cloudflare.com/oauth2/auth?response_type=code&client_id=«uuid»&state=«token:32»&code_challenge=«token:43»&code_challenge_method=S256\n");
    cases.nothing("state.tf", "import {\n  to = cloudflare_record.www\n  id = \"«hex:32»/«hex:32»\"\n}\n");
    cases.nothing("terraform.tfstate", r#"{"type":"cloudflare_zone","instances":[{"attributes":{"id":"«hex:32»","account_id":"«hex:32»","name_servers":["a.ns.cloudflare.com"],"verification_key":"123456789-123456789"}}]}"#);
}

fn public_values(cases: &mut Cases) {
    cases.group("public values");
    for text in [
        "<div class=\"cf-turnstile\" data-sitekey=\"0x4AAAAAAA«token:14»\"></div>\n",
        "VITE_TURNSTILE_SITE_KEY=0x4AAAAAAA«token:14»\n",
        "NEXT_PUBLIC_TURNSTILE_SITEKEY=0x4AAAAAAA«token:13»\n",
        "turnstile.render('#x', { sitekey: '0x4AAAAAAA«token:14»' })\n",
        "TURNSTILE_SECRET_KEY=1x0000000000000000000000000000000AA\n",
        "TURNSTILE_SECRET_KEY=2x0000000000000000000000000000000AA\nTURNSTILE_SITE_KEY=1x00000000000000000000AA\n",
        "CF_TURNSTILE_SECRET=3x0000000000000000000000000000000AA\n",
        "<script defer src='https://static.cloudflareinsights.com/beacon.min.js' data-cf-beacon='{\"token\": \"«hex:32»\"}'></script>\n",
        "CLOUDFLARE_ANALYTICS_TOKEN=«hex:32»\n",
        "{\"web_analytics_tag\":\"«hex:32»\",\"web_analytics_token\":\"«hex:32»\"}\n",
        "https://imagedelivery.net/«token:22»/«uuid»/public\n",
        "https://imagedelivery.net/«token:22»/«uuid»/public?exp=1763000000&sig=«hex:64»\n",
        "https://customer-«alnum:16».cloudflarestream.com/«hex:32»/manifest/video.m3u8\n",
        "https://«hex:32».r2.cloudflarestorage.com/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=«hex:32»%2F20261120%2Fauto%2Fs3%2Faws4_request&X-Amz-Date=20261120T100000Z&X-Amz-Signature=«hex:64»\n",
        "PUT /b/k HTTP/1.1\nHost: «hex:32».r2.cloudflarestorage.com\nx-amz-content-sha256: «hex:64»\nAuthorization: AWS4-HMAC-SHA256 Credential=«hex:32»/20261120/auto/s3/aws4_request, Signature=«hex:64»\n",
        "CLOUDFLARE_PUBLIC_KEY=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«alnum:43» cloudflare@ca\n",
        "{\"keys\":[{\"kid\":\"«hex:64»\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"«alnum:342»\"}],\"public_cert\":{\"kid\":\"«hex:64»\"},\"iss\":\"https://team.cloudflareaccess.com\"}\n",
        "_acme-challenge.example.net. 120 IN TXT \"«token:43»\"\n; cloudflare dns\n",
        "example.net. IN DS 2371 13 2 «hex:64»\n; cloudflare\n",
        "google-site-verification=«token:43» ; zone on cloudflare\n",
        "{\"type\":\"TXT\",\"name\":\"cf2024-1._domainkey\",\"content\":\"v=DKIM1; h=sha256; k=rsa; p=«alnum:392»\"}\n",
    ] {
        cases.nothing("public.txt", text);
    }
}

fn hashes(cases: &mut Cases) {
    cases.group("hashes");
    cases.nothing("scripts.json", r#"{"result":[{"id":"api","etag":"«hex:64»","pipeline_hash":"«hex:64»","handlers":["fetch"]}],"success":true,"url":"https://api.cloudflare.com/client/v4/accounts/«hex:32»/workers/scripts"}"#);
    cases.nothing(
        "deploy.yaml",
        "  annotations:\n    checksum/cloudflare-secret: «hex:64»\n    checksum/cf-api-token: «hex:64»\n",
    );
    cases.nothing(
        "manifest.json",
        r#"{"cloudflare-key.js":"«hex:40»","cf-token.mjs":"«hex:40»","cloudflare.css":"«hex:40»"}"#,
    );
    cases.nothing(".gitleaksignore", "«hex:40»:rules/cloudflare.go:cloudflare-origin-ca-key:20\n«hex:40»:rules/cloudflare.go:cloudflare-api-key:21\n«hex:40»:b.go:x:1\n");
    cases.nothing("cert.txt", "Cloudflare Origin Certificate\nserial: «hex:40»\nX509v3 Subject Key Identifier: «hex:40»\nsha1 fingerprint=«hex:40»\n");
    cases.nothing("apps.json", r#"{"result":[{"aud":"«hex:64»","domain":"app.example.net","name":"cloudflare access app","uid":"«uuid»","kid":"«hex:64»"}]}"#);
    cases.nothing("log.json", r#"{"traceparent":"00-«hex:32»-«hex:16»-01","cf":{"rayId":"«hex:16»","botScore":1,"ja3Hash":"«hex:32»","ja4":"t13d1516h2_8daaf6152771_e5627efa2ab1"},"requestId":"«uuid»"}"#);
    cases.nothing("shadow", "cloudflared:$6$«alnum:16»$«alnum:86»:19000:0:99999:7:::\n");
    cases.nothing("bcrypt.txt", "cf_admin_password_hash=$2b$10$«alnum:53»\n");
    cases.nothing("dnssec.json", r#"{"result":{"status":"active","algorithm":"13","digest":"«hex:64»","digest_type":"2","key_tag":42,"public_key":"«base64:64»","ds":"example.net. 3600 IN DS 42 13 2 «hex:64»"}}"#);
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
    cases.nothing("audit.json", r#"{"action":{"type":"token_roll"},"metadata":{"token_name":"ci","token_tag":"«hex:32»","old_token_hash":"«hex:64»","new_token_hash":"«hex:64»"}}"#);
    cases.nothing("audit.json", r#"{"action":{"type":"rotate_API_key","info":"key digest: «hex:64»"},"interface":"API","owner":{"id":"«hex:32»"},"via":"cloudflare"}"#);
    cases.nothing(
        "SHA256SUMS",
        "«hex:64»  cloudflared-linux-amd64\n«hex:64»  wrangler-api-token-helper.tgz\n",
    );
    cases.nothing("SHA1SUMS", "«hex:40»  cloudflare_api_token.txt\n«hex:40» *cf_key.pem\n");
    cases.nothing("r2.json", r#"{"bucket":"b","endpoint":"https://x.r2.cloudflarestorage.com","objects":[{"key":"a","etag":"«hex:32»","checksums":{"sha256":"«hex:64»"}}]}"#);
    cases.nothing("cache.json", r#"{"cloudflare":{"cacheKey":"«hex:40»","buildHash":"«hex:64»"}}"#);
    cases.nothing(".cfleakignore", "cf1:«hex:32» **/*.env until=2027-01-01 # test token of cloudflare\n");
    cases.nothing(
        "sarif.json",
        r#"{"ruleId":"cloudflare-api-token","partialFingerprints":{"primaryLocationLineHash":"«hex:64»:1"}}"#,
    );
    cases.nothing(".secrets.baseline", "{\"results\":{\".env\":[{\"type\":\"Cloudflare API Token\",\"hashed_secret\":\"«hex:40»\",\"line_number\":3}]}}\n");
    cases.nothing(".gitleaksignore", "«hex:40»:deploy/.env:cloudflare-api-key:14\n");
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
        cases.nothing("docker-compose.yml", format!("    image: cloudflare/cloudflared:latest\n  app:\n    environment:\n      - {name}=«{shape}»\n"));
    }
    cases.nothing("a.sh", "curl https://api.cloudflare.com/client/v4/ips\ncurl -H 'Authorization: Bearer «alnum:40»' https://api.example.net/v1\n");
    cases.nothing("a.sh", "curl https://api.cloudflare.com/client/v4/ips\ncurl -H 'Authorization: Token «hex:40»' https://api.example.net/v1\n");
    cases.nothing("main.py", "client.custom_certificates.create(private_key=\"-----BEGIN RSA PRIVATE KEY-----\\n«base64:900»\\n-----END RSA PRIVATE KEY-----\\n\") # cloudflare, raw_response, stream\n");
    cases.nothing("tls.yaml", "# cloudflare origin certificate\ndata:\n  tls.key: «pem64»\n");
    cases.nothing(
        "headers.txt",
        "x-amz-cf-id: «alnum:54»==\nx-amz-cf-pop: AMS1-C1\nvia: 1.1 «hex:32».cloudfront.net (CloudFront)\n",
    );
    cases.nothing("cf.env", "CF_DISTRIBUTION_ID=E«alnum:13»\nCF_KEY_PAIR_ID=K«alnum:13»\nCF_PASSWORD=«alnum:20»\nCF_API=https://api.cf.example.net\n");
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
    cases.nothing(
        ".env",
        "CLOUDFLARE_API_TOKEN=\nGITHUB_TOKEN=ghp_«alnum:36»\nCF_API_TOKEN=${GITHUB_TOKEN}\n",
    );
    cases.nothing(
        ".env",
        "AWS_ACCESS_KEY_ID=AKIA«alnum:16»\nAWS_SECRET_ACCESS_KEY=«alnum:40»\nCF_ZONE_ID=«hex:32»\n",
    );
    cases.nothing("a.sh", "curl -H 'Authorization: Bearer «alnum:40»' https://api.github.com/repos/cloudflare/workers-sdk/releases\n");
    cases.nothing(
        "a.sh",
        "curl -H \"Authorization: token «hex:40»\" https://api.github.com/repos/cloudflare/cloudflared\n",
    );
    cases.nothing("a.sh", "curl -H 'X-Auth-Token: «hex:64»' https://gitlab.example.net/api\n");
    cases.nothing(
        "a.sh",
        "curl -H 'X-Api-Key: «alnum:40»' https://api.datadoghq.com/api/v1/series # cloudflare metrics\n",
    );
    cases.nothing("a.py", "openai.api_key = 'sk-«alnum:48»'  # through the cloudflare ai gateway\n");
    cases.nothing("slack.sh", "curl https://hooks.slack.com/services/T«alnum:8»/B«alnum:8»/«alnum:24» -d 'cloudflare token rotated'\n");
    cases.nothing("hook.sh", "curl -X POST https://api.netlify.com/build_hooks/«hex:24»\n");
    cases.nothing("jwt.txt", "CF_Authorization=eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.«token:120».«token:342»\n");
    cases.nothing(
        "jwt.txt",
        "Cf-Access-Jwt-Assertion: eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.«token:120».«token:342»\n",
    );
    cases.nothing("jwt.txt", "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.«token:80».«token:43»\nHost: api.cloudflare.com\n");
    cases.nothing(
        "db.env",
        "DATABASE_URL=postgres://app:«alnum:40»@db.example.net/app # hyperdrive, cloudflare\n",
    );
    cases.nothing("traefik.yml", "environment:\n  - CF_API_EMAIL=«email»\n  - HETZNER_API_KEY=«alnum:32»\n  - GANDIV5_API_KEY=«alnum:24»\n  - OVH_APPLICATION_SECRET=«alnum:32»\n");
    cases.nothing("chat.txt", "the cloudflare zone is fine; wifi password «alnum:12», door code 4711\n");
    cases.nothing(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\n«base64:48»\n«base64:48»\n«base64:48»\n-----END PRIVATE KEY-----\n",
    );
    cases.nothing("origin.pem", "-----BEGIN CERTIFICATE-----\n«base64:48»\n«base64:48»\n-----END CERTIFICATE-----\n# CloudFlare Origin SSL Certificate Authority\n");
    cases.nothing("wg.conf", "[Interface]\nPrivateKey = «base64:32»\n[Peer]\nPublicKey = «base64:32»\nEndpoint = engage.cloudflareclient.com:2408\n");
    cases.nothing("eth.js", "const web3 = new Web3('https://cloudflare-eth.com');\nconst owner = '0x4«hex:39»';\nconst tx = '0x4«hex:63»';\n");
}

fn encrypted(cases: &mut Cases) {
    cases.group("encrypted");
    cases.nothing("secrets.enc.yaml", "CLOUDFLARE_API_TOKEN: ENC[AES256_GCM,data:«base64:40»,iv:«base64:32»,tag:«base64:16»,type:str]\nsops:\n    mac: ENC[AES256_GCM,data:«base64:96»,iv:«base64:32»,tag:«base64:16»,type:str]\n");
    cases.nothing(
        "vault.yml",
        "cloudflare_api_token: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  «hex:80»\n  «hex:80»\n  «hex:64»\n",
    );
    cases.nothing(
        "sealed.yaml",
        "kind: SealedSecret\nspec:\n  encryptedData:\n    CLOUDFLARE_API_TOKEN: AgB«base64:360»\n",
    );
    cases.nothing("Pulumi.prod.yaml", "config:\n  cloudflare:apiToken:\n    secure: AAABA«base64:60»\n");
    cases.nothing(".travis.yml", "env:\n  global:\n    - secure: \"«base64:512»\" # CLOUDFLARE_API_TOKEN\n");
    cases.nothing("hiera.yaml", "cloudflare::api_token: ENC[PKCS7,«base64:300»]\n");
    cases.nothing(
        "token.age",
        "-----BEGIN AGE ENCRYPTED FILE-----\n«base64:48»\n«base64:48»\n-----END AGE ENCRYPTED FILE-----\n",
    );
    cases.nothing("token.asc", "-----BEGIN PGP MESSAGE-----\nComment: cloudflare api token\n\n«base64:48»\n«base64:48»\n-----END PGP MESSAGE-----\n");
    cases.nothing("session.jsonl", r#"{"type":"reasoning","encrypted_content":"gAAAAAB«token:400»","summary":["rotate CLOUDFLARE_API_TOKEN"]}"#);
    cases.nothing("k8s.yaml", "data:\n  CLOUDFLARE_API_TOKEN: «[${CLOUDFLARE_API_TOKEN}]|base64»\n  note: «[ask the platform team for the cloudflare token, please]|base64»\n");
    cases.nothing("k8s.yaml", "data:\n  api-token: «[your-cloudflare-api-token-goes-here-0001]|base64»\n");
    cases.nothing("a.txt", "«[{\"a\":\"just some text\",\"b\":\"«hex:32»\",\"note\":\"cloudflare tunnel of no one, in the same JSON shape\"}]|base64»\n");
}

fn prose_and_code(cases: &mut Cases) {
    cases.group("prose and code");
    for text in [
        "import { CloudflareApiTokenCredentialsProviderBase } from './cloudflare';\n",
        "class CloudflareApiTokenAuthenticationHandlerV2 extends Base {}\n",
        "func TestCloudflareAPITokenVerifyReturnsErr40(t *testing.T) {\n",
        "const CLOUDFLARE_API_TOKEN_ENVIRONMENT_VARIABLE_NAME = \"CLOUDFLARE_API_TOKEN\";\n",
        "cloudflare_token: cloudflare-api-token-cert-manager-webhook\n",
        "name: cloudflare-api-token-secret-for-cert-manager-in-production\n",
        "cf_api_key: settings.getCloudflareGlobalApiKeyOfAccountOwner\n",
        "data:image/png;base64,«base64:2000» cloudflare logo\n",
        "url(data:font/woff2;base64,«base64:900») /* cloudflare dashboard */\n",
        "unsigned cloudflare_seed = 0x4«hex:31»;\nuint128 k = 0x4«hex:33»;\n",
        "static int hw_cfut_reset_register_for_the_second_unit_of_this_thing(void);\n",
        "void cfast_write_register_sequence_for_the_controller_interface0001(void);\n",
        "my_cfut_dir=/srv/data/cfut_dir_of_the_finite_unified_transport_layer\n",
        "«alnum:30»cfut_«alnum:60»\n",
        "LCFAT_«hex:48» cfat_table_entry_for_the_clustered_filesystem_allocation\n",
        "cfut_abc cfat_ cfk_key cfoat_ cfast_\n",
        "regex: cfut_[A-Za-z0-9]{40}[0-9a-f]{8}\n",
        "tokens start with cfut_, cfat_ or cfk_ and end with a CRC32 checksum\n",
        "https://developers.cloudflare.com/fundamentals/api/get-started/create-token/#generating-a-user-api-token\n",
        "https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=%5B%7B%22key%22%3A%22workers_scripts%22%7D%5D\n",
        "test('cloudflare api token is forty characters long and has no prefix', () => {});\n",
        "Cloudflare-Workers-Version-Overrides-With-Key: none\n",
        "cloudflare.api.token.permission-groups.read-only.all-zones=true\n",
        "cf-token-permissions: zone-dns-edit_zone-read_account-read-01\n",
        "The X-Auth-Key header takes the thirty-seven-character-global-api-key here\n",
        "CF_API_TOKEN must-have-the-zone-dns-edit-permission-now\n",
        "apiToken: z.string().min(40).max(80).describe('cloudflare api token')\n",
        "v1.0-0000 v1.0-beta v1.0-20240101 origin ca key\n",
        "access_key_id is 32 hex, secret_access_key is 64 hex; r2.cloudflarestorage.com\n",
        "CLOUDFLARE_API_TOKEN=aaaa-bbbb-cccc-dddd-eeee-ffff-gggg-hhhhh\n",
        "curl -H \"X-Auth-Key: $(pass show cloudflare/global-api-key-of-the-owner)\"\n",
        "zone: example.net # cloudflare\nserial: 2026112001\ndkim: k1-«token:40»._domainkey\n",
        "cloudflare/workers-types/experimental/index.d.ts:«hex:40»\n",
        "var t=e.cloudflareTokenProviderFactoryInstanceManagers;function n(){return t}\n",
    ] {
        cases.nothing("code.txt", text);
    }
    cases.nothing("chunk.js", "(self.webpackChunk=self.webpackChunk||[]).push([[179],{\"«token:20»\":(e,t,n)=>{n.d(t,{cloudflare:()=>r})}}]);//# sourceMappingURL=main.«hex:40».js.map\n");
    cases.nothing(
        "bundle.js",
        "const __vite__mapDeps=[\"assets/index-«token:8».js\",\"assets/cloudflare-«token:40».js\"];\n",
    );
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
    cases.nothing("a.txt", "cfut_«token:60»\n");
    cases.nothing("a.txt", "token cfut_«alnum:39»\n");
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
    cases.partial("out.log", "CLOUDFLARE_API_TOKEN=«alnum:4»********************************«alnum:4»\n");
    cases.partial("out.log", "CF_API_KEY: «hex:4»*****************************«hex:4»\n");
    cases.nothing("out.log", "CLOUDFLARE_API_TOKEN: ***\nCF_API_KEY: ****\n");
    cases.nothing("preview.txt", "token: cfut_«alnum:25»");
    cases.nothing("preview.txt", "CLOUDFLARE_API_TOKEN=«alnum:31»");
    cases.nothing("preview.txt", "X-Auth-Key: «hex:20»");
}
