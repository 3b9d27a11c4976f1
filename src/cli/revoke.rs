use crate::cli::incident::{Acting, Leak};
use clap::Args;

const EXIT_CODES: &str = "\
Exit codes:
  0    it does not work any more, and that was seen
  2    usage, configuration or fatal error; nothing was changed
  3    it still works, or something that is in the plan does
  4    nobody could tell, or a step was not done
  130  interrupted";

/// End a leaked credential: freeze, roll or delete.
///
/// Prints the plan; changes nothing without --apply. Then asks Cloudflare until the credential is refused. What was
/// done is in the journal of the case directory. `cfleak respond` does this and everything that follows.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Revoke {
    #[command(flatten)]
    pub leak: Leak,
    #[command(flatten)]
    pub acting: Acting,
}
