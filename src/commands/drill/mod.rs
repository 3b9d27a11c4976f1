//! `cfleak drill`: an incident from its discovery to its report, on this machine alone.

mod rehearsal;
mod serve;

use crate::cli::{Cli, Drill};
use crate::commands::CommandError;
use crate::commands::edge::{self, Edge};
use crate::drill::story::{self, Story};
use crate::drill::{Clock, Propagation};
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use jiff::SignedDuration;

pub fn run(args: &Drill, cli: &Cli, edge: &Edge, talk: Talk) -> Result<Ending, CommandError> {
    let story = story(args);
    match args.serve {
        Some(address) => serve::run(args, address, story),
        None => rehearsal::run(args, story, cli, edge, talk),
    }
}

fn story(args: &Drill) -> Story {
    let mut story = story::incident(args.seed, Clock::new(edge::now));
    if args.propagation > 0 {
        let time = SignedDuration::from_secs(args.propagation.into());
        story.world.choices_mut().propagation = Propagation::For(time);
    }
    story
}
