//! The table of agents: `agents.toml` as written, and as used.

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

/// All groups, and the names that lead to them.
#[derive(Debug)]
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

pub static AGENTS: LazyLock<Agents> = LazyLock::new(|| match load(include_str!("agents.toml")) {
    Ok(agents) => agents,
    // The file is part of the program and a test reads it; without it no store would be known.
    Err(error) => panic!("agents.toml: {error}"),
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSyntax {
    bases: BTreeMap<String, Vec<String>>,
    group: Vec<GroupSyntax>,
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleSyntax {
    #[serde(default)]
    at: String,
    #[serde(default)]
    when: Vec<String>,
    session: Option<String>,
    record: Option<String>,
    role: Option<String>,
    tool: Option<String>,
    id: Option<String>,
    time: Option<String>,
    surface: Option<String>,
    prompt: Option<String>,
    join: Option<String>,
}

impl RuleSyntax {
    fn compile(&self) -> Rule {
        let field = |text: &Option<String>| text.as_deref().map(Field::parse);
        let path = |text: &Option<String>| text.as_deref().map(Path::parse);
        Rule {
            at: Path::parse(&self.at),
            when: self.when.iter().map(|text| Condition::parse(text)).collect(),
            session: field(&self.session),
            record: field(&self.record),
            role: field(&self.role),
            tool: field(&self.tool),
            tool_use_id: field(&self.id),
            time: field(&self.time),
            surface: field(&self.surface),
            prompt: path(&self.prompt),
            join: path(&self.join),
        }
    }
}

type Formats = BTreeMap<String, &'static [Rule]>;

fn load(text: &str) -> Result<Agents, String> {
    let file: FileSyntax = toml::from_str(text).map_err(|error| error.to_string())?;
    let formats: Formats = file
        .format
        .iter()
        .map(|(name, rules)| {
            let rules: Vec<Rule> = rules.iter().map(RuleSyntax::compile).collect();
            // Once a run, for its whole length: a store is handed around by reference.
            let rules: &'static [Rule] = rules.leak();
            (name.clone(), rules)
        })
        .collect();
    let groups = file
        .group
        .into_iter()
        .map(|group| group.compile(&formats))
        .collect::<Result<Vec<Group>, String>>()?;
    let mut agents = Agents { groups, markers: HashMap::new(), sniffable: Vec::new(), bases: file.bases };
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
            paths: self.paths.iter().map(|text| Pattern::parse(text)).collect(),
            in_projects: self.in_projects,
            surface: self.surface,
            session: self.session,
            tool_use_id: self.tool_use_id,
            sniff: self.sniff,
            opaque: self.opaque,
            is_repository: self.is_repository,
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
        let of_bases = members.iter().filter(|member| member.starts_with('{'));
        let named: Vec<Vec<String>> = of_bases.flat_map(|member| self.own_names(member)).collect();
        if named.is_empty() {
            return vec![rest];
        }
        named.into_iter().map(|names| [names, rest.clone()].concat()).collect()
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
            ("[bases]\n[format]\n[[group]]\ntitle='x'\nroot=['~']", "unknown field `root`"),
            (
                "[bases]\n[format]\n[[group]]\ntitle='x'\n[[group.store]]\npaths=['a']\nsurface='cache'\nformat='f'",
                "no format is named f",
            ),
        ];
        for (text, want) in table {
            let error = load(text).err().unwrap_or_default();
            assert!(error.contains(want), "{error}");
        }
    }
}
