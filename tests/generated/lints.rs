//! One crate with a module for every schema and every set of settings. The modules are private and
//! nothing uses them, as in a program that sends only some of its objects.

use std::fmt::Write as _;

use ingest_codegen::Generator;
use ingest_schema::{Kind, Schema};
use ingest_tests::{wide_schema, workspace};

use crate::consumer::{Consumer, dependency};

const SCHEMAS: [&str; 5] = ["web", "all-kinds", "partial", "hostile-names", "wide"];

/// What a user can demand of a crate.
const LIB: &str = "\
//! Generated code.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

mod own;
";

/// A user's types, which take the place of the usual ones.
const OWN: &str = "\
//! Types of this crate.

#![allow(clippy::redundant_pub_crate, reason = \"unreachable_pub\")]

use ingest_core::kind::{DateTime, Text};
use ingest_core::{FieldValue, Slot, Timestamp, ValueError, Written};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Default, serde::Serialize)]
pub(crate) struct Id(u64);

impl FieldValue<Text> for Id {
    fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
        slot.text(&self.0.to_string())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time(Timestamp);

impl FieldValue<DateTime> for Time {
    fn write(&self, slot: Slot<'_, DateTime>) -> Result<Written, ValueError> {
        slot.timestamp(self.0)
    }
}
";

/// The settings that print other lines, each with the name of its modules.
fn generators(schema: &str) -> Vec<(&'static str, Generator)> {
    let chosen = Generator::new()
        .setters(true)
        .kind_type(Kind::Text, "crate::own::Id")
        .kind_type(Kind::DateTime, "crate::own::Time")
        .kind_type(Kind::Number, "f32");
    let chosen = match schema {
        "web" => chosen.field_type("page_view", "visitor_id", "Box<str>"),
        "hostile-names" => chosen
            .kind_type(Kind::Percent, "::ingest_core::value::Percent")
            .field_type("2fa", "Option", "u8")
            .only(["2fa", "Type-2"])
            .derive("serde::Serialize")
            .derive("PartialOrd"),
        _ => chosen,
    };
    let setters = Generator::new().setters(true);
    let serialized = Generator::new().derive("serde::Serialize");
    let unverified = setters.clone().unverified();
    if schema == "wide" {
        // More of a thousand fields would find nothing new and take long.
        return vec![("setters", setters), ("unverified", unverified)];
    }
    vec![
        ("plain", Generator::new()),
        ("setters", setters),
        ("serialized", serialized),
        ("unverified", unverified),
        ("chosen_unverified", chosen.clone().unverified()),
        ("chosen", chosen),
    ]
}

fn consumer() -> Consumer {
    let serde = "serde = { version = \"1\", features = [\"derive\"] }\n";
    let core = dependency("ingest-core").replace(" }", ", features = [\"serde\"] }");
    let consumer = Consumer::new("generated-code", &(core + serde));
    consumer.write("src/own.rs", OWN);
    let mut lib = LIB.to_owned();
    for name in SCHEMAS {
        let file = format!("{name}.yaml");
        let text = schema_text(name);
        consumer.write(&file, &text);
        let schema = Schema::parse(&file, &text).unwrap().schema;
        for (settings, generator) in generators(name) {
            let module = format!("{}_{settings}", name.replace('-', "_"));
            add(
                &consumer,
                &mut lib,
                &module,
                &generator.schema_path(&file),
                &schema,
            );
        }
    }
    consumer.write("src/lib.rs", &lib);
    consumer
}

fn schema_text(name: &str) -> String {
    let file = |name| std::fs::read_to_string(workspace().join("schemas").join(name)).unwrap();
    match name {
        "wide" => wide_schema(1, 1_000),
        "partial" => file("all-kinds.yaml").replace("Upsert", "Partial"),
        _ => file(&format!("{name}.yaml")),
    }
}

/// The code in each of its forms: a module, a folder, and taken in as by `include_records!`.
fn add(
    consumer: &Consumer,
    lib: &mut String,
    module: &str,
    generator: &Generator,
    schema: &Schema,
) {
    let code = generator.generate(schema).unwrap();
    consumer.write(&format!("src/{module}.rs"), &code);
    writeln!(lib, "\nmod {module};").unwrap();
    // Another form of a thousand fields would find nothing new.
    if module.starts_with("wide") {
        return;
    }
    write!(
        lib,
        "\nmod {module}_included {{\n    include!(\"{module}.rs\");\n}}\n"
    )
    .unwrap();
    for file in generator.generate_files(schema).unwrap() {
        consumer.write(&format!("src/{module}_files/{}", file.name), &file.text);
    }
    writeln!(lib, "\nmod {module}_files;").unwrap();
}

#[test]
fn generated_code_passes_every_lint() {
    let consumer = consumer();
    consumer.cargo(&["clippy", "--quiet"]).succeeded();
    consumer.cargo(&["fmt", "--check"]).succeeded();

    assert_lints_are_on(&consumer);
}

/// Without its attributes the same code does not pass. As warnings, so that all are seen at once.
fn assert_lints_are_on(consumer: &Consumer) {
    let path = consumer.path().join("src/web_plain.rs");
    let code = std::fs::read_to_string(path).unwrap();
    let lines = code.split_inclusive('\n');
    let bare: String = lines.filter(|line| !line.starts_with("#[allow(")).collect();
    consumer.write("src/bare.rs", &bare);
    let lib = LIB.replace("deny", "warn").replace("mod own", "mod bare");
    consumer.write("src/lib.rs", &lib);
    let text = consumer.cargo(&["clippy", "--quiet"]).text;
    for lint in [
        "unreachable `pub`",
        "is never constructed",
        "is missing backticks",
        "this could be a `const fn`",
    ] {
        assert!(text.contains(lint), "no {lint} in\n{text}");
    }
}
