//! tar, as a stream: members are read where they stand, in order.

use super::meter::{Meter, Metered};
use super::sniff::begins_like_tar;
use super::{Exactly, Opened, Spot, Unpacker, is_limit};
use crate::source::Flow;
use crate::source::buffer::{Buffer, Filled};
use crate::source::stdin::Counted;
use std::cell::Cell;
use std::io::{self, Read};

const BLOCK: usize = 512;

/// How one archive of perhaps several ended.
enum Ended {
    /// At its end mark, or where the stream ends.
    Well,
    /// A header makes no sense; reported. What follows is still to be scanned.
    Broken,
    /// The stream broke off; reported.
    Cut,
    Stop,
}

impl Unpacker<'_> {
    pub(super) fn tar(&self, input: &mut dyn Read, spot: &Spot) -> Opened {
        let read = Cell::new(0);
        let mut input = Counted { inner: input, count: &read };
        let mut ahead = Buffer::default();
        loop {
            match self.one_tar(&mut (&ahead[..]).chain(&mut input), &read, spot) {
                Ended::Well => {}
                Ended::Broken if read.get() <= BLOCK as u64 => return Opened::AsIs,
                Ended::Broken => return Opened::Done(self.after_tar(&mut ahead, &mut input, spot)),
                Ended::Cut => return Opened::Done(Flow::Continue),
                Ended::Stop => return Opened::Done(Flow::Stop),
            }
            // Archives are joined with `cat` and padded with zeros.
            match next_block(&mut ahead, &mut input) {
                Ok(true) if begins_like_tar(&ahead) => {}
                Ok(true) => return Opened::Done(self.rest(&mut ahead, &mut input, spot)),
                Ok(false) => return Opened::Done(Flow::Continue),
                Err(error) => {
                    self.failed(&error, spot);
                    return Opened::Done(Flow::Continue);
                }
            }
        }
    }

    fn one_tar(&self, input: &mut dyn Read, read: &Cell<u64>, spot: &Spot) -> Ended {
        let mut archive = tar::Archive::new(input);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.broken(&error, spot),
        };
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.broken(&error, spot),
            };
            let size = entry.size();
            if size == 0 {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_sparse = entry.header().entry_type().is_gnu_sparse();
            let mut content = Exactly { inner: &mut entry, left: size, broke: false };
            let flow = match is_sparse {
                true => self.sparse(&name, size, &mut content, read, spot),
                false => self.member(&name, Some(size), &mut content, spot),
            };
            if flow == Flow::Stop {
                return Ended::Stop;
            }
            if content.broke || self.budget.is_exhausted() {
                return Ended::Cut;
            }
        }
        Ended::Well
    }

    /// Holes come out as zeros that nobody stored.
    fn sparse(&self, name: &str, size: u64, content: &mut dyn Read, read: &Cell<u64>, spot: &Spot) -> Flow {
        let meter = Meter::new(&self.budget, read);
        let flow = self.member(name, Some(size), &mut Metered { inner: content, meter: &meter }, spot);
        if let Some(met) = meter.into_met() {
            self.limit_met(met, &spot.member(name));
        }
        flow
    }

    fn broken(&self, error: &io::Error, spot: &Spot) -> Ended {
        self.failed(error, spot);
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Ended::Cut,
            _ if is_limit(error) => Ended::Cut,
            _ => Ended::Broken,
        }
    }

    /// What follows a header that made no sense.
    fn after_tar(&self, ahead: &mut Buffer, input: &mut Counted<'_, &mut dyn Read>, spot: &Spot) -> Flow {
        ahead.clear();
        self.rest(ahead, input, spot)
    }

    fn rest(&self, ahead: &mut Buffer, input: &mut Counted<'_, &mut dyn Read>, spot: &Spot) -> Flow {
        let offset = input.count.get() - ahead.len() as u64;
        if let Filled::Failed(error) = ahead.fill(input, self.cut.piece) {
            self.failed(&error, spot);
        }
        self.plain_from(ahead, offset, input, spot)
    }
}

/// Reads on to the next block that is not all zeros. False at the end.
fn next_block(block: &mut Buffer, input: &mut dyn Read) -> io::Result<bool> {
    loop {
        block.clear();
        if let Filled::Failed(error) = block.fill(input, BLOCK) {
            return Err(error);
        }
        if block.is_empty() {
            return Ok(false);
        }
        if block.iter().any(|byte| *byte != 0) {
            return Ok(true);
        }
    }
}
