//! Logs that an API gives out as one JSON value.

use super::{Format, origin};
use crate::model::{Chunk, Layer, Skip, SkipReason};
use crate::source::json::{Origin, Tape, Text};
use crate::source::{Flow, Sink};

/// Pushes the messages of a document, joined as the program printed them. What is not understood passes as it is.
pub fn push(format: Format, chunk: &Chunk<'_>, sink: &dyn Sink) -> Flow {
    let place = |time| origin::place(&chunk.provenance, format, None, time);
    let mut tape = Tape::default();
    tape.parse(chunk.text);
    let document = Document { bytes: chunk.text, tape: &tape };
    let (leaves, between): (Vec<usize>, &[u8]) = match format {
        Format::Circleci => (document.each(&[], "message"), b""),
        Format::WorkersBuilds => (document.each(&["result", "lines"], "1"), b"\n"),
        Format::Pages => (document.each(&["result", "data"], "line"), b"\n"),
        Format::TerraformJson
        | Format::TerraformText
        | Format::GithubActions
        | Format::AzurePipelines
        | Format::Gitlab
        | Format::Buildkite
        | Format::Jenkins
        | Format::DockerBuild
        | Format::DockerJson
        | Format::Kubernetes => (Vec::new(), b""),
    };
    if document.is_truncated(format) {
        let detail = "the log says that it was truncated".to_owned();
        sink.skip(Skip {
            provenance: chunk.provenance.as_ref().clone(),
            reason: SkipReason::Truncated,
            detail,
        });
    }
    if leaves.is_empty() || !tape.is_complete() {
        return sink.chunk(&Chunk { provenance: place(None), ..chunk.clone() });
    }
    let text = document.join(&leaves, between);
    let first = tape.node(leaves[0]).span().start;
    sink.chunk(&Chunk {
        provenance: place(super::time::of_line(format, chunk.text, first)),
        text: &text.bytes,
        raw: chunk.raw,
        map: Some(&text.map),
        layers: &[Layer::Json],
        core: 0..text.len(),
    })
}

struct Document<'a> {
    bytes: &'a [u8],
    tape: &'a Tape,
}

impl Document<'_> {
    fn at(&self, path: &[&str]) -> Option<usize> {
        path.iter().try_fold(self.tape.root()?, |node, step| self.tape.child(self.bytes, node, step))
    }

    /// The strings named `member` in the elements at `path`, or at the last step of it.
    fn each(&self, path: &[&str], member: &str) -> Vec<usize> {
        let last = path.last().map_or(path, |last| std::slice::from_ref(last));
        let Some(list) = self.at(path).or_else(|| self.at(last)) else { return Vec::new() };
        let children = self.tape.children(list);
        let leaves = children.filter_map(|element| self.tape.child(self.bytes, element, member));
        leaves.filter(|leaf| self.tape.node(*leaf).is_string()).collect()
    }

    fn is_truncated(&self, format: Format) -> bool {
        let is_true = |node: usize| &self.bytes[self.tape.node(node).span()] == b"true";
        if format == Format::Circleci {
            let Some(root) = self.tape.root() else { return false };
            let mut flags = self.tape.children(root);
            return flags
                .any(|element| self.tape.child(self.bytes, element, "truncated").is_some_and(is_true));
        }
        let flag = self.at(&["result", "truncated"]).or_else(|| self.at(&["truncated"]));
        format == Format::WorkersBuilds && flag.is_some_and(is_true)
    }

    fn join(&self, leaves: &[usize], between: &[u8]) -> Text {
        let origin = Origin::raw(self.bytes);
        let mut text = Text::default();
        for leaf in leaves {
            let span = self.tape.node(*leaf).span();
            text.unescape(origin, span.clone());
            text.replace(origin, span.end..span.end, between);
        }
        text
    }
}
