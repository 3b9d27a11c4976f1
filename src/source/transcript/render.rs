//! A part of a record as text to be matched: escapes undone, argument lists on one line, gutters gone.
//!
//! The punctuation of JSON stays, because keys are the labels of values. What is JSON again inside a string becomes
//! a text of its own, one layer deeper.

use super::gutter;
use super::query::Path;
use super::query::View;
use crate::source::json::{Kind, Origin, Tape, Text};
use std::ops::{ControlFlow, Range};

/// Text ready for the engine.
pub struct Piece {
    pub text: Text,
    /// Behind `core.start` begins what this piece reports; before it stands context from elsewhere.
    pub core: Range<usize>,
    /// How many layers of JSON were undone.
    pub depth: usize,
}

/// Leaves that are no text, counted rather than scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Pictures, sound, fonts and documents in base64.
    pub media: u64,
    /// Text that only the provider of a model can decrypt.
    pub sealed: u64,
    /// JSON in JSON, deeper than the limit: left as it was written.
    pub too_deep: u64,
}

impl Unread {
    pub fn add(&mut self, other: Unread) {
        self.media += other.media;
        self.sealed += other.sealed;
        self.too_deep += other.too_deep;
    }
}

/// What is to be rendered.
pub struct Job<'a> {
    pub origin: Origin<'a>,
    pub tape: &'a Tape,
    pub node: usize,
    /// Nodes in here that are parts of their own, in document order.
    pub inner: &'a [usize],
    /// Where the pieces of one text stand in the elements of this array.
    pub join: Option<&'a Path>,
    pub context: &'a [u8],
    pub depth: usize,
    pub max_depth: usize,
}

impl Job<'_> {
    pub fn run(&self, emit: &mut dyn FnMut(Piece)) -> Unread {
        let mut render = Render::new(self);
        render.subtree(self.node);
        let Render { text, core_start, nested, mut unread, .. } = render;
        let core = core_start..text.len();
        emit(Piece { text, core, depth: self.depth });
        if let Some(path) = self.join
            && let Some(piece) = self.joined(path)
        {
            emit(piece);
        }
        for leaf in nested {
            unread.add(self.nested(leaf, emit));
        }
        unread
    }

    /// The elements' texts without anything between them. Where that yields nothing new, the engine's places are the
    /// same ones again.
    fn joined(&self, path: &Path) -> Option<Piece> {
        let mut leaves = Vec::new();
        for element in self.tape.children(self.node) {
            let view = View { bytes: self.origin.bytes, tape: self.tape };
            path.each(view, element, &mut |leaf| {
                leaves.push(leaf);
                ControlFlow::Continue(())
            });
        }
        if leaves.len() < 2 {
            return None;
        }
        let mut text = Text::default();
        for leaf in leaves.into_iter().filter(|&leaf| self.tape.node(leaf).is_string()) {
            text.unescape(self.origin, self.tape.node(leaf).span());
        }
        let core = 0..text.len();
        Some(Piece { text, core, depth: self.depth })
    }

    fn nested(&self, leaf: Nested, emit: &mut dyn FnMut(Piece)) -> Unread {
        let mut context = Vec::with_capacity(leaf.key.len() + 3);
        if !leaf.key.is_empty() {
            context.push(b'"');
            context.extend_from_slice(&self.origin.bytes[leaf.key]);
            context.extend_from_slice(b"\": ");
        }
        let Some(root) = leaf.tape.root() else { return Unread::default() };
        let job = Job {
            origin: leaf.text.origin(),
            tape: &leaf.tape,
            node: root,
            inner: &[],
            join: None,
            context: &context,
            depth: self.depth + 1,
            max_depth: self.max_depth,
        };
        job.run(emit)
    }
}

/// A string that is JSON itself.
struct Nested {
    key: Range<usize>,
    text: Text,
    tape: Tape,
}

struct Render<'j> {
    job: &'j Job<'j>,
    text: Text,
    core_start: usize,
    /// Up to here the origin was taken, changed or left out.
    taken: usize,
    nested: Vec<Nested>,
    unread: Unread,
}

impl<'j> Render<'j> {
    fn new(job: &'j Job<'j>) -> Self {
        let span = job.tape.node(job.node).span();
        let mut text = Text::with_capacity(span.len() + job.context.len() + 1);
        if !job.context.is_empty() {
            text.replace(job.origin, span.start..span.start, job.context);
        }
        let core_start = text.len();
        Render { job, text, core_start, taken: span.start, nested: Vec::new(), unread: Unread::default() }
    }

    fn subtree(&mut self, root: usize) {
        let tape = self.job.tape;
        let end = tape.after(root);
        let mut inner = self.job.inner.iter().copied().peekable();
        let mut at = root;
        while at < end {
            while inner.next_if(|&part| part < at || part == root).is_some() {}
            let node = tape.node(at);
            if inner.peek() == Some(&at) {
                self.take_up_to(node.span().start);
                self.taken = node.span().end;
                at = tape.after(at);
                continue;
            }
            if node.key_is_escaped
                && let Some(key) = node.key_span()
                && at != root
            {
                self.take_up_to(key.start);
                self.text.unescape(self.job.origin, key.clone());
                self.taken = key.end;
            }
            at = match node.kind {
                Kind::String { .. } => {
                    self.leaf(at);
                    at + 1
                }
                Kind::Array if self.is_list_of_strings(at) => {
                    self.list(at);
                    tape.after(at)
                }
                Kind::Array | Kind::Object | Kind::Literal | Kind::Comment => at + 1,
            };
        }
        self.take_up_to(tape.node(root).span().end);
    }

    /// Takes the origin's bytes as they are.
    fn take_up_to(&mut self, at: usize) {
        if at > self.taken {
            self.text.copy(self.job.origin, self.taken..at);
            self.taken = at;
        }
    }

    fn leaf(&mut self, index: usize) {
        let node = self.job.tape.node(index);
        let span = node.span();
        let bytes = &self.job.origin.bytes[span.clone()];
        let key = node.key_span().unwrap_or(0..0);
        if let Some(kind) = not_text(&self.job.origin.bytes[key.clone()], bytes) {
            match kind {
                NotText::Media => self.unread.media += 1,
                NotText::Sealed => self.unread.sealed += 1,
            }
            self.take_up_to(span.start);
            self.taken = span.end;
            return;
        }
        if looks_like_json(bytes) {
            match self.open_nested(span.clone(), key) {
                Some(nested) => {
                    self.nested.push(nested);
                    self.take_up_to(span.start);
                    self.taken = span.end;
                    return;
                }
                None => self.unread.too_deep += u64::from(self.is_too_deep(bytes)),
            }
        }
        if node.kind == (Kind::String { escaped: true }) {
            self.take_up_to(span.start);
            for gutter in gutter::find(bytes).unwrap_or_default() {
                let (start, end) = (span.start + gutter.start, span.start + gutter.end);
                self.text.unescape(self.job.origin, self.taken..start);
                self.taken = end;
            }
            self.text.unescape(self.job.origin, self.taken..span.end);
            self.taken = span.end;
        }
    }

    fn is_too_deep(&self, bytes: &[u8]) -> bool {
        self.job.depth >= self.job.max_depth && memchr::memmem::find(bytes, b"\\\"").is_some()
    }

    fn open_nested(&self, span: Range<usize>, key: Range<usize>) -> Option<Nested> {
        if self.job.depth >= self.job.max_depth {
            return None;
        }
        let mut text = Text::with_capacity(span.len());
        text.unescape(self.job.origin, span);
        let mut tape = Tape::default();
        let end = tape.parse(&text.bytes);
        let is_whole = tape.is_complete() && text.bytes[end..].iter().all(u8::is_ascii_whitespace);
        (is_whole && (tape.len() > 1 || tape.node(0).is_string())).then_some(Nested { key, text, tape })
    }

    fn is_list_of_strings(&self, array: usize) -> bool {
        let tape = self.job.tape;
        let (first, end) = (array + 1, tape.after(array));
        let is_part = |index: &usize| self.job.inner.binary_search(index).is_ok();
        end - first >= 2 && (first..end).all(|index| tape.node(index).is_string() && !is_part(&index))
    }

    /// An argument list becomes a command line again: `["-H","X-Auth-Key:","…"]` has its label in another element.
    /// Lines of a file or a diff become lines.
    fn list(&mut self, array: usize) {
        let tape = self.job.tape;
        let origin = self.job.origin;
        let elements = array + 1..tape.after(array);
        let raw = |index: usize| &origin.bytes[tape.node(index).span()];
        let is_command = is_command(elements.clone().map(raw));
        let is_diff = !is_command
            && elements.clone().all(|index| matches!(raw(index).first(), Some(b'+' | b'-' | b' ')));
        self.take_up_to(tape.node(array + 1).span().start);
        for index in elements.clone() {
            let mut span = tape.node(index).span();
            if index > elements.start {
                let between: &[u8] = if is_command { b" " } else { b"\n" };
                let between = if self.text.bytes.ends_with(b"\n") { b"" } else { between };
                self.text.replace(origin, self.taken..span.start, between);
            }
            let end = span.end;
            if is_diff {
                span.start += 1;
            }
            if not_text(b"", raw(index)).is_some() {
                self.unread.media += 1;
            } else {
                self.text.unescape(origin, span);
            }
            self.taken = end;
        }
    }
}

/// Arguments are short and some of them are options.
fn is_command<'a>(mut elements: impl Iterator<Item = &'a [u8]> + Clone) -> bool {
    let is_option =
        |text: &[u8]| text.len() > 1 && text[0] == b'-' && (text[1].is_ascii_alphabetic() || text[1] == b'-');
    let all: usize = elements.clone().map(<[u8]>::len).sum();
    all < 16 << 10 && elements.any(is_option)
}

enum NotText {
    Media,
    Sealed,
}

/// What base64 of a picture, a sound, a font or a document starts with: PNG, JPEG, GIF, RIFF, PDF, ZIP would be text.
const MEDIA: [&[u8]; 9] = [
    b"iVBORw0KGgo",
    b"/9j/",
    b"R0lGOD",
    b"UklGR",
    b"JVBERi0",
    b"data:image/",
    b"data:audio/",
    b"data:video/",
    b"data:font/",
];
/// Keys under which models keep what only their provider can read.
const SEALED: [&[u8]; 5] =
    [b"encrypted_content", b"encryptedContent", b"signature", b"thoughtSignature", b"reasoning_opaque"];
/// A shorter leaf is scanned whatever it is.
const SHORT: usize = 160;

fn not_text(key: &[u8], leaf: &[u8]) -> Option<NotText> {
    if leaf.len() < SHORT {
        return None;
    }
    if MEDIA.iter().any(|magic| leaf.starts_with(magic)) {
        return Some(NotText::Media);
    }
    let is_sealed = SEALED.contains(&key) && !leaf.iter().any(|byte| matches!(byte, b' ' | b'\\'));
    is_sealed.then_some(NotText::Sealed)
}

fn looks_like_json(leaf: &[u8]) -> bool {
    let first = leaf.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(0);
    let last = leaf.iter().rposition(|byte| *byte != b' ').map(|at| leaf[at]);
    match leaf.get(first) {
        // The closing mark may be followed by an escaped line break.
        Some(b'{') => matches!(last, Some(b'}' | b'n')),
        Some(b'[') => matches!(last, Some(b']' | b'n')),
        Some(b'\\') => leaf.get(first + 1) == Some(&b'"') && leaf.len() > 4 && last == Some(b'"'),
        _ => false,
    }
}
