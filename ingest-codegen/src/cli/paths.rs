//! The schema's path as the derive will take it: relative to the folder of the Cargo.toml.
//!
//! Works on the names of paths alone; links are not followed, so that the path in the code is the
//! one its user sees.

use std::io;
use std::path::{Component, Path, PathBuf, absolute};

use ingest_codegen::display_path;

/// The path from the nearest Cargo.toml at or above `folder`, or from the current folder.
pub(crate) fn in_code(schema: &Path, folder: &Path) -> io::Result<String> {
    let folder = lexical(&absolute(if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    })?);
    let is_crate = |folder: &&Path| folder.join("Cargo.toml").is_file();
    let base = match folder.ancestors().find(is_crate) {
        Some(found) => found.to_owned(),
        None => std::env::current_dir()?,
    };
    let schema = lexical(&absolute(schema)?);
    Ok(display_path(&relative(&schema, &base)))
}

/// The path without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The way from one folder to a file; the file as it is where there is no way, as between drives.
fn relative(file: &Path, from: &Path) -> PathBuf {
    let shared = file
        .components()
        .zip(from.components())
        .take_while(|(a, b)| a == b)
        .count();
    if shared == 0 {
        return file.to_owned();
    }
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ways_between_folders() {
        let way = |file, from| relative(Path::new(file), Path::new(from));
        assert_eq!(way("/a/b/s.yaml", "/a"), Path::new("b/s.yaml"));
        assert_eq!(way("/a/s.yaml", "/a/b/c"), Path::new("../../s.yaml"));
        assert_eq!(way("/x/s.yaml", "/a"), Path::new("../x/s.yaml"));
        assert_eq!(lexical(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
