//! What tools of people and agents keep: HTTP clients, captures, notebooks, bundles, chats, mail, dumps.

use super::Cases;

pub fn add(cases: &mut Cases) {
    http_clients(cases);
    captures(cases);
    notebooks_and_bundles(cases);
    agents(cases);
    git(cases);
    people(cases);
}

fn http_clients(cases: &mut Cases) {
    cases.group("HTTP clients");
    for command in [
        "curl -H 'Authorization: Bearer «legacy»' https://api.cloudflare.com/client/v4/zones\n",
        "curl -H \"Authorization: Bearer «legacy»\" \"https://api.cloudflare.com/client/v4/user/tokens/verify\"\n",
        "curl https://api.cloudflare.com/client/v4/zones \\\n  -H \"X-Auth-Email: «email»\" \\\n  -H \"X-Auth-Key: «key»\"\n",
        "curl -X POST --header='X-Auth-Key:«key»' --header='X-Auth-Email:«email»' https://api.cloudflare.com/client/v4/zones\n",
        "curl -sSL --oauth2-bearer «legacy» https://api.cloudflare.com/client/v4/accounts\n",
        "curl -H 'X-Auth-User-Service-Key: «origin»' https://api.cloudflare.com/client/v4/certificates\n",
        "curl -H 'CF-Access-Client-Id: «hex:32».access' -H 'CF-Access-Client-Secret: «access64»' https://app.example.net/\n",
        "curl -H 'cf-aig-authorization: Bearer «legacy»' https://gateway.ai.cloudflare.com/v1/«hex:32»/gw/openai\n",
        "curl -d 'secret=«turnstile»&response=dummy' https://challenges.cloudflare.com/turnstile/v0/siteverify\n",
        "curl -H 'Authorization: Bearer «calls»' https://rtc.live.cloudflare.com/v1/turn/keys/«hex:32»/credentials/generate-ice-servers\n",
        "curl -X POST «build-hook»\n",
        "curl -X POST -d {} \"«hook»\"\n",
        "curl -u '«email»:«key»' https://api.cloudflare.com/client/v4/zones\n",
        "wget --header=\"Authorization: Bearer «legacy»\" https://api.cloudflare.com/client/v4/zones\n",
        "http GET https://api.cloudflare.com/client/v4/zones 'Authorization:Bearer «legacy»'\n",
        "xh api.cloudflare.com/client/v4/zones X-Auth-Key:«key» X-Auth-Email:«email»\n",
        "Invoke-RestMethod -Uri https://api.cloudflare.com/client/v4/zones -Headers @{ 'Authorization' = 'Bearer «legacy»' }\n",
        "curl -H \"authorization: bearer «old-oauth»\" https://api.cloudflare.com/client/v4/user\n",
        "curl https://rtc.live.cloudflare.com/v1/apps/«hex:32»/sessions/new -H 'Authorization: Bearer «calls»'\n",
        "curl \"https://api.cloudflare.com/client/v4/accounts/«hex:32»/ai/run/@cf/meta/llama\" -H \"Authorization: Bearer «legacy»\" -d '{}'\n",
    ] {
        cases.found("notes.sh", command);
    }
    for code in [
        "let res = client.get(\"https://api.cloudflare.com/client/v4/zones\").header(\"X-Auth-Key\", \"«key»\");\n",
        "let res = client.get(\"https://api.cloudflare.com/client/v4/zones\").bearer_auth(\"«legacy»\");\n",
        "headers:\n  X-Auth-Email: «email»\n  X-Auth-Key: «key»\n",
        "const headers = new Headers();\nheaders.append('Authorization', 'Bearer «legacy»');\nfetch('https://api.cloudflare.com/client/v4/graphql', { headers });\n",
        "curl https://api.cloudflare.com/client/v4/graphql \\\n  --header 'content-type: application/json' \\\n  --header 'authorization: Bearer «legacy»' \\\n  --data '{}'\n",
        "curl --request POST \\\n  --header 'Authorization: Bearer «legacy»' \\\n  --url https://api.cloudflare.com/client/v4/zones/«hex:32»/purge_cache\n",
        "proxy_set_header Authorization \"Bearer «legacy»\";\nproxy_pass https://api.cloudflare.com;\n",
        "$data = ['secret' => '«turnstile»', 'response' => $_POST['cf-turnstile-response']];\n",
        "{\"secret\": \"«turnstile»\", \"response\": \"x\", \"remoteip\": \"192.0.2.1\"} -> https://challenges.cloudflare.com/turnstile/v0/siteverify\n",
        "requests.get(url, headers={'CF-Access-Client-Secret': '«access64»', 'CF-Access-Client-Id': '«hex:32».access'})\n",
        "wrangler r2 sql query --token «user» \"select 1\"\n",
        "warp-cli connector new «tunnel»\n",
        "docker run cloudflare/cloudflared tunnel run --token=«tunnel»\n",
        "python -m cloudflare_dyndns --api-token «legacy» example.net\n",
        "flarectl --token «legacy» zone list # cloudflare\n",
        "Set-CFSession -Token '«legacy»' # PSCloudflare\n",
    ] {
        cases.found("code.txt", code);
    }
    cases.found(".netrc", "machine api.cloudflare.com login token password «legacy»\n");
    cases.found(".netrc", "machine api.cloudflare.com\n  login «email»\n  password «key»\n");
    cases.found(
        ".curlrc",
        "url = \"https://api.cloudflare.com/client/v4/zones\"\nheader = \"Authorization: Bearer «legacy»\"\n",
    );
    cases.found(
        ".curlrc",
        "oauth2-bearer = \"«legacy»\"\nurl = \"https://api.cloudflare.com/client/v4/user\"\n",
    );
    cases.found(".wgetrc", "header = X-Auth-Key: «key»\n");
    cases.found(
        "sessions/api.cloudflare.com/cf.json",
        "{\n  \"headers\": [\n    {\"name\": \"Authorization\", \"value\": \"Bearer «legacy»\"}\n  ]\n}\n",
    );
    cases.found("cf.http", "GET https://api.cloudflare.com/client/v4/zones\nAuthorization: Bearer «legacy»\nAccept: application/json\n\n###\n");
    cases.found("cf.http", "@token = «legacy»\n\nGET https://api.cloudflare.com/client/v4/zones\nAuthorization: Bearer {{token}}\n");
    cases.found("http-client.private.env.json", r#"{"dev":{"cloudflareToken":"«legacy»"}}"#);
    cases.found(
        "cf.hurl",
        "GET https://api.cloudflare.com/client/v4/user\nX-Auth-Email: «email»\nX-Auth-Key: «key»\nHTTP 200\n",
    );
    cases.found("CF.postman_collection.json", "{\n\"item\":[{\"request\":{\n\"auth\":{\"type\":\"bearer\",\"bearer\":[{\"key\":\"token\",\"value\":\"«legacy»\",\"type\":\"string\"}]},\n\"url\":{\"raw\":\"https://api.cloudflare.com/client/v4/zones\"}}}]}\n");
    cases.found("CF.postman_collection.json", "{\"request\":{\"header\":[\n{\"key\":\"X-Auth-Email\",\"value\":\"«email»\"},\n{\"key\":\"X-Auth-Key\",\"value\":\"«key»\"}]}}\n");
    cases.found("cf.postman_environment.json", r#"{"name":"cf","values":[{"key":"cf_api_token","value":"«legacy»","type":"secret","enabled":true}]}"#);
    cases.found("Insomnia.json", r#"{"resources":[{"url":"https://api.cloudflare.com/client/v4/zones","authentication":{"type":"bearer","token":"«legacy»"}}]}"#);
    cases.found("Insomnia.yaml", "environments:\n  data:\n    cloudflare_token: «legacy»\n");
    cases.found("zones.bru", "get {\n  url: https://api.cloudflare.com/client/v4/zones\n  auth: bearer\n}\n\nauth:bearer {\n  token: «legacy»\n}\n");
    cases.found("thunder.json", r#"{"url":"https://api.cloudflare.com/client/v4/zones","headers":[{"name":"X-Auth-Key","value":"«key»"},{"name":"X-Auth-Email","value":"«email»"}]}"#);
    cases.found("app.js", "await fetch('https://api.cloudflare.com/client/v4/zones', {\n  headers: { Authorization: 'Bearer «legacy»' },\n});\n");
    cases.found("app.js", "axios.get('https://api.cloudflare.com/client/v4/zones', { headers: { 'X-Auth-Email': '«email»', 'X-Auth-Key': '«key»' } });\n");
    cases.found("app.py", "headers = {\n    \"X-Auth-Email\": \"«email»\",\n    \"X-Auth-Key\": \"«key»\",\n}\nrequests.get(\"https://api.cloudflare.com/client/v4/zones\", headers=headers)\n");
    cases.found(
        "app.go",
        "req.Header.Set(\"X-Auth-Key\", \"«key»\")\nreq.Header.Set(\"X-Auth-Email\", \"«email»\")\n",
    );
    cases.found("app.php", "curl_setopt($ch, CURLOPT_HTTPHEADER, [\n    'Authorization: Bearer «legacy»',\n]); // api.cloudflare.com\n");
    cases.found("verify.py", "requests.post('https://challenges.cloudflare.com/turnstile/v0/siteverify', data={'secret': '«turnstile»', 'response': token})\n");
    cases.found("openai.py", "client = OpenAI(base_url='https://gateway.ai.cloudflare.com/v1/acc/gw/openai', default_headers={'cf-aig-authorization': 'Bearer «legacy»'})\n");
}

fn captures(cases: &mut Cases) {
    cases.group("captures");
    cases.found("site.har", "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"https://api.cloudflare.com/client/v4/zones\",\"headers\":[\n{\"name\":\"authorization\",\"value\":\"Bearer «legacy»\"},\n{\"name\":\"accept\",\"value\":\"*/*\"}]}}]}}\n");
    cases.found("site.har", r#"{"request":{"url":"https://api.cloudflare.com/client/v4/user","headers":[{"name":"x-auth-key","value":"«key»"},{"name":"x-auth-email","value":"«email»"}]}}"#);
    cases.found("site.har", r#"{"request":{"method":"POST","url":"https://dash.cloudflare.com/oauth2/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=refresh_token&refresh_token=«refresh»&client_id=54d11594"}}}"#);
    cases.found("site.har", r#"{"response":{"content":{"mimeType":"application/json","text":"«[{"result":{"id":"«hex:32»","name":"ci","status":"active","value":"«user»"},"success":true}]|json»"}}}"#);
    cases.found("site.har", r#"{"headers":[{"name":"CF-Access-Client-Id","value":"«hex:32».access"},{"name":"CF-Access-Client-Secret","value":"«access64»"}]}"#);
    cases.found("dump.txt", "GET /client/v4/zones HTTP/1.1\r\nHost: api.cloudflare.com\r\nUser-Agent: Go-http-client/1.1\r\nX-Auth-Email: «email»\r\nX-Auth-Key: «key»\r\nAccept-Encoding: gzip\r\n\r\n");
    cases.found(
        "dump.txt",
        "GET /client/v4/zones HTTP/1.1\r\nHost: api.cloudflare.com\r\nAuthorization: Bearer «legacy»\r\n\r\n",
    );
    cases.found("debug.log", "send: b'GET /client/v4/zones HTTP/1.1\\r\\nHost: api.cloudflare.com\\r\\nAuthorization: Bearer «legacy»\\r\\nAccept: */*\\r\\n\\r\\n'\nreply: 'HTTP/1.1 200 OK\\r\\n'\n");
    cases.found("debug.log", "send: b'GET /client/v4/user HTTP/1.1\\r\\nHost: api.cloudflare.com\\r\\nX-Auth-Email: «email»\\r\\nX-Auth-Key: «key»\\r\\n\\r\\n'\n");
    cases.found("curl.log", "> GET /client/v4/zones HTTP/2\n> Host: api.cloudflare.com\n> user-agent: curl/8.5.0\n> authorization: Bearer «legacy»\n> \n< HTTP/2 200\n");
    cases.found("error.log", "AxiosError: Request failed with status code 403\n    config: {\n      headers: Object [AxiosHeaders] {\n        Accept: 'application/json',\n        Authorization: 'Bearer «legacy»',\n      },\n      baseURL: 'https://api.cloudflare.com/client/v4',\n");
    cases.found("error.json", r#"{"message":"Request failed","config":{"url":"https://api.cloudflare.com/client/v4/zones","headers":{"X-Auth-Key":"«key»","X-Auth-Email":"«email»"}}}"#);
    cases.found("access.log", "192.0.2.1 - - [20/Nov/2026:10:00:00 +0000] \"GET /proxy?cf_token=«legacy» HTTP/1.1\" 200 12 \"-\" \"curl\"\n");
    cases.found(
        "access.log",
        "192.0.2.1 - - [20/Nov/2026:10:00:00 +0000] \"GET /hook?token=«user» HTTP/1.1\" 200 12\n",
    );
    cases.found(
        "access.log",
        "http_authorization=\"Bearer «legacy»\" host=\"api.cloudflare.com\" status=200\n",
    );
    cases.found("span.json", r#"{"attributes":[{"key":"http.url","value":{"stringValue":"https://api.cloudflare.com/client/v4"}},{"key":"http.request.header.authorization","value":{"stringValue":"Bearer «legacy»"}}]}"#);
    cases.found("strace.txt", "write(5, \"GET /client/v4/zones HTTP/1.1\\r\\nHost: api.cloudflare.com\\r\\nAuthorization: Bearer «legacy»\\r\\n\\r\\n\", 180) = 180\n");
    cases.found("strace.txt", "execve(\"/usr/bin/npx\", [\"npx\", \"wrangler\"], [\"PATH=/usr/bin\", \"CLOUDFLARE_API_TOKEN=«legacy»\"]) = 0\n");
    cases.found("envoy.json", r#"{"authority":"api.cloudflare.com","request_headers":{"x-auth-key":"«key»","x-auth-email":"«email»"}}"#);
    cases.found("otel.log", "cloudflare-go: 2026/11/20 \nGET /client/v4/accounts HTTP/1.1\r\nHost: api.cloudflare.com\r\nX-Auth-User-Service-Key: «origin»\r\n");
}

fn notebooks_and_bundles(cases: &mut Cases) {
    cases.group("notebooks and bundles");
    cases.found("a.ipynb", "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\n\"import os\\n\",\n\"os.environ[\\\"CLOUDFLARE_API_TOKEN\\\"] = \\\"«legacy»\\\"\\n\"\n]}]}\n");
    cases.found(
        "a.ipynb",
        "{\"outputs\":[{\"text\":[\n\"CF_API_KEY=«key»\\n\",\n\"CF_API_EMAIL=«email»\\n\"\n]}]}\n",
    );
    cases.found("a.ipynb", "{\"cells\":[{\"source\":[\"!curl -H \\\"Authorization: Bearer «legacy»\\\" https://api.cloudflare.com/client/v4/zones\"]}]}\n");
    cases.found("dist/app.js", "(()=>{var e={d:(t,n)=>{}};const r={MODE:\"production\",VITE_CLOUDFLARE_API_TOKEN:\"«legacy»\",PROD:!0};fetch(r.MODE)})();\n");
    cases.found("_worker.js", "var __defProp=Object.defineProperty;var CF_API_TOKEN=\"«legacy»\";export default{async fetch(r){return new Response(\"x\")}};\n");
    cases.found("main.js", "!function(){var t=\"«user»\";n(t)}();\n");
    cases.found("main.js", "n.headers={\"X-Auth-Email\":\"«email»\",\"X-Auth-Key\":\"«key»\"},n.url=\"https://api.cloudflare.com/client/v4/\"\n");
    cases.found("app.js.map", r#"{"version":3,"sources":["a.ts"],"sourcesContent":["const token = \"«legacy»\"; // cloudflare api token\nexport const CF_API_TOKEN = token;\n"],"mappings":"AAAA"}"#);
    cases.found("app.js.map", r#"{"version":3,"sourcesContent":["export const env = {\n  CLOUDFLARE_API_TOKEN: '«legacy»',\n};\n"]}"#);
    cases.found(
        "next.js",
        "env:{NEXT_PUBLIC_CF_TOKEN:\"«legacy»\",NEXT_PUBLIC_URL:\"https://example.net\"}\n",
    );
    cases.found("index.html", "<script>window.__ENV__={\"TURNSTILE_SECRET_KEY\":\"«turnstile»\",\"siteKey\":\"0x4AAAAAAA«token:14»\"}</script>\n");
}

fn agents(cases: &mut Cases) {
    cases.group("agents and MCP");
    cases.found(".mcp.json", "{\"mcpServers\":{\"cloudflare\":{\"command\":\"npx\",\"args\":[\"@cloudflare/mcp-server-cloudflare\"],\"env\":{\"CLOUDFLARE_API_TOKEN\":\"«legacy»\"}}}}\n");
    cases.found(".mcp.json", "{\n  \"mcpServers\": {\n    \"cf\": {\n      \"url\": \"https://bindings.mcp.cloudflare.com/sse\",\n      \"headers\": {\n        \"Authorization\": \"Bearer «legacy»\"\n      }\n    }\n  }\n}\n");
    cases.found(".cursor/mcp.json", r#"{"mcpServers":{"cf":{"command":"npx","args":["mcp-remote","https://observability.mcp.cloudflare.com/sse","--header","Authorization: Bearer «legacy»"]}}}"#);
    cases.found("claude_desktop_config.json", r#"{"mcpServers":{"cloudflare":{"command":"node","args":["index.js","run","«hex:32»"],"env":{"CLOUDFLARE_API_KEY":"«key»","CLOUDFLARE_EMAIL":"«email»"}}}}"#);
    cases.found("mcp.json", r#"{"servers":{"cf":{"url":"https://docs.mcp.cloudflare.com/mcp","headers":{"Authorization":"Bearer «mcp»"}}}}"#);
    cases.found(".mcp-auth/mcp-remote-v1/3fa1_tokens.json", r#"{"access_token":"«mcp»","token_type":"bearer","expires_in":3600,"refresh_token":"«mcp»","scope":""}"#);
    cases.found(
        ".mcp-auth/mcp-remote-0.1.18/a_tokens.json",
        "{\n  \"access_token\": \"«mcp»\",\n  \"token_type\": \"bearer\"\n}\n",
    );
    cases.found(".claude/settings.local.json", r#"{"permissions":{"allow":["Bash(CLOUDFLARE_API_TOKEN=«legacy» npx wrangler deploy:*)","Bash(ls:*)"]}}"#);
    cases.found(".claude/settings.json", r#"{"env":{"CLOUDFLARE_API_TOKEN":"«legacy»"}}"#);
    cases.found(
        ".codex/config.toml",
        "[mcp_servers.cloudflare]\ncommand = \"npx\"\nenv = { CLOUDFLARE_API_TOKEN = \"«legacy»\" }\n",
    );
    cases.found(".codex/config.toml", "[mcp_servers.cf]\nurl = \"https://bindings.mcp.cloudflare.com/mcp\"\nhttp_headers = { Authorization = \"Bearer «legacy»\" }\n");
    cases.found("session.jsonl", "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_1\",\"content\":\"CLOUDFLARE_API_TOKEN=«legacy»\\nPORT=1\"}]},\"uuid\":\"«uuid»\"}\n");
    cases.found("session.jsonl", "{\"message\":{\"content\":[{\"type\":\"tool_result\",\"content\":\"     1→CLOUDFLARE_API_TOKEN=«legacy»\\n     2→PORT=1\"}]}}\n");
    cases.found("session.jsonl", r#"{"message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"curl -s -H \"X-Auth-Email: «email»\" -H \"X-Auth-Key: «key»\" https://api.cloudflare.com/client/v4/zones"}}]}}"#);
    cases.found("rollout.jsonl", r#"{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"«[{"command":["bash","-lc","CLOUDFLARE_API_TOKEN=«legacy» npx wrangler whoami"]}]|json»"}}"#);
    cases.found("rollout.jsonl", r#"{"type":"response_item","payload":{"type":"function_call_output","output":"«[{"output":"oauth_token = \"«oauth»\"\n","metadata":{"exit_code":0}}]|json»"}}"#);
    cases.found(
        ".aider.chat.history.md",
        "#### what is in .dev.vars\n\n> CLOUDFLARE_API_TOKEN=«legacy»  \n> PORT=1  \n",
    );
    cases.found("history.jsonl", r#"{"display":"use the cloudflare api token «legacy» to deploy","timestamp":1763000000000,"project":"/srv/x"}"#);
    cases.found("shell_snapshots/a.sh", "export PATH='/usr/bin'\nexport CLOUDFLARE_API_TOKEN='«legacy»'\n");
    cases.found("tool.txt", "12| CLOUDFLARE_API_TOKEN=«legacy»\n13| PORT=1\n");
    cases.found("grep.txt", "deploy/.env:14:CLOUDFLARE_API_TOKEN=«legacy»\n");
    cases.found("edit.jsonl", r#"{"toolUseResult":{"filePath":"/srv/.dev.vars","oldString":"TURNSTILE_SECRET_KEY=\"«turnstile»\"","newString":"TURNSTILE_SECRET_KEY=\"\""}}"#);
}

fn git(cases: &mut Cases) {
    cases.group("git");
    cases.found(".git/config", "[remote \"origin\"]\n\turl = https://user:«user»@git.example.net/a/b.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
    cases.found(".git/config", "[http \"https://git.example.net/\"]\n\textraHeader = CF-Access-Client-Id: «hex:32».access\n\textraHeader = CF-Access-Client-Secret: «access64»\n");
    cases.found(".git-credentials", "https://x-token:«account»@git.example.net\n");
    cases.found("COMMIT_EDITMSG", "Rotate: old CLOUDFLARE_API_TOKEN was «legacy»\n");
    cases.found("a.diff", "--- a/.dev.vars\n+++ b/.dev.vars\n@@ -1,2 +1,2 @@\n-CLOUDFLARE_API_TOKEN=«legacy»\n+CLOUDFLARE_API_TOKEN=\n PORT=1\n");
    cases.found("a.patch", "+provider \"cloudflare\" {\n+  api_token = \"«legacy»\"\n+}\n");
    cases.found("merge.txt", "<<<<<<< HEAD\nCF_API_KEY=«key»\n=======\nCF_API_KEY=\n>>>>>>> main\n");
}

fn people(cases: &mut Cases) {
    cases.group("people");
    cases.found("general/2026-11-20.json", r#"[{"type":"message","user":"U1","text":"here: `CLOUDFLARE_API_TOKEN=«legacy»` &amp; tell <@U2>","ts":"1763000000.000100"}]"#);
    cases.found(
        "general/2026-11-20.json",
        r#"[{"text":"token is «user»&gt; ok <https://dash.cloudflare.com|dash>","ts":"1"}]"#,
    );
    cases.found("mail.eml", "Subject: token\nContent-Type: text/plain; charset=utf-8\n\nHi,\nthe Cloudflare API token is: «legacy»\nBye\n");
    cases.found("page.html", "<td>CF_API_TOKEN</td>\n<td><code>«legacy»</code></td>\n");
    cases.found("issue.json", r#"{"title":"Deploy fails","body":"I run\n```\nCLOUDFLARE_API_TOKEN=«legacy» npx wrangler deploy\n```\nand get 10000"}"#);
    cases.found("vault.csv", "folder,favorite,type,name,notes,login_uri,login_username,login_password\n,,login,Cloudflare API token,,https://dash.cloudflare.com,«email»,«legacy»\n");
    cases.found("keepass.xml", "<String><Key>Title</Key><Value>Cloudflare</Value></String>\n<String><Key>Global API Key</Key><Value>«key»</Value></String>\n");
    cases.found("dump.sql", "INSERT INTO settings (name, value) VALUES ('cloudflare_api_token', '«legacy»'), ('theme', 'dark');\n");
    cases.found(
        "dump.sql",
        "COPY public.settings (key, value) FROM stdin;\ncloudflare_api_key\t«key»\ntheme\tdark\n\\.\n",
    );
    cases.found("appendonly.aof", "*3\r\n$3\r\nSET\r\n$20\r\ncloudflare_api_token\r\n$40\r\n«legacy»\r\n");
    cases.found("export.csv", "name;value\nCLOUDFLARE_API_TOKEN;«legacy»\nTZ;UTC\n");
    cases.found("export.tsv", "CF_API_KEY\t«key»\nCF_API_EMAIL\t«email»\n");
    cases.found(
        "user.json",
        r#"{"settings":{"integrations":{"cloudflare":{"enabled":true,"token":"«legacy»"}}}}"#,
    );
    cases.found(
        "user.yaml",
        "integrations:\n  cloudflare:\n    enabled: true\n    key: «key»\n    email: «email»\n",
    );
    cases.found(
        "discord.json",
        r#"{"messages":[{"content":"cf token «legacy» pls delete","timestamp":"2026-11-20"}]}"#,
    );
}
