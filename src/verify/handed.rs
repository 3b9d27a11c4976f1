//! One line of `cfleak verify`: a credential, and what is known to belong to it.
//!
//! `VALUE [email=…] [account=…]`, `EMAIL:KEY`, `ID:SECRET`; `#` begins a comment (CONTRACT section 7). What
//! kind the value is, others know.

use crate::model::Secret;
use zeroize::Zeroizing;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub value: Secret,
    pub emails: Vec<String>,
    pub account_ids: Vec<String>,
    /// Where in the line the value begins, in bytes.
    pub column: usize,
}

/// A word behind the value that is neither `email=…` nor `account=…`. It may be part of a secret, so it is
/// not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrangeWord;

/// `None` for an empty line or a comment.
pub fn read_line(line: &str) -> Result<Option<Handed>, StrangeWord> {
    let line = line.trim_start_matches('\u{feff}');
    let text = without_comment(line).trim();
    if text.is_empty() {
        return Ok(None);
    }
    let column = line.len() - line.trim_start().len();
    // A credentials file on one line has spaces of its own.
    let (value, rest) = match text.starts_with('{') {
        true => text.rfind('}').map_or((text, ""), |end| text.split_at(end + 1)),
        false => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    };
    let mut handed =
        Handed { value: Secret::new(unquoted(value)), emails: vec![], account_ids: vec![], column };
    for word in rest.split_whitespace() {
        match word.split_once('=') {
            Some(("email", email)) if !email.is_empty() => handed.emails.push(email.to_owned()),
            Some(("account", account)) if !account.is_empty() => handed.account_ids.push(account.to_owned()),
            Some(_) | None => return Err(StrangeWord),
        }
    }
    split_email(&mut handed);
    Ok(Some(handed))
}

/// `#` begins a comment at the start of the line or after white space; no credential has white space before
/// one.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    line.match_indices('#').find(starts).map_or(line, |(at, _)| &line[..at])
}

fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// `EMAIL:KEY`
fn split_email(handed: &mut Handed) {
    let value = Zeroizing::new(handed.value.expose().to_owned());
    let Some((email, key)) = value.split_once(':') else { return };
    // A URL may hold an `@` too, but not before its first colon.
    if email.contains('@') && !key.is_empty() {
        handed.emails.insert(0, email.to_owned());
        handed.value = Secret::new(key);
        handed.column += email.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Value, e-mails and accounts joined by blanks.
    fn read(line: &str) -> Result<Option<String>, StrangeWord> {
        let show = |handed: Handed| {
            let Handed { value, emails, account_ids, column } = handed;
            format!("{column} {} {} {}", value.expose(), emails.join(","), account_ids.join(","))
        };
        read_line(line).map(|handed| handed.map(show))
    }

    #[test]
    fn lines_as_people_write_them() {
        for (line, found) in [
            ("", Ok(None)),
            ("   ", Ok(None)),
            ("# a comment", Ok(None)),
            ("  # a comment", Ok(None)),
            ("value", Ok(Some("0 value  "))),
            ("  value\r", Ok(Some("2 value  "))),
            ("value # from deploy/.env", Ok(Some("0 value  "))),
            ("val#ue", Ok(Some("0 val#ue  "))),
            ("\"value\"", Ok(Some("0 value  "))),
            ("id:secret", Ok(Some("0 id:secret  "))),
            ("{\"a\": \"b\"}", Ok(Some("0 {\"a\": \"b\"}  "))),
            ("value surprise", Err(StrangeWord)),
            ("value email=", Err(StrangeWord)),
            ("value email=a@x account=0a email=b@x", Ok(Some("0 value a@x,b@x 0a"))),
            ("a@x:key email=b@x", Ok(Some("4 key a@x,b@x "))),
        ] {
            assert_eq!(read(line), found.map(|text| text.map(str::to_owned)), "{line:?}");
        }
    }
}
