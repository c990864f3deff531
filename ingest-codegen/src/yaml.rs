//! A schema to the canonical YAML file. The only file here that knows the YAML crate.
//!
//! Writes what `ingest-schema` reads, with every name and role where its reader expects it; decides
//! nothing about order or contents.

use std::borrow::Cow;

use ingest_schema::{Field, Object, Roles, Schema};
use serde::{Serialize, Serializer};

/// The text of the schema's file: OpenAPI 3.0 in block style, roles in `x-data-cloud`.
///
/// Reading it again gives an equal schema, but for positions in the file and blanks around titles
/// and descriptions. A schema without a title gets its connector's name as one, because OpenAPI
/// demands it.
pub fn render(schema: &Schema) -> String {
    let text = serde_yaml::to_string(&document(schema));
    quote_marked(&text.expect("BUG: text, maps and structs are always YAML"))
}

fn document(schema: &Schema) -> Document<'_> {
    let connector = schema.connector.as_deref();
    let title = schema.title.as_deref().or(connector);
    let objects = schema.objects.iter();
    Document {
        openapi: "3.0.3",
        info: Info {
            title: prose(title).unwrap_or(Text("Ingestion API".into())),
            version: "1.0.0",
        },
        extension: connector.map(|name| Connector {
            connector: Text(name.into()),
        }),
        components: Components {
            schemas: Pairs(objects.map(|o| (name(&o.name), object(o))).collect()),
        },
    }
}

fn object(object: &Object) -> ObjectEntry<'_> {
    let fields = object.fields.iter();
    ObjectEntry {
        ty: "object",
        description: prose(object.description.as_deref()),
        extension: (!object.roles.is_empty()).then(|| roles(&object.roles)),
        properties: Pairs(fields.map(|f| (name(&f.name), field(f))).collect()),
    }
}

fn roles(roles: &Roles) -> RolesEntry<'_> {
    RolesEntry {
        category: roles.category.map(ingest_schema::Category::name),
        primary_key: roles.primary_key.as_deref().map(name),
        event_time: roles.event_time.as_deref().map(name),
        record_modified: roles.record_modified.as_deref().map(name),
        refresh_mode: roles.refresh_mode.map(ingest_schema::RefreshMode::name),
    }
}

fn field(field: &Field) -> FieldEntry<'_> {
    let (ty, format) = field.kind.openapi();
    FieldEntry {
        ty,
        format,
        description: prose(field.description.as_deref()),
    }
}

fn name(name: &str) -> Text<'_> {
    Text(name.into())
}

/// Free text without blanks around it, which the reader trims, and with plain line feeds, as
/// YAML 1.1 takes these characters for line feeds as well.
fn prose(text: Option<&str>) -> Option<Text<'_>> {
    const BREAKS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
    let text = text?.trim();
    let text = if text.contains(BREAKS) || text.contains(MARK) {
        let text = text.replace("\r\n", "\n").replace(BREAKS, "\n");
        Cow::Owned(text.replace(MARK, ""))
    } else {
        Cow::Borrowed(text)
    };
    (!text.is_empty()).then_some(Text(text))
}

/// A string that every reader takes for one.
struct Text<'a>(Cow<'a, str>);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_ambiguous(&self.0) {
            serializer.serialize_str(&format!("{MARK}{}{MARK}", self.0))
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

/// Stands around what must be quoted, because the YAML crate cannot be told; for private use, so
/// that nothing else means it.
const MARK: char = '\u{e000}';

/// Whether a reader of YAML 1.1, as Java's is, would take the word for a boolean, number or date.
/// The YAML crate quotes what a reader of YAML 1.2 would mistake.
fn is_ambiguous(word: &str) -> bool {
    let is_word = |known: &str| known.eq_ignore_ascii_case(word);
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '_' | '.' | ':' | ',' | '-' | '+');
    ["y", "n", "yes", "no", "on", "off"]
        .iter()
        .any(|known| is_word(known))
        || (word.contains(|c: char| c.is_ascii_digit()) && word.chars().all(in_number))
}

fn quote_marked(text: &str) -> String {
    // Where the crate quotes a marked word itself, its quotes are enough.
    let quoted = format!("'{MARK}");
    let closed = format!("{MARK}'");
    let text = text.replace(&quoted, "'").replace(&closed, "'");
    text.replace(MARK, "'")
}

#[derive(Serialize)]
struct Document<'a> {
    openapi: &'static str,
    info: Info<'a>,
    #[serde(rename = "x-data-cloud", skip_serializing_if = "Option::is_none")]
    extension: Option<Connector<'a>>,
    components: Components<'a>,
}

#[derive(Serialize)]
struct Info<'a> {
    title: Text<'a>,
    version: &'static str,
}

#[derive(Serialize)]
struct Connector<'a> {
    connector: Text<'a>,
}

#[derive(Serialize)]
struct Components<'a> {
    schemas: Pairs<'a, ObjectEntry<'a>>,
}

#[derive(Serialize)]
struct ObjectEntry<'a> {
    #[serde(rename = "type")]
    ty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text<'a>>,
    #[serde(rename = "x-data-cloud", skip_serializing_if = "Option::is_none")]
    extension: Option<RolesEntry<'a>>,
    properties: Pairs<'a, FieldEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RolesEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_key: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_modified: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_mode: Option<&'static str>,
}

#[derive(Serialize)]
struct FieldEntry<'a> {
    #[serde(rename = "type")]
    ty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text<'a>>,
}

/// A mapping in the order given.
struct Pairs<'a, T>(Vec<(Text<'a>, T)>);

impl<T: Serialize> Serialize for Pairs<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ingest_schema::{Category, Kind, RefreshMode};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    /// The schema as it must come back: nowhere in a file, texts trimmed.
    fn settled(mut schema: Schema) -> Schema {
        let text = |text: &Option<String>| prose(text.as_deref()).map(|text| text.0.into_owned());
        for object in &mut schema.objects {
            (object.line, object.column) = (0, 0);
            object.description = text(&object.description);
            for field in &mut object.fields {
                (field.line, field.column) = (0, 0);
                field.description = text(&field.description);
            }
        }
        schema
    }

    fn assert_comes_back(schema: &Schema) {
        let text = render(schema);
        let read = match Schema::parse("rendered", &text) {
            Ok(reading) => reading,
            Err(problems) => panic!("{problems}\n{text}"),
        };
        assert_eq!(settled(read.schema), settled(schema.clone()), "{text}");
    }

    #[test]
    fn the_examples_come_back() {
        for name in ["web", "all-kinds", "hostile-names"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
            let schema = Schema::load(folder.join(format!("{name}.yaml"))).unwrap();
            assert_comes_back(&schema.schema);
        }
    }

    #[test]
    fn words_that_yaml_reads_otherwise_come_back() {
        let words = [
            "null",
            "Null",
            "NULL",
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "true",
            "False",
            "1",
            "1e3",
            "0x1f",
            "0o7",
            "1_000",
            "-",
            "_",
            "--",
            "---",
            "nan",
            "inf",
            "-1",
            "2026-11-23",
            "0",
            "00",
            "12e03",
        ];
        let fields = words.map(|word| Field::new(word, Kind::Text)).to_vec();
        let mut schema = Schema::new(Some("null".into()), Vec::new());
        schema.title = Some("1.10".into());
        for word in words {
            let mut fields = fields.clone();
            // Names that differ in case alone are refused.
            fields.retain(|field| !matches!(field.name.as_str(), "Null" | "NULL"));
            let mut object = Object::new(format!("{word}-{}", schema.objects.len()), fields);
            object.description = Some(word.into());
            let known = object.field(word).map(|field| field.name.clone());
            object.roles.primary_key = known;
            schema.objects.push(object);
        }
        schema
            .objects
            .push(Object::new("null", fields[3..5].to_vec()));
        assert_comes_back(&schema);
    }

    #[test]
    fn readers_of_older_yaml_keep_words_as_words() {
        let words = ["yes", "No", "null", "2026-11-23", "1_000", "12", "2nd", "-"];
        let fields = words.map(|word| Field::new(word, Kind::Text)).to_vec();
        let mut object = Object::new("on", fields);
        object.roles.primary_key = Some("yes".into());
        object.description = Some("12:30".into());
        let text = render(&Schema::new(Some("off".into()), vec![object]));
        let shown: Vec<_> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("type"))
            .collect();
        let expected = "openapi: 3.0.3\ninfo:\ntitle: 'off'\nversion: 1.0.0\nx-data-cloud:\n\
                        connector: 'off'\ncomponents:\nschemas:\n'on':\ndescription: '12:30'\n\
                        x-data-cloud:\nprimary-key: 'yes'\nproperties:\n'yes':\n'No':\n\
                        'null':\n'2026-11-23':\n'1_000':\n'12':\n2nd:\n'-':";
        assert_eq!(shown.join("\n"), expected);
    }

    #[test]
    fn the_file_looks_like_this() {
        let mut visit = Object::new(
            "visit",
            vec![
                Field::new("id", Kind::Text),
                Field::new("at", Kind::DateTime),
            ],
        );
        visit.description = Some("Somebody came.\nAnd went. ".into());
        visit.fields[0].description = Some("Who: \"she\"".into());
        visit.roles.category = Some(Category::Engagement);
        visit.roles.primary_key = Some("id".into());
        visit.roles.event_time = Some("at".into());
        visit.roles.refresh_mode = Some(RefreshMode::Upsert);
        let text = render(&Schema::new(Some("Web".into()), vec![visit]));
        assert_eq!(
            text,
            "\
openapi: 3.0.3
info:
  title: Web
  version: 1.0.0
x-data-cloud:
  connector: Web
components:
  schemas:
    visit:
      type: object
      description: |-
        Somebody came.
        And went.
      x-data-cloud:
        category: Engagement
        primary-key: id
        event-time: at
        refresh-mode: Upsert
      properties:
        id:
          type: string
          description: 'Who: \"she\"'
        at:
          type: string
          format: date-time
"
        );
    }

    /// Prose with everything that means something to YAML; carriage returns become line feeds in
    /// any YAML file, so there are none.
    fn any_prose() -> impl Strategy<Value = String> {
        r#"([ -~]|[\t\n#:'"|>%@äß日\u{85}\u{a0}\u{2028}\u{feff}]){0,40}"#
    }

    fn kind() -> impl Strategy<Value = Kind> {
        proptest::sample::select(Kind::ALL.to_vec())
    }

    fn object_of(
        fields: Vec<(String, Kind, Option<String>)>,
        description: Option<String>,
    ) -> Object {
        let mut all: Vec<Field> = Vec::new();
        for (name, kind, description) in fields {
            if all
                .iter()
                .all(|field| !field.name.eq_ignore_ascii_case(&name))
                && name != "version"
            {
                let mut field = Field::new(name, kind);
                field.description = description;
                all.push(field);
            }
        }
        let mut object = Object::new("", all);
        object.roles.primary_key = Some(object.fields[0].name.clone());
        object.roles.category = Some(Category::Other);
        object.description = description;
        object
    }

    fn object() -> impl Strategy<Value = Object> {
        let name = "[A-Za-z0-9-]{1,6}(_[A-Za-z0-9-]{1,4})?";
        (
            vec((name, kind(), option::of(any_prose())), 1..8),
            option::of(any_prose()),
        )
            .prop_map(|(fields, description)| object_of(fields, description))
    }

    proptest! {
        #[test]
        fn any_schema_comes_back(objects in vec(object(), 1..4), connector in option::of("[A-Z][!-.0-~]{1,9}")) {
            let mut schema = Schema::new(connector, objects);
            schema.title = Some("Anything".into());
            for (index, object) in schema.objects.iter_mut().enumerate() {
                object.name = format!("o{index}");
            }
            assert_comes_back(&schema);
        }
    }
}
