//! `cfleak drill --serve`: the fake Cloudflare, and the story to rehearse on it.

use crate::cli::Drill;
use crate::commands::interrupt::Interrupt;
use crate::commands::{CommandError, edge, outputs};
use crate::drill::story::{self, Cast, Planted, Story};
use crate::drill::{Background, CannotListen, Server};
use crate::model::{Kind, Secret, redacted};
use crate::ui::exit_code::Ending;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

pub fn run(args: &Drill, address: SocketAddr, story: Story) -> Result<Ending, CommandError> {
    write_files(args, &story.cast)?;
    let interrupt = Interrupt::listen();
    let server = Background::start(story.world, address).map_err(cannot_listen)?;
    outputs::to_stdout(page(&server, args, &story.cast).as_bytes())?;
    while !interrupt.is_set() {
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Ending::Clean)
}

fn cannot_listen(error: CannotListen) -> CommandError {
    CommandError::usage("the drill cannot be served").because(error).hint("cfleak drill --serve 127.0.0.1:0")
}

fn write_files(args: &Drill, cast: &Cast) -> Result<(), CommandError> {
    let failed =
        |path: &Path, error| CommandError::usage(format!("cannot write {}", path.display())).because(error);
    if let Some(path) = &args.secrets_file {
        outputs::write_file(path, |out| out.write_all(values(cast).as_bytes()))
            .map_err(|error| failed(path, error))?;
    }
    if let Some(path) = &args.responder_file {
        let value = format!("{}\n", cast.responder.value.expose());
        outputs::write_file(path, |out| out.write_all(value.as_bytes()))
            .map_err(|error| failed(path, error))?;
    }
    if let Some(directory) = &args.samples {
        story::write_samples(directory, cast, edge::now())
            .map_err(|error| CommandError::usage("the samples could not be written").because(error))?;
    }
    Ok(())
}

/// One value a line, as `cfleak verify` reads them.
fn values(cast: &Cast) -> String {
    let mut lines = "# Values of cfleak's drill. None of them opens anything anywhere.\n".to_owned();
    let leaked = (&cast.leaked.value, "live", "the leaked deploy token");
    let responders = [
        (&cast.responder.value, "live", "a responder: reads everything, manages the owner's tokens"),
        (&cast.account_responder.value, "live", "a responder: manages the tokens of one account"),
    ];
    for (value, verdict, label) in std::iter::once(leaked).chain(responders) {
        let _ = writeln!(lines, "{} # {verdict}: {label}", value.expose());
    }
    for planted in &cast.planted {
        let _ = writeln!(lines, "{} # {}: {}", line(planted), planted.verdict, planted.label);
    }
    lines
}

fn line(planted: &Planted) -> String {
    let value = planted.value.expose();
    let Some(companion) = &planted.companion else { return value.to_owned() };
    let goes_before = [Kind::GlobalApiKey, Kind::R2S3Credentials].contains(&planted.kind);
    match goes_before {
        true => format!("{companion}:{value}"),
        false if planted.kind == Kind::AccountApiToken => format!("{value} account={companion}"),
        false => value.to_owned(),
    }
}

/// What the person needs to know, without a value.
fn page(server: &Server, args: &Drill, cast: &Cast) -> String {
    let origin = server.origin();
    let mut page = format!(
        "A fake Cloudflare serves at {origin} until Ctrl-C. In another terminal:\n\n  \
         export CFLEAK_API_BASE={}\n  export CFLEAK_R2_ENDPOINT={origin}\n  \
         export CFLEAK_TURNSTILE_URL={origin}\n  export CFLEAK_OAUTH_URL={origin}\n",
        server.api_base()
    );
    for (command, path) in next_commands(args) {
        let _ = writeln!(page, "  {command}{}", path.display());
    }
    page.push_str("\nWhat lies around there, and the verdict it should get:\n\n");
    let mut row = |value: &Secret, verdict: &str, label: &str| {
        let _ = writeln!(page, "  {:<12} {verdict:<15} {label}", redacted(value));
    };
    row(&cast.leaked.value, "live", "the deploy token that leaked six days ago");
    row(&cast.responder.value, "live", "responder: reads everything, manages the owner's tokens");
    row(&cast.account_responder.value, "live", "responder: manages the tokens of one account");
    for planted in &cast.planted {
        row(&planted.value, planted.verdict, planted.label);
    }
    page
}

fn next_commands(args: &Drill) -> Vec<(&'static str, &Path)> {
    let mut commands = Vec::new();
    commands.extend(args.samples.as_deref().map(|path| ("cfleak scan ", path)));
    commands.extend(args.secrets_file.as_deref().map(|path| ("cfleak verify < ", path)));
    commands
}
