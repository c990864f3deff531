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
    for name in ["web.yaml", "all-kinds.yaml", "hostile-names.yaml"] {
        let code = generated(&example(name), &format!("schemas/{name}"));
        assert_formatted(folder.path(), &code);
    }
    let monster = monster();
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
fn rustfmt_would_change_nothing_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    for file in Generator::new()
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
#[derive(Debug, Clone, PartialEq)] pub struct Date;
#[derive(Debug, Clone, PartialEq)] pub struct Timestamp;
pub mod value {
    #[derive(Debug, Clone, PartialEq)] pub struct Email;
    #[derive(Debug, Clone, PartialEq)] pub struct Phone;
    #[derive(Debug, Clone, PartialEq)] pub struct Percent;
    #[derive(Debug, Clone, PartialEq)] pub struct Url;
}
";

fn without_derive(code: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in code.lines() {
        inside |= line.trim_start().starts_with("#[ingest(");
        if !inside {
            out.push_str(&line.replace(", ::ingest_core::IngestRecord", ""));
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
        .args(["-D", "warnings", "-D", "missing_docs", "--extern"])
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
        let name = format!("part_{index}");
        let code = without_derive(&generated(schema, "s.yaml"));
        fs::write(folder.path().join(format!("{name}.rs")), code).unwrap();
        // Included, as build.rs users do: nothing in it may stand at the top of a file only.
        writeln!(
            main,
            "/// A schema.\npub mod {name} {{ include!(\"{name}.rs\"); }}"
        )
        .unwrap();

        let inside = folder.path().join(format!("files_{index}"));
        fs::create_dir(&inside).unwrap();
        for file in Generator::new().generate_files(schema).unwrap() {
            fs::write(inside.join(&file.name), without_derive(&file.text)).unwrap();
        }
        writeln!(main, "/// A folder.\npub mod files_{index};").unwrap();
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
#[allow(dead_code, reason = "a program need not send every object")]
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
        "#![allow(unused_imports, reason = \"a program need not send every object\")]\n\n\
         mod r#type;\npub use self::r#type::Type;\n\n\
         mod type_2;\npub use self::type_2::Type2;\n\n\
         mod _2fa_;\npub use self::_2fa_::_2fa;\n"
    );
    for (file, object) in files.iter().zip(&schema.objects) {
        assert!(file.text.contains(&object.digest().to_string()));
    }
}
