use super::*;
use crate::model::{Chunk, Finding, Layer, Partial, Provenance};
use crate::rules::RuleSet;
use crate::rules::examples::Seed;
use crate::scan::{Collected, Collector, Engine, Hits, Options};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use proptest::prelude::*;
use std::io::Write;
use std::sync::LazyLock;

const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// One value of every sort: what names it nowhere is the hard one.
fn values() -> Vec<(&'static str, String)> {
    let mut seed = Seed(41);
    let legacy = loop {
        let text = seed.text(TOKEN, 40);
        if text.contains('_') && text.contains('-') && !text.starts_with(['_', '-']) {
            break text;
        }
    };
    vec![
        ("legacy token", legacy),
        ("token", seed.checked_token("cfut_")),
        ("global key", seed.hex(37)),
        ("R2 secret", seed.hex(64)),
        ("tunnel token", seed.tunnel_token("ast")),
        ("turnstile", format!("0x4{}", seed.text(TOKEN, 32))),
    ]
}

type Spelling = (&'static str, fn(&str) -> Vec<u8>);

/// What stands around the value names nothing.
const SPELLINGS: [Spelling; 38] = [
    ("plain", |v| format!("see {v} here").into_bytes()),
    ("in a word", |v| format!("x{v}y").into_bytes()),
    ("in JSON in JSON", |v| format!("{{\"a\":\"{{\\\"b\\\":\\\"{v}\\\"}}\"}}").into_bytes()),
    ("base64", |v| around(&BASE64.encode(v.as_bytes()))),
    ("base64 one on", |v| around(&BASE64.encode(&noise(v, 1)))),
    ("base64 two on", |v| around(&BASE64.encode(&noise(v, 2)))),
    ("base64 three on", |v| around(&BASE64.encode(&noise(v, 3)))),
    ("base64 without padding", |v| around(&BASE64_NOPAD.encode(v.as_bytes()))),
    ("base64url", |v| around(&BASE64URL_NOPAD.encode(&noise(v, 4)))),
    ("base64 wrapped", |v| around(&wrapped(&BASE64.encode(&noise(v, 31)), 76, "\n"))),
    ("base64 wrapped early", |v| around(&wrapped(&BASE64.encode(&noise(v, 46)), 64, "\n  "))),
    ("base64 twice", |v| around(&BASE64.encode(BASE64.encode(v.as_bytes()).as_bytes()))),
    ("gzip in base64", |v| around(&BASE64.encode(&gzip(v.as_bytes())))),
    ("UTF-16 in base64", |v| around(&BASE64.encode(&wide(v, u16::to_le_bytes)))),
    ("hex", |v| around(&HEXLOWER.encode(v.as_bytes()))),
    ("HEX", |v| around(&HEXUPPER.encode(v.as_bytes()))),
    ("hex behind hex", |v| around(&HEXLOWER.encode(&noise(v, 7)))),
    ("percent", |v| around(&each(v, |b| format!("%{b:02x}")))),
    ("PERCENT", |v| around(&each(v, |b| format!("%{b:02X}")))),
    ("percent twice", |v| around(&each(v, |b| format!("%25{b:02X}")))),
    ("signs in percent", |v| around(&v.replace('_', "%5F").replace('-', "%2D").replace('=', "%3D"))),
    ("\\u", |v| around(&each(v, |b| format!("\\u{b:04x}")))),
    ("\\\\u", |v| around(&each(v, |b| format!("\\\\u{b:04X}")))),
    ("\\x", |v| around(&each(v, |b| format!("\\x{b:02x}")))),
    ("octal", |v| around(&each(v, |b| format!("\\{b:03o}")))),
    ("&#", |v| around(&each(v, |b| format!("&#{b};")))),
    ("&#x", |v| around(&each(v, |b| format!("&#x{b:x};")))),
    ("wrapped", |v| around(&format!("{}\n    {}", &v[..17], &v[17..]))),
    ("wrapped at once", |v| around(&format!("{}\n    {}", &v[..2], &v[2..]))),
    ("two strings", |v| around(&format!("\"{}\" + \"{}\"", &v[..20], &v[20..]))),
    ("two strings at once", |v| around(&format!("'{}' + '{}'", &v[..1], &v[1..]))),
    ("coloured", |v| around(&format!("{}\x1b[1;31m{}\x1b[0m", &v[..3], &v[3..]))),
    ("zero width", |v| around(&format!("{}\u{200b}{}", &v[..5], &v[5..]))),
    ("UTF-16LE", |v| wide(&format!("see {v} here, in a wide file"), u16::to_le_bytes)),
    ("UTF-16BE", |v| wide(&format!("see {v} here, in a wide file"), u16::to_be_bytes)),
    ("xxd -p", |v| format!("{}\n", wrapped(&HEXLOWER.encode(v.as_bytes()), 60, "\n")).into_bytes()),
    ("bytes", |v| around(&each(v, |b| format!("0x{b:02x}, ")))),
    ("a dump", |v| dump(v).into_bytes()),
];

fn around(text: &str) -> Vec<u8> {
    format!("see {text} here\n").into_bytes()
}

/// The value behind bytes that begin no text.
fn noise(value: &str, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..length).map(|nth| 0x90 + nth as u8 % 9).collect();
    bytes.extend_from_slice(value.as_bytes());
    bytes
}

fn each(value: &str, spell: fn(u8) -> String) -> String {
    value.bytes().map(spell).collect()
}

fn wrapped(text: &str, width: usize, joint: &str) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    lines.join(joint)
}

fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

fn dump(value: &str) -> String {
    let rows: Vec<String> = value
        .as_bytes()
        .chunks(16)
        .enumerate()
        .map(|(nth, row)| {
            let bytes: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{:08x}  {}  |{}|\n", nth * 16, bytes.join(" "), String::from_utf8_lossy(row))
        })
        .collect();
    rows.concat()
}

fn engine(wanted: &Wanted) -> Engine {
    Engine::new(RuleSet::builtin(), &[], Options::default()).hunting(wanted)
}

fn scan(engine: &Engine, text: &[u8]) -> Collected {
    let mut hits = Hits::default();
    engine.scan(&Chunk::whole(Provenance::stdin().into(), text), &mut hits);
    let mut collector = Collector::new();
    collector.take(hits);
    collector.finish()
}

fn hunt(wanted: &Wanted, text: &[u8]) -> Collected {
    scan(&engine(wanted), text)
}

fn by_value(value: &str) -> Wanted {
    Wanted::value(value).expect("a value")
}

fn says(finding: &Finding) -> String {
    finding.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_value_is_found_in_every_spelling_without_a_name() {
    let mut missed = Vec::new();
    for (kind, value) in values() {
        let wanted = by_value(&value);
        let engine = engine(&wanted);
        let fingerprint = Fingerprint::of(&Secret::new(value.as_str()));
        for (name, spell) in SPELLINGS {
            let found = scan(&engine, &spell(&value)).findings;
            let is_it =
                matches!(&found[..], [one] if one.fingerprint == fingerprint && one.places.len() == 1);
            if !is_it {
                missed.push(format!("{kind}, {name}: {found:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn the_place_covers_the_spelled_value() {
    let (_, value) = &values()[0];
    let spelled = each(value, |byte| format!("%{byte:02X}"));
    let found = hunt(&by_value(value), format!("x\ny {spelled} z").as_bytes()).findings;
    let place = &found[0].places[0];
    assert_eq!((place.span.start, place.span.end), (4, 4 + spelled.len() as u64));
    assert_eq!((place.position.line, place.position.column), (2, 3));
    assert_eq!(place.decoded, [Layer::Percent]);
}

#[test]
fn the_r2_secret_of_a_token_is_found_and_called_that() {
    let mut seed = Seed(5);
    for token in [seed.checked_token("cfut_"), seed.checked_token("cfat_"), seed.text(TOKEN, 40)] {
        let secret = HEXLOWER.encode(&Sha256::digest(token.as_bytes()));
        let engine = engine(&by_value(&token));
        for (name, spell) in SPELLINGS {
            let found = scan(&engine, &spell(&secret)).findings;
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].kind, Kind::R2S3Credentials, "{name}");
            assert!(says(&found[0]).contains("R2 S3 secret of the hunted token"), "{}", says(&found[0]));
        }
        // Beside its token it has places of its own to be told.
        let both = scan(&engine, format!("{token} {secret}").as_bytes()).findings;
        let kinds: Vec<_> = both
            .iter()
            .map(|finding| (finding.kind == Kind::R2S3Credentials, finding.places.len()))
            .collect();
        assert_eq!(kinds, [(false, 1), (true, 1)]);
    }
    assert!(
        hunt(&by_value(&seed.hex(37)), HEXLOWER.encode(&Sha256::digest("x")).as_bytes()).findings.is_empty()
    );
}

#[test]
fn the_secret_part_alone_is_the_credential() {
    let mut seed = Seed(6);
    let (id, secret) = (seed.hex(32), seed.hex(64));
    let found = hunt(&by_value(&format!("{id}:{secret}")), format!("k {secret}\n").as_bytes()).findings;
    assert_eq!(found[0].fingerprint, Fingerprint::of(&Secret::new(format!("{id}:{secret}"))));
    let token = seed.tunnel_token("ast");
    let json: Value = serde_json::from_slice(&BASE64.decode(token.as_bytes()).unwrap()).unwrap();
    let secret = json["s"].as_str().unwrap();
    let found = hunt(&by_value(&token), format!("{{\"TunnelSecret\":\"{secret}\"}}").as_bytes()).findings;
    assert_eq!(found[0].fingerprint, Fingerprint::of(&Secret::new(token.as_str())));
    assert!(says(&found[0]).contains("secret part"), "{}", says(&found[0]));
    let again = BASE64.encode(format!("{{\"s\":\"{secret}\",\"a\":\"\"}}").as_bytes());
    assert_eq!(hunt(&by_value(&token), again.as_bytes()).findings.len(), 1);
}

#[test]
fn other_credentials_are_none_of_the_hunt() {
    let mut seed = Seed(7);
    let (one, other) = (seed.checked_token("cfut_"), seed.checked_token("cfut_"));
    let text =
        format!("CLOUDFLARE_API_TOKEN={other}\nCF_API_KEY={}\ncfut_****{}\n", seed.hex(37), &other[49..]);
    for wanted in [by_value(&one), Wanted::Fingerprint(Fingerprint::of(&Secret::new(one.as_str())))] {
        let found = hunt(&wanted, text.as_bytes());
        assert!(found.findings.is_empty() && found.partials.is_empty(), "{found:?}");
    }
}

#[test]
fn remains_are_partials_and_never_findings() {
    let mut seed = Seed(8);
    let token = seed.checked_token("cfut_");
    let (head, tail) = (&token[..9], &token[token.len() - 4..]);
    for text in [
        format!("***{tail}"),
        format!("{head}****"),
        format!("cfut_…{tail}"),
        format!("{head}****{tail}"),
        format!("{head}xxxxxxxx{tail}"),
        format!("{head}••••{tail}"),
        format!("cut {} off", &token[..20]),
        format!("{{\"shown\":\"{head}\\u2026{tail}\"}}"),
        format!("see {} x", BASE64.encode(format!("the masked form is {head}****{tail} now").as_bytes())),
    ] {
        let found = hunt(&by_value(&token), text.as_bytes());
        assert_eq!((found.findings.len(), found.partials.len()), (0, 1), "{text} {found:?}");
        let Partial { kind, shown, .. } = &found.partials[0];
        assert_eq!(*kind, Kind::UserApiToken);
        assert!(["cfut_…".to_owned(), format!("cfut_…{tail}")].contains(shown), "{shown}");
    }
}

#[test]
fn by_fingerprint_a_value_of_the_right_shape_is_found_without_a_name() {
    let mut seed = Seed(9);
    let unprefixed = format!("{}.{}", seed.text(TOKEN, 43), seed.text(TOKEN, 43));
    for (kind, value) in values().into_iter().chain([("OAuth", unprefixed)]) {
        let wanted = Wanted::Fingerprint(Fingerprint::of(&Secret::new(value.as_str())));
        for text in [
            format!("see {value} here"),
            format!("\"{value}\""),
            format!("{{\"a\":\"x\\n{value}\\n\"}}"),
            format!("Bearer={value}."),
            BASE64.encode(format!("it is {value} here").as_bytes()),
        ] {
            let found = hunt(&wanted, text.as_bytes()).findings;
            assert_eq!(found.len(), 1, "{kind}: {}", text.replace(&value, "VALUE"));
        }
    }
    let glued = format!("prefix-{}-suffix", seed.alnum(40));
    let wanted = Wanted::Fingerprint(Fingerprint::of(&Secret::new(&glued[7..47])));
    assert_eq!(hunt(&wanted, glued.as_bytes()).findings.len(), 1);
    let (id, secret) = (seed.hex(32), seed.hex(64));
    let wanted = Wanted::Fingerprint(Fingerprint::of(&Secret::new(format!("{id}:{secret}"))));
    assert_eq!(hunt(&wanted, format!("- {id}\n- {secret}\n").as_bytes()).findings.len(), 1);
}

#[test]
fn a_documentation_sample_or_a_bad_checksum_is_found_all_the_same() {
    let mut seed = Seed(10);
    let good = seed.checked_token("cfut_");
    let bad = format!("{}{}", &good[..52], if good.ends_with('0') { '1' } else { '0' });
    for wanted in [by_value(&bad), Wanted::Fingerprint(Fingerprint::of(&Secret::new(bad.as_str())))] {
        assert_eq!(hunt(&wanted, format!("x={bad} y").as_bytes()).findings.len(), 1);
    }
}

#[test]
fn by_prefix_whole_values_are_findings_and_the_rest_partials() {
    let mut seed = Seed(12);
    let (token, other) = (seed.checked_token("cfut_"), seed.checked_token("cfut_"));
    let wanted = Wanted::prefix(&token[..9]).unwrap();
    for (text, findings, partials) in [
        (format!("a {token} b {other}"), 1, 0),
        (BASE64.encode(&noise(&token, 5)), 1, 0),
        (format!("a {}****{}", &token[..9], &token[49..]), 0, 1),
        (format!("a {} b", &token[..15]), 0, 1),
        (format!("a {other} b"), 0, 0),
    ] {
        let found = hunt(&wanted, text.as_bytes());
        assert_eq!((found.findings.len(), found.partials.len()), (findings, partials), "{text}");
    }
    let legacy = seed.text(TOKEN, 40);
    let wanted = Wanted::prefix(&legacy[..6]).unwrap();
    let text = format!("{legacy} {}**** {}", &legacy[..6], &legacy[..6]);
    let found = hunt(&wanted, text.as_bytes());
    assert_eq!((found.findings.len(), found.partials.len()), (1, 1));
}

#[test]
fn what_is_unfit_is_refused_without_a_word_of_it() {
    for (text, why) in [
        ("", Unfit::Empty),
        (" \n", Unfit::Empty),
        ("abc", Unfit::Short),
        ("some words of a sentence", Unfit::NotOneWord),
    ] {
        assert_eq!(Wanted::value(text).err(), Some(why), "{text}");
    }
    for (text, why) in [
        ("cfut_ab", Unfit::PrefixShort),
        ("abc", Unfit::PrefixShort),
        ("cfut_ab$d", Unfit::PrefixLetters),
        ("cfut_abcdefghijklmnopqrstuvwxyz", Unfit::PrefixLong),
    ] {
        assert_eq!(Wanted::prefix(text).err(), Some(why), "{text}");
        assert!(!why.to_string().contains(text));
    }
    let key = Seed(13).hex(37);
    let handed = by_value(&format!("dev@example.net:{key}"));
    assert!(matches!(handed, Wanted::Value(value) if value.expose() == key));
}

#[test]
fn a_long_row_of_marks_costs_one_look_each() {
    let (_, value) = &values()[0];
    let wanted = by_value(value);
    for text in ["*".repeat(1 << 20), ".".repeat(1 << 20), "x".repeat(1 << 20), value[..4].repeat(1 << 18)] {
        let found = hunt(&wanted, text.as_bytes());
        assert!(found.findings.is_empty() && found.partials.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cut_is_whole(
        order in proptest::collection::vec((0..6usize, 0..SPELLINGS.len()), 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        static ENGINES: LazyLock<Vec<(String, Engine)>> = LazyLock::new(|| {
            values().into_iter().map(|(_, value)| (value.clone(), engine(&by_value(&value)))).collect()
        });
        let (value, engine) = &ENGINES[order[0].0];
        // A wide text is a file of its own.
        let is_narrow = |nth: &usize| !["UTF-16LE", "UTF-16BE"].contains(&SPELLINGS[*nth].0);
        let spelled = order.iter().filter(|(_, nth)| is_narrow(nth));
        let text: Vec<u8> =
            spelled.flat_map(|(_, nth)| [SPELLINGS[*nth].1(value), b"\n--\n".to_vec()].concat()).collect();
        let places = |cores: &[std::ops::Range<usize>]| {
            let mut hits = Hits::default();
            for core in cores {
                let chunk = Chunk { core: core.clone(), ..Chunk::whole(Provenance::stdin().into(), &text) };
                engine.scan(&chunk, &mut hits);
            }
            let mut spans: Vec<_> = hits.candidates.iter().map(|candidate| candidate.place.span).collect();
            spans.sort();
            spans
        };
        let at = cut.index(text.len() + 1);
        let whole = 0..text.len();
        prop_assert_eq!(places(&[0..at, at..text.len()]), places(std::slice::from_ref(&whole)));
    }
}
