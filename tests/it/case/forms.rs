use super::sample;
use crate::harness::Sandbox;
use cfleak::model::incident::Incident;
use cfleak::model::is_deceptive;
use cfleak::report::case::{self, CaseFormat};
use cfleak::report::{Format, Style};

const ALL: [CaseFormat; 5] =
    [CaseFormat::Human, CaseFormat::Markdown, CaseFormat::Html, CaseFormat::Json, CaseFormat::Csv];

pub fn printed(incident: &Incident, format: CaseFormat) -> String {
    let style = Style { color: false, width: Some(100), verbose: false };
    let mut out = Vec::new();
    case::print(incident, format, &style, &mut out).expect("written to memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_contained_case_in_every_form() {
    let incident = sample::contained();
    for format in [CaseFormat::Human, CaseFormat::Markdown, CaseFormat::Csv, CaseFormat::Json] {
        insta::assert_snapshot!(format!("contained_{format:?}"), printed(&incident, format));
    }
}

#[test]
fn every_ending_on_a_screen() {
    for (name, incident) in sample::endings() {
        insta::assert_snapshot!(format!("{name}_human"), printed(&incident, CaseFormat::Human));
    }
}

#[test]
fn outside_text_stays_text_in_every_form() {
    let incident = sample::hostile();
    for format in ALL {
        let text = printed(&incident, format);
        let deceptive: Vec<char> =
            text.chars().filter(|c| is_deceptive(*c) && !"\n\r".contains(*c)).collect();
        assert!(deceptive.is_empty(), "{format:?}: {deceptive:?}");
    }
    let html = printed(&incident, CaseFormat::Html);
    for live in ["<script", "href=\"javascript", "<img", "onmouseover=", "@all ![a](http://e.example)</a"] {
        assert!(!html.contains(live), "{live}");
    }
    let markdown = printed(&incident, CaseFormat::Markdown);
    // Nothing lives in code: not between fences, not between backticks, which end on their line.
    let prose = markdown.split("```").step_by(2).collect::<String>();
    let escaped = ["\\`", "\\[", "\\]", "\\!", "\\#"];
    let prose = escaped.iter().fold(prose, |prose, mark| prose.replace(mark, ""));
    let outside_code: String = prose.lines().flat_map(|line| line.split('`').step_by(2)).collect();
    for live in ["<script", "](javascript", " @all", "![a](", "](http://e"] {
        assert!(!outside_code.contains(live), "{live}");
    }
    assert!(!markdown.lines().any(|line| line.starts_with("# x")));
    let csv = printed(&incident, CaseFormat::Csv);
    assert!(csv.contains("'=HYPERLINK"), "a formula is text");
    assert!(csv.contains(&"a/".repeat(4_000)), "machines get the whole of a long text");
    assert!(!html.contains(&"a/".repeat(400)), "people get its start");
}

#[test]
fn a_value_that_is_the_name_of_something_is_masked_in_every_form() {
    let value = format!("cfut_{}", "Ab3".repeat(16));
    let mut incident = sample::contained();
    incident.copies.as_mut().expect("copies").places[0].path = format!("notes/{value}.txt");
    incident.timeline.as_mut().expect("a timeline").events[12].object = Some(value.clone());
    for format in ALL {
        assert!(!printed(&incident, format).contains(&value), "{format:?}");
    }
}

#[test]
fn five_thousand_entries_stay_readable_and_none_is_lost() {
    let incident = sample::crowded();
    let events = incident.timeline.as_ref().expect("a timeline").events.len();
    let csv = printed(&incident, CaseFormat::Csv);
    assert_eq!(csv.matches("\r\n").count(), events + 1);
    let html = printed(&incident, CaseFormat::Html);
    assert!(html.len() < 200_000, "{} bytes", html.len());
    for telling in
        ["Minted the API token ci-deploy-2", "Minted the API token backup", "Made the Logpush job archive"]
    {
        assert!(html.contains(telling), "{telling}");
    }
    assert!(html.contains("are only in timeline.csv"));
}

#[test]
fn every_row_of_the_timeline_has_the_columns_of_the_contract() {
    let csv = printed(&sample::contained(), CaseFormat::Csv);
    let header = csv.lines().next().expect("a header");
    assert_eq!(
        header,
        "time,account,zone,class,action,object,result,actor,token_id,token_name,address,user_agent,method,uri,ray,\
         audit_id"
    );
}

#[test]
fn forms_of_findings_are_none_of_a_case() {
    for format in [Format::Jsonl, Format::Sarif, Format::Junit, Format::Gitlab] {
        assert!(CaseFormat::try_from(format).is_err(), "{format:?}");
    }
}

#[test]
fn a_case_is_shown_again_from_its_directory_its_file_or_its_report() {
    let sandbox = Sandbox::new();
    let incident = sample::contained();
    sandbox.write("case/case.json", serde_json::to_string(&incident).expect("JSON"));
    sandbox.write("case/report.json", printed(&incident, CaseFormat::Json));
    for (format, name) in [
        (CaseFormat::Markdown, "markdown"),
        (CaseFormat::Html, "html"),
        (CaseFormat::Json, "json"),
        (CaseFormat::Csv, "csv"),
    ] {
        for from in ["case", "case/case.json", "case/report.json"] {
            let run = sandbox.run(&format!("report {from} -f {name}")).exits(0).keeps_stderr_silent();
            assert_eq!(run.stdout, printed(&incident, format), "{from} {name}");
        }
    }
    sandbox.run("report case -o html=r.html -o csv=t.csv").exits(0).says("Contained, and proven dead");
    assert_eq!(sandbox.read("r.html"), printed(&incident, CaseFormat::Html));
    assert_eq!(sandbox.read("t.csv"), printed(&incident, CaseFormat::Csv));
}

#[test]
fn a_form_that_a_case_lacks_is_refused_before_anything_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write("case.json", serde_json::to_string(&sample::contained()).expect("JSON"));
    let run = sandbox.run("report case.json -o html=r.html -o sarif=r.sarif").exits(2);
    run.complains("a case has no form sarif").complains("markdown, html, json or csv");
    assert!(!sandbox.work().join("r.html").exists());
}

#[test]
fn what_is_no_case_is_refused_with_the_reason() {
    let sandbox = Sandbox::new();
    let whole = serde_json::to_string(&sample::contained()).expect("JSON");
    sandbox.write("torn.json", &whole[..whole.len() / 2]);
    sandbox.write("newer.json", whole.replace("cfleak-case/1", "cfleak-case/2"));
    sandbox.write("dir/case.json", "{\"schema\":\"something\"}");
    sandbox.write("empty/readme", "");
    for (from, why) in [
        ("torn.json", "the file ends in the middle"),
        ("newer.json", "its schema is cfleak-case/2"),
        ("dir", "its schema is not cfleak-case/1"),
        ("empty", "cannot read empty/case.json"),
    ] {
        sandbox.run(&format!("report {from}")).exits(2).complains(why);
    }
}
