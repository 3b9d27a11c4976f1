//! The whole story, with the commands a person would type, against the fake on loopback.

use crate::cli::{Acting, Action, Cli, Drill, Leak, Output, Reading, Respond, Responder, Scan};
use crate::cloudflare::{Pace, Setting};
use crate::commands::edge::Edge;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, edge, outputs, respond, scan};
use crate::drill::Background;
use crate::drill::story::{self, Samples, Story};
use crate::model::Fingerprint;
use crate::model::incident::{ActionState, Incident};
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The fake has no production that shares its budget of requests.
const UNHURRIED: Pace = Pace { requests: 1000, window: Duration::ZERO, failure_gap: Duration::ZERO };

const DIRECTORY: &str = "cfleak-drill";

/// Where everything is.
struct Stage<'a> {
    cli: &'a Cli,
    edge: &'a Edge,
    talk: Talk,
    directory: PathBuf,
    samples: Samples,
    api_base: String,
    fingerprint: String,
}

pub fn run(args: &Drill, story: Story, cli: &Cli, edge: &Edge, talk: Talk) -> Result<Ending, CommandError> {
    let Story { world, cast } = story;
    let directory = args.directory.clone().unwrap_or_else(|| PathBuf::from(DIRECTORY));
    let samples = story::write_samples(&directory.join("samples"), &cast, edge::now()).map_err(|error| {
        CommandError::usage("the samples could not be written")
            .because(error)
            .hint("cfleak drill --directory another-directory")
    })?;
    let responder = directory.join("responder");
    outputs::write_file(&responder, |out| writeln!(out, "{}", cast.responder.value.expose()))
        .map_err(|error| CommandError::fatal("the responder's token could not be written").because(error))?;
    let anywhere_here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Background::start(world, anywhere_here)
        .map_err(|error| CommandError::fatal("the fake Cloudflare cannot be served").because(error))?;
    let stage = Stage {
        cli,
        edge,
        talk,
        directory,
        samples,
        api_base: server.api_base(),
        fingerprint: Fingerprint::of(&cast.leaked.value).to_string(),
    };
    stage.say(&opening(&stage))?;
    stage.scan()?;
    stage.respond("3. What would be done: the plan, and everything that can be looked at", &[])?;
    let ending =
        stage.respond("4. Do it: what leaked, and the tokens that were minted with it", &stage.planned()?)?;
    stage.say(&closing(&stage))?;
    Ok(ending)
}

impl Stage<'_> {
    fn scan(&self) -> Result<(), CommandError> {
        let findings = self.directory.join("findings.jsonl");
        self.say(&format!(
            "\n2. Look: a repository with its history, a CI log, an agent's transcript\n\n$ cfleak scan {} -o jsonl={}\n\n",
            self.targets().iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" "),
            findings.display()
        ))?;
        let mut settings = self.settings()?;
        settings.outputs =
            outputs::Outputs::beside(&Output { format: crate::cli::Format::Jsonl, path: findings });
        let reading = Reading { targets: self.targets(), ..Reading::default() };
        scan::run(&Scan { reading, ..Scan::default() }, &settings).map(drop)
    }

    /// Runs `respond` on the finding; `confirmed` are the ids of what may be changed.
    fn respond(&self, title: &str, confirmed: &[String]) -> Result<Ending, CommandError> {
        let arguments = self.arguments(confirmed);
        self.say(&format!("\n{title}\n\n$ {}\n\n", words(&arguments)))?;
        respond::run(&arguments, &self.settings()?)
    }

    fn arguments(&self, confirmed: &[String]) -> Respond {
        Respond {
            leak: Leak {
                value_stdin: false,
                from: Some(self.directory.join("findings.jsonl")),
                token_id: None,
                fingerprint: Some(self.fingerprint.clone()),
                accounts: Vec::new(),
            },
            acting: Acting {
                responders: vec![Responder::File(self.directory.join("responder"))],
                action: Action::Freeze,
                apply: !confirmed.is_empty(),
                confirm: confirmed.to_vec(),
                new_value: None,
                case_directory: Some(self.case()),
                prove_for: 120,
            },
            since: None,
            hunt: vec![self.directory.join("samples")],
            probe: false,
        }
    }

    fn case(&self) -> PathBuf {
        self.directory.join("case")
    }

    /// Every step that waits for consent, by the word that gives it.
    fn planned(&self) -> Result<Vec<String>, CommandError> {
        let path = self.case().join("case.json");
        let failed = |why: String| CommandError::fatal(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
        let incident = Incident::from_json(&text).map_err(|error| failed(error.to_string()))?;
        let open = incident.actions.iter().filter(|action| action.state == ActionState::Planned);
        Ok(open.filter_map(|action| action.confirm.first().cloned()).collect())
    }

    fn targets(&self) -> Vec<PathBuf> {
        vec![self.samples.repository.clone(), self.samples.ci_log.clone(), self.samples.transcript.clone()]
    }

    fn settings(&self) -> Result<Settings, CommandError> {
        let mut settings = Settings::new(&self.cli.global, self.edge, self.talk, Some(&self.directory))?;
        settings.wanted.api_base =
            Some(Setting { name: "the drill".to_owned(), value: self.api_base.clone() });
        settings.wanted.r2 = None;
        settings.wanted.turnstile = None;
        settings.wanted.oauth = None;
        settings.pace = UNHURRIED;
        Ok(settings)
    }

    fn say(&self, text: &str) -> Result<(), CommandError> {
        outputs::to_stdout(text.as_bytes())
    }
}

fn opening(stage: &Stage<'_>) -> String {
    format!(
        "A rehearsal. A bakery's deploy token leaked six days ago, and somebody used it three days ago.\n\
         Nothing of this is real: Cloudflare is played on this machine, and no value opens anything anywhere.\n\n\
         1. Files that leak the token, and a responder's token, are in {}\n",
        stage.directory.display()
    )
}

fn closing(stage: &Stage<'_>) -> String {
    let case = stage.case();
    format!(
        "\n5. The report, to read and to hand on:\n\n  {}\n\n\
         The journal, the evidence and the hashes of every file are beside it. For an incident of your own:\n\n  \
         cfleak respond --value-stdin --hunt DIRECTORY\n",
        absolute(&case.join("report.html")).display()
    )
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The command as a person would type it.
fn words(arguments: &Respond) -> String {
    let mut words = vec!["cfleak respond".to_owned()];
    words.extend(arguments.leak.from.iter().map(|path| format!("--from {}", path.display())));
    words.extend(arguments.leak.fingerprint.iter().map(|fingerprint| format!("--fingerprint {fingerprint}")));
    let responders = arguments.acting.responders.iter().map(|responder| match responder {
        Responder::Environment(name) => format!("--responder env:{name}"),
        Responder::File(path) => format!("--responder file:{}", path.display()),
    });
    words.extend(responders);
    words.extend(arguments.hunt.iter().map(|path| format!("--hunt {}", path.display())));
    words.extend(arguments.acting.case_directory.iter().map(|path| format!("--case {}", path.display())));
    words.extend(arguments.acting.apply.then(|| "--apply".to_owned()));
    words.extend(arguments.acting.confirm.iter().map(|word| format!("--confirm {word}")));
    words.join(" \\\n    ")
}
