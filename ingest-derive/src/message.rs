//! The words of every message of the derives, and nothing else (those that the compiler finds by itself
//! have theirs in `ingest-core/src/derived`): lower case, no full stop, names in backticks, the
//! remedy on its own `help:` line, lists cut, never an absolute path.

use std::fmt::Display;
use std::io;
use std::path::Path;

use ingest_schema::{Field, Kind, Object, Problems, Role, names};

use crate::ast::{Derive, Record};
use crate::attr::Site;
use crate::source::File;

/// How many names or problems a message lists before it counts the rest.
const LIST: usize = 8;

fn with_help(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

fn list<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<_> = all.into_iter().collect();
    let shown: Vec<_> = all
        .iter()
        .take(LIST)
        .map(|name| format!("`{name}`"))
        .collect();
    let rest = all.len().saturating_sub(LIST);
    let rest = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    shown.join(", ") + &rest
}

/// The same, all of them.
fn all<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// `page_view` in `schemas/web.yaml`
fn place(object: &Object, file: &File) -> String {
    format!("object `{}` in `{}`", object.name, file.shown)
}

// The struct.

pub(crate) fn no_record(derive: Derive, found: &str) -> String {
    let name = derive.name();
    with_help(
        format!("`{name}` is for structs with named fields, and this is {found}"),
        "a record is flat: give the struct one named field for each field of the object",
    )
}

pub(crate) fn packed() -> String {
    with_help(
        "a packed struct cannot be sent, because its fields cannot be borrowed",
        "remove `packed`",
    )
}

// An enum as Text.

pub(crate) fn no_text(found: &str) -> String {
    with_help(
        format!("`IngestText` is for enums, and this is {found}"),
        "each variant is one text; another type can implement `FieldValue<Text>`",
    )
}

pub(crate) fn variant_with_data(name: &str) -> String {
    with_help(
        format!("the variant `{name}` holds data, and only its name would be sent"),
        "remove the data, or implement `FieldValue<Text>` by hand",
    )
}

pub(crate) fn empty_text(name: &str) -> String {
    with_help(
        format!("the variant `{name}` would be sent as empty text, which counts as blank"),
        "give it a text, and wrap the field in `Option` for no value",
    )
}

pub(crate) fn repeated_text(text: &str, first: &str, second: &str) -> String {
    with_help(
        format!("the variants `{first}` and `{second}` are both sent as `{text}`"),
        "give one of them another `rename`",
    )
}

// Attributes.

/// How each attribute is written.
fn form(attribute: &str) -> &'static str {
    match attribute {
        "schema" => "schema = \"schemas/web.yaml\"",
        "object" => "object = \"page_view\"",
        "rename_all" => "rename_all = \"camelCase\"",
        "blank" => "blank(\"referrer\", \"revenue\")",
        "crate" => "crate = \"path::to::ingest_core\"",
        "rename" => "rename = \"eventId\"",
        "with" => "with = \"path::to::function\"",
        "connector" => "connector = \"Web\"",
        "digest" => "digest = \"0123456789abcdef\"",
        "refresh_mode" => "refresh_mode = \"Partial\"",
        "kind" => "kind = \"Number\"",
        "key" => "key",
        "skip" => "skip",
        "flatten" => "flatten",
        "unverified" => "unverified",
        "event_time" => "event_time",
        "record_modified" => "record_modified",
        other => unreachable!("BUG: {other} is no attribute"),
    }
}

pub(crate) fn no_attribute() -> String {
    with_help(
        "this is not how the attribute `ingest` is written",
        "write names, with a value where they have one: `#[ingest(key, rename = \"eventId\")]`",
    )
}

pub(crate) fn no_list() -> String {
    with_help(
        "the attribute `ingest` holds a list in parentheses",
        "write `#[ingest(…)]`, or remove it",
    )
}

pub(crate) fn attribute_form(name: &str) -> String {
    with_help(
        format!("the attribute `{name}` is not written like this"),
        format!("write `#[ingest({})]`", form(name)),
    )
}

pub(crate) fn repeated_attribute(name: &str) -> String {
    with_help(
        format!("the attribute `{name}` stands here for the second time"),
        "keep one of the two",
    )
}

pub(crate) fn unknown_attribute(name: &str, site: &Site) -> String {
    let place = site.name;
    let article = if place.starts_with('e') { "an" } else { "a" };
    let message = format!("{article} {place} has no attribute `{name}`");
    let (others, owner) = site.elsewhere;
    if others.contains(&name) {
        return with_help(message, format!("`{}` belongs to {owner}", form(name)));
    }
    let known = || site.known.iter().copied();
    match names::similar(name, site.all()) {
        Some(near) => with_help(message, format!("write `{}`", form(near))),
        None if site.known.len() == 1 => {
            with_help(message, format!("its only attribute is {}", list(known())))
        }
        None => with_help(
            message,
            format!("the attributes of {article} {place} are {}", list(known())),
        ),
    }
}

pub(crate) fn unknown_rename_rule(written: &str, rules: &[&str]) -> String {
    let message = format!("`rename_all` knows no case `{written}`");
    let lower = written.to_lowercase();
    match rules.iter().find(|rule| rule.to_lowercase() == lower) {
        Some(rule) => with_help(message, format!("write `rename_all = \"{rule}\"`")),
        None => with_help(
            message,
            format!("the cases are {}", list(rules.iter().copied())),
        ),
    }
}

pub(crate) fn skip_with_other() -> String {
    with_help(
        "a skipped field is not sent, so it can have no other attribute",
        "remove `skip`, or the other attributes",
    )
}

pub(crate) fn flatten_with_other() -> String {
    with_help(
        "a flattened field stands for those of its type, so it can have no other attribute",
        "put the attributes on the fields of that type",
    )
}

/// A set behind a parameter could be any set, so nobody could say which fields it fills.
pub(crate) fn flattened_parameter(ty: &str) -> String {
    with_help(
        format!("the fields of `{ty}` are not known here, because it depends on a parameter"),
        "flatten a type without type parameters of the struct",
    )
}

// Code without a schema file.

pub(crate) fn unverified_with(name: &str) -> String {
    with_help(
        format!("an `unverified` struct has no schema file, so it can have no `{name}`"),
        format!("remove `{name}`, or `unverified`"),
    )
}

pub(crate) fn only_unverified(name: &str) -> String {
    with_help(
        format!("the schema file says what `{name}` would say"),
        "remove it; it is for `unverified` structs, which have no schema file",
    )
}

/// What the attributes of an `unverified` struct say breaks the rules for schemas.
pub(crate) fn broken_rules(problems: &Problems) -> String {
    let mut message = "no schema could be as these attributes say".to_owned();
    for problem in problems.errors().take(LIST) {
        message = format!("{message}\n{problem}");
    }
    message
}

pub(crate) fn unverified_without(name: &str) -> String {
    with_help(
        format!("an `unverified` struct has no schema file that could tell its `{name}`"),
        format!(
            "add `#[ingest({})]`, as `ingest-codegen` prints it",
            form(name)
        ),
    )
}

pub(crate) fn no_digest(written: &str) -> String {
    with_help(
        format!("`{written}` is no digest"),
        "a digest has 16 hexadecimal digits; `ingest-codegen` prints it",
    )
}

pub(crate) fn unknown_word(what: &str, written: &str, words: &[&str]) -> String {
    let message = format!("there is no {what} `{written}`");
    match names::similar(written, words.iter().copied()) {
        Some(near) => with_help(message, format!("write `{near}`")),
        None => with_help(
            message,
            format!("the {what}s are {}", all(words.iter().copied())),
        ),
    }
}

// The schema file and the object.

pub(crate) fn no_schema() -> String {
    with_help(
        "the schema file is not named",
        "add `#[ingest(schema = \"schemas/web.yaml\")]`, or call `ingest_codegen::build` in build.rs",
    )
}

pub(crate) fn several_schemas() -> String {
    with_help(
        "the schema file is not named, and build.rs builds several",
        "add `#[ingest(schema = \"schemas/web.yaml\")]`",
    )
}

/// What is known about a path that leads nowhere.
pub(crate) struct Surroundings {
    /// Schema files in the folder where it would be.
    pub(crate) neighbours: Vec<String>,
    /// It leads out of the folder of the crate's Cargo.toml.
    pub(crate) is_outside: bool,
    /// The crate was unpacked from a package.
    pub(crate) is_packaged: bool,
}

pub(crate) fn missing_schema(shown: &str, around: &Surroundings) -> String {
    let neighbours = around.neighbours.as_slice();
    let help = match similar_file(shown, neighbours) {
        Some(near) => format!("a file with a similar name exists: `{near}`"),
        None if around.is_outside && (around.is_packaged || neighbours.is_empty()) => {
            "the path leads out of the crate, and a package holds only what is inside; keep the \
             file in the crate, or print the code with `ingest-codegen generate --unverified`"
                .into()
        }
        None if around.is_packaged => {
            "the crate was packaged without it; add it to `include` in Cargo.toml, or print the \
             code with `ingest-codegen generate --unverified`"
                .into()
        }
        None if neighbours.is_empty() => {
            "paths start at the folder of the crate's Cargo.toml, or at INGEST_SCHEMA_ROOT".into()
        }
        None => format!(
            "the folder has {}",
            list(neighbours.iter().map(String::as_str))
        ),
    };
    with_help(format!("the schema file `{shown}` does not exist"), help)
}

/// The file whose name, without its ending, is similar.
fn similar_file<'a>(shown: &str, neighbours: &'a [String]) -> Option<&'a String> {
    let stem = |path: &str| {
        Path::new(path)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    let wanted = stem(shown)?;
    let stems: Vec<_> = neighbours.iter().filter_map(|path| stem(path)).collect();
    let near = names::similar(&wanted, stems.iter().map(String::as_str))?;
    let found = stems.iter().position(|stem| stem == near)?;
    neighbours.get(found)
}

pub(crate) fn unreadable_schema(shown: &str, error: &io::Error) -> String {
    format!("the schema file `{shown}` cannot be read: {error}")
}

pub(crate) fn invalid_schema(shown: &str, problems: &Problems) -> String {
    let count = problems.errors().count();
    let plural = if count == 1 { "" } else { "s" };
    let mut message = format!("the schema file `{shown}` has {count} error{plural}");
    for problem in problems.errors().take(LIST) {
        message = format!("{message}\n{problem}");
    }
    if count > LIST {
        message = format!("{message}\nand {} more", count - LIST);
    }
    message
}

pub(crate) fn no_object(file: &File) -> String {
    let objects = file
        .schema
        .objects
        .iter()
        .map(|object| object.name.as_str());
    with_help(
        "the object is not named",
        format!(
            "add `#[ingest(object = \"…\")]`; `{}` has {}",
            file.shown,
            list(objects)
        ),
    )
}

pub(crate) fn unknown_object(name: &str, file: &File) -> String {
    let objects = || {
        file.schema
            .objects
            .iter()
            .map(|object| object.name.as_str())
    };
    let message = format!("`{}` has no object `{name}`", file.shown);
    match names::similar(name, objects()).and_then(|near| file.schema.object(near)) {
        Some(near) => with_help(
            message,
            format!(
                "an object with a similar name exists: `{}` (line {})",
                near.name, near.line
            ),
        ),
        None => with_help(message, format!("it has {}", list(objects()))),
    }
}

// Names.

pub(crate) fn unknown_field(
    name: &str,
    meant: Option<&str>,
    object: &Object,
    file: &File,
) -> String {
    let message = format!("{} has no field `{name}`", place(object, file));
    let meant = meant.and_then(|meant| object.field(meant));
    match (names::data_lake_name(name), meant) {
        (Some(_), None) => with_help(
            message,
            "`__c` names are the data lake's, and the schema has nothing like it; a field that is \
             not to be sent takes `#[ingest(skip)]`",
        ),
        (Some(_), Some(field)) => with_help(
            message,
            format!(
                "`__c` names are the data lake's; the schema spells it `{}` (line {})",
                field.name, field.line
            ),
        ),
        (None, Some(field)) => with_help(
            message,
            format!(
                "a field with a similar name exists: `{}` (line {})",
                field.name, field.line
            ),
        ),
        (None, None) => with_help(
            message,
            "a field that is not to be sent takes `#[ingest(skip)]`",
        ),
    }
}

pub(crate) fn repeated_field(name: &str, first: &str, second: &str) -> String {
    with_help(
        format!("`{first}` and `{second}` are both sent as `{name}`"),
        "give one of them another `rename`, or `skip` it",
    )
}

pub(crate) fn missing_fields(
    record: &Record<'_>,
    missing: &[&Field],
    object: &Object,
    file: &File,
) -> String {
    let names = || missing.iter().map(|field| field.name.as_str());
    let (count, them) = match missing.len() {
        1 => ("a field".into(), "it"),
        count => (format!("{count} fields"), "them"),
    };
    let mut message = format!(
        "`{}` lacks {count} of {}: {}\nhelp: every field is sent with every record; add {them}:",
        record.ident,
        place(object, file),
        list(names())
    );
    for field in missing.iter().take(LIST) {
        message = format!("{message}\n    {}", field_code(record, object, field));
    }
    if missing.len() > LIST {
        return format!(
            "{message}\n`ingest-codegen generate {} --only {}` prints them all",
            file.shown, object.name
        );
    }
    let optional = names().filter(|name| object.roles_of(name).is_empty());
    let blanks: Vec<_> = optional.map(|name| format!("{name:?}")).collect();
    if blanks.is_empty() {
        return message;
    }
    format!(
        "{message}\nor write `#[ingest(blank({}))]`",
        blanks.join(", ")
    )
}

/// `url: Option<ingest_core::value::Url>,`
fn field_code(record: &Record<'_>, object: &Object, field: &Field) -> String {
    let ident = names::field_idents([field.name.as_str()]).remove(0);
    let plain = ident.strip_prefix("r#").unwrap_or(&ident);
    let rule = record.attrs.rename_all;
    let sent_as = rule.map_or_else(|| plain.to_owned(), |rule| rule.apply(plain));
    let rename = if sent_as == field.name {
        String::new()
    } else {
        format!("#[ingest(rename = {:?})] ", field.name)
    };
    let ty = match &record.attrs.crate_path {
        Some(path) => type_of(field.kind).replace("ingest_core", &path.value()),
        None => type_of(field.kind).to_owned(),
    };
    match object.roles_of(&field.name).first() {
        Some(_) => format!("{rename}{ident}: {ty},"),
        None => format!("{rename}{ident}: Option<{ty}>,"),
    }
}

/// The type that is written for a kind.
fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "String",
        Kind::Number => "f64",
        Kind::Boolean => "bool",
        Kind::Date => "ingest_core::Date",
        Kind::DateTime => "ingest_core::Timestamp",
        Kind::Email => "ingest_core::value::Email",
        Kind::Phone => "ingest_core::value::Phone",
        Kind::Percent => "ingest_core::value::Percent",
        Kind::Url => "ingest_core::value::Url",
    }
}

pub(crate) fn missing_in_patch(
    record: &str,
    name: &str,
    role: Role,
    object: &Object,
    file: &File,
) -> String {
    with_help(
        format!(
            "`{record}` lacks the {role} `{name}` of {}",
            place(object, file)
        ),
        "a patch is placed by its key and dated by its record modified field; add it",
    )
}

/// What the compiler says when a struct and its sets lack fields, behind the list of them.
pub(crate) fn help_for_missing(derive: Derive) -> &'static str {
    match derive {
        Derive::Patch => {
            "a patch is placed by its key and dated by its record modified field; add what is missing"
        }
        Derive::Record | Derive::Fields => {
            "every field is sent with every record; add what is missing, or name what has no role in \
             `#[ingest(blank(…))]`"
        }
    }
}

pub(crate) fn no_partial(object: &Object, file: &File) -> String {
    with_help(
        format!("{} is not in Partial refresh mode", place(object, file)),
        "elsewhere a patch would blank what it leaves out; derive `IngestRecord`, or add \
         `refresh-mode: Partial` to its `x-data-cloud` if the data stream has it",
    )
}

pub(crate) fn no_role_for_patch(role: Role, object: &Object, file: &File) -> String {
    let key = match role {
        Role::PrimaryKey => "primary-key",
        Role::EventTime => "event-time",
        Role::RecordModified => "record-modified",
    };
    with_help(
        format!(
            "{} names no {role}, and a patch needs one",
            place(object, file)
        ),
        format!("add `{key}: <field>` to its `x-data-cloud`"),
    )
}

pub(crate) fn unknown_blank(
    name: &str,
    meant: Option<&str>,
    object: &Object,
    file: &File,
) -> String {
    let message = format!(
        "{} has no field `{name}` to send blank",
        place(object, file)
    );
    match meant.and_then(|meant| object.field(meant)) {
        Some(field) => with_help(
            message,
            format!(
                "a field with a similar name exists: `{}` (line {})",
                field.name, field.line
            ),
        ),
        None => with_help(message, "remove the name"),
    }
}

pub(crate) fn blank_and_field(name: &str) -> String {
    with_help(
        format!("`{name}` is sent blank, but the struct has a field for it"),
        "remove the name from `blank`, or the field from the struct",
    )
}

pub(crate) fn blank_twice(name: &str) -> String {
    with_help(
        format!("`{name}` is named here for the second time"),
        "keep one of the two",
    )
}

pub(crate) fn empty_name() -> String {
    with_help(
        "a field cannot be sent under an empty name",
        "write the schema's name for it",
    )
}

pub(crate) fn blank_role(name: &str, role: Role) -> String {
    with_help(
        format!("the {role} `{name}` cannot be sent blank"),
        why(role),
    )
}

// Roles and types.

/// What goes wrong without a value.
fn why(role: Role) -> &'static str {
    match role {
        Role::PrimaryKey => "a record without a key overwrites others",
        Role::EventTime => "an event without a time cannot be placed",
        Role::RecordModified => "a record without this time cannot be told from an older one",
    }
}

pub(crate) fn optional_role(name: &str, role: Role, inner: &str) -> String {
    with_help(
        format!("the {role} `{name}` cannot be optional"),
        format!("{}; use `{inner}`", why(role)),
    )
}

/// The same for types whose `Option` hides behind an alias; an assertion can show nothing else.
pub(crate) fn optional_role_assertion(name: &str, role: Role) -> String {
    with_help(format!("the {role} `{name}` cannot be optional"), why(role))
}

pub(crate) fn other_key(named: &str, key: &str, object: &Object, file: &File) -> String {
    with_help(
        format!(
            "the primary key of {} is `{key}`, not `{named}`",
            place(object, file)
        ),
        "remove `key`; the schema names the primary key",
    )
}

pub(crate) fn second_role(role: Role, first: &str) -> String {
    with_help(
        format!("`{first}` is the {role} already; an object has one"),
        "remove the attribute from one of the two",
    )
}

pub(crate) fn wrong_kind(field: &Field, ty: &str, sent_as: Kind) -> String {
    let kind = field.kind;
    // A field without a line is described by its own attribute.
    let place = match field.line {
        0 => "by its `kind`".into(),
        line => format!("in the schema (line {line})"),
    };
    with_help(
        format!(
            "field `{}` is {} {place}, but `{ty}` is sent as {sent_as}",
            field.name,
            with_article(kind)
        ),
        format!(
            "use {} or another type that implements `FieldValue<{kind}>`",
            types_of(kind)
        ),
    )
}

fn with_article(kind: Kind) -> String {
    match kind {
        Kind::Text => kind.to_string(),
        Kind::Email => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// The types to name first for a kind.
fn types_of(kind: Kind) -> String {
    let first = format!("`{}`", type_of(kind));
    match kind {
        Kind::Text => format!("{first}, `&str`"),
        Kind::Number => format!("{first}, an integer"),
        _ => first,
    }
}
