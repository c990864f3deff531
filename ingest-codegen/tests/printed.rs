//! What is printed: as rustfmt would lay it out, accepted by the compiler and by rustdoc without
//! a warning. The derive itself is left out here; `tests/` of the workspace compiles with it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ingest_codegen::{GenerateError, Generator};
use ingest_schema::{Category, Field, Kind, Object, RefreshMode, Schema};

fn example(name: &str) -> Schema {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    Schema::load(path.join(name)).unwrap().schema
}

fn generated(schema: &Schema, path: &str) -> String {
    Generator::new().schema_path(path).generate(schema).unwrap()
}

/// A generator for each set of settings that prints other lines.
fn generators() -> Vec<Generator> {
    vec![
        Generator::new(),
        Generator::new().setters(true),
        Generator::new()
            .setters(true)
            .unverified()
            .kind_type(Kind::Number, "u64")
            .kind_type(Kind::Url, "::std::sync::Arc<::ingest_core::value::Url>")
            .derive("::core::cmp::PartialOrd")
            .derive("Default"),
    ]
}

/// Everything that has ever broken a printer: long names, long paths, names of std's types, prose.
fn monster() -> Schema {
    let long = |length: usize| "abcdefghij".repeat(8)[..length].to_owned();
    let mut objects = vec![
        Object::new("String", vec![Field::new("id", Kind::Text)]),
        Object::new("option", vec![Field::new("id", Kind::Text)]),
        Object::new("f64", vec![Field::new("id", Kind::Number)]),
        Object::new("Debug", vec![Field::new("id", Kind::Boolean)]),
        Object::new("core", vec![Field::new("std", Kind::Text)]),
        Object::new("mod", vec![Field::new("aux", Kind::Text)]),
        Object::new("2fa", vec![Field::new("2fa", Kind::Text)]),
        Object::new("22", vec![Field::new("22", Kind::Text)]),
        Object::new("aux", vec![Field::new("String", Kind::Text)]),
        Object::new("ingest_core", vec![Field::new("ingest_core", Kind::Date)]),
    ];
    for length in 30..=80 {
        let fields = Kind::ALL.into_iter().enumerate().flat_map(|(index, kind)| {
            let name = long(length - 1);
            let dashed = format!("{}-{index}", long(length - 2));
            [
                Field::new(format!("{name}{index}"), kind),
                Field::new(dashed, kind),
            ]
        });
        let mut object = Object::new(long(length), fields.collect());
        object.roles.primary_key = Some(object.fields[0].name.clone());
        object.roles.event_time = Some(object.fields[8].name.clone());
        objects.push(object);
    }
    let prose = "\r\nFirst [line]   \r\r\n\n  ```\n  let x = panic!();\n  ```\n* <b> */ /* \"\\\n\
                 see https://example.com/a_b, `[code] <x>` and `half\n\\\\[b] \\` [c] ` `` ` `` [d] `\n\u{202e}\u{2028}\u{0}\n";
    for length in 70..=80 {
        let key = Field::new(long(length), Kind::Text);
        let digits = Field::new("4".repeat(length), Kind::Percent);
        let humps = Field::new("aB".repeat(length / 2), Kind::Number);
        let spelt = Field::new("Ab".repeat(length / 2) + "_", Kind::Url);
        let mut object = Object::new(format!("key_{length}"), vec![key, digits, humps, spelt]);
        object.roles.primary_key = Some(long(length));
        object.roles.record_modified = (length % 2 == 0).then(|| object.fields[2].name.clone());
        objects.push(object);
    }
    let keywords = [
        "new", "self", "Self", "crate", "super", "_", "field", "union", "r#type", "gen",
    ];
    let keywords = keywords
        .into_iter()
        .map(|name| Field::new(name, Kind::Boolean));
    objects.push(Object::new("Self", keywords.collect()));
    objects.push(Object::new("none", vec![Field::new("some", Kind::Email)]));
    objects.push(Object::new(
        "Default",
        vec![Field::new("value", Kind::Phone)],
    ));
    for object in &mut objects {
        object.description = Some(prose.into());
        object.roles.category = Some(Category::Profile);
        object.roles.refresh_mode = Some(RefreshMode::Partial);
        object.fields[0].description = Some(prose.into());
    }
    Schema::new(None, objects)
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}\n{text}\n{shown}");
    output
}

fn assert_formatted(folder: &Path, code: &str) {
    let file = folder.join("formatted.rs");
    fs::write(&file, code).unwrap();
    run(Command::new("rustfmt")
        .current_dir(folder)
        .args(["--edition", "2024", "--check", "--color", "never"])
        .arg(&file));
}

#[test]
fn rustfmt_would_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let monster = monster();
    for generator in generators() {
        let generator = generator.schema_path("schemas/some.yaml");
        for name in ["web.yaml", "all-kinds.yaml", "hostile-names.yaml"] {
            assert_formatted(folder.path(), &generator.generate(&example(name)).unwrap());
        }
        assert_formatted(folder.path(), &generator.generate(&monster).unwrap());
    }
    for length in [1, 10, 20, 30, 40, 43, 44, 45, 46, 60, 90, 120, 200] {
        let path = format!("{}.yaml", "x".repeat(length));
        assert_formatted(folder.path(), &generated(&monster, &path));
    }
    for path in [
        "ä/ö.yaml",
        "日本語/スキーマ/ウェブ.yaml",
        "a \"b\" \\ c.yaml",
        "e\u{301}.yaml",
    ] {
        assert_formatted(folder.path(), &generated(&monster, path));
    }
    assert_formatted(folder.path(), &Generator::new().generate(&monster).unwrap());
}

#[test]
fn rustfmt_would_change_nothing_in_derives_of_any_length() {
    let folder = tempfile::tempdir().unwrap();
    let schema = example("web.yaml");
    let mut codes = Vec::new();
    for length in 1..=70 {
        let long = format!("{}::Name", "x".repeat(length));
        for generator in [
            Generator::new().derive(&long),
            Generator::new().derive(&long).derive("serde::Serialize"),
        ] {
            codes.push(generator.only(["page_view"]).generate(&schema).unwrap());
        }
    }
    assert_formatted(folder.path(), &codes.join("\n"));
}

#[test]
fn rustfmt_would_change_nothing_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    for file in Generator::new()
        .unverified()
        .setters(true)
        .schema_path("s.yaml")
        .generate_files(&monster())
        .unwrap()
    {
        fs::write(folder.path().join(&file.name), &file.text).unwrap();
    }
    run(Command::new("rustfmt").current_dir(folder.path()).args([
        "--edition",
        "2024",
        "--check",
        "--color",
        "never",
        "mod.rs",
    ]));
}

/// The types that generated code names, without what the derive would add.
const STUB: &str = "
#[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Date;
#[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Timestamp;
pub mod value {
    #[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Email;
    #[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Phone;
    #[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Percent;
    #[derive(Debug, Clone, PartialEq, PartialOrd, Default)] pub struct Url;
}
";

fn without_derive(code: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let code = code.replace("::IngestPatch", "::IngestRecord");
    let record = "::ingest_core::IngestRecord";
    for line in code
        .lines()
        .filter(|line| line.trim() != format!("{record},"))
    {
        inside |= line.trim_start().starts_with("#[ingest(");
        if !inside {
            out.push_str(&line.replace(&format!(", {record}"), ""));
            out.push('\n');
        }
        inside &= !line.ends_with(")]");
    }
    out
}

fn stub(folder: &Path) -> PathBuf {
    let source = folder.join("ingest_core.rs");
    fs::write(&source, STUB).unwrap();
    let library = folder.join("libingest_core.rmeta");
    run(Command::new("rustc")
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "-o",
        ])
        .args([&library, &source]));
    library
}

fn compile(tool: &str, folder: &Path, stub: &Path, main: &Path) {
    let mut command = Command::new(tool);
    command
        .args([
            "--edition",
            "2024",
            "--crate-name",
            "records",
            "--crate-type",
            "lib",
        ])
        .args([
            "-D",
            "warnings",
            "-D",
            "missing_docs",
            "-D",
            "unreachable_pub",
            "--extern",
        ])
        .arg(format!("ingest_core={}", stub.display()))
        .current_dir(folder)
        .arg(main);
    if tool == "rustc" {
        command.args(["--emit", "metadata"]);
    }
    run(&mut command);
}

#[test]
fn the_code_compiles_and_documents_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let stub = stub(folder.path());
    let schemas = [
        example("web.yaml"),
        example("all-kinds.yaml"),
        example("hostile-names.yaml"),
        monster(),
    ];
    let mut main = String::from("//! Records.\n");
    for (index, schema) in schemas.iter().enumerate() {
        for (number, generator) in generators().into_iter().enumerate() {
            let name = format!("part_{index}_{number}");
            let code = without_derive(&generator.generate(schema).unwrap());
            fs::write(folder.path().join(format!("{name}.rs")), code).unwrap();
            // Included, as build.rs users do: nothing in it may stand at the top of a file only.
            writeln!(main, "mod {name} {{ include!(\"{name}.rs\"); }}").unwrap();
        }

        let inside = folder.path().join(format!("files_{index}"));
        fs::create_dir(&inside).unwrap();
        for file in Generator::new().generate_files(schema).unwrap() {
            fs::write(inside.join(&file.name), without_derive(&file.text)).unwrap();
        }
        writeln!(main, "mod files_{index};").unwrap();
    }
    let file = folder.path().join("lib.rs");
    fs::write(&file, main).unwrap();
    compile("rustc", folder.path(), &stub, &file);
    compile("rustdoc", folder.path(), &stub, &file);
}

#[test]
fn the_web_schema_is_printed_like_this() {
    let code = generated(&example("web.yaml"), "schemas/web.yaml");
    let (head, _) = code.split_once("    /// Url.\n").unwrap();
    let digest = example("web.yaml").objects[0].digest();
    let visitor = example("web.yaml").objects[1].digest();
    assert_eq!(
        head,
        format!(
            r#"// @generated by ingest-codegen from schemas/web.yaml. Do not edit.
// page_view {digest}
// visitor {visitor}

/// One page shown to one visitor.
///
/// Object `page_view`, Engagement.
#[allow(dead_code, unreachable_pub, reason = "a program need not use it all")]
#[allow(clippy::pedantic, clippy::nursery, reason = "names are the schema's")]
#[derive(Debug, Clone, PartialEq, ::ingest_core::IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view")]
pub struct PageView {{
    /// A UUID made by the browser.
    ///
    /// Text, primary key.
    pub event_id: String,
    /// DateTime, event time.
    pub occurred_at: ::ingest_core::Timestamp,
    /// Text.
    pub visitor_id: Option<String>,
"#
        )
    );
}

/// The items of the code, each from its name on.
fn items(code: &str) -> Vec<&str> {
    code.split("\nimpl ")
        .flat_map(|part| part.split("\npub struct "))
        .skip(1)
        .collect()
}

#[test]
fn new_takes_what_every_record_has() {
    let code = generated(&example("web.yaml"), "schemas/web.yaml");
    let new = "\
PageView {
    /// A record of these alone; every other field is `None`.
    #[must_use]
    pub fn new(event_id: String, occurred_at: ::ingest_core::Timestamp) -> Self {
        Self {
            event_id,
            occurred_at,
            visitor_id: None,
            url: None,
            referrer: None,
            duration_ms: None,
            revenue: None,
            logged_in: None,
        }
    }
}
";
    assert!(items(&code)[1].starts_with(new), "{code}");

    // In the order of the struct, whatever the roles; with nothing else to say where there is none.
    let mut reversed = Object::new(
        "r",
        vec![
            Field::new("type", Kind::DateTime),
            Field::new("id", Kind::Number),
        ],
    );
    reversed.roles.primary_key = Some("id".into());
    reversed.roles.record_modified = Some("type".into());
    let code = generated(&Schema::new(None, vec![reversed]), "s.yaml");
    let new = "\
R {
    /// A record of these.
    #[must_use]
    pub fn new(r#type: ::ingest_core::Timestamp, id: f64) -> Self {
        Self { r#type, id }
    }
}
";
    assert_eq!(items(&code)[1], new);
}

#[test]
fn default_is_derived_where_it_makes_no_record_by_mistake() {
    let printed = |key: Kind, other: Option<Kind>, generator: Generator| {
        let mut object = Object::new(
            "o",
            vec![Field::new("id", key), Field::new("at", Kind::Date)],
        );
        object.roles.primary_key = Some("id".into());
        if let Some(kind) = other {
            object.fields[1].kind = kind;
            object.roles.record_modified = Some("at".into());
        }
        let code = generator
            .generate(&Schema::new(None, vec![object]))
            .unwrap();
        code.contains("PartialEq, Default, ::ingest_core::IngestRecord)]")
    };
    let plain = Generator::new;
    assert!(printed(Kind::Text, None, plain()));
    assert!(!printed(Kind::Text, Some(Kind::DateTime), plain()));
    assert!(!printed(Kind::Number, None, plain()));
    assert!(!printed(Kind::Email, None, plain()));
    assert!(printed(Kind::Number, None, plain().derive("Default")));
    // Nothing is known of a type that the user chose.
    assert!(!printed(
        Kind::Text,
        None,
        plain().kind_type(Kind::Text, "crate::Id")
    ));
    assert!(!printed(
        Kind::Text,
        None,
        plain().field_type("o", "id", "crate::Id")
    ));
    assert!(printed(
        Kind::Text,
        None,
        plain().field_type("o", "at", "crate::Day")
    ));

    let no_role = Object::new("o", vec![Field::new("at", Kind::DateTime)]);
    let code = generated(&Schema::new(None, vec![no_role]), "s.yaml");
    assert!(
        code.contains("PartialEq, Default, ") && !code.contains("fn new("),
        "{code}"
    );
}

#[test]
fn setters_take_the_value_without_option() {
    let generator = Generator::new().setters(true).only(["type"]);
    let code = generator.generate(&example("hostile-names.yaml")).unwrap();
    let of = |name: &str| {
        let start = code.find(&format!("    pub fn {name}(")).unwrap();
        code[start..].split("\n\n").next().unwrap().to_owned()
    };
    assert_eq!(
        of("with_id"),
        "    pub fn with_id(mut self, value: String) -> Self {\n        self.id = value;\n        self\n    }"
    );
    assert_eq!(
        of("with_type"),
        "    pub fn with_type(mut self, value: String) -> Self {\n        \
         self.r#type = Some(value);\n        self\n    }"
    );
    for (name, place) in [
        ("with_2nd", "_2nd"),
        ("with_self_", "self_"),
        ("with_field", "_field"),
    ] {
        assert!(
            of(name).contains(&format!("self.{place} = Some(value);")),
            "{code}"
        );
    }
    assert!(code.contains("    /// Sets `user-id`.\n"));
}

#[test]
fn types_stand_where_they_were_asked_for() {
    let code = Generator::new()
        .setters(true)
        .kind_type(Kind::Url, " crate::Link ")
        .kind_type(Kind::DateTime, "crate::Time")
        .field_type("page_view", "referrer", "Box<crate::Link>")
        .generate(&example("web.yaml"))
        .unwrap();
    for line in [
        "    pub occurred_at: crate::Time,\n",
        "    pub url: Option<crate::Link>,\n",
        "    pub referrer: Option<Box<crate::Link>>,\n",
        "    pub updated_at: crate::Time,\n",
        "    pub fn new(event_id: String, occurred_at: crate::Time) -> Self {\n",
        "    pub fn with_url(mut self, value: crate::Link) -> Self {\n",
    ] {
        assert!(code.contains(line), "no {line}in\n{code}");
    }
}

#[test]
fn unverified_code_says_what_the_schema_says() {
    let mut schema = example("all-kinds.yaml");
    schema.objects[0].roles.refresh_mode = Some(RefreshMode::Partial);
    schema.objects[0].fields[2].name = "type-of".into();
    let digest = schema.objects[0].digest();
    let generator = Generator::new().schema_path("s.yaml").unverified();
    let code = generator.generate(&schema).unwrap();
    assert!(code.contains("/// A patch: `None` leaves the field as it was.\n"));
    assert!(code.contains(", ::ingest_core::IngestPatch)]\n"));
    let head = format!(
        "// @generated by ingest-codegen from s.yaml. Do not edit.
// Not checked against the schema when it compiles: when the schema changes, print it anew.
// sample {digest}

"
    );
    assert!(code.starts_with(&head), "{code}");
    let attribute = format!(
        r#"
#[ingest(
    unverified,
    object = "sample",
    connector = "Kinds",
    digest = "{digest}",
    refresh_mode = "Partial"
)]
pub struct Sample {{
    /// Text, primary key.
    #[ingest(kind = "Text", key)]
    pub id: String,
    /// DateTime, record modified field.
    #[ingest(kind = "DateTime", record_modified)]
    pub changed_at: ::ingest_core::Timestamp,
    /// Text.
    #[ingest(rename = "type-of", kind = "Text")]
    pub type_of: Option<String>,
    /// Number.
    #[ingest(kind = "Number")]
    pub number: Option<f64>,
"#
    );
    assert!(code.contains(&attribute), "{code}");

    let web = generator.generate(&example("web.yaml")).unwrap();
    assert!(web.contains("    #[ingest(kind = \"DateTime\", event_time)]\n"));
    schema.connector = None;
    schema.objects[0].roles.refresh_mode = Some(RefreshMode::Upsert);
    let code = generator.generate(&schema).unwrap();
    let short = "\n#[ingest(unverified, object = \"sample\", digest = \"";
    assert!(
        code.contains(short) && !code.contains("refresh_mode"),
        "{code}"
    );
}

#[test]
fn settings_in_another_order_print_the_same() {
    let schema = example("web.yaml");
    let one = Generator::new()
        .derive("B")
        .derive("A")
        .kind_type(Kind::Url, "U")
        .field_type("visitor", "country", "C");
    let other = Generator::new()
        .field_type("visitor", "country", "C")
        .kind_type(Kind::Url, "U")
        .derive("A")
        .derive("B")
        .derive("A");
    assert_eq!(
        one.generate(&schema).unwrap(),
        other.generate(&schema).unwrap()
    );
}

#[test]
fn names_are_renamed_only_where_rust_spells_them_otherwise() {
    let code = generated(&example("hostile-names.yaml"), "s.yaml");
    assert!(code.contains("    /// Text.\n    pub r#type: Option<String>,\n"));
    assert!(code.contains("    #[ingest(rename = \"user-id\")]\n    pub user_id: Option"));
    assert!(code.contains("    #[ingest(rename = \"_\")]\n    pub _field: Option"));
    assert!(code.contains("    #[ingest(rename = \"FIELDS\")]\n    pub fields: Option"));
    assert!(code.contains("    /// Text.\n    pub sink: Option<String>,\n"));
}

#[test]
fn only_prints_what_was_asked_for_under_unchanged_names() {
    let fields = || vec![Field::new("id", Kind::Text)];
    let schema = Schema::new(
        None,
        vec![
            Object::new("page_view", fields()),
            Object::new("page-view", fields()),
        ],
    );
    let code = Generator::new()
        .only(["page-view"])
        .generate(&schema)
        .unwrap();
    assert!(code.contains("pub struct PageView2 {"));
    assert!(!code.contains("pub struct PageView {"));
    assert!(code.contains("#[ingest(object = \"page-view\")]"));
    assert!(code.starts_with("// @generated by ingest-codegen. Do not edit.\n// page-view "));
}

#[test]
fn unknown_objects_are_named_with_what_was_meant() {
    let schema = example("web.yaml");
    let message = |names: &[&str]| -> String {
        let generator = Generator::new().only(names.iter().copied());
        let GenerateError::UnknownObjects { .. } = generator.generate(&schema).unwrap_err() else {
            panic!("another error");
        };
        generator.generate_files(&schema).unwrap_err().to_string()
    };
    assert_eq!(
        message(&["pageView", "visitor", "visitr"]),
        "the schema has no object `pageView`, `visitr`\n  help: similar names exist: `page_view`, `visitor`"
    );
    assert_eq!(
        message(&["colour"]),
        "the schema has no object `colour`\n  help: its objects are `page_view`, `visitor`"
    );
}

#[test]
fn a_folder_has_a_file_for_each_object_and_an_index() {
    let schema = example("hostile-names.yaml");
    let files = Generator::new()
        .schema_path("s.yaml")
        .generate_files(&schema)
        .unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["type.rs", "type_2.rs", "_2fa_.rs", "mod.rs"]);
    let (_, body) = files[3].text.split_once("\n\n").unwrap();
    assert_eq!(
        body,
        "#![allow(\n    unused_imports,\n    unreachable_pub,\n    \
         reason = \"a program need not use it all\"\n)]\n\n\
         mod r#type;\npub use self::r#type::Type;\n\n\
         mod type_2;\npub use self::type_2::Type2;\n\n\
         mod _2fa_;\npub use self::_2fa_::_2fa;\n"
    );
    for (file, object) in files.iter().zip(&schema.objects) {
        assert!(file.text.contains(&object.digest().to_string()));
    }
}
