use super::exclude::Exclude;
use super::links::Bounds;
use super::reader::Reader;
use super::{Error, FileOptions, Found};
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::{Flow, Sink};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Scans every file at and below `targets`, in parallel.
///
/// A target may be a file, a directory, a link to one, a FIFO or a device. One that does not exist is an error before
/// anything is scanned; what vanishes or cannot be read later is a skip.
pub fn walk(targets: &[PathBuf], options: &FileOptions<'_>, sink: &dyn Sink) -> Result<Found, Error> {
    let exclude = Exclude::new(&options.exclude)?;
    let (directories, files) = look_at(targets)?;
    let walk =
        Walk { options, sink, exclude, bounds: Bounds::of(targets), found: Mutex::new(Found::default()) };
    let flow = walk.files(&files);
    if flow == Flow::Continue && !directories.is_empty() {
        walk.directories(&directories);
    }
    let mut found = walk.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.repositories.sort();
    found.claimed.sort();
    Ok(found)
}

/// Directories, and everything else.
fn look_at(targets: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Error> {
    let (mut directories, mut files) = (Vec::new(), Vec::new());
    for target in targets {
        let about = fs::metadata(target).map_err(|source| Error::Target { path: target.clone(), source })?;
        let kind = if about.is_dir() { &mut directories } else { &mut files };
        if !kind.contains(target) {
            kind.push(target.clone());
        }
    }
    Ok((directories, files))
}

struct Walk<'a> {
    options: &'a FileOptions<'a>,
    sink: &'a dyn Sink,
    exclude: Exclude,
    bounds: Bounds,
    found: Mutex<Found>,
}

impl<'a> Walk<'a> {
    fn files(&self, files: &[PathBuf]) -> Flow {
        let mut reader = self.reader();
        for path in files {
            if reader.target(path, &mut |path| self.claimed(path)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn directories(&self, directories: &[PathBuf]) {
        let mut builder = WalkBuilder::empty();
        for directory in directories {
            // With a slash at its end, a link is the directory it leads to.
            let is_link = directory.is_symlink();
            builder.add(if is_link { directory.join("") } else { directory.clone() });
        }
        builder.standard_filters(false).threads(self.options.threads);
        if self.options.respect_gitignore {
            builder.git_ignore(true).git_exclude(true).git_global(true).parents(true);
        }
        builder.build_parallel().run(|| {
            let mut reader = self.reader();
            Box::new(move |entry| match entry {
                Ok(entry) => self.entry(&entry, &mut reader),
                Err(error) => {
                    self.sink.skip(unreadable_entry(&error));
                    WalkState::Continue
                }
            })
        });
    }

    fn reader(&self) -> Reader<'a> {
        Reader::new(self.options, self.sink)
    }

    fn entry(&self, entry: &DirEntry, reader: &mut Reader<'_>) -> WalkState {
        let path = as_typed(entry.path(), entry.depth());
        // The type is unknown only of stdin, which is never walked.
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if self.exclude.matches(path, entry.depth(), kind.is_dir()) {
            return WalkState::Skip;
        }
        if kind.is_dir() {
            return self.directory(path);
        }
        if kind.is_symlink() {
            if let Some(skip) = self.bounds.judge(path, Provenance::file(path)) {
                self.sink.skip(skip);
            }
            return WalkState::Continue;
        }
        if !kind.is_file() {
            // Opening it could block for ever (a FIFO) or act (a device).
            let detail = "not a regular file".to_owned();
            self.sink.skip(Skip {
                provenance: Provenance::file(path),
                reason: SkipReason::SpecialFile,
                detail,
            });
            return WalkState::Continue;
        }
        if entry.file_name() == ".git" {
            self.repository(path);
        }
        match reader.file(path, &mut |path| self.claimed(path)) {
            Flow::Continue => WalkState::Continue,
            Flow::Stop => WalkState::Quit,
        }
    }

    fn directory(&self, path: &Path) -> WalkState {
        if !is_git_directory(path) {
            return WalkState::Continue;
        }
        self.repository(path);
        WalkState::Skip
    }

    fn repository(&self, path: &Path) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).repositories.push(path.to_owned());
    }

    fn claimed(&self, path: &Path) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).claimed.push(path.to_owned());
    }
}

/// A walk of `.` finds `./a`; a person who typed `.` or nothing knows that file as `a`.
fn as_typed(path: &Path, depth: usize) -> &Path {
    match path.strip_prefix("./") {
        Ok(below) if depth > 0 && below.components().count() == depth => below,
        _ => path,
    }
}

/// What git itself asks of a git directory (gitrepository-layout(5)). A bare repository has any name.
fn is_git_directory(path: &Path) -> bool {
    // Almost every directory fails at the first question.
    fs::symlink_metadata(path.join("HEAD")).is_ok()
        && path.join("objects").is_dir()
        && path.join("refs").is_dir()
}

fn unreadable_entry(error: &ignore::Error) -> Skip {
    let (path, depth) = place_of(error);
    let reason = match error.io_error().map(io::Error::kind) {
        Some(io::ErrorKind::NotFound) => SkipReason::Vanished,
        _ => SkipReason::Unreadable,
    };
    let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    let provenance = Provenance::file(as_typed(path.unwrap_or(Path::new(".")), depth.unwrap_or(0)));
    Skip { provenance, reason, detail }
}

fn place_of(error: &ignore::Error) -> (Option<&Path>, Option<usize>) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), place_of(err).1),
        ignore::Error::WithDepth { depth, err } => (place_of(err).0, Some(*depth)),
        ignore::Error::WithLineNumber { err, .. } => place_of(err),
        ignore::Error::Partial(errors) => errors.first().map_or((None, None), place_of),
        ignore::Error::Loop { child, .. } => (Some(child), None),
        ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::limits::Limits;
    use crate::source::pieces::PIECE;
    use crate::source::pieces::tests::Memory;
    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;
    use tempfile::TempDir;

    /// A directory holding these files.
    fn tree(files: &[(&str, &str)]) -> TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        directory
    }

    fn scan(directory: &TempDir, options: &FileOptions<'_>) -> (Memory, Found) {
        let memory = Memory::default();
        let found = walk(&[directory.path().to_owned()], options, &memory).unwrap();
        (memory, found)
    }

    /// What was read, by names below the directory.
    fn names(memory: &Memory, directory: &TempDir) -> Vec<String> {
        below(memory.texts().into_iter().map(|(place, _)| place), directory)
    }

    fn below(places: impl IntoIterator<Item = String>, directory: &TempDir) -> Vec<String> {
        let prefix = format!("{}/", directory.path().display());
        places.into_iter().map(|place| place.replace(&prefix, "")).collect()
    }

    fn make_fifo(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn hidden_and_ignored_files_are_read() {
        let files = [(".gitignore", "*.vars"), (".dev.vars", "A=1"), ("a/.hidden/b", "b"), ("empty", "")];
        let (directory, options) = (tree(&files), FileOptions::default());
        let (memory, _) = scan(&directory, &options);
        assert_eq!(names(&memory, &directory), [".dev.vars", ".gitignore", "a/.hidden/b"]);
        assert_eq!(memory.files.lock().unwrap().len(), 4, "the empty file counts too");
    }

    #[test]
    fn gitignore_is_respected_on_demand() {
        let files = [(".gitignore", "*.vars"), (".dev.vars", "A=1"), (".env", "B=2")];
        let directory = tree(&files);
        fs::create_dir_all(directory.path().join(".git/objects")).unwrap();
        let options = FileOptions { respect_gitignore: true, ..FileOptions::default() };
        let (memory, _) = scan(&directory, &options);
        assert_eq!(names(&memory, &directory), [".env", ".gitignore"]);
    }

    #[test]
    fn excluded_directories_are_not_entered() {
        let directory = tree(&[("a/x.log", "1"), ("a/x.txt", "2"), ("cache/y", "3"), ("keep.log", "4")]);
        let exclude = ["*.log", "cache/", "!keep.log"].map(str::to_owned).to_vec();
        let (memory, _) = scan(&directory, &FileOptions { exclude, ..FileOptions::default() });
        assert_eq!(names(&memory, &directory), ["a/x.txt", "keep.log"]);
        assert!(memory.skips().is_empty(), "what was excluded was not asked for");
    }

    #[test]
    fn git_directories_are_returned_and_not_read() {
        let mut files =
            vec![("worktree/.git", "gitdir: elsewhere"), ("not-a-repo/.git/notes", "text"), ("a", "a")];
        for (head, objects, refs) in [
            ("r/.git/HEAD", "r/.git/objects/x", "r/.git/refs/x"),
            ("bare/HEAD", "bare/objects/x", "bare/refs/x"),
        ] {
            files.extend([(head, "ref"), (objects, "x"), (refs, "x")]);
        }
        let directory = tree(&files);
        let (memory, found) = scan(&directory, &FileOptions::default());
        assert_eq!(names(&memory, &directory), ["a", "not-a-repo/.git/notes", "worktree/.git"]);
        let repositories = found.repositories.iter().map(|path| path.display().to_string());
        assert_eq!(below(repositories, &directory), ["bare", "r/.git", "worktree/.git"]);
    }

    #[test]
    fn claimed_files_are_returned_and_not_read() {
        let directory = tree(&[("a.db", "SQLite format 3"), ("b.db", "text")]);
        let claim = |_: &Path, head: &[u8]| head.starts_with(b"SQLite format 3");
        let (memory, found) = scan(&directory, &FileOptions { claim: &claim, ..FileOptions::default() });
        assert_eq!(names(&memory, &directory), ["b.db"]);
        assert_eq!(found.claimed, [directory.path().join("a.db")]);
    }

    #[test]
    fn links_are_not_followed_and_said_where_they_lead_out() {
        let directory = tree(&[("in/a", "a"), ("sub/b", "b")]);
        let outside = tree(&[("secret", "s")]);
        let root = directory.path();
        symlink(root.join("in/a"), root.join("to-a")).unwrap();
        symlink("..", root.join("sub/up")).unwrap();
        symlink("self", root.join("self")).unwrap();
        symlink("nothing", root.join("dangling")).unwrap();
        symlink(outside.path().join("secret"), root.join("out")).unwrap();
        let (memory, _) = scan(&directory, &FileOptions::default());
        assert_eq!(names(&memory, &directory), ["in/a", "sub/b"]);
        assert_eq!(
            below(memory.skips(), &directory),
            ["dangling link-outside", "out link-outside", "self link-loop", "sub/up link-loop"],
        );
    }

    #[test]
    fn a_link_given_as_target_is_followed() {
        let (directory, elsewhere) = (tree(&[]), tree(&[("a", "a")]));
        symlink(elsewhere.path(), directory.path().join("link")).unwrap();
        let memory = Memory::default();
        walk(&[directory.path().join("link")], &FileOptions::default(), &memory).unwrap();
        assert_eq!(names(&memory, &directory), ["link/a"]);
    }

    #[test]
    fn special_files_are_not_opened() {
        let directory = tree(&[("a", "a")]);
        make_fifo(&directory.path().join("pipe"));
        let _socket = std::os::unix::net::UnixListener::bind(directory.path().join("socket")).unwrap();
        let (memory, _) = scan(&directory, &FileOptions::default());
        assert_eq!(names(&memory, &directory), ["a"]);
        assert_eq!(below(memory.skips(), &directory), ["pipe special-file", "socket special-file"]);
    }

    #[test]
    fn a_fifo_given_as_target_is_a_stream() {
        let directory = tree(&[]);
        let pipe = directory.path().join("pipe");
        make_fifo(&pipe);
        let memory = Memory::default();
        std::thread::scope(|scope| {
            scope.spawn(|| fs::write(&pipe, "through the pipe").unwrap());
            walk(std::slice::from_ref(&pipe), &FileOptions::default(), &memory).unwrap();
        });
        assert_eq!(memory.texts(), [(pipe.display().to_string(), "through the pipe".to_owned())]);
    }

    #[test]
    fn unreadable_files_and_directories_are_said() {
        let directory = tree(&[("a", "a"), ("closed", "c"), ("shut/b", "b")]);
        let set_mode = |name: &str, mode| {
            fs::set_permissions(directory.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        set_mode("closed", 0o000);
        set_mode("shut", 0o000);
        let is_root = File::open(directory.path().join("closed")).is_ok();
        let (memory, _) = scan(&directory, &FileOptions::default());
        set_mode("shut", 0o755);
        if is_root {
            return; // nothing is closed to root
        }
        assert_eq!(names(&memory, &directory), ["a"]);
        assert_eq!(below(memory.skips(), &directory), ["closed unreadable", "shut unreadable"]);
    }

    #[test]
    fn names_need_not_be_utf8() {
        let directory = tree(&[]);
        let name = OsStr::from_bytes(b"caf\xe9.env");
        fs::write(directory.path().join(name), "text").unwrap();
        let (memory, _) = scan(&directory, &FileOptions::default());
        let chunks = memory.chunks();
        assert_eq!(chunks[0].provenance.path.as_deref(), Some(&*directory.path().join(name)));
    }

    #[test]
    fn a_missing_target_is_an_error_before_anything_is_read() {
        let directory = tree(&[("a", "a")]);
        let memory = Memory::default();
        let targets = [directory.path().to_owned(), directory.path().join("missing")];
        let error = walk(&targets, &FileOptions::default(), &memory).unwrap_err();
        assert!(error.to_string().ends_with("missing: no such file or directory"), "{error}");
        assert!(memory.chunks().is_empty());
    }

    #[test]
    fn files_over_max_bytes_are_said_and_not_read() {
        let directory = tree(&[("small", "12345"), ("big", "123456")]);
        let limits = Limits { max_bytes: Some(5), ..Limits::default() };
        let (memory, _) = scan(&directory, &FileOptions { limits, ..FileOptions::default() });
        assert_eq!(names(&memory, &directory), ["small"]);
        assert_eq!(below(memory.skips(), &directory), ["big over-max-bytes"]);
    }

    #[test]
    fn a_large_file_is_cut_and_whole() {
        let text = "one line of a log\n".repeat(PIECE / 8);
        let directory = tree(&[("big.log", &text)]);
        let (memory, _) = scan(&directory, &FileOptions::default());
        assert_eq!(memory.texts(), [(directory.path().join("big.log").display().to_string(), text)]);
        assert!(memory.chunks().len() > 2);
    }

    #[test]
    fn stop_ends_the_walk() {
        let files: Vec<(String, &str)> = (0..500).map(|index| (format!("d{index}/f"), "x")).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let directory = tree(&files);
        let memory = Memory { stop_at: Some(3), ..Memory::default() };
        let options = FileOptions { threads: 1, ..FileOptions::default() };
        walk(&[directory.path().to_owned()], &options, &memory).unwrap();
        assert_eq!(memory.chunks().len(), 3);
    }

    #[test]
    fn a_file_below_dot_has_the_name_a_person_would_type() {
        let table = [
            ("./a/b", 2, "a/b"),
            ("./typed/b", 1, "./typed/b"),
            ("a/b", 1, "a/b"),
            ("/x/y", 1, "/x/y"),
            (".", 0, "."),
            ("./", 0, "./"),
        ];
        for (path, depth, typed) in table {
            assert_eq!(as_typed(Path::new(path), depth).as_os_str(), typed);
        }
    }
}
