use super::FileOptions;
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::buffer::{Buffer, Filled};
use crate::source::container::{self, Unpacker};
use crate::source::limits::{Budget, Limits, over_max_bytes};
use crate::source::pieces::PIECE;
use crate::source::{Flow, Sink, large, stdin};
use std::fs::{self, File, FileType};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::Arc;

/// Enough of a large file to know what it is.
const HEAD: usize = 64 << 10;

/// Scans one regular file, whatever its size, and what is packed inside it.
///
/// For sources that know more about a file than its path: the chunks carry `provenance`.
pub fn one(path: &Path, provenance: Provenance, limits: &Limits, sink: &dyn Sink) -> Flow {
    Reader { limits, claim: &|_, _| false, sink, buffer: Buffer::default() }.read(
        path,
        provenance,
        &mut |_| {},
    )
}

/// Reads files one after the other; each thread of a walk has its own.
pub struct Reader<'a> {
    limits: &'a Limits,
    claim: &'a (dyn Fn(&Path, &[u8]) -> bool + Sync),
    sink: &'a dyn Sink,
    buffer: Buffer,
}

impl<'a> Reader<'a> {
    pub fn new(options: &'a FileOptions<'_>, sink: &'a dyn Sink) -> Self {
        Reader { limits: &options.limits, claim: options.claim, sink, buffer: Buffer::default() }
    }

    /// A target that is no directory. What may block or act is opened: a person asked for it.
    pub fn target(&mut self, path: &Path, claimed: &mut dyn FnMut(&Path)) -> Flow {
        match fs::metadata(path).map(|about| about.file_type()) {
            Ok(kind) if kind.is_file() => self.file(path, claimed),
            Ok(kind) => self.special(path, kind),
            Err(error) => self.unreadable(Provenance::file(path), &error),
        }
    }

    pub fn file(&mut self, path: &Path, claimed: &mut dyn FnMut(&Path)) -> Flow {
        self.read(path, Provenance::file(path), claimed)
    }

    fn special(&self, path: &Path, kind: FileType) -> Flow {
        let provenance = Provenance::file(path);
        if kind.is_socket() {
            let detail = "a socket holds no bytes".to_owned();
            self.sink.skip(Skip { provenance, reason: SkipReason::Unreadable, detail });
            return Flow::Continue;
        }
        match File::open(path) {
            Ok(mut file) => stdin::read_as(&mut file, provenance, self.limits, self.sink),
            Err(error) => self.unreadable(provenance, &error),
        }
    }

    fn read(&mut self, path: &Path, provenance: Provenance, claimed: &mut dyn FnMut(&Path)) -> Flow {
        let opened = File::open(path).and_then(|file| file.metadata().map(|about| (file, about.len())));
        let (mut file, len) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.unreadable(provenance, &error),
        };
        if let Some(limit) = self.limits.max_bytes.filter(|limit| len > *limit) {
            let detail = over_max_bytes(len, limit);
            self.sink.skip(Skip { provenance, reason: SkipReason::OverMaxBytes, detail });
            return Flow::Continue;
        }
        self.buffer.clear();
        let is_large = len > PIECE as u64;
        let wanted = match len {
            // It is empty, or one of those in /proc that say so.
            0 => PIECE,
            _ if is_large => HEAD,
            _ => len as usize,
        };
        let filled = self.buffer.fill(&mut file, wanted);
        if (self.claim)(path, &self.buffer) {
            claimed(path);
            return Flow::Continue;
        }
        self.sink.file(len.max(self.buffer.len() as u64));
        let provenance = Arc::new(provenance);
        match filled {
            Filled::Full if is_large => self.large(&file, len, &provenance),
            Filled::Full if len == 0 => self.endless(&mut file, &provenance),
            Filled::Full | Filled::End => self.whole(&provenance),
            Filled::Failed(error) => {
                let flow = self.whole(&provenance);
                self.unreadable(Arc::unwrap_or_clone(provenance), &error);
                flow
            }
        }
    }

    fn whole(&self, provenance: &Arc<Provenance>) -> Flow {
        container::scan(&self.buffer, provenance, self.limits, self.sink)
    }

    fn endless(&mut self, file: &mut File, provenance: &Arc<Provenance>) -> Flow {
        let unpacker = Unpacker::new(Budget::new(self.limits, None), self.sink);
        unpacker.stream_from(&mut self.buffer, file, provenance)
    }

    fn large(&self, file: &File, len: u64, provenance: &Arc<Provenance>) -> Flow {
        if let Some(format) = container::sniff_file(file, len, &self.buffer) {
            let unpacker = Unpacker::new(Budget::new(self.limits, Some(len)), self.sink);
            return unpacker.file(file, len, &self.buffer, format, provenance);
        }
        large::scan_reporting(file, len, &self.buffer, provenance, self.sink)
    }

    fn unreadable(&self, provenance: Provenance, error: &io::Error) -> Flow {
        self.sink.skip(Skip { provenance, reason: why_unreadable(error), detail: error.to_string() });
        Flow::Continue
    }
}

fn why_unreadable(error: &io::Error) -> SkipReason {
    match error.kind() {
        io::ErrorKind::NotFound => SkipReason::Vanished,
        _ => SkipReason::Unreadable,
    }
}
