//! How much of a file, and of what is packed inside it, is read before it counts as a trap.
//!
//! Every limit that stops a read is told as a [`Skip`](crate::model::Skip) with the size met and the limit.

use crate::model::SkipReason;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io;

/// What a scan is willing to read. A limit of `None` is no limit.
#[derive(Clone, Debug)]
pub struct Limits {
    /// `--max-bytes`: a file or archive member larger than this is skipped; a stream is read up to here.
    pub max_bytes: Option<u64>,
    /// `--max-depth-archive`: archives inside archives. A compressed tar counts once.
    ///
    /// Eight, because honest nesting goes deep (an artifact zip, an image tar, its layer, an executable jar, the
    /// jars in that: five) and the other limits already bound what depth may cost.
    pub depth: u32,
    /// Bytes out for each byte in. Logs reach 100:1; a deflate bomb reaches 1030:1.
    pub ratio: u64,
    /// So much may come out of anything before its ratio counts: up to here even a bomb is cheaper to read than to
    /// explain, and small files of one repeated line stay honest.
    pub ratio_free: u64,
    /// Members of one file on disk, all depths together.
    pub entries: u64,
    /// Bytes unpacked out of one file on disk, all depths together. A 20 GB compressed log is still read.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_bytes: None,
            depth: 8,
            ratio: 250,
            ratio_free: 64 << 20,
            entries: 1_000_000,
            total: 256 << 30,
        }
    }
}

/// A limit that was met, on its way out through a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitMet {
    pub reason: SkipReason,
    pub detail: String,
}

impl fmt::Display for LimitMet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for LimitMet {}

impl From<LimitMet> for io::Error {
    fn from(met: LimitMet) -> Self {
        io::Error::other(met)
    }
}

/// What one file on disk (or blob, or stream) has used up so far, over all its containers.
#[derive(Debug)]
pub struct Budget<'a> {
    pub limits: &'a Limits,
    /// Packed size of the whole; `None` for a stream, whose ratio is judged container by container.
    packed: Option<u64>,
    unpacked: Cell<u64>,
    entries: Cell<u64>,
    exhausted: OnceCell<LimitMet>,
}

impl<'a> Budget<'a> {
    pub fn new(limits: &'a Limits, packed: Option<u64>) -> Self {
        Budget { limits, packed, unpacked: Cell::new(0), entries: Cell::new(0), exhausted: OnceCell::new() }
    }

    /// The limit after which nothing more may be unpacked. It was handed out once before, to be reported.
    pub fn exhausted(&self) -> Option<LimitMet> {
        self.exhausted.get().cloned()
    }

    pub fn is_exhausted(&self) -> bool {
        self.exhausted.get().is_some()
    }

    /// Pays for one more member.
    pub fn enter_member(&self) -> Result<(), LimitMet> {
        self.entries.set(self.entries.get() + 1);
        if self.entries.get() <= self.limits.entries {
            return Ok(());
        }
        Err(self.exhaust(SkipReason::OverEntries, format!("more than {} members", self.limits.entries)))
    }

    /// Pays for `bytes` more out of a container that took `packed` bytes in and gave `unpacked` out, these included.
    pub fn spend(&self, bytes: u64, packed: u64, unpacked: u64) -> Result<(), LimitMet> {
        let all = self.unpacked.get() + bytes;
        self.unpacked.set(all);
        if all > self.limits.total {
            let detail = format!("unpacks to more than {}", human(self.limits.total));
            return Err(self.exhaust(SkipReason::OverTotal, detail));
        }
        if let Some(whole) = self.packed
            && self.is_over_ratio(whole, all)
        {
            return Err(self.exhaust(SkipReason::OverRatio, self.ratio_detail(whole, all)));
        }
        if self.is_over_ratio(packed, unpacked) {
            let detail = self.ratio_detail(packed, unpacked);
            return Err(LimitMet { reason: SkipReason::OverRatio, detail });
        }
        Ok(())
    }

    fn is_over_ratio(&self, packed: u64, unpacked: u64) -> bool {
        unpacked > self.limits.ratio_free && unpacked / self.limits.ratio.max(1) > packed
    }

    fn ratio_detail(&self, packed: u64, unpacked: u64) -> String {
        let (packed, unpacked, ratio) = (human(packed), human(unpacked), self.limits.ratio);
        format!("{unpacked} came out of {packed}, limit {ratio}:1")
    }

    fn exhaust(&self, reason: SkipReason, detail: String) -> LimitMet {
        self.exhausted.get_or_init(|| LimitMet { reason, detail }).clone()
    }
}

/// `12 GB, limit 4 GB`.
pub fn over_max_bytes(bytes: u64, limit: u64) -> String {
    format!("{}, limit {}", human(bytes), human(limit))
}

/// `12 GB`, `1.5 MB`: decimal, at most three digits that matter.
pub fn human(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if value < 9.95 { 1 } else { 0 };
    let text = format!("{value:.digits$}");
    format!("{} {}", text.strip_suffix(".0").unwrap_or(&text), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let table = [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (1540, "1.5 kB"),
            (999_600, "1 MB"),
            (12_000_000_000, "12 GB"),
            (4_000_000_000_000, "4 TB"),
        ];
        for (bytes, text) in table {
            assert_eq!(human(bytes), text);
        }
    }

    #[test]
    fn a_small_expansion_is_free_whatever_its_ratio() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, Some(100));
        assert_eq!(budget.spend(limits.ratio_free, 100, limits.ratio_free), Ok(()));
        let met = budget.spend(1, 100, limits.ratio_free + 1).unwrap_err();
        assert_eq!(met.reason, SkipReason::OverRatio);
        assert!(budget.is_exhausted());
    }

    #[test]
    fn a_bomb_in_a_large_archive_ends_itself_only() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, Some(10 << 30));
        let met = budget.spend(limits.ratio_free + 1, 100, limits.ratio_free + 1).unwrap_err();
        assert_eq!(met.reason, SkipReason::OverRatio);
        assert!(!budget.is_exhausted());
    }
}
