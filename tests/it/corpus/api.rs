//! What Cloudflare answers, once, when a credential is made or shown, and how its products are called.

use super::Cases;

pub fn add(cases: &mut Cases) {
    cases.group("API answers");
    cases.found("out.json", "{\n  \"result\": {\n    \"id\": \"«hex:32»\",\n    \"name\": \"ci-deploy\",\n    \"status\": \"active\",\n    \"issued_on\": \"2026-01-01T00:00:00Z\",\n    \"policies\": [{\"effect\": \"allow\", \"permission_groups\": [{\"id\": \"«hex:32»\", \"name\": \"Workers Scripts Write\"}]}],\n    \"value\": \"«user»\"\n  },\n  \"success\": true,\n  \"errors\": [],\n  \"messages\": []\n}\n");
    cases.found("out.json", "{\"result\":{\"id\":\"«hex:32»\",\"name\":\"ci\",\"status\":\"active\",\"policies\":[{\"effect\":\"allow\",\"resources\":{\"com.cloudflare.api.account.«hex:32»\":\"*\"}}],\"value\":\"«legacy»\"},\"success\":true,\"errors\":[],\"messages\":[]}\n");
    cases.found("out.json", "$ curl -X PUT https://api.cloudflare.com/client/v4/user/tokens/«hex:32»/value -d '{}'\n{\"result\":\"«legacy»\",\"success\":true,\"errors\":[],\"messages\":[]}\n");
    cases.found("out.json", r#"{"result":"«account»","success":true,"errors":[],"messages":[]}"#);
    cases.found("out.json", "{\n  \"success\": true,\n  \"result\": {\n    \"client_id\": \"«hex:32».access\",\n    \"client_secret\": \"«access64»\",\n    \"duration\": \"8760h\",\n    \"id\": \"«uuid»\",\n    \"name\": \"CI/CD token\"\n  }\n}\n");
    cases.found(
        "out.json",
        r#"{"result":{"client_id":"«hex:32».access","client_secret":"«access»","name":"CI"},"success":true}"#,
    );
    cases.found("out.json", "{\n  \"result\": {\n    \"sitekey\": \"0x4AAAAAAA«token:14»\",\n    \"secret\": \"«turnstile»\",\n    \"domains\": [\"example.net\"],\n    \"mode\": \"invisible\"\n  }\n}\n");
    cases.found("out.json", r#"{"result":{"id":"«uuid»","account_tag":"«hex:32»","name":"blog","credentials_file":{"AccountTag":"«hex:32»","TunnelID":"«uuid»","TunnelName":"blog","TunnelSecret":"«tunnel-secret»"},"token":"«tunnel»"},"success":true}"#);
    cases.found("out.json", "$ curl https://api.cloudflare.com/client/v4/accounts/«hex:32»/cfd_tunnel/«uuid»/token\n{\"result\":\"«tunnel»\",\"success\":true}\n");
    cases.found("out.json", r#"{"success":true,"result":{"created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","name":"my-turn","uid":"«hex:32»","key":"«calls»"},"errors":[],"url":"https://api.cloudflare.com/client/v4/accounts/«hex:32»/calls/turn_keys"}"#);
    cases.found("out.json", "POST https://api.cloudflare.com/client/v4/accounts/«hex:32»/calls/apps\n{\"result\":{\"name\":\"production-realtime-app\",\"uid\":\"«hex:32»\",\"secret\":\"«calls»\"}}\n");
    cases.found(
        "out.json",
        "$ curl -X POST https://api.cloudflare.com/client/v4/accounts/«hex:32»/stream/keys\n{\"result\":{\"id\":\"«hex:32»\",\"pem\":\"«stream»\",\"created\":\"2026-01-01T00:00:00Z\"},\"success\":true}\n",
    );
    cases.found("out.json", r#"{"result":{"keys":[{"name":"default","value":"«images»"}]},"success":true,"url":"/accounts/«hex:32»/images/v1/keys"}"#);
    cases.found("out.json", r#"{"result":{"accessKeyId":"«hex:32»","secretAccessKey":"«r2»","sessionToken":"«token:80»"},"success":true,"via":"r2/temp-access-credentials"}"#);
    cases.found("token.json", r#"{"access_token":"«oauth»","expires_in":3599,"refresh_token":"«refresh»","scope":"account:read","token_type":"bearer"}"#);
    cases.found("out.json", "Your Cloudflare Global API Key:\n«key»\n");
    cases.found(
        "out.txt",
        "Copy this token to access the Cloudflare API. This token will not be shown again.\n«legacy»\n",
    );
    cases.found("out.txt", "Test this token\ncurl \"https://api.cloudflare.com/client/v4/user/tokens/verify\" \\\n     -H \"Authorization: Bearer «legacy»\"\n");
    cases.found("out.txt", "CF-Access-Client-Id: «hex:32».access\nCF-Access-Client-Secret: «access64»\n");
    cases.found("out.txt", "CF-Access-Client-Id: «hex:32».access\nCF-Access-Client-Secret: «access»\n");
    cases.found("out.txt", "Use the following credentials for S3 clients:\nAccess Key ID\n«hex:32»\nSecret Access Key\n«r2»\nhttps://«hex:32».r2.cloudflarestorage.com\n");
    cases.found("out.txt", "Account ID «hex:32»\nToken: «account»\n");
    cases.found(
        "header.json",
        r#"{"cf-access-client-id":"«hex:32».access","cf-access-client-secret":"«access64»"}"#,
    );

    cases.group("products in use");
    cases.found(".env", "TURN_KEY_ID=«hex:32»\nTURN_KEY_API_TOKEN=«calls»\n");
    cases.found(".env", "CALLS_APP_ID=«hex:32»\nCALLS_APP_SECRET=«calls»\n");
    cases.found("worker.ts", "const TURN_KEY_API_TOKEN = '«calls»';\nfetch(`https://rtc.live.cloudflare.com/v1/turn/keys/${id}/credentials/generate`);\n");
    cases.found(
        ".env",
        "NEXT_PUBLIC_TURNSTILE_SITE_KEY=0x4AAAAAAA«token:14»\nTURNSTILE_SECRET_KEY=«turnstile»\n",
    );
    cases.found("worker.ts", "const SECRET_KEY = \"«turnstile»\";\n// turnstile siteverify\n");
    cases.found(".env", "CF_STREAM_KEY_ID=«hex:32»\nCF_STREAM_PEM=«stream»\n");
    cases.found("hooks.yml", "pages:\n  deploy_hook: «hook»\n");
    cases.found("cms.json", r#"{"webhooks":[{"event":"publish","url":"«hook»"}]}"#);
    cases.found("cron.sh", "curl -fsS -X POST '«build-hook»' > /dev/null\n");
    cases.found("proxy.conf", "proxy_set_header CF-Access-Client-Id \"«hex:32».access\";\nproxy_set_header CF-Access-Client-Secret \"«access64»\";\n");
    cases
        .found("app.yaml", "cloudflare_access:\n  client_id: «hex:32».access\n  client_secret: «access64»\n");
    cases.found(".env", "CF_ACCESS_CLIENT_ID=«hex:32».access\nCF_ACCESS_CLIENT_SECRET=«access»\n");
    cases.found("keyless.yaml", "origin_ca_api_key: «origin»\n");
    cases.found("app.ts", "const accountId = '«hex:32»';\nconst apiToken = '«legacy»';\nawait fetch(`https://api.cloudflare.com/client/v4/accounts/${accountId}/images/v1`);\n");
    cases.found("ai.py", "API_BASE_URL = \"https://api.cloudflare.com/client/v4/accounts/«hex:32»/ai/run/\"\nheaders = {\"Authorization\": \"Bearer «legacy»\"}\n");
    cases.found("litellm.yaml", "  - model_name: llama\n    litellm_params:\n      model: cloudflare/@cf/meta/llama-2-7b\n      api_key: «legacy»\n");
    cases.found(
        ".env",
        "CLOUDFLARE_ACCOUNT_ID=«hex:32»\nCLOUDFLARE_DATABASE_ID=«uuid»\nCLOUDFLARE_D1_TOKEN=«legacy»\n",
    );
    cases.found("drizzle.config.ts", "  driver: 'd1-http',\n  dbCredentials: {\n    accountId: '«hex:32»',\n    databaseId: '«uuid»',\n    token: '«legacy»',\n  },\n");
}
