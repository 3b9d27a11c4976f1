//! When a line was printed. Asked only where something was found.

use super::{Format, marks};
use crate::model::{Chunk, Place};
use crate::source::time::rfc3339;
use memchr::{memchr, memmem, memrchr};
use std::sync::Arc;

/// Gives a place in a log the time of its own line, rather than of its step's first.
pub fn set_time(chunk: &Chunk<'_>, place: &mut Place) {
    let Some(ci) = &place.provenance.ci else { return };
    let Some(at) = place.span.start.checked_sub(chunk.raw.offset).and_then(|at| usize::try_from(at).ok())
    else {
        return;
    };
    let time = of_provider(&ci.provider, chunk.raw.bytes, at);
    if time.is_some()
        && let Some(ci) = Arc::make_mut(&mut place.provenance).ci.as_mut()
    {
        ci.time = time;
    }
}

pub fn of_line(format: Format, bytes: &[u8], at: usize) -> Option<String> {
    of_provider(format.provider(), bytes, at)
}

fn of_provider(provider: &str, bytes: &[u8], at: usize) -> Option<String> {
    let at = at.min(bytes.len());
    let start = memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    match provider {
        "github-actions" | "azure-pipelines" | "gitlab" | "kubernetes" => {
            let line = &bytes[start..];
            stamp(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line))
        }
        "jenkins" => stamp(bytes[start..].strip_prefix(b"[")?),
        "buildkite" => {
            const MARK: &[u8] = b"\x1b_bk;t=";
            let before = memmem::rfind(&bytes[..at], MARK).map(|found| found + MARK.len());
            let millis =
                before.or_else(|| memmem::find(&bytes[at..], MARK).map(|found| at + found + MARK.len()))?;
            digits(&bytes[millis..])
        }
        "docker" => {
            let line = &bytes[start..start + memchr(b'\n', &bytes[start..]).unwrap_or(bytes.len() - start)];
            quoted_after(line, b"\"time\":")
        }
        // One record, one time: the nearest before the text for these, behind it in CircleCI's.
        "workers-builds" => {
            let open = memrchr(b'[', &bytes[..at])?;
            digits(bytes[open + 1..].trim_ascii_start())
        }
        "pages" => nearest(bytes, at, b"\"ts\":"),
        "circleci" => nearest(bytes, at, b"\"time\":"),
        _ => None,
    }
}

fn stamp(line: &[u8]) -> Option<String> {
    let stamp = marks::timestamp(line)?;
    rfc3339(&String::from_utf8_lossy(&line[..stamp.len]))
}

fn digits(bytes: &[u8]) -> Option<String> {
    let len = bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    rfc3339(&String::from_utf8_lossy(&bytes[..len]))
}

fn quoted_after(bytes: &[u8], key: &[u8]) -> Option<String> {
    let value = bytes[memmem::rfind(bytes, key)? + key.len()..].trim_ascii_start().strip_prefix(b"\"")?;
    rfc3339(&String::from_utf8_lossy(&value[..memchr(b'"', value)?]))
}

/// The key in the record around `at`: between the braces.
fn nearest(bytes: &[u8], at: usize, key: &[u8]) -> Option<String> {
    let open = memmem::rfind(&bytes[..at], b"{")?;
    let close = memmem::find(&bytes[at..], b"\"}").or_else(|| memchr(b'}', &bytes[at..]))?;
    quoted_after(&bytes[open..(at + close + 1).min(bytes.len())], key)
}
