use clap::Args;

/// Print the manual page, as roff.
#[derive(Args, Debug)]
pub struct Man {}
