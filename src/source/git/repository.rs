//! A repository on disk: where its parts lie, and what names its objects have.
//!
//! Opened so that nothing of its configuration can act: gix runs no program and fetches nothing, only the repository's
//! own configuration file is read, and replacement objects are not followed.

use super::history::History;
use super::lookup::Lookup;
use super::objects::{Broken, Objects};
use super::refs::{Refs, Tip};
use gix::bstr::ByteSlice;
use gix::hash::{Kind as HashKind, ObjectId};
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

pub struct Repository {
    /// As it was typed, for people.
    pub name: String,
    pub git_dir: PathBuf,
    /// What linked work trees share; elsewhere the git directory itself.
    pub common_dir: PathBuf,
    pub hash: HashKind,
    gix: Option<gix::Repository>,
    /// Why its refs are not known: gix could not open it, or cannot read them (git's reftable format).
    pub problem: Option<String>,
}

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Anybody's. Only its own file is read, and nothing that it says may act.
    Foreign,
    /// The person's own, and git itself runs us in it: the person's configuration counts too (where a remote really
    /// is, where hooks are). Still nothing is executed.
    Own,
}

/// Why there is no repository.
#[derive(Debug)]
pub enum OpenError {
    NotARepository(PathBuf),
    /// A `.git` file or `commondir` that leads nowhere.
    BadLink {
        file: PathBuf,
        target: PathBuf,
    },
    Io {
        path: PathBuf,
        source: io::Error,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NotARepository(path) => write!(f, "{} is not a git repository", path.display()),
            OpenError::BadLink { file, target } => {
                write!(f, "{} leads to {}, which is not a git directory", file.display(), target.display())
            }
            OpenError::Io { path, source } => write!(f, "cannot read {}: {source}", path.display()),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Io { source, .. } => Some(source),
            OpenError::NotARepository(_) | OpenError::BadLink { .. } => None,
        }
    }
}

impl Repository {
    /// Opens a git directory, a `.git` file, or the directory that holds either.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, Trust::Foreign)
    }

    pub fn open_with(path: &Path, trust: Trust) -> Result<Self, OpenError> {
        let git_dir = git_dir(path)?;
        let common_dir = common_dir(&git_dir)?;
        let opened = options(trust).open(&git_dir).map(|shared| shared.to_thread_local());
        let reftable = common_dir.join("reftable").is_dir().then(|| "they are kept as reftable".to_owned());
        let hash = match &opened {
            Ok(repository) => repository.object_hash(),
            Err(_) => hash_by_hand(&common_dir),
        };
        Ok(Repository {
            name: display_name(path),
            hash,
            problem: opened.as_ref().err().map(ToString::to_string).or(reftable),
            gix: opened.ok(),
            git_dir,
            common_dir,
        })
    }

    /// Opens the repository that `path` is or lies in.
    pub fn around(path: &Path) -> Result<Self, OpenError> {
        Self::around_with(path, Trust::Foreign)
    }

    pub fn around_with(path: &Path, trust: Trust) -> Result<Self, OpenError> {
        let whole =
            fs::canonicalize(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        match Self::open_with(path, trust) {
            Err(OpenError::NotARepository(_)) => {}
            opened => return opened,
        }
        for directory in whole.ancestors().skip(1) {
            match Self::open_with(directory, trust) {
                Err(OpenError::NotARepository(_)) => {}
                opened => return opened,
            }
        }
        Err(OpenError::NotARepository(path.to_owned()))
    }

    /// The commit that HEAD points to, if there is one.
    pub fn head(&self) -> Option<ObjectId> {
        self.gix.as_ref()?.head_id().ok().map(gix::Id::detach)
    }

    /// The parents that a commit made now would have.
    pub fn next_parents(&self) -> Vec<ObjectId> {
        let merged = fs::read(self.git_dir.join("MERGE_HEAD")).unwrap_or_default();
        let merged = merged.lines().filter_map(|line| ObjectId::from_hex(line.trim()).ok());
        self.head().into_iter().chain(merged).collect()
    }

    pub fn index_path(&self) -> PathBuf {
        self.git_dir.join("index")
    }

    pub fn gix(&self) -> Option<&gix::Repository> {
        self.gix.as_ref()
    }

    /// The object directory and its alternates.
    pub fn object_dirs(&self) -> (Vec<PathBuf>, Option<Broken>) {
        let own = self.common_dir.join("objects");
        match gix::odb::alternate::resolve(own.clone(), Path::new(".")) {
            Ok(alternates) => (std::iter::once(own).chain(alternates).collect(), None),
            Err(error) => {
                let broken = Broken { path: own.join("info/alternates"), what: error.to_string() };
                (vec![own], Some(broken))
            }
        }
    }

    pub fn objects(&self) -> (Objects, Vec<Broken>) {
        let (dirs, no_alternates) = self.object_dirs();
        let (objects, mut broken) = Objects::open(dirs, self.hash);
        broken.extend(no_alternates);
        (objects, broken)
    }

    /// Single objects, without reading any list of them.
    pub fn lookup(&self) -> io::Result<Lookup> {
        Lookup::open(&[self.common_dir.join("objects")], self.hash, self.shallow())
    }

    /// Commits whose parents were left out when the repository was cloned.
    pub fn shallow(&self) -> HashSet<ObjectId> {
        let file = fs::read(self.common_dir.join("shallow")).unwrap_or_default();
        file.lines().filter_map(|line| ObjectId::from_hex(line.trim()).ok()).collect()
    }

    /// All refs, HEAD here, and the detached HEADs of linked work trees.
    pub fn refs(&self) -> Refs {
        let Some(gix) = &self.gix else { return Refs::default() };
        let mut tips = Vec::new();
        if let Ok(platform) = gix.references()
            && let Ok(all) = platform.all()
        {
            // A symbolic ref has the id of another that is listed too; a broken one has none.
            let direct = all.filter_map(Result::ok).filter_map(|reference| {
                let id = reference.try_id()?.detach();
                Some(Tip { name: reference.name().as_bstr().to_owned(), id })
            });
            tips.extend(direct);
        }
        tips.extend(self.work_tree_heads());
        let head = self.head();
        if let Some(id) = head
            && gix.head().is_ok_and(|head| head.is_detached())
        {
            tips.push(Tip { name: "HEAD".into(), id });
        }
        Refs::new(tips, head)
    }

    fn work_tree_heads(&self) -> Vec<Tip> {
        let entries = fs::read_dir(self.common_dir.join("worktrees")).into_iter().flatten().flatten();
        let heads = entries.filter_map(|entry| {
            let head = fs::read(entry.path().join("HEAD")).ok()?;
            let id = ObjectId::from_hex(head.trim()).ok()?;
            Some(Tip { name: format!("worktrees/{}/HEAD", entry.file_name().to_string_lossy()).into(), id })
        });
        heads.collect()
    }

    /// Git directories that live inside of this one: submodules, whose work trees may be gone.
    pub fn nested(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut left = vec![self.common_dir.join("modules")];
        while let Some(directory) = left.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
                let path = entry.path();
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    continue;
                }
                if is_git_dir(&path) { found.push(path) } else { left.push(path) }
            }
        }
        found.sort_unstable();
        found
    }
}

fn options(trust: Trust) -> gix::open::Options {
    let isolated = gix::open::Options::isolated();
    let options = match trust {
        Trust::Foreign => isolated.with(gix::sec::Trust::Reduced),
        Trust::Own => {
            let mut permissions = gix::open::Permissions::isolated();
            let config = &mut permissions.config;
            (config.system, config.git, config.user, config.includes) = (true, true, true, true);
            permissions.env.home = gix::sec::Permission::Allow;
            permissions.env.xdg_config_home = gix::sec::Permission::Allow;
            isolated.permissions(permissions).with(gix::sec::Trust::Full)
        }
    };
    // Replacement objects would show other content than what is stored and sent.
    options.open_path_as_is(true).config_overrides(["core.useReplaceRefs=false"])
}

/// What git itself asks of a git directory (gitrepository-layout(5)).
pub fn is_git_dir(path: &Path) -> bool {
    fs::symlink_metadata(path.join("HEAD")).is_ok()
        && (path.join("objects").is_dir() || path.join("commondir").is_file())
}

fn git_dir(path: &Path) -> Result<PathBuf, OpenError> {
    let inner = path.join(".git");
    let candidate = if fs::metadata(&inner).is_ok() { inner } else { path.to_owned() };
    if candidate.is_file() {
        return linked(&candidate);
    }
    if is_git_dir(&candidate) { Ok(candidate) } else { Err(OpenError::NotARepository(path.to_owned())) }
}

/// Follows a `.git` file: `gitdir: PATH`.
fn linked(file: &Path) -> Result<PathBuf, OpenError> {
    let text = fs::read(file).map_err(|source| OpenError::Io { path: file.to_owned(), source })?;
    let target =
        text.trim_end().strip_prefix(b"gitdir: ").and_then(|path| gix::path::from_byte_slice(path).ok());
    let Some(target) = target else { return Err(OpenError::NotARepository(file.to_owned())) };
    let target = file.parent().unwrap_or(Path::new("")).join(target);
    if is_git_dir(&target) { Ok(target) } else { Err(OpenError::BadLink { file: file.to_owned(), target }) }
}

fn common_dir(git_dir: &Path) -> Result<PathBuf, OpenError> {
    let file = git_dir.join("commondir");
    let Ok(text) = fs::read(&file) else { return Ok(git_dir.to_owned()) };
    let target = gix::path::from_byte_slice(text.trim_end()).map(|target| git_dir.join(target));
    let target = target.map_err(|_| OpenError::NotARepository(git_dir.to_owned()))?;
    if !target.join("objects").is_dir() {
        return Err(OpenError::BadLink { file, target });
    }
    // Git writes `../..`, and people see this path.
    Ok(fs::canonicalize(&target).unwrap_or(target))
}

/// For a repository whose configuration gix does not accept.
fn hash_by_hand(common_dir: &Path) -> HashKind {
    let config = fs::read_to_string(common_dir.join("config")).unwrap_or_default().to_lowercase();
    let values = config.lines().filter_map(|line| line.trim().strip_prefix("objectformat"));
    let is_sha256 = values.filter_map(|rest| rest.split_once('=')).any(|(_, value)| value.trim() == "sha256");
    if is_sha256 { HashKind::Sha256 } else { HashKind::Sha1 }
}

/// `repo/.git` is known to people as `repo`.
fn display_name(path: &Path) -> String {
    let named = match path.components().next_back() {
        Some(Component::Normal(name)) if name == ".git" => path.parent().unwrap_or(path),
        _ => path,
    };
    if named.as_os_str().is_empty() { ".".to_owned() } else { named.display().to_string() }
}

impl Repository {
    pub fn history<'a>(&'a self, objects: &'a Objects, refs: &'a Refs) -> History<'a> {
        History { repository: &self.name, objects, refs }
    }
}
