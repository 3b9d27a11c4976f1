//! The table of agents: `agents/*.toml` as written, and as used.

use super::label::Rule;
use super::pattern::Pattern;
use super::query::{Condition, Field, Path};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// An agent, or a tool whose files belong to the same search (Wrangler, a shell).
#[derive(Debug)]
pub struct Group {
    /// For people.
    pub title: String,
    /// The agent's name in every output; `None` for tools that are no agents.
    pub agent: Option<String>,
    /// The command that opens a session again, with `{session}` in it.
    pub reopen: Option<String>,
    /// Directories in a home, `~/…` or `$NAME/…`, any of which may be missing.
    pub roots: Vec<String>,
    /// The surface of files below a root that no store names; without it they are not looked at.
    pub other: Option<String>,
    /// Below a root, but no place where text is kept.
    pub leave: Vec<Pattern>,
    pub stores: Vec<Store>,
}

/// One kind of file that a group keeps.
#[derive(Debug)]
pub struct Store {
    pub paths: Vec<Pattern>,
    /// In a project's tree as well, not only below a root.
    pub in_projects: bool,
    pub surface: String,
    pub rules: &'static [Rule],
    pub session: Option<Part>,
    pub tool_use_id: Option<Part>,
    /// Words that the start of such a file holds wherever it was copied to.
    pub sniff: Vec<String>,
    /// Why nobody but its owner can read it.
    pub opaque: Option<String>,
    /// A directory that is a git repository.
    pub is_repository: bool,
    /// Every record is a file of its own, so no file knows whose turn it is.
    pub is_one_record: bool,
    pub reader: Reader,
    pub tables: Vec<Table>,
}

/// Which reader a text file needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Records if it is JSON, else text.
    #[default]
    ByContent,
    /// Aider's chat history: Markdown in which the first mark of a line says who speaks.
    AiderChat,
    /// Aider's input history: a comment with the time, then the lines with a plus.
    AiderInput,
}

/// The part of a path that is an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The file name without its last extension.
    Stem,
    /// The UUID at the end of the stem.
    Uuid,
    /// The directory's name.
    Dir,
    /// The name of the directory around the directory.
    DirAbove,
}

/// What the columns of an SQLite table mean.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    /// Rows whose key starts so; without it all rows.
    pub key: Option<String>,
    pub rules: &'static [Rule],
    pub session: Option<Column>,
    pub record: Option<Column>,
    pub role: Option<Column>,
    pub tool: Option<Column>,
    pub time: Option<Column>,
    pub session_time: Option<Column>,
    pub surface: Option<String>,
    /// Rows for which all of this holds are human prompts; none without a condition.
    pub prompt: Vec<ColumnTest>,
    /// What is known of a row holds for rows of other tables that `recall` it.
    pub remember: Option<Column>,
    pub recall: Option<Column>,
    /// Roles of columns, where a row has the words of two sides.
    pub roles: BTreeMap<String, String>,
}

/// `column=word|word`, or `column!~text` for a column that does not hold the text.
#[derive(Debug, PartialEq, Eq)]
pub enum ColumnTest {
    Is(String, Vec<String>),
    LacksText(String, String),
}

impl ColumnTest {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some((column, text)) = text.split_once("!~") {
            return Ok(ColumnTest::LacksText(column.to_owned(), text.to_owned()));
        }
        let (column, words) = text.split_once('=').ok_or_else(|| format!("{text} is no condition"))?;
        Ok(ColumnTest::Is(column.to_owned(), words.split('|').map(str::to_owned).collect()))
    }
}

/// `@column`, a piece of it between colons `@column:1`, or a fixed word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    Fixed(String),
    Whole(String),
    Piece(String, usize),
}

impl Column {
    fn parse(text: &str) -> Self {
        let Some(name) = text.strip_prefix('@') else { return Column::Fixed(text.to_owned()) };
        match name.split_once(':').and_then(|(name, index)| Some((name, index.parse().ok()?))) {
            Some((name, index)) => Column::Piece(name.to_owned(), index),
            None => Column::Whole(name.to_owned()),
        }
    }
}

/// All groups, and the names that lead to them.
#[derive(Debug, Default)]
pub struct Agents {
    pub groups: Vec<Group>,
    /// From a name in a path to the stores that may lie there.
    pub markers: HashMap<String, Vec<Marker>>,
    /// Stores that can be told by their content.
    pub sniffable: Vec<(usize, usize)>,
    /// Lists of directories that have one name: `{config}` is `$XDG_CONFIG_HOME`, `~/.config`, ….
    pub bases: BTreeMap<String, Vec<String>>,
}

/// A store's path with a name in it that few other paths have.
#[derive(Debug)]
pub struct Marker {
    pub group: usize,
    pub store: usize,
    /// From the marking name on.
    pub pattern: Pattern,
}

/// A group that shares another's directory comes first: what it takes is taken.
const FILES: [&str; 7] = [
    include_str!("agents/bases.toml"),
    include_str!("agents/claude.toml"),
    include_str!("agents/codex.toml"),
    include_str!("agents/gemini.toml"),
    include_str!("agents/editors.toml"),
    include_str!("agents/others.toml"),
    include_str!("agents/tools.toml"),
];

pub static AGENTS: LazyLock<Agents> = LazyLock::new(|| match load(&FILES) {
    Ok(agents) => agents,
    // The files are part of the program and a test reads them; without them no store would be known.
    Err(error) => panic!("agents/*.toml: {error}"),
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSyntax {
    #[serde(default)]
    bases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    group: Vec<GroupSyntax>,
    #[serde(default)]
    format: BTreeMap<String, Vec<RuleSyntax>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GroupSyntax {
    title: String,
    agent: Option<String>,
    reopen: Option<String>,
    #[serde(default)]
    roots: Vec<String>,
    other: Option<String>,
    #[serde(default)]
    leave: Vec<String>,
    #[serde(default)]
    store: Vec<StoreSyntax>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StoreSyntax {
    paths: Vec<String>,
    #[serde(default)]
    in_projects: bool,
    surface: String,
    format: Option<String>,
    session: Option<Part>,
    tool_use_id: Option<Part>,
    #[serde(default)]
    sniff: Vec<String>,
    opaque: Option<String>,
    #[serde(default)]
    is_repository: bool,
    #[serde(default)]
    is_one_record: bool,
    #[serde(default)]
    reader: Reader,
    #[serde(default)]
    table: Vec<TableSyntax>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TableSyntax {
    name: String,
    key: Option<String>,
    format: Option<String>,
    session: Option<String>,
    record: Option<String>,
    role: Option<String>,
    tool: Option<String>,
    time: Option<String>,
    session_time: Option<String>,
    surface: Option<String>,
    #[serde(default)]
    prompt: Vec<String>,
    remember: Option<String>,
    recall: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleSyntax {
    /// Without it the record itself.
    #[serde(default)]
    at: Vec<String>,
    #[serde(default)]
    when: Vec<String>,
    session: Option<String>,
    record: Option<String>,
    role: Option<String>,
    tool: Option<String>,
    id: Option<String>,
    time: Option<String>,
    session_time: Option<String>,
    surface: Option<String>,
    prompt: Option<String>,
    join: Option<String>,
}

impl RuleSyntax {
    fn compile(&self) -> Vec<Rule> {
        let everywhere = [String::new()];
        let places = if self.at.is_empty() { everywhere.as_slice() } else { self.at.as_slice() };
        places.iter().map(|at| self.compile_at(at)).collect()
    }

    fn compile_at(&self, at: &str) -> Rule {
        let field = |text: &Option<String>| text.as_deref().map(Field::parse);
        let path = |text: &Option<String>| text.as_deref().map(Path::parse);
        Rule {
            at: Path::parse(at),
            when: self.when.iter().map(|text| Condition::parse(text)).collect(),
            session: field(&self.session),
            record: field(&self.record),
            role: field(&self.role),
            tool: field(&self.tool),
            tool_use_id: field(&self.id),
            time: field(&self.time),
            session_time: field(&self.session_time),
            surface: field(&self.surface),
            prompt: path(&self.prompt),
            join: path(&self.join),
        }
    }
}

type Formats = BTreeMap<String, &'static [Rule]>;

fn load(files: &[&str]) -> Result<Agents, String> {
    let mut agents = Agents::default();
    let mut syntax = Vec::new();
    let mut formats = Formats::new();
    for text in files {
        let file: FileSyntax = toml::from_str(text).map_err(|error| error.to_string())?;
        for (name, rules) in file.format {
            let rules: Vec<Rule> = rules.iter().flat_map(RuleSyntax::compile).collect();
            // Once a run, for its whole length: a store is handed around by reference.
            formats.insert(name, rules.leak());
        }
        agents.bases.extend(file.bases);
        syntax.extend(file.group);
    }
    agents.groups = syntax.into_iter().map(|group| group.compile(&formats)).collect::<Result<_, String>>()?;
    agents.index();
    Ok(agents)
}

fn rules_of(name: Option<&str>, formats: &Formats) -> Result<&'static [Rule], String> {
    match name {
        None => Ok(&[]),
        Some(name) => formats.get(name).copied().ok_or_else(|| format!("no format is named {name}")),
    }
}

impl GroupSyntax {
    fn compile(self, formats: &Formats) -> Result<Group, String> {
        Ok(Group {
            stores: self
                .store
                .into_iter()
                .map(|store| store.compile(formats))
                .collect::<Result<_, String>>()?,
            title: self.title,
            agent: self.agent,
            reopen: self.reopen,
            roots: self.roots,
            other: self.other,
            leave: self.leave.iter().map(|text| Pattern::parse(text)).collect(),
        })
    }
}

impl StoreSyntax {
    fn compile(self, formats: &Formats) -> Result<Store, String> {
        Ok(Store {
            rules: rules_of(self.format.as_deref(), formats)?,
            tables: self
                .table
                .into_iter()
                .map(|table| table.compile(formats))
                .collect::<Result<_, String>>()?,
            paths: self.paths.iter().map(|text| Pattern::parse(text)).collect(),
            in_projects: self.in_projects,
            surface: self.surface,
            session: self.session,
            tool_use_id: self.tool_use_id,
            sniff: self.sniff,
            opaque: self.opaque,
            is_repository: self.is_repository,
            is_one_record: self.is_one_record,
            reader: self.reader,
        })
    }
}

impl TableSyntax {
    fn compile(self, formats: &Formats) -> Result<Table, String> {
        let column = |text: &Option<String>| text.as_deref().map(Column::parse);
        Ok(Table {
            rules: rules_of(self.format.as_deref(), formats)?,
            session: column(&self.session),
            record: column(&self.record),
            role: column(&self.role),
            tool: column(&self.tool),
            time: column(&self.time),
            session_time: column(&self.session_time),
            remember: column(&self.remember),
            recall: column(&self.recall),
            prompt: self.prompt.iter().map(|text| ColumnTest::parse(text)).collect::<Result<_, String>>()?,
            name: self.name,
            key: self.key,
            surface: self.surface,
            roles: self.roles,
        })
    }
}

impl Agents {
    fn index(&mut self) {
        for (group_index, group) in self.groups.iter().enumerate() {
            for (store_index, store) in group.stores.iter().enumerate() {
                if !store.sniff.is_empty() {
                    self.sniffable.push((group_index, store_index));
                }
                for names in self.whole_paths(group, store) {
                    // A starred name cannot be looked up; the names before it are no loss.
                    let Some(first) = names.iter().position(|name| !name.contains('*')) else { continue };
                    let pattern = Pattern::parse(&names[first..].join("/"));
                    let marker = Marker { group: group_index, store: store_index, pattern };
                    self.markers.entry(names[first].clone()).or_default().push(marker);
                }
            }
        }
    }

    /// A store's paths with its root's own names before them: `~/.claude` and `projects/*` give
    /// `.claude/projects/*`.
    fn whole_paths(&self, group: &Group, store: &Store) -> Vec<Vec<String>> {
        let mut tails: Vec<Vec<String>> = group.roots.iter().flat_map(|root| self.own_names(root)).collect();
        tails.retain(|tail| !tail.is_empty());
        if store.in_projects {
            tails.push(Vec::new());
        }
        tails.sort();
        tails.dedup();
        let join = |tail: &Vec<String>, path: &Pattern| [tail.as_slice(), path.names()].concat();
        tails.iter().flat_map(|tail| store.paths.iter().map(move |path| join(tail, path))).collect()
    }

    /// The names of a root that are its own: none of `~`, one of `{config}/Code`.
    fn own_names(&self, root: &str) -> Vec<Vec<String>> {
        let (first, rest) = root.split_once('/').unwrap_or((root, ""));
        let rest: Vec<String> = rest.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let is_base = first.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let Some(members) = is_base.and_then(|name| self.bases.get(name)) else { return vec![rest] };
        // A base made of other bases has names of its own; the directories that the system lays out have none.
        if !members.iter().any(|member| member.starts_with('{')) {
            return vec![rest];
        }
        let named = members.iter().flat_map(|member| self.own_names(member));
        named.map(|names| [names, rest.clone()].concat()).collect()
    }

    /// The directories in a home that a root stands for, `~` and `$NAME` not yet replaced.
    pub fn expand(&self, root: &str) -> Vec<String> {
        let (first, rest) = root.split_once('/').unwrap_or((root, ""));
        let is_base = first.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let Some(members) = is_base.and_then(|name| self.bases.get(name)) else {
            return vec![root.to_owned()];
        };
        let join =
            |member: &String| if rest.is_empty() { member.clone() } else { format!("{member}/{rest}") };
        members.iter().flat_map(|member| self.expand(&join(member))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        assert!(AGENTS.groups.len() > 1);
        for group in &AGENTS.groups {
            for store in &group.stores {
                let is_rooted = !group.roots.is_empty() || store.in_projects;
                assert!(is_rooted, "{}: {} can never be met", group.title, store.surface);
            }
        }
    }

    #[test]
    fn an_unknown_word_in_the_table_is_an_error() {
        let table = [
            ("[[group]]\ntitle='x'\nroot=['~']", "unknown field `root`"),
            (
                "[[group]]\ntitle='x'\n[[group.store]]\npaths=['a']\nsurface='cache'\nformat='f'",
                "no format is named f",
            ),
        ];
        for (text, want) in table {
            let error = load(&[text]).err().unwrap_or_default();
            assert!(error.contains(want), "{error}");
        }
    }
}
