use crate::cloudflare::{Body, Failure, Notice, Outcome};
use crate::model::Asked;
use std::fmt;

/// A question that was not answered with success.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub endpoint: String,
    pub outcome: Outcome,
    pub asked: Vec<Asked>,
}

impl ApiError {
    /// The errors of the answer, with everything in their chains.
    pub fn notices(&self) -> Vec<&Notice> {
        match &self.outcome {
            Outcome::Answered(answer) => answer.envelope().map(|no| no.all_errors()).unwrap_or_default(),
            Outcome::Failed(_) => Vec::new(),
        }
    }

    /// An answer of the API that this credential may not ask this: asking again changes nothing, another
    /// credential may. Trouble on the way, and a lock-out, are no refusal.
    pub fn is_refusal(&self) -> bool {
        self.answered_with(&[401, 403])
    }

    /// An answer of the API that there is no such thing.
    pub fn is_absence(&self) -> bool {
        self.answered_with(&[404])
    }

    /// Nothing that the API decided: a server's error, a page that is none of the API's, no answer.
    pub fn is_trouble(&self) -> bool {
        match &self.outcome {
            Outcome::Answered(answer) => {
                answer.envelope().is_none() || answer.http >= 500 || answer.is_timeout()
            }
            Outcome::Failed(_) => true,
        }
    }

    fn answered_with(&self, statuses: &[u16]) -> bool {
        match &self.outcome {
            Outcome::Answered(answer) => answer.envelope().is_some() && statuses.contains(&answer.http),
            Outcome::Failed(_) => false,
        }
    }

    pub fn http(&self) -> Option<u16> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer.http),
            Outcome::Failed(failure) => failure.http(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.endpoint)?;
        let answer = match &self.outcome {
            Outcome::Failed(failure) => return write!(f, "{failure}"),
            Outcome::Answered(answer) => answer,
        };
        let http = answer.http;
        match &answer.body {
            Body::Envelope { envelope, .. } => match envelope.errors.first() {
                Some(error) if is_harmless(&error.message) => {
                    write!(f, "refused ({http}, code {}: {})", error.code, error.message)
                }
                Some(error) => write!(f, "refused ({http}, code {})", error.code),
                None => write!(f, "refused ({http})"),
            },
            Body::Xml(_) | Body::Json(_) | Body::Html | Body::Text | Body::Empty => {
                write!(f, "the answer ({http}) does not come from the API")
            }
        }
    }
}

impl std::error::Error for ApiError {}

/// A server's message is repeated only when no word in it is long enough to be a credential.
fn is_harmless(message: &str) -> bool {
    const LONGEST_WORD: usize = 24;
    let is_plain = |c: char| !c.is_control();
    (1..=200).contains(&message.len())
        && message.chars().all(is_plain)
        && message.split_whitespace().all(|word| word.len() <= LONGEST_WORD)
}

impl Failure {
    pub fn http(&self) -> Option<u16> {
        match self {
            Failure::Truncated(http)
            | Failure::TooLarge(http)
            | Failure::Redirect(http)
            | Failure::RateLimited { http, .. } => Some(*http),
            Failure::Malformed
            | Failure::Timeout
            | Failure::Connect
            | Failure::Tls
            | Failure::CutShort
            | Failure::LockedOut
            | Failure::OutOfPatience => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Malformed => f.write_str("a value has characters that no header can hold"),
            Failure::Timeout => f.write_str("no answer in time"),
            Failure::Connect => f.write_str("no connection"),
            Failure::Tls => f.write_str("no trusted TLS connection"),
            Failure::CutShort => f.write_str("the connection broke"),
            Failure::Truncated(http) => write!(f, "the answer ({http}) was cut short"),
            Failure::TooLarge(http) => write!(f, "the answer ({http}) is larger than any the API gives"),
            Failure::Redirect(http) => write!(f, "redirected ({http}), and redirects are not followed"),
            Failure::RateLimited { retry_after: Some(wait), .. } => {
                write!(f, "rate limited for {} s", wait.as_secs())
            }
            Failure::RateLimited { retry_after: None, .. } => f.write_str("rate limited"),
            Failure::LockedOut => f.write_str("locked out after too many failed authentications"),
            Failure::OutOfPatience => f.write_str("no request left"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_a_word_like_a_credential_is_not_repeated() {
        assert!(is_harmless("Authentication error"));
        for bad in ["", "bad\u{1b}[2Jtext", &format!("token {} is no good", "Ab3".repeat(13))] {
            assert!(!is_harmless(bad), "{bad:?}");
        }
    }
}
