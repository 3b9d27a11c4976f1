//! Memory to read into, made once and used again.

use std::io::{self, Read};
use std::ops::Deref;

/// A `Vec` whose memory stays initialised, so reading into it again costs no zeroing and no small reads: what
/// `read_to_end` needs two system calls more for.
#[derive(Debug, Default)]
pub struct Buffer {
    memory: Vec<u8>,
    len: usize,
}

/// What filling a buffer came to.
#[derive(Debug)]
pub enum Filled {
    Full,
    End,
    Failed(io::Error),
}

impl Filled {
    pub fn failure(self) -> Option<io::Error> {
        match self {
            Filled::Full | Filled::End => None,
            Filled::Failed(error) => Some(error),
        }
    }
}

/// The least memory worth asking for: a small file in one read.
const LEAST: usize = 64 << 10;

impl Buffer {
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Reads until `wanted` bytes are held. On failure what came before it is kept.
    pub fn fill(&mut self, reader: &mut dyn Read, wanted: usize) -> Filled {
        while self.len < wanted {
            if self.len == self.memory.len() {
                self.memory.resize(wanted.min((self.len * 2).max(LEAST)), 0);
            }
            let end = wanted.min(self.memory.len());
            match reader.read(&mut self.memory[self.len..end]) {
                Ok(0) => return Filled::End,
                Ok(read) => self.len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Filled::Failed(error),
            }
        }
        Filled::Full
    }

    pub fn drop_front(&mut self, count: usize) {
        self.memory.copy_within(count..self.len, 0);
        self.len -= count;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[..self.len]
    }
}
