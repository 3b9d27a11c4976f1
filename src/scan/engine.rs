//! The compiled patterns, ready to scan chunks on any number of threads.

use crate::model::{Chunk, Layer};
use crate::rules::{LabelName, RuleSet, ShapeForm};
use crate::scan::Hits;
use crate::scan::anchors::Anchors;
use crate::scan::hunt::{Quarry, Wanted};
use crate::scan::scanner::Scanner;
use crate::scan::surroundings::Marks;

/// Longer runs are nothing but encoded text.
pub(crate) const LONGEST_RUN: usize = 64;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Layers of decoding (`--max-depth-decode`); a record's own JSON counts as one.
    pub max_depth: usize,
    /// Look at allow comments (off with `--no-allow`).
    pub allow_comments: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_depth: 4, allow_comments: true }
    }
}

#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: RuleSet,
    pub(crate) anchors: Anchors,
    pub(crate) marks: Marks,
    pub(crate) options: Options,
    /// (rule, shape) by the length of the run that may be its value.
    pub(crate) runs: Vec<Vec<(usize, usize)>>,
    /// (rule, shape) of own patterns that are searched by keyword.
    pub(crate) free: Vec<(usize, usize)>,
    /// The one credential that is kept, in a hunt.
    pub(crate) quarry: Option<Quarry>,
}

impl Engine {
    pub fn new(rules: RuleSet, labels: &[LabelName], options: Options) -> Self {
        let mut runs = vec![Vec::new(); LONGEST_RUN + 1];
        let mut free = Vec::new();
        for (rule_index, rule) in rules.rules.iter().enumerate() {
            for (shape_index, shape) in rule.shapes.iter().enumerate() {
                match &shape.form {
                    ShapeForm::Run { length, .. } => {
                        for list in &mut runs[*length.start()..=*length.end().min(&LONGEST_RUN)] {
                            list.push((rule_index, shape_index));
                        }
                    }
                    ShapeForm::Free { .. } => free.push((rule_index, shape_index)),
                    ShapeForm::Anchored { .. } => {}
                }
            }
        }
        Engine {
            anchors: Anchors::new(&rules, labels),
            marks: Marks::new(&rules),
            rules,
            options,
            runs,
            free,
            quarry: None,
        }
    }

    /// Looks for this credential alone.
    pub fn hunting(self, wanted: &Wanted) -> Self {
        Engine { quarry: Some(Quarry::new(wanted)), ..self }
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Adds what `chunk` holds to `hits`.
    pub fn scan(&self, chunk: &Chunk<'_>, hits: &mut Hits) {
        Scanner::new(self, chunk, hits).run();
    }

    /// Layers that count against the depth: `pem` is only the frame of base64.
    pub(crate) fn depth(layers: &[Layer]) -> usize {
        layers.iter().filter(|layer| !matches!(layer, Layer::Pem)).count()
    }
}
