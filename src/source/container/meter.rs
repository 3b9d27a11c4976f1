use crate::source::limits::{Budget, LimitMet};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// What one container took in and gave out.
pub struct Meter<'a> {
    budget: &'a Budget<'a>,
    packed: &'a Cell<u64>,
    unpacked: Cell<u64>,
    met: RefCell<Option<LimitMet>>,
}

impl<'a> Meter<'a> {
    /// `packed` is counted by whoever reads the packed bytes.
    pub fn new(budget: &'a Budget<'a>, packed: &'a Cell<u64>) -> Self {
        Meter { budget, packed, unpacked: Cell::new(0), met: RefCell::default() }
    }

    /// The limit that ended this container; to be reported by whoever made the meter.
    pub fn into_met(self) -> Option<LimitMet> {
        self.met.into_inner()
    }
}

/// Pays for every byte that comes out; fails when the budget does, and from then on.
pub struct Metered<'m, R> {
    pub inner: R,
    pub meter: &'m Meter<'m>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let meter = self.meter;
        if let Some(met) = meter.budget.exhausted().or_else(|| meter.met.borrow().clone()) {
            return Err(met.into());
        }
        let read = self.inner.read(buffer)?;
        meter.unpacked.set(meter.unpacked.get() + read as u64);
        match meter.budget.spend(read as u64, meter.packed.get(), meter.unpacked.get()) {
            Ok(()) => Ok(read),
            Err(met) => {
                *meter.met.borrow_mut() = Some(met.clone());
                Err(met.into())
            }
        }
    }
}
