//! The example schemas: the good ones read without a word, each bad one breaks exactly its rule.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use ingest_schema::{ReadError, Rule, Schema, Severity};

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn example_schemas_are_read_without_a_warning() {
    for file in yaml_files(&schemas()) {
        let reading = Schema::load(&file).unwrap();
        assert_eq!(reading.warnings, [], "{}", file.display());
    }
}

/// The first line of each file names the rule: `# DC010`.
#[test]
fn each_invalid_schema_breaks_its_one_rule() {
    for file in yaml_files(&schemas().join("invalid")) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().next().unwrap().trim_start_matches("# ");
        let ReadError::Invalid(problems) = Schema::load(&file).unwrap_err() else {
            panic!("{} is there", file.display());
        };
        let errors: Vec<_> = problems
            .errors()
            .map(|problem| problem.rule.code())
            .collect();
        assert_eq!(errors, [code], "{problems}");
        let problem = problems.errors().next().unwrap();
        assert!(problem.line > 1 && problem.column > 0, "{problem}");
    }
}

/// Rules that a file of a few lines cannot break are tested where their input is made.
#[test]
fn every_rule_that_refuses_a_file_has_an_example() {
    let shown: String = yaml_files(&schemas().join("invalid"))
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    for rule in Rule::ALL {
        let tested_elsewhere = *rule == Rule::TooManyFields;
        if rule.severity() == Severity::Error && !tested_elsewhere {
            assert!(
                shown.contains(rule.code()),
                "{rule:?} has no file in schemas/invalid"
            );
        }
    }
}
