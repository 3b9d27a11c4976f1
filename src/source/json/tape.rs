use memchr::{memchr2, memmem};
use std::borrow::Cow;
use std::ops::Range;

/// Deeper nesting than any store writes; what lies below is left to be read as plain text.
const MAX_DEPTH: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    /// The node's span is between the quotes.
    String {
        escaped: bool,
    },
    /// A number, `true`, `false` or `null`.
    Literal,
    /// `// …` or `/* … */`, as settings files have them.
    Comment,
}

/// One value of a record, in document order.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub kind: Kind,
    pub key_is_escaped: bool,
    start: u32,
    end: u32,
    key_start: u32,
    key_end: u32,
    /// The index behind this value and everything in it.
    next: u32,
}

impl Node {
    pub fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The span of the key between its quotes; `None` for elements of an array and the record itself.
    pub fn key_span(&self) -> Option<Range<usize>> {
        (self.key_end != 0).then_some(self.key_start as usize..self.key_end as usize)
    }

    pub fn is_string(&self) -> bool {
        matches!(self.kind, Kind::String { .. })
    }

    pub fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Array)
    }
}

/// The shape of one JSON value: every node with its raw span, flat, so that one buffer serves all records.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: Vec<Node>,
    open: Vec<u32>,
    is_complete: bool,
}

/// The key that was read last; its end is 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Key {
    start: u32,
    end: u32,
    escaped: bool,
}

/// What the parser waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A key, or the end of the object.
    Key,
    /// A comma, or the end of the container.
    Next,
}

impl Tape {
    /// Reads one value from the start of `bytes`, which must be shorter than 4 GiB, and says where it ended.
    ///
    /// Where the text stops being JSON the containers that are open are closed, so that what was understood can be
    /// used. It was the whole value only if [`Tape::is_complete`] says so.
    pub fn parse(&mut self, bytes: &[u8]) -> usize {
        self.nodes.clear();
        self.open.clear();
        let mut key = Key::default();
        let mut expect = Expect::Value;
        let mut at = 0;
        self.is_complete = false;
        loop {
            at += blank(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else { break };
            match (byte, expect) {
                (b'/', _) => match comment(&bytes[at..]) {
                    Some(len) => {
                        self.push(Kind::Comment, at..at + len, Key::default());
                        at += len;
                        continue;
                    }
                    None => break,
                },
                (b'"', Expect::Value | Expect::Key) => {
                    let (end, escaped, closed) = string(bytes, at + 1);
                    let span = at + 1..end;
                    at = end + usize::from(closed);
                    if expect == Expect::Value {
                        self.push(Kind::String { escaped }, span, key);
                        expect = Expect::Next;
                    } else {
                        key = Key { start: span.start as u32, end: span.end as u32, escaped };
                        at += blank(&bytes[at..]);
                        if bytes.get(at) != Some(&b':') {
                            break;
                        }
                        at += 1;
                        expect = Expect::Value;
                    }
                    if !closed {
                        break;
                    }
                }
                (b'{' | b'[', Expect::Value) if self.open.len() < MAX_DEPTH => {
                    let kind = if byte == b'{' { Kind::Object } else { Kind::Array };
                    self.push(kind, at..at + 1, key);
                    self.open.push(self.nodes.len() as u32 - 1);
                    key = Key::default();
                    at += 1;
                    expect = if byte == b'{' { Expect::Key } else { Expect::Value };
                }
                (b'}' | b']', _) => {
                    let Some(&top) = self.open.last() else { break };
                    let is_object = self.nodes[top as usize].kind == Kind::Object;
                    if is_object != (byte == b'}') {
                        break;
                    }
                    at += 1;
                    self.close(at);
                    expect = Expect::Next;
                }
                (b',', Expect::Next) if !self.open.is_empty() => {
                    at += 1;
                    let top = self.open[self.open.len() - 1] as usize;
                    let in_object = self.nodes[top].kind == Kind::Object;
                    key = Key::default();
                    expect = if in_object { Expect::Key } else { Expect::Value };
                }
                (_, Expect::Value) => {
                    let Some(len) = literal(&bytes[at..]) else { break };
                    self.push(Kind::Literal, at..at + len, key);
                    at += len;
                    expect = Expect::Next;
                }
                _ => break,
            }
            if self.open.is_empty() && expect == Expect::Next {
                self.is_complete = true;
                return at;
            }
        }
        while !self.open.is_empty() {
            self.close(at);
        }
        at
    }

    /// Was the value whole, or did the text stop being JSON in the middle?
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The value itself, behind any comments.
    pub fn root(&self) -> Option<usize> {
        self.nodes.iter().position(|node| node.kind != Kind::Comment)
    }

    pub fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The index behind `index` and everything in it.
    pub fn after(&self, index: usize) -> usize {
        self.nodes[index].next as usize
    }

    /// The values of a container, one level down, comments left out.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        let end = self.after(index);
        let first = if self.nodes[index].is_container() { index + 1 } else { end };
        std::iter::successors((first < end).then_some(first), move |&child| {
            let next = self.after(child);
            (next < end).then_some(next)
        })
        .filter(|&child| self.nodes[child].kind != Kind::Comment)
    }

    /// The member of an object, or the element of an array, that a path segment names.
    pub fn child(&self, bytes: &[u8], index: usize, segment: &str) -> Option<usize> {
        match self.nodes[index].kind {
            Kind::Object => self.children(index).find(|&child| {
                self.nodes[child].key_span().is_some_and(|key| &bytes[key] == segment.as_bytes())
            }),
            Kind::Array => self.children(index).nth(segment.parse().ok()?),
            Kind::String { .. } | Kind::Literal | Kind::Comment => None,
        }
    }

    /// The text of a string or literal, escapes undone.
    pub fn text<'b>(&self, bytes: &'b [u8], index: usize) -> Option<Cow<'b, str>> {
        let node = &self.nodes[index];
        let raw = &bytes[node.span()];
        match node.kind {
            Kind::String { escaped: false } | Kind::Literal => Some(String::from_utf8_lossy(raw)),
            Kind::String { escaped: true } => {
                Some(String::from_utf8_lossy(&super::text::unescaped(raw)).into_owned().into())
            }
            Kind::Object | Kind::Array | Kind::Comment => None,
        }
    }

    fn push(&mut self, kind: Kind, span: Range<usize>, key: Key) {
        self.nodes.push(Node {
            kind,
            start: span.start as u32,
            end: span.end as u32,
            key_is_escaped: key.escaped,
            key_start: key.start,
            key_end: key.end,
            next: self.nodes.len() as u32 + 1,
        });
    }

    fn close(&mut self, end: usize) {
        let Some(top) = self.open.pop() else { return };
        let next = self.nodes.len() as u32;
        let node = &mut self.nodes[top as usize];
        node.end = end as u32;
        node.next = next;
    }
}

fn blank(bytes: &[u8]) -> usize {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let mut len = bytes.iter().take_while(is_blank).count();
    // Settings files written on Windows start with a byte order mark.
    if len == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
        len = 3 + bytes[3..].iter().take_while(is_blank).count();
    }
    len
}

/// The end of the string that starts at `start`, whether it has escapes, and whether its quote was found.
fn string(bytes: &[u8], start: usize) -> (usize, bool, bool) {
    let mut at = start;
    let mut escaped = false;
    loop {
        let Some(found) = memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) else {
            return (bytes.len(), escaped, false);
        };
        at += found;
        if bytes[at] == b'"' {
            return (at, escaped, true);
        }
        escaped = true;
        at += 2;
    }
}

fn comment(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'/' => Some(memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())),
        b'*' => Some(memmem::find(bytes, b"*/").map_or(bytes.len(), |at| at + 2)),
        _ => None,
    }
}

/// The length of a number or a word of JSON; the words are those that Python and JavaScript write, too.
fn literal(bytes: &[u8]) -> Option<usize> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let len = bytes.iter().take_while(is_part).count();
    match &bytes[..len] {
        [b'0'..=b'9' | b'-', ..] | b"true" | b"false" | b"null" | b"NaN" | b"Infinity" => Some(len),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves as `key=value`, to compare shapes in one line.
    fn leaves(json: &str) -> String {
        let mut tape = Tape::default();
        let end = tape.parse(json.as_bytes());
        let mut out: Vec<String> = (0..tape.len())
            .filter(|&index| !tape.node(index).is_container())
            .map(|index| {
                let node = tape.node(index);
                let key = node.key_span().map_or("", |key| &json[key]);
                format!("{key}={}", &json[node.span()])
            })
            .collect();
        if !tape.is_complete() {
            out.push(format!("cut at {end}"));
        }
        out.join(" ")
    }

    #[test]
    fn every_leaf_is_found_with_its_key() {
        let table = [
            (r#"{"a":"x","b":[1,"y",{"c":null}],"d":{}}"#, "a=x =1 =y c=null"),
            (r#" [ "a" , "b\"c" ] "#, r#"=a =b\"c"#),
            (r#""only""#, "=only"),
            ("[]", ""),
            ("{\"a\":\"x\", // why\n \"b\":\"y\",}", "a=x =// why b=y"),
            ("\u{feff}{\"a\":1}", "a=1"),
        ];
        for (json, want) in table {
            assert_eq!(leaves(json), want, "{json}");
        }
    }

    #[test]
    fn a_cut_record_is_read_as_far_as_it_goes() {
        let table = [
            (r#"{"a":"x","b":"yy"#, "a=x b=yy cut at 16"),
            (r#"{"a":"x","b"#, "a=x cut at 11"),
            (r#"{"a":"x\"#, r"a=x\ cut at 8"),
            (r#"{"a":["x",}"#, "=x cut at 10"),
            (r#"{"a":"x"} {"b":"y"}"#, "a=x"),
            ("true story", "=true"),
            ("plain text", "cut at 0"),
            ("", "cut at 0"),
        ];
        for (json, want) in table {
            assert_eq!(leaves(json), want, "{json}");
        }
    }

    #[test]
    fn nesting_without_end_neither_overflows_nor_hangs() {
        let deep = "[".repeat(100_000);
        let mut tape = Tape::default();
        assert_eq!(tape.parse(deep.as_bytes()), MAX_DEPTH);
        assert!(!tape.is_complete());
    }

    #[test]
    fn paths_lead_to_members_and_elements() {
        let json = br#"{"message":{"content":[{"type":"text"},{"type":"tool_use"}]}}"#;
        let mut tape = Tape::default();
        tape.parse(json);
        let steps = ["message", "content", "1", "type"];
        let found = steps.iter().try_fold(0, |at, step| tape.child(json, at, step));
        assert_eq!(found.and_then(|index| tape.text(json, index)).as_deref(), Some("tool_use"));
        assert_eq!(tape.child(json, 0, "missing"), None);
    }
}
