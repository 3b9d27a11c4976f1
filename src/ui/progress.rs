use crate::model::{Count, Tally};
use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A run that ends sooner stays silent.
const PATIENCE: Duration = Duration::from_millis(300);
const REFRESH: Duration = Duration::from_millis(100);
const REFRESH_LOG: Duration = Duration::from_secs(5);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    Hidden,
    /// Drawn over and over, on a terminal.
    Drawn,
    /// Line by line, where nothing can be drawn over.
    Logged,
}

/// A line on stderr that tells how far a run is. Gone when dropped.
///
/// It watches the tally from a thread of its own, so the threads that work never wait for a terminal.
#[derive(Debug)]
pub struct Progress {
    watcher: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    pub fn watch(showing: Showing, tally: Arc<Tally>) -> Self {
        Self::tell(showing, move |elapsed| message(tally.read(), elapsed))
    }

    /// How many of `total` credentials are judged.
    pub fn judging(showing: Showing, total: usize, done: Arc<AtomicUsize>) -> Self {
        Self::tell(showing, move |_| {
            format!("asking Cloudflare: {} of {total} credentials", done.load(Relaxed))
        })
    }

    fn tell(showing: Showing, message: impl Fn(Duration) -> String + Send + 'static) -> Self {
        let (new_line, refresh): (fn() -> Line, Duration) = match showing {
            Showing::Hidden => return Progress { watcher: None },
            Showing::Drawn => (Line::drawn, REFRESH),
            Showing::Logged => (|| Line::Logged, REFRESH_LOG),
        };
        let (done, when_done) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            let started = Instant::now();
            let mut line = None;
            let mut wait = PATIENCE;
            while let Err(RecvTimeoutError::Timeout) = when_done.recv_timeout(wait) {
                let line = line.get_or_insert_with(new_line);
                line.show(message(started.elapsed()));
                wait = refresh;
            }
            if let Some(Line::Drawn(bar)) = line {
                bar.finish_and_clear();
            }
        });
        // Without a thread to spare there is no progress line, and the scan goes on.
        Progress { watcher: thread.ok().map(|thread| (done, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.watcher.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}

enum Line {
    Drawn(ProgressBar),
    Logged,
}

impl Line {
    fn drawn() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Line::Drawn(bar)
    }

    fn show(&self, message: String) {
        match self {
            Line::Drawn(bar) => {
                bar.set_message(message);
                bar.tick();
            }
            Line::Logged => {
                let _ = writeln!(std::io::stderr(), "{message}");
            }
        }
    }
}

fn message(count: Count, elapsed: Duration) -> String {
    let rate = count.bytes as f64 / elapsed.as_secs_f64().max(0.001);
    let mut parts = vec![DecimalBytes(count.bytes).to_string(), format!("{} files", HumanCount(count.files))];
    if count.objects > 0 {
        parts.push(format!("{} git objects", HumanCount(count.objects)));
    }
    parts.push(format!("{}/s", DecimalBytes(rate as u64)));
    if count.hits > 0 {
        parts.push(format!("{} hits", HumanCount(count.hits)));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_bytes_files_rate_and_hits() {
        let count = Count { bytes: 3_000_000, files: 1234, objects: 0, hits: 2 };
        assert_eq!(message(count, Duration::from_secs(2)), "3.00 MB · 1,234 files · 1.50 MB/s · 2 hits");
    }
}
