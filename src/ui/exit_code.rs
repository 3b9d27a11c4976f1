//! What the exit code of a run says (CONTRACT section 3). Scripts depend on these numbers.

/// Clean, and everything asked for was read.
pub const CLEAN: u8 = 0;
/// Findings, none known to be live.
pub const FINDINGS: u8 = 1;
/// Usage, configuration or fatal error; nothing is claimed.
pub const FAILED: u8 = 2;
/// At least one credential is live, if perhaps not from this address.
pub const LIVE: u8 = 3;
/// Nothing found, but something asked for was not read.
pub const INCOMPLETE: u8 = 4;
/// Interrupted; what was found so far is reported.
pub const INTERRUPTED: u8 = 130;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Clean,
    Findings,
    Failed,
    Live,
    Incomplete,
    Interrupted,
}

impl Ending {
    /// Live beats findings, findings beat a gap; an interruption says that all of that may still change.
    pub fn of_scan(findings: u64, live: u64, complete: bool, interrupted: bool) -> Self {
        if interrupted {
            Ending::Interrupted
        } else if live > 0 {
            Ending::Live
        } else if findings > 0 {
            Ending::Findings
        } else if !complete {
            Ending::Incomplete
        } else {
            Ending::Clean
        }
    }

    /// A value that a person hands over is no finding: it is live, or open, or neither (CONTRACT section 7).
    pub fn of_verify(live: u64, open: bool, interrupted: bool) -> Self {
        if interrupted {
            Ending::Interrupted
        } else if live > 0 {
            Ending::Live
        } else if open {
            Ending::Incomplete
        } else {
            Ending::Clean
        }
    }

    /// With `--exit-zero`, what was found is told by the report alone.
    pub fn code(self, exit_zero: bool) -> u8 {
        match self {
            Ending::Findings | Ending::Live | Ending::Incomplete if exit_zero => CLEAN,
            Ending::Clean => CLEAN,
            Ending::Findings => FINDINGS,
            Ending::Failed => FAILED,
            Ending::Live => LIVE,
            Ending::Incomplete => INCOMPLETE,
            Ending::Interrupted => INTERRUPTED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_beats_one_beats_four() {
        for (findings, live, complete, interrupted, code, with_exit_zero) in [
            (0, 0, true, false, 0, 0),
            (2, 0, true, false, 1, 0),
            (2, 0, false, false, 1, 0),
            (2, 1, false, false, 3, 0),
            (0, 0, false, false, 4, 0),
            (2, 1, true, true, 130, 130),
        ] {
            let ending = Ending::of_scan(findings, live, complete, interrupted);
            assert_eq!(ending.code(false), code);
            assert_eq!(ending.code(true), with_exit_zero);
        }
        assert_eq!(Ending::Failed.code(true), 2);
    }

    #[test]
    fn verify_ends_with_live_then_open_then_clean() {
        for (live, open, interrupted, code) in
            [(1, true, false, 3), (0, true, false, 4), (0, false, false, 0), (1, true, true, 130)]
        {
            assert_eq!(Ending::of_verify(live, open, interrupted).code(false), code);
        }
    }
}
