//! The command as its users meet it: files, words and exit codes. Nothing here leaves the machine.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use ingest_codegen::Generator;
use ingest_schema::{Kind, Schema};
use serde_json::Value;
use tempfile::TempDir;

/// A crate's folder with the web schema in `schemas/web.yaml`.
struct Crate(TempDir);

/// What a run left behind.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    fs::read_to_string(folder.join(name)).unwrap()
}

impl Crate {
    fn new() -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        made.write("Cargo.toml", "");
        made.write("schemas/web.yaml", &example("web.yaml"));
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingest-codegen"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("INGEST_") {
                command.env_remove(name);
            }
        }
        let output = command
            .current_dir(self.path(folder))
            .args(arguments)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.out, self.err);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

fn expected(path: &str) -> String {
    let schema = Schema::parse("web.yaml", &example("web.yaml"))
        .unwrap()
        .schema;
    Generator::new()
        .schema_path(path)
        .generate(&schema)
        .unwrap()
}

#[test]
fn code_goes_to_the_standard_output() {
    let krate = Crate::new();
    for arguments in [
        &["generate", "schemas/web.yaml"][..],
        &["generate", "./schemas/web.yaml", "-o", "-"],
    ] {
        let ran = krate.run(arguments).ended(0);
        assert_eq!(ran.out, expected("schemas/web.yaml"));
        assert_eq!(ran.err, "");
    }
}

#[test]
fn a_file_is_written_once() {
    let krate = Crate::new();
    let arguments = ["generate", "schemas/web.yaml", "-o", "src/gen/web.rs"];
    let ran = krate.run(&arguments).ended(0);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", "written src/gen/web.rs\n")
    );
    assert_eq!(krate.read("src/gen/web.rs"), expected("schemas/web.yaml"));

    let path = krate.path("src/gen/web.rs");
    let past = SystemTime::UNIX_EPOCH;
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(past)
        .unwrap();
    let ran = krate.run(&arguments).ended(0);
    assert_eq!(ran.err, "unchanged src/gen/web.rs\n");
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), past);
}

#[test]
fn the_path_in_the_code_is_the_one_from_the_crate() {
    let krate = Crate::new();
    let has = |code: &str, path: &str| {
        let attribute = format!("#[ingest(schema = \"{path}\", object = \"page_view\")]");
        assert!(code.contains(&attribute), "no {path} in\n{code}");
    };
    krate
        .run_in("schemas", &["generate", "web.yaml", "-o", "../src/web.rs"])
        .ended(0);
    has(&krate.read("src/web.rs"), "schemas/web.yaml");
    krate.write("inner/Cargo.toml", "");
    krate
        .run(&["generate", "schemas/web.yaml", "-o", "inner/src/web.rs"])
        .ended(0);
    has(&krate.read("inner/src/web.rs"), "../schemas/web.yaml");
    has(
        &krate
            .run_in("inner", &["generate", "../schemas/web.yaml"])
            .ended(0)
            .out,
        "../schemas/web.yaml",
    );
    let absolute = krate.path("schemas/web.yaml");
    has(
        &krate
            .run(&["generate", absolute.to_str().unwrap()])
            .ended(0)
            .out,
        "schemas/web.yaml",
    );
    let ran = krate.run(&["generate", "schemas/web.yaml", "--schema-path", "a/b.yaml"]);
    has(&ran.ended(0).out, "a/b.yaml");
}

#[test]
fn a_folder_gets_a_file_for_each_object() {
    let krate = Crate::new();
    krate
        .run(&["generate", "schemas/web.yaml", "-o", "src/records/"])
        .ended(0);
    assert_eq!(
        krate.names("src/records"),
        ["mod.rs", "page_view.rs", "visitor.rs"]
    );
    assert!(
        krate
            .read("src/records/mod.rs")
            .contains("pub use self::visitor::Visitor;")
    );
    assert!(
        krate
            .read("src/records/visitor.rs")
            .contains("schema = \"schemas/web.yaml\"")
    );

    // An existing folder needs no slash; a file that is no longer part of it is pointed out.
    let arguments = [
        "generate",
        "schemas/web.yaml",
        "-o",
        "src/records",
        "--only",
        "visitor",
    ];
    let ran = krate.run(&arguments).ended(0);
    assert_eq!(
        ran.err,
        "note: `src/records/page_view.rs` was generated earlier and is not part of `mod.rs`; \
         remove it\nwritten src/records/mod.rs\nunchanged src/records/visitor.rs\n"
    );
    assert_eq!(krate.names("src/records").len(), 3);
}

#[test]
fn only_prints_what_was_asked_for() {
    let krate = Crate::new();
    let ran = krate
        .run(&["generate", "schemas/web.yaml", "--only", "visitor"])
        .ended(0);
    assert!(ran.out.contains("pub struct Visitor {") && !ran.out.contains("PageView"));
    let ran = krate
        .run(&["generate", "schemas/web.yaml", "--only", "visiter"])
        .ended(2);
    assert_eq!(
        ran.err,
        "error: the schema has no object `visiter`\n  help: similar names exist: `visitor`\n"
    );
}

#[test]
fn flags_are_settings_of_the_generator() {
    let krate = Crate::new();
    let schema = Schema::parse("web.yaml", &example("web.yaml"))
        .unwrap()
        .schema;
    let generator = Generator::new()
        .schema_path("schemas/web.yaml")
        .setters(true)
        .unverified()
        .derive("serde::Serialize")
        .derive("Default")
        .field_type("page_view", "visitor_id", "crate::Id<'=', u8>")
        .kind_type(Kind::DateTime, "jiff::Timestamp");
    let ran = krate
        .run(&[
            "generate",
            "schemas/web.yaml",
            "--setters",
            "--unverified",
            "--derive=Default",
            "--derive=serde::Serialize",
            "--type=DateTime=jiff::Timestamp",
            "--type=page_view.visitor_id=crate::Id<'=', u8>",
        ])
        .ended(0);
    assert_eq!(ran.out, generator.generate(&schema).unwrap());
}

#[test]
fn a_type_or_derive_that_cannot_be_is_named() {
    let krate = Crate::new();
    let kinds =
        "`Text`, `Number`, `Boolean`, `Date`, `DateTime`, `Email`, `Phone`, `Percent`, `Url`";
    for (arguments, error) in [
        (
            &["--type=page_view.url"][..],
            "`--type page_view.url` has no `=`\n  \
             help: write `--type OBJECT.FIELD=TYPE` or `--type KIND=TYPE`",
        ),
        (
            &["--type=page_view.=u8"],
            "`--type page_view.=u8` does not name a field\n  \
             help: write `--type OBJECT.FIELD=TYPE` or `--type KIND=TYPE`",
        ),
        (
            &["--type==u8"],
            "`--type =u8` does not say what has the type\n  \
             help: write `--type OBJECT.FIELD=TYPE` or `--type KIND=TYPE`",
        ),
        (
            &["--type=datetime=u8"],
            "there is no kind `datetime`\n  help: a similar kind exists: `DateTime`",
        ),
        (
            &["--type=colour=u8"],
            &format!(
                "there is no kind `colour`\n  help: the kinds are {kinds}; the type of a field is \
                 given as `OBJECT.FIELD=TYPE`"
            ),
        ),
        (
            &["--type=pageView.url=u8"],
            "the schema has no object `pageView`\n  help: similar names exist: `page_view`",
        ),
        (
            &["--type=page_view.URL=u8"],
            "object `page_view` has no field `URL`\n  \
             help: a field with a similar name exists: `url`",
        ),
        (
            &["--type=Url=u8", "--type=Number=u8", "--type=Url=u16"],
            "the type for `Url` is given twice\n  help: leave one of them out",
        ),
        (
            &["--type=visitor.phone=u8", "--type=visitor.phone=u8"],
            "the type for `visitor.phone` is given twice\n  help: leave one of them out",
        ),
        (
            &["--type=visitor.phone=Vec<u8"],
            "the type `Vec<u8` for `visitor.phone` cannot stand in code: its brackets do not match\n  \
             help: write it as in a struct, for example `crate::UserId`",
        ),
        (
            &["--derive=serde::"],
            "`serde::` is no path of a derive\n  \
             help: write it as in `#[derive(…)]`, for example `serde::Serialize`",
        ),
    ] {
        let ran = krate.run(&[&["generate", "schemas/web.yaml"], arguments].concat());
        let ran = ran.ended(2);
        assert_eq!(ran.err, format!("error: {error}\n"));
        assert_eq!(ran.out, "");
    }
}

#[test]
fn check_writes_nothing_and_says_what_differs() {
    let krate = Crate::new();
    let folder = ["generate", "schemas/web.yaml", "-o", "src/", "--check"];
    let ran = krate.run(&folder).ended(1);
    assert!(
        ran.err.starts_with("missing src/page_view.rs\n"),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("\nerror: 3 files are not what the schema gives\n  help: ")
    );
    assert!(!krate.path("src").exists());

    krate.run(&folder[..4]).ended(0);
    krate.run(&folder).ended(0);
    let changed = example("web.yaml").replace("referrer", "referer");
    krate.write("schemas/web.yaml", &changed);
    let before = krate.read("src/page_view.rs");
    let ran = krate.run(&folder).ended(1);
    assert!(
        ran.err.contains("differs src/page_view.rs\n"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("differs src/visitor.rs"), "{}", ran.err);
    assert_eq!(krate.read("src/page_view.rs"), before);

    krate
        .run(&["generate", "schemas/web.yaml", "--check"])
        .ended(2);
    krate
        .run(&["generate", "schemas/web.yaml", "--check", "-o", "-"])
        .ended(2);
}

#[test]
fn what_a_person_wrote_is_not_overwritten() {
    let krate = Crate::new();
    krate.write("src/mod.rs", "fn mine() {}\n");
    let ran = krate
        .run(&["generate", "schemas/web.yaml", "-o", "src/"])
        .ended(2);
    assert!(
        ran.err
            .starts_with("error: `src/mod.rs` was not generated by"),
        "{}",
        ran.err
    );
    assert_eq!(krate.names("src"), ["mod.rs"]);
}

#[test]
fn a_wrong_schema_is_told_with_every_problem() {
    let krate = Crate::new();
    krate.write(
        "bad.yaml",
        &example("web.yaml").replace("type: string", "type: text"),
    );
    let ran = krate.run(&["generate", "bad.yaml", "--json"]).ended(1);
    let lines = ran
        .err
        .lines()
        .filter(|line| line.starts_with("bad.yaml:"))
        .count();
    assert_eq!(lines, 12, "{}", ran.err);
    assert!(
        ran.err.ends_with("\nerror: the schema has 12 errors\n"),
        "{}",
        ran.err
    );
    let json = ran.json();
    assert_eq!(json["problems"].as_array().unwrap().len(), 12);
    assert_eq!(json["problems"][0]["rule"], "DC019");
    assert_eq!(
        (&json["exit_code"], &json["error"]),
        (&1.into(), &"the schema has 12 errors".into())
    );

    let ran = krate.run(&["generate", "none.yaml"]).ended(2);
    let expected = "error: the schema file `none.yaml` cannot be read\n  caused by: No such file";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 2, "{}", ran.err);
}

#[test]
fn warnings_are_told_and_do_not_stop_anything() {
    let krate = Crate::new();
    krate.write(
        "odd.yaml",
        &example("web.yaml").replacen("number", "integer", 1),
    );
    let ran = krate
        .run(&["generate", "odd.yaml", "-o", "odd.rs"])
        .ended(0);
    assert!(ran.err.starts_with("odd.yaml:34:"), "{}", ran.err);
    assert!(ran.err.ends_with("\nwritten odd.rs\n"), "{}", ran.err);
}

#[test]
fn json_tells_what_was_done() {
    let krate = Crate::new();
    let arguments = ["generate", "schemas/web.yaml", "-o", "web.rs", "--json"];
    let json = krate.run(&arguments).ended(0).json();
    assert_eq!(json["objects"], serde_json::json!(["page_view", "visitor"]));
    assert_eq!(json["schema_path"], "schemas/web.yaml");
    assert_eq!(
        json["files"],
        serde_json::json!([{"path": "web.rs", "status": "written"}])
    );
    let json = krate
        .run(&["generate", "schemas/web.yaml", "--json"])
        .ended(0)
        .json();
    assert_eq!(json["files"][0]["text"], expected("schemas/web.yaml"));
    krate.write("web.rs", "");
    let json = krate
        .run(&[&arguments[..], &["--check"]].concat())
        .ended(1)
        .json();
    assert_eq!(json["files"][0]["status"], "differs");
}

const DOWNLOADED: &str = "\
openapi: 3.0.3
info: {title: Shop, version: 9.9.9}
components:
  schemas:
    visit:
      type: object
      properties:
        seconds: {type: integer}
        id: {type: string}
    basket:
      type: object
      properties:
        id: {type: string}
";

#[test]
fn a_downloaded_file_becomes_the_canonical_one() {
    let krate = Crate::new();
    krate.write("in.yaml", DOWNLOADED);
    let arguments = [
        "pull",
        "--file",
        "in.yaml",
        "--connector",
        "Shop",
        "-o",
        "out.yaml",
    ];
    let ran = krate.run(&arguments).ended(0);
    assert!(ran.err.starts_with("in.yaml:8:"), "{}", ran.err);
    assert!(
        ran.err
            .contains("\nnote: the primary key is not known of `basket`, `visit`; ")
    );
    assert!(ran.err.ends_with("\nwritten out.yaml\n"));
    let text = krate.read("out.yaml");
    assert!(
        text.contains("x-data-cloud:\n  connector: Shop\n"),
        "{text}"
    );
    let reading = Schema::parse("out.yaml", &text).unwrap();
    assert_eq!(reading.warnings, []);
    let fields: Vec<_> = reading.schema.objects[1]
        .fields
        .iter()
        .map(|field| &field.name)
        .collect();
    assert_eq!(fields, ["id", "seconds"]);

    // Piped, it is the same text.
    let ran = krate
        .run(&["pull", "--file", "in.yaml", "--connector", "Shop"])
        .ended(0);
    assert_eq!(ran.out, text);
}

#[test]
fn what_was_written_into_the_file_outlives_the_next_pull() {
    let krate = Crate::new();
    krate.write("in.yaml", DOWNLOADED);
    let arguments = ["pull", "--file", "in.yaml", "-o", "out.yaml"];
    krate.run(&arguments).ended(0);
    let roles = "type: object\n      x-data-cloud:\n        primary-key: id\n";
    let mended = krate.read("out.yaml").replace("type: object\n", roles);
    let mended = format!("# Ours.\n{mended}");
    krate.write("out.yaml", &mended);
    let ran = krate.run(&arguments).ended(0);
    assert!(
        ran.err
            .contains("note: object `visit`: roles that are not known are kept"),
        "{}",
        ran.err
    );
    assert!(ran.err.ends_with("\nunchanged out.yaml\n"), "{}", ran.err);
    assert_eq!(krate.read("out.yaml"), mended);

    krate.write("in.yaml", &DOWNLOADED.replace("seconds", "minutes"));
    let json = krate
        .run(&[&arguments[..], &["--json"]].concat())
        .ended(0)
        .json();
    assert_eq!(json["files"][0]["status"], "written");
    let schema = Schema::parse("out.yaml", &krate.read("out.yaml"))
        .unwrap()
        .schema;
    let visit = schema.object("visit").unwrap();
    assert_eq!(visit.roles.primary_key.as_deref(), Some("id"));
    assert!(visit.field("minutes").is_some() && visit.field("seconds").is_none());
}

#[test]
fn pull_replaces_nothing_but_a_schema() {
    let krate = Crate::new();
    krate.write("in.yaml", DOWNLOADED);
    krate.write("Cargo.toml", "[package]\n");
    let ran = krate
        .run(&["pull", "--file", "in.yaml", "-o", "Cargo.toml"])
        .ended(2);
    assert!(
        ran.err
            .starts_with("error: `Cargo.toml` is there and is no schema file\n"),
        "{}",
        ran.err
    );
    assert_eq!(krate.read("Cargo.toml"), "[package]\n");
}

#[test]
fn without_settings_there_is_no_org_to_ask() {
    let krate = Crate::new();
    let ran = krate.run(&["pull", "-o", "out.yaml"]).ended(2);
    assert!(
        ran.err.starts_with("error: ") && ran.err.contains("INGEST_LOGIN_URL"),
        "{}",
        ran.err
    );
    assert!(!krate.path("out.yaml").exists());
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let krate = Crate::new();
    assert!(
        krate
            .run(&["--help"])
            .ended(0)
            .out
            .contains("Exit codes:\n  0  done")
    );
    assert!(
        krate
            .run(&["generate", "--help"])
            .ended(0)
            .out
            .contains("--type page_view.visitor_id=crate::VisitorId")
    );
    assert!(
        krate
            .run(&["pull", "--help"])
            .ended(0)
            .out
            .contains("INGEST_LOGIN_URL")
    );
    krate.run(&["generate"]).ended(2);
}
