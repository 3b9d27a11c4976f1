use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Set by Ctrl-C: stop soon, and report what there is.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on; a process has one ear. The second Ctrl-C does not wait for the report.
    pub fn listen() -> Self {
        static LISTENING: OnceLock<Interrupt> = OnceLock::new();
        LISTENING.get_or_init(Self::begin_listening).clone()
    }

    fn begin_listening() -> Self {
        let interrupt = Interrupt::default();
        let seen = interrupt.clone();
        // Where no handler can be set, Ctrl-C ends the process as it always did.
        let _ = ctrlc::set_handler(move || {
            if seen.0.swap(true, Ordering::Relaxed) {
                #[allow(
                    clippy::disallowed_methods,
                    reason = "asked twice, main is busy with something else"
                )]
                std::process::exit(crate::ui::exit_code::INTERRUPTED.into());
            }
        });
        interrupt
    }

    /// Resolves when the person interrupts.
    pub async fn raised(&self) {
        while !self.is_set() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
