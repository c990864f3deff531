//! Whole derives without a compiler: what one process may not mix up, and what it does only once.

use std::fs;
use std::path::Path;

use syn::{DeriveInput, parse_quote};

use super::{Derive, Root, derive};

const RECORD: &str = "id: {type: string}\n        amount: {type: number}";

fn schema(properties: &str) -> String {
    format!(
        "openapi: 3.0.3\ncomponents:\n  schemas:\n    sale:\n      type: object\n      properties:\n        {properties}\n"
    )
}

/// A crate's folder with a schema file in it.
fn a_crate(properties: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_schema(folder.path(), properties);
    folder
}

fn write_schema(folder: &Path, properties: &str) {
    fs::create_dir_all(folder.join("schemas")).unwrap();
    fs::write(folder.join("schemas/sales.yaml"), schema(properties)).unwrap();
}

fn sale() -> DeriveInput {
    parse_quote! {
        #[ingest(schema = "schemas/sales.yaml", object = "sale")]
        struct Sale {
            id: String,
            amount: f64,
        }
    }
}

fn expand(folder: &Path, target: &str) -> String {
    let root = Root::new(folder.to_owned(), Path::new(""), None, target);
    derive(&sale(), Derive::Record, &root).to_string()
}

#[test]
fn two_crates_with_equal_relative_paths_see_their_own_schemas() {
    let good = a_crate(RECORD);
    let bad = a_crate("id: {type: string}\n        amount: {type: string}");
    for _ in 0..2 {
        let expanded = expand(good.path(), "good");
        assert!(!expanded.contains("compile_error"), "{expanded}");
        let expanded = expand(bad.path(), "bad");
        assert!(
            expanded.contains("field `amount` is Text in the schema"),
            "{expanded}"
        );
    }
}

#[test]
fn a_crate_watches_a_file_once_and_its_targets_each_for_themselves() {
    let folder = a_crate(RECORD);
    let other = a_crate(RECORD);
    let watches = |folder: &Path, target| {
        let expanded = expand(folder, target);
        expanded.matches("include_bytes").count()
    };
    let times: Vec<_> = (0..200).map(|_| watches(folder.path(), "lib")).collect();
    assert_eq!(times.iter().sum::<usize>(), 1);
    assert_eq!(watches(folder.path(), "bin"), 1);
    assert_eq!(watches(other.path(), "lib"), 1);
}

#[test]
fn a_file_is_read_once_and_again_when_it_changes() {
    let folder = a_crate(RECORD);
    let file = folder.path().join("schemas/sales.yaml");
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(!expand(folder.path(), "lib").contains("compile_error"));

    // Of the same length, and dated as before: nobody could see that it is another, unless by
    // reading it again.
    let text = schema(RECORD).replace("amount", "omount");
    fs::write(&file, &text).unwrap();
    set_modified(&file, before);
    assert!(!expand(folder.path(), "lib").contains("compile_error"));

    set_modified(&file, before + std::time::Duration::from_secs(1));
    let expanded = expand(folder.path(), "lib");
    assert!(expanded.contains("a field with a similar name exists: `omount`"));
}

fn set_modified(file: &Path, time: std::time::SystemTime) {
    let file = fs::File::options().append(true).open(file).unwrap();
    file.set_modified(time).unwrap();
}

fn expand_with(folder: &Path, input: &DeriveInput, default_file: Option<&str>) -> String {
    let default_file = default_file.map(Into::into);
    let root = Root::new(folder.to_owned(), Path::new(""), default_file, "lib");
    derive(input, Derive::Record, &root).to_string()
}

#[test]
fn a_packaged_crate_is_told_why_its_schema_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml.orig"), "").unwrap();
    let inside = expand(folder.path(), "lib");
    assert!(inside.contains("the crate was packaged without it; add it to `include`"));

    let outside: DeriveInput = parse_quote! {
        #[ingest(schema = "../schemas/sales.yaml", object = "sale")]
        struct Sale {}
    };
    let outside = expand_with(folder.path(), &outside, None);
    assert!(outside.contains("the path leads out of the crate, and a package holds only"));
    assert!(outside.contains("ingest-codegen generate --unverified"));
}

#[test]
fn the_schema_of_build_rs_is_the_default_unless_there_are_several() {
    let folder = a_crate(RECORD);
    let sale: DeriveInput = parse_quote! {
        #[ingest(object = "sale")]
        struct Sale {
            id: String,
            amount: f64,
        }
    };
    let one = expand_with(folder.path(), &sale, Some("schemas/sales.yaml"));
    assert!(!one.contains("compile_error"), "{one}");
    let several = expand_with(folder.path(), &sale, Some(""));
    assert!(several.contains("the schema file is not named, and build.rs builds several"));
    let none = expand_with(folder.path(), &sale, None);
    assert!(none.contains("or call `ingest_codegen::build` in build.rs"));
}
