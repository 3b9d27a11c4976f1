//! Times as stores and logs write them, as RFC 3339.

use jiff::Timestamp;

/// `2025-04-07T12:57:33.29Z`, the same with a space or without a zone (then it is taken as UTC), or a count of
/// seconds, milliseconds, microseconds or nanoseconds since 1970. The clock of this machine is not asked.
pub fn rfc3339(text: &str) -> Option<String> {
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return from_count(text);
    }
    let (date, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?.trim_start();
    let has_zone = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    let zone = if has_zone { "" } else { "Z" };
    let whole = format!("{date}T{}{zone}", time.replacen(' ', "", 1));
    whole.parse::<Timestamp>().is_ok().then_some(whole)
}

fn from_count(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let count: i64 = whole.parse().ok()?;
    let time = match count {
        ..=0 => return None,
        // Seconds reach the year 5138 here; milliseconds start in 1973.
        1..100_000_000_000 => {
            let millis: i64 = format!("{fraction:0<3.3}").parse().unwrap_or(0);
            Timestamp::from_millisecond(count * 1000 + millis)
        }
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(count),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(count),
        100_000_000_000_000_000.. => Timestamp::from_nanosecond(i128::from(count)),
    };
    time.ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_spelling_become_rfc_3339() {
        let table = [
            ("2025-04-07T12:57:33.2904078Z", Some("2025-04-07T12:57:33.2904078Z")),
            ("2025-04-07 12:57:33", Some("2025-04-07T12:57:33Z")),
            ("2025-04-07T12:57:33+02:00", Some("2025-04-07T12:57:33+02:00")),
            ("2025-04-07 12:57:33 +0200", Some("2025-04-07T12:57:33+0200")),
            ("1744030653", Some("2025-04-07T12:57:33Z")),
            ("1744030653.5", Some("2025-04-07T12:57:33.5Z")),
            ("1744030653290", Some("2025-04-07T12:57:33.29Z")),
            ("1744030653290000", Some("2025-04-07T12:57:33.29Z")),
            ("1744030653290000000", Some("2025-04-07T12:57:33.29Z")),
            ("0", None),
            ("yesterday", None),
            ("2025-13-41T12:00:00Z", None),
            ("", None),
        ];
        for (text, want) in table {
            assert_eq!(rfc3339(text).as_deref(), want, "{text}");
        }
    }
}
