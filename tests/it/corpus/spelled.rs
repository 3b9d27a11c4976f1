//! The hard ones: every transform of SURFACES.md section 4, over values that carry their prefix and over values that
//! only their name gives away; and evidence that stands somewhere else than beside the value.

use super::Cases;

/// A prefixed value and legacy values with a name of their own, as the text of one assignment.
const LINES: [&str; 4] = [
    "CLOUDFLARE_API_TOKEN=«user»",
    "CLOUDFLARE_API_TOKEN=«legacy»",
    "CF_API_KEY=«key»",
    "R2_SECRET_ACCESS_KEY=«r2»",
];

/// Names and values apart, for spellings of the value alone: `@` stands for its spelling.
const VALUES: [(&str, &str); 5] = [
    ("CLOUDFLARE_API_TOKEN", "user"),
    ("CLOUDFLARE_API_TOKEN", "legacy"),
    ("CLOUDFLARE_API_KEY", "key"),
    ("TUNNEL_TOKEN", "tunnel"),
    ("TURNSTILE_SECRET_KEY", "turnstile"),
];

pub fn add(cases: &mut Cases) {
    whole_lines(cases);
    files_inside_files(cases);
    values_alone(cases);
    nested_json(cases);
    alignments(cases);
    bytes(cases);
    cut_values(cases);
    cut_by_terminals(cases);
    mail_and_markup(cases);
    records(cases);
    evidence_elsewhere(cases);
    linked(cases);
    every_kind_spelled(cases);
}

/// `template` with each of the four lines in the place of `@`.
fn lines(cases: &mut Cases, path: &str, template: &str) {
    for line in LINES {
        cases.found(path, template.replace('@', line));
    }
}

fn whole_lines(cases: &mut Cases) {
    cases.hard_group("T1-T3 escapes of lines");
    lines(cases, "a.json", "{\"text\":\"before\\n«[@\nafter]|json»\"}\n");
    lines(cases, "a.json", "{\"text\":\"«[{\"command\":\"@ npx wrangler deploy\"}]|json»\"}\n");
    lines(cases, "a.json", "{\"text\":\"«[echo \"@\" > .dev.vars]|json-ascii»\"}\n");
    lines(cases, "url.txt", "https://example.net/log?line=«[@ end]|percent»&x=1\n");
    lines(cases, "form.txt", "a=1&text=«[note: @ end]|form»&b=2\n");
    lines(cases, "url.txt", "https://example.net/log?line=«[@]|percent-all»\n");
    lines(cases, "url.txt", "https://example.net/r?u=«[https://x.net/?t=«[@]|percent»]|percent»\n");
    lines(cases, "page.html", "<pre>«[export \"@\"]|html»</pre>\n");
    lines(cases, "page.html", "<pre>«[@]|html-all»</pre>\n");
    lines(cases, "page.html", "<pre>«[@]|html-hex»</pre>\n");
    lines(cases, "a.js", "eval(\"«[@]|hex-escapes»\")\n");
    lines(cases, "a.js", "eval(\"«[@]|unicode-all»\")\n");
    lines(cases, "a.js", "const s = \"«[@]|unicode-braces»\";\n");
    lines(cases, "a.xml", "<system-out><![CDATA[@\n]]></system-out>\n");
    lines(cases, "a.py", "b'«[GET / HTTP/1.1\r\n@\r\n]|json»'\n");
}

fn files_inside_files(cases: &mut Cases) {
    cases.hard_group("T6-T7 files inside files");
    for spelled in [
        "«[# dev\n@\nPORT=3000\n]|base64»",
        "«[# dev\n@\nPORT=3000\n]|base64-nopad»",
        "«[# dev, ok?\n@\nPORT=3000\n]|base64url»",
        "«[# dev\n@\nPORT=3000\n]|base64|base64»",
        "«[# dev\n@\nPORT=3000\n]|gzip|base64»",
        "«[# dev\n@\nPORT=3000\n]|zstd|base64»",
        "«[# dev\n@\nPORT=3000\n]|base64|every:76:\n    »",
        "«[# dev\n@\nPORT=3000\n]|hex»",
        "«[# dev\n@\nPORT=3000\n]|base64|percent-marks»",
        "«[{\"env\":\"@\"}]|json|base64»",
    ] {
        lines(cases, "user-data.yml", &format!("write_files:\n  - encoding: b64\n    content: {spelled}\n"));
    }
    lines(cases, "blob.b64", "«[# dev\nA=1\n@\nPORT=3000\n]|base64|every:76:\n»\n");
    lines(
        cases,
        "release.yaml",
        "data:\n  release: «[{\"name\":\"dns\",\"config\":{\"env\":\"@\"}}]|gzip|base64|base64»\ntype: helm.sh/release.v1\n",
    );
    cases.found("release.yaml", "data:\n  release: «[{\"config\":{\"cloudflare\":{\"apiToken\":\"«legacy»\"}}}]|gzip|base64|base64»\n");
    cases.found(
        "secret.yaml",
        "data:\n  .dev.vars: «[CLOUDFLARE_API_TOKEN=«legacy»\nTURNSTILE_SECRET_KEY=«turnstile»\n]|base64»\n",
    );
    cases.found("ci.env", "WRANGLER_CONFIG_B64=«[oauth_token = \"«oauth»\"\nrefresh_token = \"«refresh»\"\nscopes = [ \"account:read\" ]\n]|base64»\n");
    cases.found("ci.env", "TUNNEL_CERT=«[«cert»]|base64»\n");
    cases.found(
        "main.tf",
        "  user_data = \"«[#cloud-config\nruncmd:\n  - cloudflared service install «tunnel»\n]|base64»\"\n",
    );
    cases.found("run.sh", "echo «[{\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}]|base64» | base64 -d > creds.json\n");
    cases.found("secret.yaml", "data:\n  config: «[[r2]\ntype = s3\nprovider = Cloudflare\naccess_key_id = «hex:32»\nsecret_access_key = «r2»\n]|base64»\n");
    cases.found("core.bin", "\0\0ELF\0«[CLOUDFLARE_API_TOKEN=«user»\n]|gzip»\0\0");
}

fn values_alone(cases: &mut Cases) {
    cases.hard_group("T4-T8 spelled values");
    for (name, value) in VALUES {
        for how in [
            "base64",
            "base64-nopad",
            "base64|base64",
            "hex",
            "HEX",
            "percent-all",
            "hex-escapes",
            "unicode-all",
            "html-all",
            "percent-marks",
            "json-ascii",
        ] {
            cases.found("values.txt", format!("{name}=\"«{value}|{how}»\"\n"));
        }
        cases.found("a.c", format!("static const char {name}[] = {{ «{value}|hex-array»0x00 }};\n"));
        cases.found("a.txt", format!("{name}: «{value}|hex-spaced»\n"));
        cases.found("a.sh", format!("export {name}=$'«{value}|hex-escapes»'\n"));
    }
}

fn nested_json(cases: &mut Cases) {
    cases.hard_group("T2 JSON in JSON");
    for inner in [
        "{\"CLOUDFLARE_API_TOKEN\":\"«legacy»\"}",
        "{\"headers\":{\"X-Auth-Email\":\"«email»\",\"X-Auth-Key\":\"«key»\"}}",
        "{\"env\":{\"A\":\"b\"},\"cmd\":\"curl -H \\\"Authorization: Bearer «legacy»\\\" https://api.cloudflare.com/client/v4/zones\"}",
        "{\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}",
        "{\"client_id\":\"«hex:32».access\",\"client_secret\":\"«access64»\"}",
    ] {
        let mut text = format!("«[{inner}]|json»");
        for depth in 1..=4 {
            cases.found("mcp.jsonl", format!("{{\"depth\":{depth},\"params\":\"{text}\"}}\n"));
            text = format!("«[{{\"params\":\"{text}\"}}]|json»");
        }
    }
}

/// The same value at each of the three phases of base64, with context that only decoding shows.
fn alignments(cases: &mut Cases) {
    cases.hard_group("T4 three alignments");
    for filler in ["", "x", "xy"] {
        for line in LINES {
            cases.found("b.txt", format!("payload: «[{filler}{line}\n]|base64»\n"));
            cases.found("b.txt", format!("payload: «[?{filler}>>{line}]|base64url»\n"));
        }
    }
    cases.found("proxy.log", "Authorization: Basic «[«email»:«key»]|base64»\n");
    cases.found(
        "app.log",
        "GET https://api.cloudflare.com/client/v4/zones Authorization: Basic «[«email»:«key»]|base64»\n",
    );
    cases.found("proxy.log", "Proxy-Authorization: Basic «[token:«user»]|base64»\n");
    cases.found("config.json", r#"{"auths":{"registry.cloudflare.com":{"auth":"«[v1:«user»]|base64»"}}}"#);
}

fn bytes(cases: &mut Cases) {
    cases.hard_group("T8-T9 dumps and wide text");
    for line in LINES {
        cases.found("dump.txt", format!("«[PATH=/usr/bin\0{line}\0HOME=/root\0]|xxd»"));
        cases.found("dump.txt", format!("«[PATH=/usr/bin\0{line}\0HOME=/root\0]|hexdump»"));
        cases.found("transcript.txt", format!("\u{feff}PS> cat .env\r\n{line}\r\n").wide("utf-16le"));
        cases.found("transcript.txt", format!("\u{feff}PS> cat .env\r\n{line}\r\n").wide("utf-16be"));
        cases.found("strings.bin", format!("PS> cat .env\r\n{line}\r\nPS> exit\r\n").wide("utf-16le"));
        cases.found("strings.bin", format!("PS> cat .env\r\n{line}\r\nPS> exit\r\n").wide("utf-16be"));
        cases.found("event.evtx", format!("\u{1}\u{2}bin\u{3}«[{line} ]|utf-16le»\u{5}more"));
    }
    cases.found(
        "a.reg",
        "\u{feff}Windows Registry Editor Version 5.00\r\n\r\n\"TUNNEL_TOKEN\"=\"«tunnel»\"\r\n"
            .to_owned()
            .wide("utf-16le"),
    );
    cases.found("a.reg", "\"CF_API_TOKEN\"=hex(2):«legacy|hex-commas»00\r\n");
    cases.found("run.ps1", "powershell -EncodedCommand «[$env:CLOUDFLARE_API_TOKEN='«legacy»'; npx wrangler deploy]|utf-16le|base64»\n");
}

trait Wide {
    fn wide(self, how: &str) -> String;
}

impl Wide for String {
    fn wide(self, how: &str) -> String {
        format!("«[{self}]|{how}»")
    }
}

fn cut_values(cases: &mut Cases) {
    cases.hard_group("T12-T13 shell and language pieces");
    for (name, value) in VALUES {
        for (path, open, joint, close) in [
            ("run.sh", "=", "\"\"", ""),
            ("run.sh", "='", "'\"", "\""),
            ("run.sh", "=\"", "\"'", "'"),
            ("run.sh", "=", "\\\n", ""),
            ("run.ps1", " = \"", "\" + \"", "\""),
            ("app.js", " = '", "' + '", "';"),
            ("app.js", " = \"", "\" +\n  \"", "\";"),
            ("app.js", " = `", "` + `", "`;"),
            ("app.py", " = (\"", "\"\n    \"", "\")"),
            ("app.py", " = '", "' '", "'"),
            ("app.php", " = '", "' . '", "';"),
            ("app.lua", " = \"", "\" .. \"", "\""),
            ("a.c", " = \"", "\"\n        \"", "\";"),
            ("a.vb", " = \"", "\" & _\n    \"", "\""),
            ("a.toml", " = \"\"\"", "\\\n    ", "\"\"\""),
            ("app.js", " = ['", "', '", "'].join('');"),
            ("a.yml", ": \"", "\\\n  ", "\""),
            ("run.cmd", "=", "^\r\n", ""),
        ] {
            cases.found(path, format!("{name}{open}«{value}|cut:{joint}»{close}\n"));
        }
        cases.found("app.js", format!("const {name} = \"«{value}|cut3:\" + \"»\";\n"));
    }
    cases.found("setup.sh", "cat > .dev.vars <<EOF\nCLOUDFLARE_API_TOKEN=«legacy»\nEOF\n");
    cases.found("script.json", "{\"exec\":[\"pm.environment.set('cf_api_token',\",\"  '«legacy»');\"]}\n");
    cases.found("argv.json", "[\"curl\",\"-H\",\"Authorization: Bearer «legacy»\",\"https://api.cloudflare.com/client/v4/zones\"]\n");
    cases.found("argv.json", "[\"curl\",\"--header\",\"X-Auth-Key:\",\"«key»\"]\n");
    cases.found("argv.json", "[\"cloudflared\",\"tunnel\",\"run\",\"--token\",\"«tunnel»\"]\n");
    cases.found("argv.json", "[\n  \"--api-token\",\n  \"«legacy»\",\n  \"--provider=cloudflare\"\n]\n");
}

fn cut_by_terminals(cases: &mut Cases) {
    cases.hard_group("T14-T17 terminals and paste");
    for (name, value) in VALUES {
        for joint in [
            "\u{1b}[1m\u{1b}[31m",
            "\u{1b}[0m",
            "\u{1b}[01;31m\u{1b}[K",
            "\n",
            "\r\n",
            "\n  ",
            " │\n│ ",
            " |\n| ",
            "\u{200b}",
            "\u{200d}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
        ] {
            cases.found("screen.txt", format!("{name}=«{value}|cut:{joint}»\n"));
        }
        cases.found(
            "grep.txt",
            format!("\u{1b}[35m.env\u{1b}[0m:{name}=\u{1b}[1m\u{1b}[31m«{value}»\u{1b}[0m\n"),
        );
        cases.found("screen.txt", format!("{name}=\u{201c}«{value}»\u{201d}\n"));
        cases.found("screen.txt", format!("{name}\u{a0}=\u{a0}«{value}»\n"));
        cases.found("screen.txt", format!("   12→{name}=«{value}|cut:\n   13→»\n"));
        cases.found("screen.txt", format!("> {name}=«{value}|cut:\n> »\n"));
    }
    cases.found("chat.txt", "CLOUDFLARE_API_TOKEN=«dashed|en-dash»\n");
    cases.found("chat.txt", "CLOUDFLARE_API_KEY: «origin|en-dash»\n");
    cases.found("chat.txt", "origin ca key «origin|smart-hyphen»\n");
    cases.found("table.txt", "┌────────────┬──────────────────────┐\n│ token      │ «user|cut: │\n│            │ » │\n└────────────┴──────────────────────┘\n");
}

fn mail_and_markup(cases: &mut Cases) {
    cases.hard_group("T10-T11 mail and markup");
    for line in LINES {
        cases.found("a.eml", format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n«[Hi there, this is the value that we talked about: {line}\nBye\n]|quoted-printable»"));
        cases.found("a.eml", format!("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n«[Hi,\n{line}\nBye\n]|base64|every:76:\n»\n"));
        cases.found("a.mbox", format!("Content-Transfer-Encoding: quoted-printable\n\n<p style=3D\"x\">«[<code>{line}</code>]|quoted-printable»</p>\n"));
        cases.found("a.html", format!("<div>«[{{\"text\":\"{line}\"}}]|html»</div>\n"));
    }
    cases.found("jelly.xml", "<dns_cf_token>«dashed|html»</dns_cf_token>\n");
    cases.found("burp.xml", "<request base64=\"true\"><![CDATA[«[GET /client/v4/zones HTTP/1.1\r\nHost: api.cloudflare.com\r\nAuthorization: Bearer «legacy»\r\n\r\n]|base64»]]></request>\n");
    cases.found("site.har", r#"{"content":{"encoding":"base64","text":"«[{"result":{"id":"«hex:32»","status":"active","value":"«legacy»","policies":[]},"success":true}]|base64»"}}"#);
    cases.found("config.xml", "<dyndns><type>cloudflare</type><username>«email»</username><password>«key|base64»</password></dyndns>\n");
}

fn records(cases: &mut Cases) {
    cases.hard_group("T16 records that split");
    for (name, value) in
        [("CLOUDFLARE_API_TOKEN", "user"), ("CLOUDFLARE_API_TOKEN", "legacy"), ("CF_API_KEY", "key")]
    {
        cases.found(
            "a.cast",
            format!(
                "[0.1, \"o\", \"{name}=«{value}|cut:\"]\n[0.2, \"o\", \"»\"]\n[0.3, \"o\", \"\\r\\n\"]\n"
            ),
        );
        cases.found(
            "sse.txt",
            format!("data: {{\"delta\":\"{name}=«{value}|cut:\"}}\n\ndata: {{\"delta\":\"»\"}}\n\n"),
        );
        cases.found(
            "cri.log",
            format!(
                "2026-01-01T00:00:00.1Z stdout P {name}=«{value}|cut:\n2026-01-01T00:00:00.2Z stdout F »\n"
            ),
        );
        cases.found(
            "job.log",
            format!(
                "2026-01-01T00:00:00.123456Z 01O {name}=«{value}|cut:\n2026-01-01T00:00:00.123457Z 01O+»\n"
            ),
        );
        cases.found("json.log", format!("{{\"log\":\"{name}=«{value}|cut:\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}}\n{{\"log\":\"»\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}}\n"));
    }
}

fn evidence_elsewhere(cases: &mut Cases) {
    cases.hard_group("evidence elsewhere");
    cases.found("t.jsonl", "{\"type\":\"tool_use\",\"id\":\"t1\",\"input\":{\"command\":\"echo $CLOUDFLARE_API_TOKEN\"}}\n{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"«legacy»\"}\n");
    cases.found("t.txt", "$ cat cf-token.txt\n«legacy»\n$\n");
    cases.found("t.txt", "What is your Cloudflare API token?\n> «legacy»\n");
    cases.found("t.txt", "X-Auth-Email: «email»\nX-Auth-Key:\n    «key»\n");
    cases.found("a.yml", "cloudflare_api_token: >-\n  «legacy»\n");
    cases
        .found("a.yml", "- name: CF_API_TOKEN\n  description: used by CI\n  scope: all\n  value: «legacy»\n");
    cases.found("a.json", "{\n  \"key\": \"CLOUDFLARE_API_TOKEN\",\n  \"enabled\": true,\n  \"description\": \"\",\n  \"value\": \"«legacy»\"\n}\n");
    cases.found("a.toml", "[cloudflare]\nzone = \"example.net\"\ntoken = \"«legacy»\"\n");
    cases.found("a.ini", "[cloudflare]\nemail = «email»\nkey = «key»\n");
    cases.found(
        "a.yml",
        "cloudflare:\n  zones:\n    - example.net\n    - example.org\n  auth:\n    secret: «legacy»\n",
    );
    cases.found("a.go", "const (\n\tcloudflareEmail = \"«email»\"\n\tapiKey          = \"«key»\"\n)\n");
    cases
        .found("a.py", "def cf():\n    email, key = '«email»', '«key»'\n    return CloudFlare(email, key)\n");
    cases.found(
        "a.sql",
        "INSERT INTO credentials (provider, account, secret) VALUES ('cloudflare', '«email»', '«key»');\n",
    );
    cases.found("cloudflare_token.txt", "«legacy»\n");
    cases.found("secrets/cf_api_token", "«legacy»");
    cases.found("run/secrets/CLOUDFLARE_API_KEY", "«key»\n");
    cases.found(
        "a.sh",
        "T=«legacy»\ncurl -H \"Authorization: Bearer $T\" https://api.cloudflare.com/client/v4/zones\n",
    );
    cases.found("a.js", "const auth = {\n  // Cloudflare\n  email: '«email»',\n  key: '«key»',\n};\n");
    cases.found("a.md", "## Cloudflare\n\nEmail: «email»\n\nGlobal key:\n\n```\n«key»\n```\n");
    cases.found("a.txt", "client id\n«hex:32».access\nclient secret\n«access64»\n");
    cases.found(
        "a.html",
        "<label>Cloudflare API Token</label>\n<input type=\"password\" name=\"cf\" value=\"«legacy»\">\n",
    );
    cases.found("a.http", "POST /graphql HTTP/1.1\nHost: api.cloudflare.com\nContent-Type: application/json\nAuthorization: Bearer\n «legacy»\n");
}

fn linked(cases: &mut Cases) {
    cases.hard_group("linked by SHA-256");
    cases.found("a.txt", "token «user» s3 secret «r2-of-last»\n");
    cases
        .found("a.env", "CLOUDFLARE_API_TOKEN=«legacy»\nS3_ACCESS_KEY_ID=«hex:32»\nS3_SECRET=«r2-of-last»\n");
}

/// Every kind as people have it in a file.
const KINDS: [&str; 15] = [
    "CLOUDFLARE_API_TOKEN=«account»",
    "CLOUDFLARE_API_KEY=«global»",
    "CLOUDFLARE_ORIGIN_CA_KEY=«origin»",
    "oauth_token = \"«oauth»\"\nscopes = [ \"account:read\" ]",
    "oauth_token = \"\"\nrefresh_token = \"«refresh»\"\nscopes = [ \"account:read\" ]",
    "TUNNEL_TOKEN=«tunnel»",
    "{\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}",
    "CF_ACCESS_CLIENT_ID=«hex:32».access\nCF_ACCESS_CLIENT_SECRET=«access64»",
    "CF_ACCESS_CLIENT_SECRET=«access»",
    "TURNSTILE_SECRET_KEY=«turnstile»",
    "TURN_KEY_API_TOKEN=«calls»",
    "CLOUDFLARE_STREAM_SIGNING_KEY=«stream»",
    "CLOUDFLARE_IMAGES_SIGNING_KEY=«images»",
    "PAGES_DEPLOY_HOOK=«hook»",
    "Authorization: Bearer «mcp»",
];

fn every_kind_spelled(cases: &mut Cases) {
    cases.hard_group("every kind spelled");
    for kind in KINDS {
        for template in [
            "{\"content\":\"before\\n«[@\n]|json»after\"}\n",
            "{\"content\":\"«[{\"text\":\"«[before\n@\nafter]|json»\"}]|json»\"}\n",
            "{\"u\":\"«[@]|json-ascii»\"}\n",
            "data:\n  file: «[# settings\n@\nend=1\n]|base64»\n",
            "data:\n  file: «[# settings\n@\nend=1\n]|base64|base64»\n",
            "data:\n  file: «[# settings\n@\nend=1\n]|gzip|base64»\n",
            "data: |\n  «[# settings\n@\nend=1\n]|base64|every:76:\n  »\n",
            "«[settings\r\n@\r\nend=1\r\n]|utf-16le»",
            "«[settings\r\n@\r\nend=1\r\n]|utf-16be»",
            "file=«[# settings\n@\nend=1\n]|hex»\n",
            "«[# settings\n@\nend=1\n]|xxd»",
            "<pre>«[@]|html»</pre>\n",
            "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n«[@ and then some more words that make this line a long one, so that it has to break]|quoted-printable»\n",
            "https://example.net/?q=«[@]|percent»&r=1\n",
            "> «[@\nthat was it]|quote-lines»\n",
        ] {
            cases.found("notes.txt", template.replace('@', kind));
        }
    }
    cases.found("hook.json", "{\"url\":\"«hook|json-slash»\"}\n");
    cases.found("hook.txt", "https://example.net/redirect?to=«build-hook|percent»&x=1\n");
    cases.found(
        "secret.yaml",
        "kind: Secret\ndata:\n  client-id: «[«hex:32».access]|base64»\n  client-secret: «access64|base64»\n",
    );
    cases.found("mc.sh", "mc alias set r2 https://«hex:32».r2.cloudflarestorage.com «hex:32» «r2»\n");
    cases.found(
        "duck.sql",
        "CREATE SECRET (TYPE R2, KEY_ID '«hex:32»', SECRET '«r2»', ACCOUNT_ID '«hex:32»');\n",
    );
    cases.found(".passwd-s3fs", "# r2.cloudflarestorage.com\n«hex:32»:«r2»\n");
    cases.found(
        "run.sh",
        "rclone lsd :s3,provider=Cloudflare,access_key_id=«hex:32»,secret_access_key=«r2»:bucket\n",
    );
}
