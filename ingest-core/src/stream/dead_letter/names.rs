//! The names of full files: `dead.jsonl` is the one that is written, `dead.1.jsonl` the oldest,
//! `dead.2.jsonl` the one after it. Numbers rise, so that a rotation is one renaming and a crash in
//! the middle of many cannot happen. Reads folders; changes nothing.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The numbers of the full files beside `path`, rising.
pub(super) fn numbers(path: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder(path))? {
        numbers.extend(number(path, entry?.file_name().as_encoded_bytes()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// `dead.jsonl` and 7 are `dead.7.jsonl`.
pub(super) fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{number}"));
    name.push(extension(path));
    path.with_file_name(name)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// With its dot; empty without one.
fn extension(path: &Path) -> OsString {
    let mut extension = OsString::new();
    if let Some(name) = path.extension() {
        extension.push(".");
        extension.push(name);
    }
    extension
}

/// The number in the name of a file, if it is one of `path`, spelt as [`numbered`] spells it.
fn number(path: &Path, name: &[u8]) -> Option<u32> {
    let stem = path.file_stem()?.as_encoded_bytes();
    let digits = name.strip_prefix(stem)?.strip_prefix(b".")?;
    let digits = digits.strip_suffix(extension(path).as_encoded_bytes())?;
    let text = std::str::from_utf8(digits).ok()?;
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_before_the_extension() {
        for (path, name) in [
            ("/x/dead.jsonl", "/x/dead.7.jsonl"),
            ("dead", "dead.7"),
            ("a.b.jsonl", "a.b.7.jsonl"),
            ("x/.dead", "x/.dead.7"),
        ] {
            let numbered = numbered(Path::new(path), 7);
            assert_eq!(numbered, Path::new(name));
            let name = numbered.file_name().unwrap().as_encoded_bytes();
            assert_eq!(number(Path::new(path), name), Some(7));
        }
    }

    #[test]
    fn names_of_others_have_no_number() {
        let others = [
            "dead.jsonl",
            "dead.0.jsonl",
            "dead.01.jsonl",
            "dead.+1.jsonl",
            "dead.1.jsonl.gz",
            "dead.1.1.jsonl",
            "dead.4294967296.jsonl",
            "undead.1.jsonl",
            "dead..jsonl",
        ];
        for name in others {
            let number = number(Path::new("dead.jsonl"), name.as_bytes());
            assert_eq!(number, None, "{name}");
        }
    }

    #[test]
    fn numbers_are_sorted_as_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead.jsonl");
        for number in [10, 2, 1] {
            fs::write(numbered(&path, number), "").unwrap();
        }
        fs::write(&path, "").unwrap();
        assert_eq!(numbers(&path).unwrap(), [1, 2, 10]);
        assert!(numbers(Path::new("Cargo.toml")).unwrap().is_empty());
    }
}
