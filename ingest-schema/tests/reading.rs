//! What the reader makes of files: the official form, the wild ones, the hostile ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;

use ingest_schema::{Category, Kind, ReadError, RefreshMode, Rule, Schema};

/// The codes of what is odd about a text that can be used.
fn warnings(text: &str) -> Vec<&'static str> {
    let reading = Schema::parse("s.yaml", text).unwrap();
    reading
        .warnings
        .iter()
        .map(|problem| problem.rule.code())
        .collect()
}

fn refusals(text: &str) -> Vec<String> {
    let problems = Schema::parse("s.yaml", text).unwrap_err();
    problems.0.iter().map(ToString::to_string).collect()
}

/// An object `visit` whose properties are these lines.
fn visit(properties: &str) -> String {
    let mut text = "openapi: 3.0.3\ncomponents:\n  schemas:\n    visit:\n      type: object\n      properties:\n".to_owned();
    for line in properties.lines() {
        writeln!(text, "        {line}").unwrap();
    }
    text
}

fn kinds(properties: &str) -> Vec<Kind> {
    let schema = Schema::parse("s.yaml", &visit(properties)).unwrap().schema;
    schema.objects[0]
        .fields
        .iter()
        .map(|field| field.kind)
        .collect()
}

#[test]
fn every_kind_is_read_from_its_official_form() {
    let mut properties = String::new();
    for kind in Kind::ALL {
        let (ty, format) = kind.openapi();
        let format = format
            .map(|format| format!(", format: {format}"))
            .unwrap_or_default();
        writeln!(properties, "f_{kind}: {{type: {ty}{format}}}").unwrap();
    }
    assert_eq!(kinds(&properties), Kind::ALL);
    assert_eq!(warnings(&visit(&properties)), [""; 0]);
}

#[test]
fn places_roles_and_descriptions_are_kept() {
    let text = "\
openapi: 3.0.3
info: {title: Web}
x-data-cloud: {connector: Web}
components:
  schemas:
    visit: # the object
      type: object
      description: ' One visit '
      x-data-cloud: {category: profile, primary-key: id, record-modified: at, refresh-mode: PARTIAL}
      properties:

        id: {type: string, description: Its key}
        at: {type: string, format: date-time}
";
    let schema = Schema::parse("s.yaml", text).unwrap().schema;
    assert_eq!(schema.connector.as_deref(), Some("Web"));
    assert_eq!(schema.title.as_deref(), Some("Web"));
    let visit = schema.object("visit").unwrap();
    assert_eq!((visit.line, visit.column), (6, 5));
    assert_eq!(visit.description.as_deref(), Some("One visit"));
    assert_eq!(visit.roles.category, Some(Category::Profile));
    assert_eq!(visit.roles.refresh_mode, Some(RefreshMode::Partial));
    assert_eq!(visit.roles.primary_key.as_deref(), Some("id"));
    assert_eq!(visit.roles.record_modified.as_deref(), Some("at"));
    let id = visit.field("id").unwrap();
    assert_eq!((id.line, id.column), (12, 9));
    assert_eq!(id.description.as_deref(), Some("Its key"));
}

#[test]
fn what_is_seen_in_the_wild_is_mapped_with_a_warning() {
    let cases = [
        ("a: {type: integer}", Kind::Number, "DC101"),
        ("a: {type: number, format: double}", Kind::Number, "DC102"),
        ("a: {type: number, format: int32}", Kind::Number, "DC102"),
        ("a: {type: string, format: uri}", Kind::Url, "DC102"),
        ("a: {type: string, format: uuid}", Kind::Text, "DC102"),
        ("a: {type: string, maxLength: 80}", Kind::Text, "DC103"),
        ("a: {type: string, nullable: true}", Kind::Text, "DC103"),
        ("a: {type: string, enum: [x, y]}", Kind::Text, "DC103"),
        ("a: {type: String}", Kind::Text, "DC104"),
        ("a: {type: 'number '}", Kind::Number, "DC104"),
        (
            "a: {type: string, format: Date-Time}",
            Kind::DateTime,
            "DC104",
        ),
    ];
    for (field, kind, code) in cases {
        assert_eq!(kinds(field), [kind], "{field}");
        assert_eq!(warnings(&visit(field)), [code], "{field}");
    }
}

#[test]
fn a_file_without_info_paths_or_version_is_read() {
    let text = "components: {schemas: {v: {type: object, required: [id], properties: {id: {type: string}}}}}";
    assert_eq!(warnings(text), ["DC105", "DC103"]);
}

#[test]
fn comments_trailing_blanks_windows_line_ends_and_a_byte_order_mark_are_read() {
    let text = visit("id: {type: string}   # key\n\n# a comment\ntype:   \n  type: string   ");
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(warnings(&text), [""; 0]);
    let schema = Schema::parse("s.yaml", &text).unwrap().schema;
    assert_eq!(schema.objects[0].fields[1].name, "type");
    assert_eq!(schema.objects[0].fields[1].line, 10);
}

#[test]
fn names_that_yaml_might_take_for_other_values_stay_text() {
    let text = visit("null: {type: string}\nyes: {type: string}\n1.10: {type: string}");
    let errors = refusals(&text);
    assert_eq!(
        errors,
        [
            "s.yaml:9:9: error[DC014]: object `visit`, field `1.10`: a name cannot have the character '.'\n  help: use A-Z a-z 0-9 _ -"
        ]
    );
}

#[test]
fn aliases_are_followed() {
    let text = visit("a: &text {type: string}\nb: *text");
    let schema = Schema::parse("s.yaml", &text).unwrap().schema;
    assert_eq!(schema.objects[0].fields[1].kind, Kind::Text);
    assert_eq!(schema.objects[0].fields[1].line, 8);
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let text = visit("a__b: {type: string}\nversion: {type: text}\nc: {type: array, maxLength: 2}");
    assert_eq!(
        refusals(&text),
        [
            "s.yaml:7:9: error[DC015]: object `visit`, field `a__b`: a field name cannot have two underscores in a row\n  help: names that end in `__c` are the data lake's; leave the ending out",
            "s.yaml:8:25: error[DC019]: object `visit`, field `version`: `text` is no type that Data Cloud knows\n  help: use `string`, `number` or `boolean`",
            "s.yaml:9:19: error[DC018]: object `visit`, field `c`: a field of type `array` cannot be ingested; records are flat\n  help: give each inner value a field of its own",
            "s.yaml:9:26: warning[DC103]: object `visit`, field `c`: Data Cloud passes over `maxLength`",
        ]
    );
}

#[test]
fn a_field_that_cannot_be_read_is_blamed_once() {
    let text = visit("id: {type: text}").replace(
        "      properties",
        "      x-data-cloud: {category: Engagement, primary-key: id}\n      properties",
    );
    assert_eq!(refusals(&text).len(), 1, "{:?}", refusals(&text));
}

#[test]
fn a_missing_role_is_a_warning() {
    let text = visit("id: {type: string}\nat: {type: string, format: date-time}").replace(
        "      properties",
        "      x-data-cloud: {category: Engagement}\n      properties",
    );
    assert_eq!(warnings(&text), ["DC106", "DC106"]);
}

#[test]
fn a_thousand_fields_are_read_and_one_more_is_refused() {
    let fields = |count: usize| -> String {
        (0..count)
            .map(|n| format!("field_{n}: {{type: string}}\n"))
            .collect()
    };
    assert_eq!(kinds(&fields(1_000)).len(), 1_000);
    let errors = refusals(&visit(&fields(1_001)));
    assert_eq!(
        errors,
        ["s.yaml:4:5: error[DC012]: object `visit`: 1001 fields are more than the 1000 allowed"]
    );
}

#[test]
fn a_text_that_is_no_schema_is_refused_with_a_reason() {
    for text in [
        "",
        "\n# nothing\n",
        "~",
        "hello",
        "[]",
        "a: b",
        "\u{0}",
        "openapi: 3.0.3",
        "- - -",
        "? [a]\n: b",
        "&a [*a]",
        "*a",
    ] {
        let errors = refusals(text);
        assert_eq!(
            errors.iter().filter(|e| e.contains("error[")).count(),
            1,
            "{text:?}: {errors:?}"
        );
    }
}

#[test]
fn a_flood_of_brackets_is_refused() {
    for bracket in ["[", "{", "- ", "? ", "{a: ", "[\n"] {
        assert!(!refusals(&bracket.repeat(1_000_000)).is_empty());
    }
}

#[test]
fn a_missing_file_a_folder_and_a_binary_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.yaml");
    assert!(
        Schema::load(&missing)
            .unwrap_err()
            .to_string()
            .contains("missing.yaml")
    );
    let ReadError::File { source, .. } = Schema::load(folder.path()).unwrap_err() else {
        panic!("a folder is no schema");
    };
    assert!(source.to_string().contains("directory"));
    let binary = folder.path().join("binary.yaml");
    fs::write(&binary, b"openapi: 3.0.3\nab\xff").unwrap();
    let error = Schema::load(&binary).unwrap_err();
    assert!(
        error.to_string().contains("binary.yaml:2:3: error[DC001]"),
        "{error}"
    );
}

#[test]
fn a_file_that_repeats_itself_is_bounded_in_time_and_in_problems() {
    let fields: String = (0..1_000)
        .map(|n| format!("          f{n}: {{type: string, enum: [], pattern: x, minLength: 1}}\n"))
        .collect();
    let head = "openapi: 3.0.3\ncomponents:\n  schemas:\n";
    let object = |n: usize| match n {
        0 => format!("    o0: &o\n      type: object\n      properties:\n{fields}"),
        _ => format!("    o{n}: *o\n"),
    };
    let file = |objects| -> String { (0..objects).map(object).collect() };
    let reading = Schema::parse("s.yaml", &format!("{head}{}", file(100))).unwrap();
    assert_eq!(reading.schema.objects.len(), 100);
    assert_eq!(reading.warnings.len(), 1_001);
    let last = reading.warnings.last().unwrap();
    assert_eq!(last.message, "299000 further problems are not listed");
    let problems = Schema::parse("s.yaml", &format!("{head}{}", file(1_000))).unwrap_err();
    assert_eq!(problems.errors().next().unwrap().rule, Rule::Limit);
}

#[test]
fn keys_that_are_nearly_right_are_not_passed_over() {
    let text = visit("id: {type: string, Format: date}").replace(
        "      type: object",
        "      type: object\n      x_data_cloud: {}",
    );
    let errors = refusals(&text);
    assert_eq!(
        errors,
        [
            "s.yaml:6:7: error[DC006]: object `visit`: the key `x_data_cloud` is not read\n  help: write `x-data-cloud`",
            "s.yaml:8:28: error[DC006]: object `visit`, field `id`: the key `Format` is not read\n  help: write `format`",
        ]
    );
}

#[test]
fn one_misspelt_key_is_one_message() {
    let text = visit("id: {type: string}");
    for (right, wrong) in [
        ("components", "Components"),
        ("schemas", "Schemas"),
        ("type: object", "Type: object"),
        ("properties", "Properties"),
        ("{type", "{Type"),
        ("openapi", "OpenAPI"),
    ] {
        let errors = refusals(&text.replacen(right, wrong, 1));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("[DC006]"), "{errors:?}");
    }
}

#[test]
fn formats_that_mean_something_else_are_warnings() {
    for format in [
        "urn", "rate", "uuid", "time", "int32", "hostname", "duration", "e-mail",
    ] {
        let text = visit(&format!("a: {{type: string, format: {format}}}"));
        assert_eq!(warnings(&text), ["DC102"], "{format}");
    }
    for format in ["ulr", "dat-time", "emial", "percnt"] {
        let text = visit(&format!("a: {{type: string, format: {format}}}"));
        assert!(refusals(&text)[0].contains("[DC023]"), "{format}");
    }
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(1 << 40).unwrap();
    let ReadError::Invalid(problems) = Schema::load(file.path()).unwrap_err() else {
        panic!("the file is there");
    };
    assert_eq!(problems.0[0].rule, Rule::Limit);
}
