use std::path::{Path, PathBuf};

/// Names in the user's configuration directory, in the order they are tried.
const OF_THE_USER: [&str; 3] = ["cfleak/.cfleak.toml", "cfleak/config.toml", ".cfleak.toml"];

/// `.cfleak.toml`, upwards from `start`; else the user's own, and `true` for that.
pub fn config_file(start: Option<&Path>, config_home: Option<&Path>) -> Option<(PathBuf, bool)> {
    let found = start.and_then(|start| upwards(start, ".cfleak.toml"));
    let own = || {
        let home = config_home?;
        OF_THE_USER.iter().map(|name| home.join(name)).find(|path| path.is_file())
    };
    found.map(|path| (path, false)).or_else(|| own().map(|path| (path, true)))
}

/// `.cfleakignore`, upwards from `start`.
pub fn allow_file(start: &Path) -> Option<PathBuf> {
    upwards(start, ".cfleakignore")
}

fn upwards(start: &Path, name: &str) -> Option<PathBuf> {
    start.ancestors().map(|directory| directory.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_file_upwards_wins_and_the_users_own_comes_last() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        let home = root.path().join("home");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir_all(home.join("cfleak")).unwrap();
        assert_eq!(config_file(Some(&deep), Some(&home)), None);

        let own = home.join("cfleak/config.toml");
        fs::write(&own, "").unwrap();
        assert_eq!(config_file(Some(&deep), Some(&home)), Some((own, true)));

        let near = root.path().join("a/.cfleak.toml");
        fs::write(&near, "").unwrap();
        fs::write(root.path().join(".cfleak.toml"), "").unwrap();
        assert_eq!(config_file(Some(&deep), Some(&home)), Some((near, false)));
    }
}
