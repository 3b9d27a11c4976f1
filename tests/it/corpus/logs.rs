//! What shells and terminals remember.

use super::Cases;

pub fn add(cases: &mut Cases) {
    histories(cases);
    traces(cases);
}

fn histories(cases: &mut Cases) {
    cases.group("shell histories");
    for (command, value) in [
        ("CLOUDFLARE_API_TOKEN=«legacy» wrangler deploy", "token"),
        ("export CF_Key=«key»", "key"),
        ("curl -H 'Authorization: Bearer «legacy»' https://api.cloudflare.com/client/v4/zones", "bearer"),
        ("cloudflared tunnel run --token «tunnel»", "tunnel"),
        ("wrangler login --api-token «user»", "user"),
    ] {
        let _ = value;
        cases.found(".bash_history", format!("cd /srv\n{command}\nls -la\n"));
        cases.found(".bash_history", format!("#1763000000\n{command}\n#1763000100\nls\n"));
        cases.found(".zsh_history", format!(": 1763000000:0;cd /srv\n: 1763000001:12;{command}\n"));
        cases.found("fish_history", format!("- cmd: {command}\n  when: 1763000000\n  paths:\n    - x\n"));
    }
    cases.found(
        "ConsoleHost_history.txt",
        "cd C:\\src\r\n$env:CLOUDFLARE_API_TOKEN='«legacy»'\r\nnpx wrangler deploy\r\n",
    );
    cases.found(
        "ConsoleHost_history.txt",
        "$headers = @{\"X-Auth-Email\"=\"«email»\"; \"X-Auth-Key\"=\"«key»\"}\r\n",
    );
    cases.found(".python_history", "import CloudFlare\ncf = CloudFlare.CloudFlare(token='«legacy»')\n");
    cases.found(".node_repl_history", "process.env.CLOUDFLARE_API_TOKEN = '«legacy»'\n");
    cases
        .found(".mysql_history", "update settings set value='«legacy»' where name='cloudflare_api_token';\n");
    cases.found(".zshrc", "alias cfdeploy='CLOUDFLARE_API_TOKEN=«legacy» npx wrangler deploy'\n");
    cases.found(".bashrc", "export CLOUDFLARE_EMAIL=«email»\nexport CLOUDFLARE_API_KEY=«key» # global\n");
    cases.found(".psql_history", "set cf.api_token = '«user»';\n");
}

fn traces(cases: &mut Cases) {
    cases.group("traces");
    cases.found("out.log", "+ curl -s -H 'Authorization: Bearer «legacy»' https://api.cloudflare.com/client/v4/zones\n++ jq .result\n");
    cases.found("out.log", "++ export CLOUDFLARE_API_TOKEN=«legacy»\n++ CLOUDFLARE_API_TOKEN=«same»\n");
    cases.found("out.log", "+(deploy.sh:12): main(): CF_API_KEY=«key»\n");
    cases.found(
        "out.log",
        "$ printenv | grep -i cloudflare\nCLOUDFLARE_ACCOUNT_ID=«hex:32»\nCLOUDFLARE_API_TOKEN=«legacy»\n",
    );
    cases.found("transcript.txt", "PS C:\\> $env:CLOUDFLARE_API_TOKEN\n«user»\nPS C:\\> exit\n");
    cases.found("typescript", "Script started on 2026-11-20\n\u{1b}[?2004h$ cat .dev.vars\r\n\u{1b}[?2004l\rCLOUDFLARE_API_TOKEN=«legacy»\r\n");
    cases.found(
        "app.log",
        "2026-11-20T10:00:00Z INFO starting with {\"cloudflare_api_token\":\"«legacy»\",\"port\":1}\n",
    );
    cases.found("app.log", "time=2026-11-20T10:00:00Z level=debug msg=config cf_api_token=«legacy» port=1\n");
    cases.found("app.log", "[debug] Config { port: 1, cloudflare_token: \"«legacy»\", zone: None }\n");
    cases.found("app.log", "DEBUG Config(cf_email='«email»', cf_api_key='«key»', retries=3)\n");
    cases.found("app.log", "&{Port:1 CloudflareAPIToken:«legacy» Debug:true}\n");
    cases.found("app.log", "map[CF_API_TOKEN:«legacy» PATH:/usr/bin]\n");
    cases.found("app.log", "Config { cloudflareApiToken: '«legacy»', port: 1 }\n");
    cases.found(
        "error.txt",
        "Error: Authentication error [code: 10000]\n  token: «user»\n  at cloudflare.zones.list\n",
    );
    cases.found("php.log", "array(2) {\n  [\"CLOUDFLARE_API_TOKEN\"]=>\n  string(40) \"«legacy»\"\n  [\"PORT\"]=>\n  string(1) \"1\"\n}\n");
    cases.found("env.txt", "array (\n  'CF_API_KEY' => '«key»',\n  'CF_EMAIL' => '«email»',\n)\n");
    cases.found(
        "phpinfo.html",
        "<tr><td class=\"e\">CLOUDFLARE_API_TOKEN </td><td class=\"v\">«legacy» </td></tr>\n",
    );
    cases.found(
        "django.html",
        "<td>CLOUDFLARE_API_TOKEN</td>\n<td class=\"code\"><pre>&#39;«legacy»&#39;</pre></td>\n",
    );
    cases.found("dotenv.log", "Loaded env: CLOUDFLARE_API_TOKEN → «legacy»\n");
    cases.found("table.txt", "┌──────────────────────┬──────────┐\n│ CLOUDFLARE_API_TOKEN │ «legacy» │\n└──────────────────────┴──────────┘\n");
}
