//! `--exclude`: which files of a walk nobody wants.

use super::Error;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;

/// The globs of all `--exclude`, in order: as in a `.gitignore`, the last that matches decides and `!` takes back.
pub struct Exclude(Gitignore);

impl Exclude {
    pub fn new(globs: &[String]) -> Result<Self, Error> {
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        let broken =
            |glob: &str, why: ignore::Error| Error::Exclude { glob: glob.to_owned(), why: why.to_string() };
        for glob in globs {
            builder.add_line(None, glob).map_err(|why| broken(glob, why))?;
        }
        builder.build().map(Exclude).map_err(|why| broken(&globs.join(" "), why))
    }

    /// `path` stands `depth` names below its target, and is judged by those names alone.
    pub fn matches(&self, path: &Path, depth: usize, is_dir: bool) -> bool {
        if self.0.is_empty() || depth == 0 {
            return false;
        }
        let mut names = path.components();
        let above = names.clone().count().saturating_sub(depth);
        names.by_ref().take(above).for_each(drop);
        self.0.matched(names.as_path(), is_dir).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_what_they_mean_in_a_gitignore() {
        let table: [(&[&str], &str, usize, bool, bool); 11] = [
            (&["*.log"], "t/a.log", 1, false, true),
            (&["*.log"], "t/deep/er/a.log", 3, false, true),
            (&["*.log", "!keep.log"], "t/keep.log", 1, false, false),
            (&["/build"], "t/build", 1, true, true),
            (&["/build"], "t/sub/build", 2, true, false),
            (&["/build"], "/abs/t/build", 1, true, true),
            (&["out/*.js"], "t/out/a.js", 2, false, true),
            (&["cache/"], "t/cache", 1, false, false),
            (&["**/gen/**"], "t/a/gen/b/c", 4, false, true),
            (&["t"], "t", 0, true, false),
            (&[], "t/a.log", 1, false, false),
        ];
        for (globs, path, depth, is_dir, excluded) in table {
            let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
            let exclude = Exclude::new(&globs).unwrap();
            assert_eq!(exclude.matches(Path::new(path), depth, is_dir), excluded, "{globs:?} {path}");
        }
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = Exclude::new(&["ok".to_owned(), "a[".to_owned()]).err().unwrap();
        assert!(error.to_string().starts_with("cannot exclude \"a[\": "), "{error}");
    }
}
