//! A crate of records as it is published: packed by cargo, and built from what was packed.

use ingest_codegen::Generator;
use ingest_schema::Schema;
use ingest_tests::workspace;

use crate::consumer::{Consumer, Outcome, dependency, path_of};

const SCHEMA: &str = "schemas/web.yaml";

/// A crate with the web schema and the code that this generator prints from it.
fn records(name: &str, generator: &Generator) -> Consumer {
    let consumer = Consumer::new(name, &dependency("ingest-core"));
    let text = std::fs::read_to_string(workspace().join(SCHEMA)).unwrap();
    let schema = Schema::parse(SCHEMA, &text).unwrap().schema;
    consumer.write(SCHEMA, &text);
    consumer.write(
        "src/lib.rs",
        "//! Records.\n\nmod web;\npub use web::PageView;\n",
    );
    consumer.write("src/web.rs", &generator.generate(&schema).unwrap());
    consumer
}

/// Packs the crate, unpacks it elsewhere and builds it there. The runtime is in no registry: the
/// workspace's takes its place.
fn package(consumer: &Consumer) -> Outcome {
    let core = path_of("ingest-core");
    let patch = format!("patch.crates-io.ingest-core.path={core:?}");
    consumer.cargo(&["package", "--allow-dirty", "--config", &patch])
}

fn leave_out_schemas(consumer: &Consumer) {
    let manifest = std::fs::read_to_string(consumer.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("edition =", "exclude = [\"schemas\"]\nedition =");
    consumer.write("Cargo.toml", &manifest);
}

#[test]
fn a_crate_with_its_schema_builds_from_its_package() {
    let consumer = records("published-records", &Generator::new().schema_path(SCHEMA));
    package(&consumer).succeeded();

    // It was built elsewhere: without the schema in the package it does not build.
    leave_out_schemas(&consumer);
    let outcome = package(&consumer);
    assert!(!outcome.success, "{}", outcome.text);
    assert!(outcome.text.contains(SCHEMA), "{}", outcome.text);
}

#[test]
fn unverified_code_builds_from_a_package_without_the_schema() {
    let generator = Generator::new().schema_path(SCHEMA).unverified();
    let consumer = records("unverified-records", &generator);
    leave_out_schemas(&consumer);
    package(&consumer).succeeded();
}
