use super::{Logs, detect, read, set_time};
use crate::model::{Chunk, Layer, Place, Position, Provenance, SkipReason};
use crate::source::Sink;
use crate::source::testing::{Spy, fill, token};

/// Both ways to read a log, as one chunk of some source and as a stream; they must agree.
fn read_as(name: &str, template: &str, values: &[(&str, &str)]) -> (Spy, String) {
    let content = fill(template, values);
    let words: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
    let (path, inside) = name.split_once('!').unwrap_or((name, ""));
    let mut provenance = Provenance::file(path);
    provenance.inside.extend((!inside.is_empty()).then(|| inside.to_owned()));
    let passing = Spy::looking_for(&words);
    Logs::new(&passing).chunk(&Chunk::whole(provenance.clone().into(), content.as_bytes()));
    let format = detect(content.as_bytes(), name).unwrap_or_else(|| panic!("{name} is no log"));
    let streaming = Spy::looking_for(&words);
    read(format, &provenance, &mut content.as_bytes(), &streaming)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let told = |spy: &Spy| format!("{:?}", spy.seen());
    assert_eq!(told(&passing), told(&streaming));
    (passing, content)
}

/// `provider run job step time` of the only sight of a value.
fn told(spy: &Spy, content: &str, value: &str) -> String {
    let seen = spy.one(value);
    let place = Place {
        provenance: seen.provenance.clone(),
        position: Position { line: 1, column: 1 },
        span: crate::model::Span { start: seen.start, end: seen.end },
        decoded: Vec::new(),
    };
    let mut place = place;
    let provenance = Provenance::file("x");
    set_time(&Chunk::whole(provenance.into(), content.as_bytes()), &mut place);
    let ci = place.provenance.ci.as_deref().cloned().unwrap_or_else(|| panic!("no log: {seen:?}"));
    let fields = [Some(ci.provider), ci.run, ci.job, ci.step, ci.time];
    fields.map(|field| field.unwrap_or_else(|| "-".to_owned())).join(" | ")
}

#[test]
fn github_logs_have_job_step_and_time() {
    let [first, second] = [1, 2].map(token);
    let template = "\u{feff}2025-04-07T12:57:33.2904078Z ##[group]Run npx wrangler deploy\n\
        2025-04-07T12:57:33.2904079Z env:\n\
        2025-04-07T12:57:33.2904080Z   CLOUDFLARE_API_TOKEN: {first}\n\
        2025-04-07T12:57:34.0000000Z ##[endgroup]\n\
        2025-04-07T12:57:35.0000000Z ##[group]Run curl\n\
        2025-04-07T12:57:36.0000000Z {second}\n";
    let values = [("first", first.as_str()), ("second", &second)];
    let (spy, content) = read_as("logs_42.zip!1_build.txt", template, &values);
    assert_eq!(
        told(&spy, &content, &first),
        "github-actions | 42 | build | Run npx wrangler deploy | 2025-04-07T12:57:33.2904080Z"
    );
    assert_eq!(
        told(&spy, &content, &second),
        "github-actions | 42 | build | Run curl | 2025-04-07T12:57:36.0000000Z"
    );
    assert_eq!(spy.one(&second).line, 6);
    assert!(spy.one(&first).before.ends_with("env:\n  CLOUDFLARE_API_TOKEN: "));
    let (spy, content) = read_as("logs_42.zip!build/3_deploy.txt", template, &values);
    assert_eq!(
        told(&spy, &content, &first),
        "github-actions | 42 | build | deploy | 2025-04-07T12:57:33.2904080Z"
    );
}

#[test]
fn azure_sections_are_steps() {
    let value = token(1);
    let template =
        "2025-04-07T12:57:33.2904078Z ##[section]Starting: Deploy\n2025-04-07T12:57:34.2904078Z T={t}\n";
    let (spy, content) = read_as("5_Deploy.log", template, &[("t", &value)]);
    assert_eq!(
        told(&spy, &content, &value),
        "azure-pipelines | - | - | Deploy | 2025-04-07T12:57:34.2904078Z"
    );
}

#[test]
fn gitlab_lines_cut_at_8_kib_are_whole_again() {
    let value = token(1);
    let (head, tail) = value.split_at(17);
    let padding = "x".repeat(8000);
    let template = "2025-04-07T12:57:33.000001Z 00O \u{1b}[0Ksection_start:1744030653:step_script[collapsed=true]\r\
        \u{1b}[0KExecuting\n\
        2025-04-07T12:57:34.000001Z 01O {padding} {head}\n\
        2025-04-07T12:57:34.000002Z 01E another stream\n\
        2025-04-07T12:57:34.000003Z 01O+{tail} done\n\
        2025-04-07T12:57:35.000001Z 00O \u{1b}[0Ksection_end:1744030653:step_script\r\u{1b}[0K\n";
    let values = [("padding", padding.as_str()), ("head", head), ("tail", tail), ("whole", &value)];
    let (spy, content) = read_as("trace.log", template, &values);
    assert_eq!(told(&spy, &content, &value), "gitlab | - | - | step_script | 2025-04-07T12:57:34.000001Z");
    let seen = spy.one(&value);
    let raw = &content[seen.start as usize..seen.end as usize];
    assert!(raw.starts_with(head) && raw.ends_with(tail), "the span covers both pieces: {raw}");
}

#[test]
fn gitlab_without_times_has_sections() {
    let value = token(1);
    let template = "\u{1b}[0KRunning with gitlab-runner 17.0\n\
        \u{1b}[0Ksection_start:1:prepare\r\u{1b}[0K\u{1b}[36;1mPrepare\u{1b}[0;m\n\
        \u{1b}[0Ksection_end:1:prepare\r\u{1b}[0K\u{1b}[0Ksection_start:2:script\r\u{1b}[0KRun\n$ echo {t}\n";
    let (spy, content) = read_as("trace.log", template, &[("t", &value)]);
    assert_eq!(told(&spy, &content, &value), "gitlab | - | - | script | -");
}

#[test]
fn notes_and_times_in_the_middle_of_a_line_are_taken_out() {
    let value = token(1);
    let (head, tail) = value.split_at(20);
    let values = [("head", head), ("tail", tail), ("whole", value.as_str())];
    let buildkite = "\u{1b}_bk;t=1744030653290\u{7}~~~ Running \u{1b}[33mcommands\u{1b}[0m\r\n\
        \u{1b}_bk;t=1744030654000\u{7}T={head}\u{1b}_bk;t=1744030655000\u{7}{tail}\r\n";
    let (spy, content) = read_as("job.log", buildkite, &values);
    assert_eq!(told(&spy, &content, &value), "buildkite | - | - | Running commands | 2025-04-07T12:57:34Z");
    let jenkins = "Started by user \u{1b}[8mha:////4AAA=\u{1b}[0madmin\n[Pipeline] { (Deploy)\n\
        [2025-04-07T12:57:33.290Z] T={head}\u{1b}[8mha:////4BBB=\u{1b}[0m{tail}\n";
    let (spy, content) = read_as("/v/jobs/shop/builds/9/log", jenkins, &values);
    assert_eq!(told(&spy, &content, &value), "jenkins | 9 | shop | Deploy | 2025-04-07T12:57:33.290Z");
}

#[test]
fn containers_logs_are_joined_by_stream() {
    let value = token(1);
    let (head, tail) = value.split_at(20);
    let values = [("head", head), ("tail", tail), ("whole", value.as_str())];
    let docker = "{\"log\":\"start\\n\",\"stream\":\"stdout\",\"time\":\"2025-04-07T12:57:33.1Z\"}\n\
        {\"log\":\"T=\\\"{head}\",\"stream\":\"stdout\",\"time\":\"2025-04-07T12:57:34.1Z\"}\n\
        {\"log\":\"warn\\n\",\"stream\":\"stderr\",\"time\":\"2025-04-07T12:57:34.2Z\"}\n\
        {\"log\":\"{tail}\\\"\\n\",\"stream\":\"stdout\",\"time\":\"2025-04-07T12:57:34.3Z\"}\n";
    let (spy, content) = read_as("/var/lib/docker/containers/f0/f0-json.log", docker, &values);
    assert_eq!(told(&spy, &content, &value), "docker | - | f0 | - | 2025-04-07T12:57:34.1Z");
    assert_eq!(spy.one(&value).layers, [Layer::Json]);
    assert!(spy.one(&value).before.ends_with("T=\""));
    let cri = "2025-04-07T12:57:33.290407800Z stdout F start\n\
        2025-04-07T12:57:34.290407800Z stdout P T={head}\n\
        2025-04-07T12:57:34.290407801Z stderr F warn\n\
        2025-04-07T12:57:34.290407802Z stdout F {tail}\n";
    let (spy, content) = read_as("/var/log/pods/web_shop-1_0f/app/0.log", cri, &values);
    assert_eq!(
        told(&spy, &content, &value),
        "kubernetes | - | shop-1 | app | 2025-04-07T12:57:34.290407800Z"
    );
}

#[test]
fn documents_are_joined() {
    let value = token(1);
    let (head, tail) = value.split_at(20);
    let values = [("head", head), ("tail", tail), ("whole", value.as_str())];
    let circleci = r#"[{"message":"$ env\r\nT={head}","time":"2025-04-07T12:57:33.1Z","type":"out","truncated":false},
        {"message":"{tail}\r\n","time":"2025-04-07T12:57:34.1Z","type":"out","truncated":false}]"#;
    let (spy, content) = read_as("step.json", circleci, &values);
    assert_eq!(told(&spy, &content, &value), "circleci | - | - | - | 2025-04-07T12:57:33.1Z");
    let builds = r#"{"result":{"cursor":"c","lines":[[1744030653,"$ env"],[1744030654,"T={whole}"]],"truncated":true},"success":true}"#;
    let (spy, content) = read_as("build.json", builds, &values);
    assert_eq!(told(&spy, &content, &value), "workers-builds | - | - | - | 2025-04-07T12:57:34Z");
    assert_eq!(spy.skips().iter().map(|skip| skip.reason).collect::<Vec<_>>(), [SkipReason::Truncated]);
    let pages = r#"{"result":{"total":2,"data":[{"ts":"2025-04-07T12:57:33.1Z","line":"a"},{"ts":"2025-04-07T12:57:34.1Z","line":"T={whole}"}]}}"#;
    let (spy, content) = read_as("log.json", pages, &values);
    assert_eq!(told(&spy, &content, &value), "pages | - | - | - | 2025-04-07T12:57:34.1Z");
}

#[test]
fn builds_and_terraform_are_named() {
    let value = token(1);
    let docker = "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n#7 [3/4] RUN npm ci\n\
        #8 [4/4] RUN wrangler deploy\n#7 0.512 ok\n#8 3.456 T={t}\n";
    let (spy, content) = read_as("build.log", docker, &[("t", &value)]);
    assert_eq!(told(&spy, &content, &value), "docker | - | - | [4/4] RUN wrangler deploy | -");
    assert!(spy.one(&value).before.ends_with("\nT="));
    let plan = "\nTerraform will perform the following actions:\n  + value = \"{t}\"\n";
    let (spy, content) = read_as("plan.txt", plan, &[("t", &value)]);
    assert_eq!(told(&spy, &content, &value), "terraform | - | - | - | -");
    let state = "{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.0\",\n  \"resources\": [{\"value\": \"{t}\"}]\n}\n";
    let (spy, content) = read_as("terraform.tfstate", state, &[("t", &value)]);
    assert_eq!(told(&spy, &content, &value), "terraform | - | - | - | -");
}

#[test]
fn a_long_log_is_read_in_windows_and_keeps_its_step() {
    let value = token(1);
    let mut content = String::from("2025-04-07T12:57:33.2904078Z ##[group]Run build\n");
    for line in 0..50_000 {
        content += "2025-04-07T12:57:33.2904078Z compiling a crate with a long name and one more word, ";
        content += "so that there are windows\n";
        if line % 12_500 == 12_499 {
            content += &format!("2025-04-07T12:57:40.0000000Z {value}\n");
        }
    }
    let format = detect(content.as_bytes(), "x").unwrap_or_else(|| panic!("no log"));
    let spy = Spy::looking_for(&[&value]);
    let outcome = read(format, &Provenance::file("1_job.txt"), &mut content.as_bytes(), &spy);
    assert!(outcome.is_ok());
    let seen = spy.of(&value);
    assert_eq!(seen.len(), 4);
    for seen in seen {
        assert_eq!(&content[seen.start as usize..seen.end as usize], value);
        assert_eq!(seen.line, content[..seen.start as usize].matches('\n').count() as u64 + 1);
        let ci = seen.provenance.ci.as_deref();
        assert_eq!(ci.and_then(|ci| ci.step.as_deref()), Some("Run build"));
    }
}

#[test]
fn text_that_is_no_log_passes_untouched() {
    let value = token(1);
    let content = format!("CLOUDFLARE_API_TOKEN={value}\n");
    let spy = Spy::looking_for(&[&value]);
    Logs::new(&spy).chunk(&Chunk::whole(Provenance::file(".env").into(), content.as_bytes()));
    assert!(spy.one(&value).provenance.ci.is_none());
}
