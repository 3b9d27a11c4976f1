//! What is spoken of near a value: hosts, providers, the word Cloudflare, an e-mail address.
//!
//! Looks at a window around one value, never at a whole file, so that a value's cost does not grow with its file.

use crate::rules::{RuleSet, Words};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// How far evidence may stand from a value, in bytes and in lines, either way.
const REACH: usize = 1200;
const LINES: usize = 12;
/// A line longer than this (minified, JSONL) is cut to this much around the value.
const LINE_REACH: usize = 400;

/// From this length on a text is worth the making of the fast automaton.
const WORTH_MAKING: usize = 4 << 10;

/// A mark that counts, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// A mark of this very rule.
    Own,
    /// A host of Cloudflare's.
    Host,
    /// `provider "cloudflare"`
    Provider,
    /// The word, no more.
    Mention,
}

/// The marks of all rules in one automaton.
#[derive(Debug)]
pub(crate) struct Marks {
    automaton: AhoCorasick,
    /// The same words for whole texts: twice as fast, made when the first such text comes.
    fast: OnceLock<AhoCorasick>,
    entries: Vec<Entry>,
    /// For each rule: only its own marks count.
    own_only: Vec<bool>,
}

#[derive(Debug)]
struct Entry {
    text: String,
    /// For every rule: the word counts as a host mark.
    host_of_all: bool,
    hosts_of: Vec<usize>,
    mentions_of: Vec<usize>,
    mention_of_all: bool,
}

/// A value and the words around it: looked for once, however many rules ask.
#[derive(Debug)]
pub(crate) struct Around<'t> {
    pub text: &'t [u8],
    pub value: Range<usize>,
    line: OnceCell<Vec<Seen>>,
    window: OnceCell<Vec<Seen>>,
}

#[derive(Debug)]
struct Seen {
    entry: usize,
    at: Range<usize>,
}

impl<'t> Around<'t> {
    pub(crate) fn new(text: &'t [u8], value: Range<usize>) -> Self {
        Around { text, value, line: OnceCell::new(), window: OnceCell::new() }
    }
}

/// The strongest mark near a value, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Near {
    pub mark: Mark,
    pub text: String,
    pub on_line: bool,
}

impl Marks {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut entry = |text: &str, edit: &dyn Fn(&mut Entry)| {
            let at = *index.entry(text.to_owned()).or_insert_with(|| {
                entries.push(Entry {
                    text: text.to_owned(),
                    host_of_all: false,
                    hosts_of: Vec::new(),
                    mentions_of: Vec::new(),
                    mention_of_all: false,
                });
                entries.len() - 1
            });
            edit(&mut entries[at]);
        };
        for host in &Words::shipped().hosts {
            entry(host, &|entry| entry.host_of_all = true);
        }
        for word in ["cloudflare", "wrangler"] {
            entry(word, &|entry| entry.mention_of_all = true);
        }
        for (rule_index, rule) in rules.rules.iter().enumerate() {
            for host in &rule.context.hosts {
                entry(host, &|entry| entry.hosts_of.push(rule_index));
            }
            for mention in &rule.context.mentions {
                entry(mention, &|entry| entry.mentions_of.push(rule_index));
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // A DFA would search faster and take a tenth of the start-up to build; windows are small.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .build(entries.iter().map(|entry| entry.text.as_str()))
            .expect("a few dozen short literals make an automaton");
        inherit(&mut entries);
        let own_only = rules.rules.iter().map(|rule| rule.context.own_marks_only).collect();
        Marks { automaton, fast: OnceLock::new(), entries, own_only }
    }

    /// Is Cloudflare spoken of anywhere in `text`? One look that spares thousands.
    pub(crate) fn any(&self, text: &[u8]) -> bool {
        if text.len() < WORTH_MAKING {
            return self.automaton.is_match(text);
        }
        let fast = self.fast.get_or_init(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .kind(Some(AhoCorasickKind::DFA))
                .ascii_case_insensitive(true)
                .build(self.entries.iter().map(|entry| entry.text.as_str()))
                .expect("a few dozen short literals make an automaton")
        });
        fast.is_match(text)
    }

    /// The strongest mark for `rule` near a value.
    pub(crate) fn near(&self, around: &Around<'_>, rule: usize) -> Option<Near> {
        let seen = around.window.get_or_init(|| self.seen(around, window_around(around.text, &around.value)));
        self.best(around, seen, rule)
    }

    /// The strongest mark for `rule` on the value's own line.
    pub(crate) fn on_line(&self, around: &Around<'_>, rule: usize) -> Option<Near> {
        let seen = around.line.get_or_init(|| self.seen(around, line_around(around.text, &around.value)));
        self.best(around, seen, rule)
    }

    /// The words in a part of the text, but for what the value itself holds.
    fn seen(&self, around: &Around<'_>, part: Range<usize>) -> Vec<Seen> {
        let Around { text, value, .. } = around;
        let found = self.fast.get().unwrap_or(&self.automaton).find_iter(&text[part.clone()]);
        let seen = found.map(|found| Seen {
            entry: found.pattern().as_usize(),
            at: part.start + found.start()..part.start + found.end(),
        });
        seen.filter(|seen| seen.at.end <= value.start || value.end <= seen.at.start).collect()
    }

    fn best(&self, around: &Around<'_>, seen: &[Seen], rule: usize) -> Option<Near> {
        let line = line_around(around.text, &around.value);
        let marks = seen.iter().filter_map(|Seen { entry, at }| {
            let mark = self.mark_of(*entry, rule, around.text, at)?;
            Some((mark, line.start <= at.start && at.end <= line.end, *entry))
        });
        // Of equals the first.
        let (mark, on_line, entry) = marks.min_by_key(|(mark, on_line, _)| (*mark, !on_line))?;
        Some(Near { mark, text: self.entries[entry].text.clone(), on_line })
    }

    fn mark_of(&self, entry: usize, rule: usize, text: &[u8], at: &Range<usize>) -> Option<Mark> {
        let entry = &self.entries[entry];
        if entry.hosts_of.contains(&rule) {
            return Some(Mark::Own);
        }
        let own_mention = entry.mentions_of.contains(&rule);
        if self.own_only[rule] {
            return own_mention.then_some(Mark::Mention);
        }
        if entry.host_of_all {
            return Some(Mark::Host);
        }
        if entry.mention_of_all && is_provider(text, at) {
            return Some(Mark::Provider);
        }
        let mentioned = (entry.mention_of_all || own_mention) && !is_in_foreign_path(text, at);
        mentioned.then_some(Mark::Mention)
    }
}

/// A long mark hides the shorter ones in it, so it counts for them: `mcp.cloudflare.com` mentions Cloudflare.
fn inherit(entries: &mut [Entry]) {
    for at in 0..entries.len() {
        for other in 0..entries.len() {
            if at == other || !entries[at].text.contains(&entries[other].text) {
                continue;
            }
            let (hosts_of, mentions_of) =
                (entries[other].hosts_of.clone(), entries[other].mentions_of.clone());
            entries[at].hosts_of.extend(hosts_of);
            entries[at].mentions_of.extend(mentions_of);
            entries[at].host_of_all |= entries[other].host_of_all;
            entries[at].mention_of_all |= entries[other].mention_of_all;
        }
    }
}

/// How far in front of a word the address may begin that it is part of.
const ADDRESS_REACH: usize = 160;

/// Does the line of `value` call somebody else? `curl -H "Authorization: Bearer …" https://api.example.net/`
pub(crate) fn calls_another_host(text: &[u8], value: &Range<usize>) -> bool {
    let line = &text[line_around(text, value)];
    let ours = memchr::memmem::find(line, b"cloudflare").is_some();
    !ours && memchr::memmem::find(line, b"://").is_some()
}

/// `https://github.com/cloudflare/…` speaks of GitHub.
fn is_in_foreign_path(text: &[u8], at: &Range<usize>) -> bool {
    let before = &text[at.start.saturating_sub(ADDRESS_REACH)..at.start];
    let begins = before.iter().rposition(|byte| byte.is_ascii_whitespace() || b"\"'`<>()".contains(byte));
    let address = &before[begins.map_or(0, |index| index + 1)..];
    memchr::memmem::rfind(address, b"://").is_some_and(|scheme| address[scheme + 3..].contains(&b'/'))
}

/// `provider "cloudflare"`, `protocol=cloudflare`, `dns cloudflare`, `"domain": "cloudflare"`.
fn is_provider(text: &[u8], at: &Range<usize>) -> bool {
    let whole_word =
        text.get(at.end).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"/@_-".contains(byte));
    let before = &text[at.start.saturating_sub(32)..at.start];
    let end = before.iter().rposition(|byte| byte.is_ascii_alphanumeric()).map_or(0, |index| index + 1);
    let separated = end < before.len() && !before[end..].contains(&b'\n');
    let start =
        before[..end].iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |index| index + 1);
    let word = before[start..end].to_ascii_lowercase();
    whole_word && separated && Words::shipped().providers.iter().any(|provider| provider.as_bytes() == word)
}

/// The bounds of the line that holds `value`, at most [`LINE_REACH`] bytes away.
pub(crate) fn line_around(text: &[u8], value: &Range<usize>) -> Range<usize> {
    let floor = value.start.saturating_sub(LINE_REACH);
    let ceiling = text.len().min(value.end + LINE_REACH);
    let start = memchr::memrchr(b'\n', &text[floor..value.start]).map_or(floor, |at| floor + at + 1);
    let end = memchr::memchr(b'\n', &text[value.end..ceiling]).map_or(ceiling, |at| value.end + at);
    start..end
}

fn window_around(text: &[u8], value: &Range<usize>) -> Range<usize> {
    let floor = value.start.saturating_sub(REACH);
    let ceiling = text.len().min(value.end + REACH);
    let start =
        memchr::memrchr_iter(b'\n', &text[floor..value.start]).nth(LINES).map_or(floor, |at| floor + at + 1);
    let end =
        memchr::memchr_iter(b'\n', &text[value.end..ceiling]).nth(LINES).map_or(ceiling, |at| value.end + at);
    start..end
}

/// A window of `reach` bytes either side, for things that may stand further off (e-mail addresses, ids).
pub(crate) fn wide_window(text: &[u8], value: &Range<usize>, reach: usize) -> Range<usize> {
    value.start.saturating_sub(reach)..text.len().min(value.end + reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(text: &str) -> Option<Near> {
        let rules = RuleSet::builtin();
        let rule = rules.rules.iter().position(|rule| &*rule.id == "legacy-api-token").expect("shipped");
        let start = text.find("VALUE").expect("in the table");
        Marks::new(&rules).near(&Around::new(text.as_bytes(), start..start + 5), rule)
    }

    #[test]
    fn marks_are_ranked() {
        let table = [
            ("curl https://api.cloudflare.com/x VALUE", Some((Mark::Host, true))),
            ("resource \"cloudflare_api_token\" VALUE", Some((Mark::Own, true))),
            ("curl https://api.github.com/repos/cloudflare/x VALUE", None),
            ("https://docs.mcp.cloudflare.com/sse VALUE", Some((Mark::Mention, true))),
            ("see https://www.cloudflare.com/ VALUE", Some((Mark::Mention, true))),
            ("protocol=cloudflare\npassword=VALUE", Some((Mark::Provider, false))),
            ("provider \"cloudflare\" {\n x = VALUE", Some((Mark::Provider, false))),
            ("# Cloudflare\nVALUE", Some((Mark::Mention, false))),
            ("registry.terraform.io/cloudflare/cloudflare VALUE", Some((Mark::Mention, true))),
            ("nothing VALUE", None),
        ];
        for (text, expected) in table {
            assert_eq!(near(text).map(|near| (near.mark, near.on_line)), expected, "{text}");
        }
    }

    #[test]
    fn a_mark_far_away_does_not_count() {
        assert_eq!(near(&format!("cloudflare{}VALUE", "\n".repeat(40))), None);
        assert_eq!(near(&format!("cloudflare{}VALUE", " ".repeat(2000))), None);
    }
}
