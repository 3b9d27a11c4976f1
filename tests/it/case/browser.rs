//! The page in headless Chromium, wide and as narrow as a phone, light and dark.
//!
//! A frame of each width holds the page; a script outside of it measures. Skipped, with a word, where there is no
//! Chromium: `apt-get install chromium` (`.ci/run` tries).

use super::forms::printed;
use super::sample;
use cfleak::report::case::CaseFormat;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

const MEASURE: &str = include_str!("measure.html");

/// What the script found in one frame.
#[derive(Debug, Deserialize)]
struct Measured {
    page: String,
    width: u32,
    /// Sections in order, with their height.
    sections: Vec<(String, f64)>,
    /// Elements that stick out on the right.
    wide: Vec<String>,
    /// How far the page can be pushed sideways.
    overflow: f64,
    /// Texts too faint to read, with their contrast (WCAG 2.2, 1.4.3).
    faint: Vec<String>,
    /// What the page loaded besides itself.
    loaded: Vec<String>,
    /// Elements that could load or run something.
    active: Vec<String>,
    /// Levels of the headings, in order.
    headings: Vec<u32>,
    /// Pictures without words.
    wordless: u32,
}

#[test]
fn the_page_fits_every_width_and_loads_nothing() {
    let ends = [("contained", sample::contained()), ("hostile", sample::hostile())];
    let pages: BTreeMap<String, String> = sample::endings()
        .into_iter()
        .chain(ends)
        .map(|(name, incident)| (format!("/{name}"), printed(&incident, CaseFormat::Html)))
        .collect();
    for (name, page) in &pages {
        // For people who want to look: target/tmp/case-contained.html
        let path = format!("{}/case-{}.html", env!("CARGO_TARGET_TMPDIR"), &name[1..]);
        std::fs::write(path, page).expect("a file below target");
    }
    let names: Vec<String> = pages.keys().cloned().collect();
    let Some(browser) = browser() else {
        eprintln!("skipped: no chromium here (apt-get install chromium)");
        return;
    };
    let server = Server::start(pages);
    for scheme in ["light", "dark"] {
        let measured = measure(browser, &server, scheme);
        assert_eq!(measured.len(), names.len() * 2, "every page at both widths");
        measured.iter().for_each(|frame| judge(frame, scheme));
    }
    let surprises: Vec<String> = server.asked().into_iter().filter(|path| !names.contains(path)).collect();
    assert!(surprises.iter().all(|path| path == "/" || path == "/favicon.ico"), "{surprises:?}");
}

fn judge(frame: &Measured, scheme: &str) {
    let at = format!("{} at {} pixels, {scheme}", frame.page, frame.width);
    assert_eq!(frame.overflow, 0.0, "{at} can be pushed sideways: {:?}", frame.wide);
    assert_eq!(frame.wide, [""; 0], "{at}");
    assert_eq!(frame.faint, [""; 0], "{at}");
    assert_eq!(frame.loaded, [""; 0], "{at}");
    assert_eq!(frame.active, [""; 0], "{at}");
    assert_eq!(frame.wordless, 0, "{at}");
    for (section, height) in &frame.sections {
        assert!(*height > 40.0, "{at}: {section} cannot be seen");
    }
    let ids: Vec<&str> = frame.sections.iter().map(|(id, _)| id.as_str()).collect();
    for always in ["summary", "credential", "timeline", "reach", "actions", "open", "runs"] {
        assert!(ids.contains(&always), "{at} lacks {always}");
    }
    assert_eq!(frame.headings.first(), Some(&1), "{at}");
    let jumps = frame.headings.windows(2).any(|pair| pair[1] > pair[0] + 1);
    assert!(!jumps, "{at}: a level of heading is left out: {:?}", frame.headings);
}

fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.into_iter().find(|name| {
        let run = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    })
}

fn measure(browser: &str, server: &Server, scheme: &str) -> Vec<Measured> {
    let profile = tempfile::tempdir().expect("a temporary directory");
    // Of Blink's settings: 0 is dark, 1 is light.
    let preferred = if scheme == "dark" { 0 } else { 1 };
    let run = Command::new(browser)
        // No sandbox: CI runs as root, and the pages are our own.
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--dump-dom",
        ])
        .args(["--enable-logging=stderr", "--virtual-time-budget=20000", "--window-size=1800,1000"])
        .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        .arg(format!("--blink-settings=preferredColorScheme={preferred}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{}/", server.address))
        .output()
        .expect("the browser runs");
    let complaints = String::from_utf8_lossy(&run.stderr);
    let console: Vec<&str> = complaints.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert_eq!(console, [""; 0], "the browser complains");
    let dom = String::from_utf8_lossy(&run.stdout);
    let result = dom.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next());
    let result = result.unwrap_or_else(|| panic!("nothing was measured: {dom}\n{complaints}"));
    let text = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Serves the pages on loopback, and remembers what was asked for.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(pages: BTreeMap<String, String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let pages = Arc::new(pages);
        let seen = Arc::clone(&asked);
        // A connection that a browser opens in advance says nothing: each one has its own thread.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, seen) = (Arc::clone(&pages), Arc::clone(&seen));
                thread::spawn(move || answer(stream, &pages, &seen));
            }
        });
        Server { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no thread panics with it").clone()
    }
}

fn answer(mut stream: TcpStream, pages: &BTreeMap<String, String>, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let names: Vec<String> = pages.keys().map(|name| format!("{name:?}")).collect();
    let body = match path.as_str() {
        "/" => MEASURE.replace("PAGES", &names.join(",")),
        other => pages.get(other).cloned().unwrap_or_default(),
    };
    seen.lock().expect("no thread panics with it").push(path);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // A browser that went away has what it wanted.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}
