//! Names of environment style, as strong as names get (SURFACES.md 3.1), in every syntax that sets one.

use super::Cases;

/// Name and what it holds.
const NAMES: [(&str, &str); 58] = [
    ("CLOUDFLARE_API_TOKEN", "legacy"),
    ("CF_API_TOKEN", "legacy"),
    ("CLOUDFLARE_API_KEY", "key"),
    ("CF_API_KEY", "key"),
    ("CLOUDFLARE_GLOBAL_API_KEY", "key45"),
    ("CLOUDFLARE_API_USER_SERVICE_KEY", "origin"),
    ("CF_API_USER_SERVICE_KEY", "origin"),
    ("CLOUDFLARE_ORIGIN_CA_KEY", "origin"),
    ("CF_DNS_API_TOKEN", "legacy"),
    ("CLOUDFLARE_DNS_API_TOKEN", "legacy"),
    ("CF_ZONE_API_TOKEN", "legacy"),
    ("CLOUDFLARE_ZONE_API_TOKEN", "legacy"),
    ("CF_Token", "legacy"),
    ("CF_Key", "key"),
    ("SAVED_CF_Token", "legacy"),
    ("SAVED_CF_Key", "key"),
    ("dns_cloudflare_api_token", "legacy"),
    ("dns_cloudflare_api_key", "key"),
    ("dns_cf_token", "legacy"),
    ("dns_cf_key", "key"),
    ("TUNNEL_TOKEN", "tunnel"),
    ("CLOUDFLARE_TUNNEL_TOKEN", "tunnel"),
    ("CLOUDFLARED_TOKEN", "tunnel-tas"),
    ("TF_VAR_cloudflare_api_token", "legacy"),
    ("TF_VAR_cloudflare_api_key", "key"),
    ("CLOUDFLARE_ACCESS_CLIENT_SECRET", "access64"),
    ("CF_ACCESS_CLIENT_SECRET", "access64"),
    ("CF_ACCESS_CLIENT_SECRET", "access"),
    ("TUNNEL_SERVICE_TOKEN_SECRET", "access64"),
    ("WRANGLER_R2_SQL_AUTH_TOKEN", "legacy"),
    ("R2_SECRET_ACCESS_KEY", "r2"),
    ("CLOUDFLARE_R2_SECRET_ACCESS_KEY", "r2"),
    ("TURNSTILE_SECRET_KEY", "turnstile"),
    ("CLOUDFLARE_TURNSTILE_SECRET", "turnstile"),
    ("CF_TURNSTILE_SECRET_KEY", "turnstile"),
    ("CF_IMAGES_TOKEN", "legacy"),
    ("CLOUDFLARE_WORKERS_AI_API_KEY", "legacy"),
    ("CLOUDFLARE_AI_GATEWAY_TOKEN", "legacy"),
    ("CF_AIG_TOKEN", "legacy"),
    ("CLOUDFLARE_API_TOKEN", "user"),
    ("CLOUDFLARE_API_TOKEN", "account"),
    ("CLOUDFLARE_API_KEY", "global"),
    ("CF_API_TOKEN", "dashed"),
    ("LEXICON_CLOUDFLARE_TOKEN", "legacy"),
    ("CF_DDNS_TOKEN", "legacy"),
    ("CALLS_APP_SECRET", "calls"),
    ("TURN_KEY_API_TOKEN", "calls"),
    ("CLOUDFLARE_STREAM_SIGNING_KEY", "stream"),
    ("CLOUDFLARE_DEPLOY_HOOK", "hook"),
    ("WORKERS_BUILD_HOOK", "build-hook"),
    ("CLOUDFLARE_MCP_TOKEN", "mcp"),
    ("CLOUDFLARE_IMAGES_SIGNING_KEY", "images"),
    // Home-made.
    ("MY_CLOUDFLARE_TOKEN", "legacy"),
    ("PROD_CF_API_TOKEN_DNS", "legacy"),
    ("CLOUDFLARE_TOKEN_STAGING", "legacy"),
    ("VITE_CLOUDFLARE_API_TOKEN", "legacy"),
    ("CLOUDFLARE_APITOKEN", "legacy"),
    ("cloudflareToken", "legacy"),
];

/// Path and how a name is set there: `@` is the name, `%` the value.
const SYNTAXES: [(&str, &str); 50] = [
    (".env", "NODE_ENV=production\n@=%\nPORT=3000\n"),
    (".env.local", "@=\"%\"\n"),
    (".dev.vars", "@='%'\n"),
    (".envrc", "layout node\nexport @=%\n"),
    ("env.sh", "#!/bin/sh\nexport @=\"%\"; export OTHER=1\n"),
    ("app.env", "@ = %\r\nDEBUG=0\r\n"),
    (".dev.vars.staging", "# dev only\n@=% # rotate me\n"),
    ("config.yml", "production:\n  @: %\n  region: auto\n"),
    ("values.yaml", "env:\n  @: \"%\"\n"),
    ("docker-compose.yml", "services:\n  app:\n    environment:\n      - @=%\n      - TZ=UTC\n"),
    ("compose.yaml", "services:\n  app:\n    environment:\n      - \"@=%\"\n"),
    ("deploy.yml", "env:\n  - name: @\n    value: %\n"),
    ("deploy.yml", "env:\n- name: @\n  value: \"%\"\n- name: PORT\n  value: \"80\"\n"),
    ("settings.json", "{\"terminal.integrated.env.linux\": {\"@\": \"%\"}}"),
    ("launch.json", "{\n  \"env\": {\n    \"PORT\": \"80\",\n    \"@\": \"%\"\n  }\n}\n"),
    ("export.json", "{\"values\":[{\"key\":\"@\",\"value\":\"%\",\"type\":\"secret\"}]}"),
    ("task.json", "{\"environment\":[{\"name\":\"@\",\"value\":\"%\"}]}"),
    ("task.json", "{\"environment\":[{\"value\":\"%\",\"name\":\"@\"}]}"),
    ("inspect.json", "[{\"Config\":{\"Env\":[\"PATH=/usr/bin\",\"@=%\"]}}]"),
    ("wrangler.toml", "name = \"site\"\n[vars]\n@ = \"%\"\n"),
    ("wrangler.jsonc", "{\n  // plain\n  \"vars\": { \"@\": \"%\" }\n}\n"),
    ("Dockerfile", "FROM node:20\nENV @=%\nRUN npm ci\n"),
    ("Dockerfile", "FROM node:20\nARG @=\"%\"\n"),
    ("Dockerfile", "FROM node:20\nENV @ %\n"),
    ("run.sh", "docker run -d -e @=% --name app img:1\n"),
    ("run.sh", "docker build --build-arg @=% .\n"),
    ("run.sh", "@=% npx wrangler deploy\n"),
    ("run.sh", "env @=\"%\" terraform plan\n"),
    ("run.ps1", "$env:@ = \"%\"\nnpx wrangler deploy\n"),
    ("run.ps1", "[Environment]::SetEnvironmentVariable(\"@\", \"%\", \"User\")\n"),
    ("run.cmd", "@echo off\r\nset @=%\r\nsetx @ \"%\"\r\n"),
    ("config.fish", "set -gx @ %\n"),
    ("deploy.py", "import os\nos.environ[\"@\"] = \"%\"\n"),
    ("deploy.py", "token = os.getenv('@', '%')\n"),
    ("deploy.js", "process.env.@ = '%';\n"),
    ("deploy.ts", "const value = process.env.@ || \"%\";\n"),
    ("deploy.ts", "export const @: string = `%`;\n"),
    ("deploy.rb", "ENV['@'] ||= '%'\n"),
    ("main.go", "os.Setenv(\"@\", \"%\")\n"),
    ("Main.java", "private static final String @ = \"%\";\n"),
    ("config.php", "define('@', '%');\n"),
    ("config.php", "'@' => '%',\n"),
    ("Makefile", "@ := %\nexport @\n"),
    ("flake.nix", "  environment = {\n    @ = \"%\";\n  };\n"),
    ("app.service", "[Service]\nEnvironment=\"@=%\"\nExecStart=/usr/bin/app\n"),
    ("app.service", "[Service]\nEnvironment=@=%\n"),
    ("com.app.plist", "<dict>\n<key>@</key>\n<string>%</string>\n</dict>\n"),
    ("template.xml", "<Config Name=\"Token\" Target=\"@\" Default=\"\" Type=\"Variable\">%</Config>\n"),
    ("app.properties", "@=%\n"),
    ("notes.md", "Set it first:\n\n```\nexport @=%\n```\n"),
];

/// Commands that hand a secret to some service under its name.
const HANDED: [&str; 10] = [
    "gh secret set @ --body %\n",
    "gh secret set @ -b\"%\" -R owner/repo\n",
    "heroku config:set @=% -a app\n",
    "fly secrets set @=% --app app\n",
    "netlify env:set @ %\n",
    "echo % | gh secret set @\n",
    "printf '%' | npx wrangler secret put @\n",
    "kubectl create secret generic cf --from-literal=@=%\n",
    "vercel env add @ production <<< \"%\"\n",
    "railway variables --set \"@=%\"\n",
];

fn set(syntax: &str, name: &str, value: &str) -> String {
    let mut text = String::new();
    let mut first = true;
    for character in syntax.chars() {
        match character {
            '@' if !syntax.starts_with("@echo") || !text.is_empty() => text.push_str(name),
            '%' if first => {
                text.push_str(&format!("«{value}»"));
                first = false;
            }
            '%' => text.push_str("«same»"),
            other => text.push(other),
        }
    }
    text
}

pub fn add(cases: &mut Cases) {
    cases.group("names in every syntax");
    for (path, syntax) in SYNTAXES {
        for (name, value) in
            [("CLOUDFLARE_API_TOKEN", "legacy"), ("CF_API_KEY", "key"), ("R2_SECRET_ACCESS_KEY", "r2")]
        {
            cases.strong(path, set(syntax, name, value));
        }
    }
    cases.group("every name");
    for (index, (name, value)) in NAMES.into_iter().enumerate() {
        for step in [0, 17, 31] {
            let (path, syntax) = SYNTAXES[(index + step) % SYNTAXES.len()];
            cases.found(path, set(syntax, name, value));
        }
    }
    cases.group("names handed over");
    for syntax in HANDED {
        for (name, value) in [("CLOUDFLARE_API_TOKEN", "legacy"), ("TURNSTILE_SECRET_KEY", "turnstile")] {
            cases.found("setup.sh", set(syntax, name, value));
        }
    }
    terminators(cases);
    surroundings(cases);
}

/// What may stand directly after a value, or before it.
fn terminators(cases: &mut Cases) {
    cases.group("terminators");
    for after in
        [".", ")", ",", "&", "<", "|", "}", "\0", ";", "]", "'", "\"", "`", "\\", "/", ">", "?", "!", ":"]
    {
        cases.found("notes.txt", format!("the deploy token is «user»{after} see you\n"));
    }
    for after in [".", ")", ",", "&", "<", "|", "}", "\0", ";", "]"] {
        cases.found("", format!("CLOUDFLARE_API_TOKEN=«legacy»{after} rest\n"));
        cases.found("", format!("X-Auth-Key: «key»{after} rest\n"));
        cases.found("", format!("key «origin»{after} rest\n"));
    }
    for before in
        ["\u{1b}[32m", "\u{1b}[1;31m", "(", "<", "=", ":", "|", "{", "\0", "\t", "`", "“", "@", "/", "\\n"]
    {
        cases.found("out.log", format!("value {before}«account» end\n"));
    }
    for before in ["\u{1b}[32m", "\u{1b}[1;31m", "\"", "'", "`", "“", "<", "\t"] {
        cases.found("out.log", format!("CF_API_TOKEN={before}«legacy»\u{1b}[0m\n"));
    }
}

/// New-format tokens and structures need no name at all.
fn surroundings(cases: &mut Cases) {
    cases.group("bare and in prose");
    for value in ["user", "account", "global", "access", "oauth", "origin", "tunnel", "hook", "build-hook"] {
        cases.found("", format!("«{value}»"));
        cases.found("chat.txt", format!("hi, I pasted «{value}» by accident, please rotate\n"));
        cases.found("page.html", format!("<p>Use <code>«{value}»</code> for now</p>\n"));
        cases.found("data.csv", format!("id,name,note\n1,alice,\"«{value}»\"\n2,bob,none\n"));
    }
}
