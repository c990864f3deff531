//! The tree of an OpenAPI document to the model, reporting every problem instead of the first.
//!
//! Maps what is seen in the wild (`integer`, `required`, mixed case) with a warning, and refuses
//! what would have to be guessed. Rules about names and numbers are in `rules`.

use std::rc::Rc;

use crate::model::{Category, Field, Kind, Object, RefreshMode, Roles, Schema};
use crate::names::similar;
use crate::problem::{Findings, Place, Rule};
use crate::yaml::{Key, Node, Value};

/// The extension that holds what a data stream knows and Data Cloud's own file does not say.
const EXTENSION: &str = "x-data-cloud";

/// Keywords that say something the platform passes over; a user may believe that it is enforced.
const IGNORED: &[&str] = &[
    "additionalProperties",
    "default",
    "deprecated",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
    "readOnly",
    "required",
    "uniqueItems",
    "writeOnly",
];

/// Keywords that pull in another schema.
const UNSUPPORTED: &[&str] = &["$ref", "allOf", "anyOf", "oneOf", "not"];

type Entries = [(Key, Rc<Node>)];

/// Reads the document; what cannot be read is left out and reported.
pub(crate) fn lower(root: &Node, findings: &mut Findings) -> Schema {
    let mut schema = Schema::default();
    let Some(document) = mapping(root, "the document", findings) else {
        return schema;
    };
    check_version(document, root.at, findings);
    report_misspelt(
        document,
        &["openapi", "components", "info", EXTENSION],
        findings,
    );
    schema.title = title(document);
    schema.connector = connector(document, findings);
    let Some(components) = required_mapping(document, "components", root.at, findings) else {
        return schema;
    };
    report_misspelt(components, &["schemas"], findings);
    let at = key_place(document, "components").unwrap_or(root.at);
    if let Some(schemas) = required_mapping(components, "schemas", at, findings) {
        for (key, node) in schemas {
            findings.enter_object(Some(&key.text));
            schema.objects.extend(object(key, node, findings));
        }
        findings.enter_object(None);
        if schemas.is_empty() {
            let at = key_place(components, "schemas").unwrap_or(at);
            findings.report(Rule::NoObjects, at, "the schema has no object");
        }
    }
    schema
}

fn check_version(document: &Entries, at: Place, findings: &mut Findings) {
    let help = "write `openapi: 3.0.3`";
    match get(document, "openapi") {
        None => findings.report_with_help(
            Rule::Version,
            at,
            "the `openapi` version is missing; it is read as 3.0",
            help,
        ),
        Some(node) => match text(node) {
            Some(version) if version == "3.0" || version.starts_with("3.0.") => {}
            _ => findings.report_with_help(
                Rule::Version,
                node.at,
                "Data Cloud takes OpenAPI 3.0; this is read as 3.0",
                help,
            ),
        },
    }
}

fn title(document: &Entries) -> Option<String> {
    match &get(document, "info")?.value {
        Value::Map(info) => get(info, "title").and_then(text).map(str::to_owned),
        _ => None,
    }
}

fn connector(document: &Entries, findings: &mut Findings) -> Option<String> {
    let node = get(document, EXTENSION)?;
    let mut connector = None;
    for (key, value) in mapping(node, "`x-data-cloud`", findings)? {
        match key.text.as_str() {
            "connector" => connector = extension_text(key, value, findings),
            _ => unknown_extension(key, &["connector"], findings),
        }
    }
    connector
}

fn object(key: &Key, node: &Node, findings: &mut Findings) -> Option<Object> {
    let entries = mapping(node, "an object", findings)?;
    check_object_type(entries, key.at, findings);
    report_keywords(entries, findings);
    report_misspelt(
        entries,
        &["properties", "type", "description", EXTENSION],
        findings,
    );
    let mut object = Object {
        description: description(entries),
        line: key.at.line,
        column: key.at.column,
        ..Object::new(key.text.clone(), Vec::new())
    };
    // Roles may name a field that could not be read; it has been reported once.
    let mut names = Vec::new();
    if let Some(properties) = get(entries, "properties").filter(|node| !node.is_null()) {
        for (key, node) in mapping(properties, "`properties`", findings)? {
            findings.enter_field(Some(&key.text));
            object.fields.extend(field(key, node, findings));
            names.push(key.text.as_str());
        }
        findings.enter_field(None);
    }
    if let Some(extension) = get(entries, EXTENSION) {
        object.roles = roles(extension, &names, findings);
    }
    Some(object)
}

fn check_object_type(entries: &Entries, at: Place, findings: &mut Findings) {
    match get(entries, "type") {
        None => findings.report_with_help(
            Rule::LooseType,
            at,
            "the `type` is missing; it is read as an object",
            "write `type: object`",
        ),
        Some(node) => match text(node) {
            Some("object") => {}
            Some(other) if other.trim().eq_ignore_ascii_case("object") => {
                spelling(other, "object", node.at, findings);
            }
            _ => findings.report_with_help(
                Rule::Shape,
                node.at,
                "an entry of `components.schemas` must be of type `object`",
                "write `type: object`",
            ),
        },
    }
}

fn field(key: &Key, node: &Node, findings: &mut Findings) -> Option<Field> {
    let entries = mapping(node, "a field", findings)?;
    report_keywords(entries, findings);
    report_misspelt(entries, &["type", "format", "description"], findings);
    if let Some((extension, _)) = entries.iter().find(|(key, _)| key.text == EXTENSION) {
        findings.report_with_help(
            Rule::Extension,
            extension.at,
            "`x-data-cloud` stands at a field",
            "roles such as `primary-key` belong to the object's `x-data-cloud`",
        );
    }
    let kind = kind(entries, key.at, findings)?;
    Some(Field {
        description: description(entries),
        line: key.at.line,
        column: key.at.column,
        ..Field::new(key.text.clone(), kind)
    })
}

fn kind(entries: &Entries, at: Place, findings: &mut Findings) -> Option<Kind> {
    let help = "use `string`, `number` or `boolean`";
    let Some(node) = get(entries, "type").filter(|node| !node.is_null()) else {
        if !entries.iter().any(|(key, _)| is_unsupported(&key.text)) {
            findings.report_with_help(Rule::UnknownType, at, "the `type` is missing", help);
        }
        return None;
    };
    let Some(written) = text(node) else {
        let message = format!("the `type` must be one word, not {}", node.shape());
        findings.report_with_help(Rule::UnknownType, node.at, message, help);
        return None;
    };
    let word = written.trim().to_ascii_lowercase();
    let kind = match word.as_str() {
        "string" => string_kind(entries, findings),
        "number" => number_kind(entries, findings),
        "boolean" => Kind::Boolean,
        "integer" => {
            let message = "`integer` is no official type; it is read as `number`";
            findings.report_with_help(Rule::LooseType, node.at, message, "write `type: number`");
            Kind::Number
        }
        "object" | "array" => {
            let message = format!("a field of type `{word}` cannot be ingested; records are flat");
            let help = "give each inner value a field of its own";
            findings.report_with_help(Rule::Nested, node.at, message, help);
            return None;
        }
        _ => {
            let message = format!("`{written}` is no type that Data Cloud knows");
            findings.report_with_help(Rule::UnknownType, node.at, message, help);
            return None;
        }
    };
    if word != "integer" {
        spelling(written, &word, node.at, findings);
    }
    Some(kind)
}

fn string_kind(entries: &Entries, findings: &mut Findings) -> Kind {
    let Some(node) = get(entries, "format").filter(|node| !node.is_null()) else {
        return Kind::Text;
    };
    let Some(written) = format_text(node, findings) else {
        return Kind::Text;
    };
    let word = written.trim().to_ascii_lowercase();
    // Words that people write from habit.
    let official = match word.as_str() {
        "uri" => "url",
        "datetime" => "date-time",
        "e-mail" => "email",
        other => other,
    };
    match Kind::of_format(official) {
        Some(kind) if official == word => {
            spelling(written, official, node.at, findings);
            kind
        }
        Some(kind) => {
            let message =
                format!("the format `{written}` is not official; it is read as `{official}`");
            let help = format!("write `format: {official}`");
            findings.report_with_help(Rule::LooseFormat, node.at, message, help);
            kind
        }
        None => {
            report_format(written, near_format(&word), node.at, findings);
            Kind::Text
        }
    }
}

/// A format that means nothing here, or that is a slip of the pen for one that does.
fn report_format(written: &str, near: Option<&str>, at: Place, findings: &mut Findings) {
    if let Some(near) = near {
        let message = format!("`{written}` is no format that Data Cloud knows");
        let help = format!("a similar format exists: `{near}`");
        findings.report_with_help(Rule::UnknownFormat, at, message, help);
    } else {
        let message = format!("`{written}` is no official format; the field is read as Text");
        let help = "leave `format` out, or use date, date-time, email, phone, percent or url";
        findings.report_with_help(Rule::LooseFormat, at, message, help);
    }
}

/// The official format that a word is a slip of the pen for: OpenAPI allows any word, so nearly all
/// of it must be there.
fn near_format(word: &str) -> Option<&'static str> {
    let formats = Kind::ALL.into_iter().filter_map(|kind| kind.openapi().1);
    let near = similar(word, formats)?;
    let letters = |word: &str| {
        let mut letters: Vec<_> = word.chars().filter(char::is_ascii_alphabetic).collect();
        letters.sort_unstable();
        letters
    };
    let swapped = letters(word) == letters(near);
    let begins = word.len() >= 4 && word.chars().next() == near.chars().next();
    (swapped || begins).then_some(near)
}

fn format_text<'a>(node: &'a Node, findings: &mut Findings) -> Option<&'a str> {
    let found = text(node);
    if found.is_none() {
        let message = format!("the `format` must be one word, not {}", node.shape());
        findings.report(Rule::Shape, node.at, message);
    }
    found
}

fn number_kind(entries: &Entries, findings: &mut Findings) -> Kind {
    if let Some(node) = get(entries, "format").filter(|node| !node.is_null()) {
        if let Some(format) = format_text(node, findings) {
            let message = format!("the format `{format}` of a number means nothing to Data Cloud");
            findings.report_with_help(Rule::LooseFormat, node.at, message, "leave `format` out");
        }
    }
    Kind::Number
}

fn roles(node: &Node, fields: &[&str], findings: &mut Findings) -> Roles {
    const KEYS: &[&str] = &[
        "category",
        "primary-key",
        "event-time",
        "record-modified",
        "refresh-mode",
    ];
    let mut roles = Roles::default();
    let Some(entries) = mapping(node, "`x-data-cloud`", findings) else {
        return roles;
    };
    for (key, value) in entries {
        match key.text.as_str() {
            "category" => roles.category = word(key, value, Category::from_name, findings),
            "refresh-mode" => {
                roles.refresh_mode = word(key, value, RefreshMode::from_name, findings);
            }
            "primary-key" => roles.primary_key = role(key, value, fields, findings),
            "event-time" => roles.event_time = role(key, value, fields, findings),
            "record-modified" => roles.record_modified = role(key, value, fields, findings),
            _ => unknown_extension(key, KEYS, findings),
        }
    }
    roles
}

/// One of the words an extension knows.
fn word<T>(
    key: &Key,
    value: &Node,
    from_name: fn(&str) -> Option<T>,
    findings: &mut Findings,
) -> Option<T> {
    let text = extension_text(key, value, findings)?;
    let found = from_name(text.trim());
    if found.is_none() {
        let help = match key.text.as_str() {
            "category" => "use Profile, Engagement or Other",
            _ => "use Upsert or Partial",
        };
        let message = format!("`{text}` is no {}", key.text.replace('-', " "));
        findings.report_with_help(Rule::Extension, value.at, message, help);
    }
    found
}

/// A role that names one of the object's fields.
fn role(key: &Key, value: &Node, fields: &[&str], findings: &mut Findings) -> Option<String> {
    let name = extension_text(key, value, findings)?;
    if fields.contains(&name.as_str()) {
        return Some(name);
    }
    let message = format!(
        "the {} `{name}` is none of the fields",
        key.text.replace('-', " ")
    );
    match similar(&name, fields.iter().copied()) {
        Some(near) => {
            let help = format!("a field with a similar name exists: `{near}`");
            findings.report_with_help(Rule::Role, value.at, message, help);
        }
        None => findings.report(Rule::Role, value.at, message),
    }
    None
}

fn extension_text(key: &Key, value: &Node, findings: &mut Findings) -> Option<String> {
    let found = text(value).filter(|_| !value.is_null());
    if found.is_none() {
        let message = format!("`{}` needs a value", key.text);
        findings.report(Rule::Extension, key.at, message);
    }
    found.map(str::to_owned)
}

fn unknown_extension(key: &Key, known: &[&str], findings: &mut Findings) {
    let message = format!("`x-data-cloud` has no key `{}` here", key.text);
    let help = match similar(&key.text, known.iter().copied()) {
        Some(near) => format!("a similar key exists: `{near}`"),
        None => format!("the keys are {}", known.join(", ")),
    };
    findings.report_with_help(Rule::Extension, key.at, message, help);
}

fn report_keywords(entries: &Entries, findings: &mut Findings) {
    for (key, _) in entries {
        let name = key.text.as_str();
        if UNSUPPORTED.contains(&name) {
            let help = "write the fields out; Data Cloud takes plain, flat objects";
            let message = format!("`{name}` cannot be read here");
            findings.report_with_help(Rule::Unsupported, key.at, message, help);
        } else if IGNORED.contains(&name) {
            let message = format!("Data Cloud passes over `{name}`");
            findings.report(Rule::IgnoredKeyword, key.at, message);
        }
    }
}

/// Keys that are read, in another spelling; passing over them would lose what they say.
fn report_misspelt(entries: &Entries, known: &[&str], findings: &mut Findings) {
    for (key, _) in entries {
        let meant = known.iter().find(|name| is_misspelt(&key.text, name));
        if let Some(name) = meant {
            let message = format!("the key `{}` is not read", key.text);
            findings.report_with_help(
                Rule::MisspeltKey,
                key.at,
                message,
                format!("write `{name}`"),
            );
        }
    }
}

fn is_unsupported(keyword: &str) -> bool {
    UNSUPPORTED.contains(&keyword) || keyword == MERGE
}

/// YAML 1.1's merge key: the parser hands it on as an ordinary one.
const MERGE: &str = "<<";

fn spelling(written: &str, official: &str, at: Place, findings: &mut Findings) {
    if written != official {
        let message = format!("`{written}` is read as `{official}`");
        findings.report_with_help(Rule::Spelling, at, message, format!("write `{official}`"));
    }
}

fn description(entries: &Entries) -> Option<String> {
    let node = get(entries, "description").filter(|node| !node.is_null())?;
    let text = text(node)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The value of a key, or of one that is the same but for its spelling: that has been reported, and
/// what it says shall not be reported as missing as well.
fn get<'a>(entries: &'a Entries, name: &str) -> Option<&'a Node> {
    find(entries, name).map(|(_, node)| &**node)
}

fn key_place(entries: &Entries, name: &str) -> Option<Place> {
    find(entries, name).map(|(key, _)| key.at)
}

fn find<'a>(entries: &'a Entries, name: &str) -> Option<&'a (Key, Rc<Node>)> {
    let exact = entries.iter().find(|(key, _)| key.text == name);
    exact.or_else(|| entries.iter().find(|(key, _)| is_misspelt(&key.text, name)))
}

/// Whether a key is another one but for case and separators. Asked of every key of a schema against
/// every key that is known, so it builds no text and stops at the first letter that differs.
fn is_misspelt(key: &str, name: &str) -> bool {
    key != name && letters(key).eq(letters(name))
}

fn letters(key: &str) -> impl Iterator<Item = u8> {
    let separator = |byte: &u8| matches!(byte, b'-' | b'_');
    key.bytes()
        .filter(move |byte| !separator(byte))
        .map(|byte| byte.to_ascii_lowercase())
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::Map(_) | Value::List => None,
    }
}

/// The entries of what must be a mapping.
fn mapping<'a>(node: &'a Node, what: &str, findings: &mut Findings) -> Option<&'a Entries> {
    if let Value::Map(entries) = &node.value {
        if let Some((key, _)) = entries.iter().find(|(key, _)| key.text == MERGE) {
            let message = "merge keys (`<<`) cannot be read here";
            findings.report_with_help(Rule::Unsupported, key.at, message, "write the keys out");
        }
        return Some(entries);
    }
    let message = format!("{what} must be a mapping, but this is {}", node.shape());
    findings.report(Rule::Shape, node.at, message);
    None
}

/// The entries of a mapping that must be there; missing, it means that there are no objects.
fn required_mapping<'a>(
    entries: &'a Entries,
    name: &str,
    at: Place,
    findings: &mut Findings,
) -> Option<&'a Entries> {
    match get(entries, name) {
        Some(node) if !node.is_null() => mapping(node, &format!("`{name}`"), findings),
        _ => {
            let message = format!("the schema has no object: `{name}` is missing or empty");
            let help = "objects stand under `components.schemas`";
            findings.report_with_help(Rule::NoObjects, at, message, help);
            None
        }
    }
}
