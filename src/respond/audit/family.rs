//! From a token to those it minted, and on to theirs.

use super::reader::{Reader, of_token};
use super::{Subject, V2_BEGINS, v2};
use std::collections::VecDeque;

/// A chain that is longer, or a family that is larger, is a gap: every token costs a request an account.
const DEEPEST: u32 = 8;
const LARGEST: usize = 100;

/// Asks the logs for every minted token, and for what that one minted. What was followed before is not asked for
/// again.
pub(super) async fn follow(reader: &mut Reader<'_>) {
    if let Subject::Token(id) = &reader.question.subject {
        reader.followed.insert(id.clone());
    }
    let mut waiting = children(reader, 0, 0);
    while let Some((token, generation)) = waiting.pop_front() {
        if generation > DEEPEST || reader.followed.len() > LARGEST {
            let bound = format!("only {LARGEST} tokens, {DEEPEST} generations deep, are followed");
            reader.gap("what all the tokens did that it minted", &bound);
            return;
        }
        let start = reader.trail.entries.len();
        let from = reader.question.since.max(V2_BEGINS);
        for (account, _) in reader.readable.clone() {
            reader.read_v2(&account, (from, reader.question.until), of_token(&token), Some(generation)).await;
        }
        waiting.extend(children(reader, start, generation));
    }
}

/// Tokens that entries from `start` on show being minted since the leak, and that nobody followed yet.
fn children(reader: &mut Reader<'_>, start: usize, parent: u32) -> VecDeque<(String, u32)> {
    let since = reader.question.since;
    let recent = reader.trail.entries[start..].iter().filter(|entry| entry.event.time >= since);
    let mut found = VecDeque::new();
    for entry in recent {
        let Some(id) = v2::minted_token(entry) else { continue };
        if reader.followed.insert(id.to_owned()) {
            found.push_back((id.to_owned(), entry.event.generation.unwrap_or(parent) + 1));
        }
    }
    found
}
