//! The small language in which `agents/*.toml` speaks of fields: where a thing stands, and under which condition.

use crate::source::json::{Kind, Tape};
use std::borrow::Cow;
use std::ops::ControlFlow;

/// One parsed record and its bytes.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub bytes: &'a [u8],
    pub tape: &'a Tape,
}

impl<'a> View<'a> {
    pub fn text(&self, node: usize) -> Option<Cow<'a, str>> {
        self.tape.text(self.bytes, node)
    }
}

/// `message.content.0.type`: members and elements from a node downwards, `*` for any of them. With a leading `/`
/// it starts at the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    from_record: bool,
    steps: Vec<String>,
}

impl Path {
    pub fn parse(text: &str) -> Self {
        let (from_record, rest) = match text.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let steps = rest.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        Path { from_record, steps }
    }

    /// The first node that the path leads to.
    pub fn find(&self, view: View<'_>, from: usize) -> Option<usize> {
        let mut found = None;
        self.each(view, from, &mut |node| {
            found = Some(node);
            ControlFlow::Break(())
        });
        found
    }

    /// Every node that the path leads to, in document order.
    pub fn each(&self, view: View<'_>, from: usize, visit: &mut dyn FnMut(usize) -> ControlFlow<()>) {
        let Some(root) = view.tape.root() else { return };
        let start = if self.from_record { root } else { from };
        let _ = descend(view, start, &self.steps, visit);
    }

    pub fn text<'a>(&self, view: View<'a>, from: usize) -> Option<Cow<'a, str>> {
        self.find(view, from).and_then(|node| view.text(node)).filter(|text| text != "null")
    }
}

fn descend(
    view: View<'_>,
    node: usize,
    steps: &[String],
    visit: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let Some((step, rest)) = steps.split_first() else { return visit(node) };
    if step != "*" {
        return match view.tape.child(view.bytes, node, step) {
            Some(child) => descend(view, child, rest, visit),
            None => ControlFlow::Continue(()),
        };
    }
    view.tape.children(node).try_for_each(|child| descend(view, child, rest, visit))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Is(Vec<String>),
    StartsWith(Vec<String>),
    /// There, and not `false`, `null` or empty.
    IsSet,
}

/// `type=user|human`, `text^=<command`, `isMeta`; turned round as `type!=…`, `text!^=…`, `!isMeta`.
///
/// A field that is not there has no value: every condition on it fails, every condition turned round holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    path: Path,
    test: Test,
    turned: bool,
}

impl Condition {
    pub fn parse(text: &str) -> Self {
        let words = |list: &str| list.split('|').map(str::to_owned).collect();
        let Some((left, right)) = text.split_once('=') else {
            let turned = text.starts_with('!');
            return Condition { path: Path::parse(text.trim_start_matches('!')), test: Test::IsSet, turned };
        };
        let name = left.trim_end_matches(['!', '^']);
        let marks = &left[name.len()..];
        let test = if marks.ends_with('^') { Test::StartsWith(words(right)) } else { Test::Is(words(right)) };
        Condition { path: Path::parse(name), test, turned: marks.starts_with('!') }
    }

    pub fn holds(&self, view: View<'_>, node: usize) -> bool {
        self.path.find(view, node).is_some_and(|found| self.test.passes(view, found)) != self.turned
    }
}

impl Test {
    fn passes(&self, view: View<'_>, node: usize) -> bool {
        if view.tape.node(node).kind == Kind::Comment {
            return false;
        }
        let text = view.text(node);
        match self {
            Test::IsSet => !matches!(text.as_deref(), Some("" | "false" | "null")),
            Test::Is(words) => text.is_some_and(|text| words.iter().any(|word| *word == text)),
            Test::StartsWith(words) => {
                text.is_some_and(|text| words.iter().any(|word| text.starts_with(word)))
            }
        }
    }
}

/// A value of a label: a fixed word, or `@path`, what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Fixed(String),
    At(Path),
    /// `#`: the JSON pointer of the node itself.
    Pointer,
}

impl Field {
    pub fn parse(text: &str) -> Self {
        match (text, text.strip_prefix('@')) {
            ("#", _) => Field::Pointer,
            (_, Some(path)) => Field::At(Path::parse(path)),
            (_, None) => Field::Fixed(text.to_owned()),
        }
    }

    pub fn value(&self, view: View<'_>, node: usize) -> Option<String> {
        match self {
            Field::Fixed(word) => Some(word.clone()),
            Field::At(path) => path.text(view, node).map(Cow::into_owned),
            Field::Pointer => Some(pointer(view, node)),
        }
        .filter(|text| !text.is_empty())
    }
}

/// The JSON pointer (RFC 6901) of a node.
pub fn pointer(view: View<'_>, target: usize) -> String {
    let mut pointer = String::new();
    let Some(mut at) = view.tape.root() else { return pointer };
    while at != target {
        let step = view.tape.children(at).enumerate().find(|&(_, child)| target < view.tape.after(child));
        let Some((index, child)) = step else { return pointer };
        pointer.push('/');
        match view.tape.node(child).key_span() {
            Some(key) => {
                let key = String::from_utf8_lossy(&view.bytes[key]);
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            None => pointer.push_str(&index.to_string()),
        }
        at = child;
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str =
        r#"{"type":"user","isMeta":false,"m":{"content":[{"type":"text","text":"<x>"},{"n":1}]}}"#;

    fn with_view<T>(check: impl FnOnce(View<'_>) -> T) -> T {
        let mut tape = Tape::default();
        tape.parse(JSON.as_bytes());
        check(View { bytes: JSON.as_bytes(), tape: &tape })
    }

    #[test]
    fn conditions_hold_as_written() {
        let table = [
            ("type=user", true),
            ("type=human|user", true),
            ("type!=user", false),
            ("isMeta", false),
            ("!isMeta", true),
            ("m", true),
            ("missing", false),
            ("missing=x", false),
            ("missing!=x", true),
            ("m.content.0.text^=<x|<y", true),
            ("m.content.0.text!^=<x", false),
            ("m.content.*.n=1", true),
        ];
        with_view(|view| {
            for (text, want) in table {
                assert_eq!(Condition::parse(text).holds(view, 0), want, "{text}");
            }
        });
    }

    #[test]
    fn pointers_lead_back() {
        with_view(|view| {
            let text = Path::parse("m.content.*.text").find(view, 0);
            assert_eq!(text.map(|node| pointer(view, node)).as_deref(), Some("/m/content/0/text"));
            assert_eq!(Field::parse("@/type").value(view, 3).as_deref(), Some("user"));
            assert_eq!(Field::parse("shell").value(view, 3).as_deref(), Some("shell"));
        });
    }
}
