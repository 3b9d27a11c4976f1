//! The hard ones: every transform of SURFACES.md section 4, over values that carry their prefix and over
//! values that only their name gives away; and evidence that stands somewhere else than beside the value.

use super::Cases;

/// A prefixed value and legacy values with a name of their own, as the text of one assignment.
pub const LINES: [&str; 4] = [
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
    values_alone(cases);
    nested_json(cases);
    alignments(cases);
    bytes(cases);
    cut_values(cases);
    cut_by_terminals(cases);
    records(cases);
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
        "{\"cmd\":\"curl -H \\\"Authorization: Bearer «legacy»\\\" https://api.cloudflare.com/client/v4\"}",
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
        let end = ",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}\n";
        cases.found("json.log", format!("{{\"log\":\"{name}=«{value}|cut:\"{end}{{\"log\":\"»\\n\"{end}"));
    }
}

/// Every kind as people have it in a file.
pub const KINDS: [&str; 15] = [
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
