//! What Data Cloud demands of a schema, whatever it was read from (documented limits and names).
//!
//! Works on the model alone, so a schema that came from an org is checked like one from a file.

use std::collections::HashMap;

use crate::model::{Category, Kind, Object, RefreshMode, Role, Schema};
use crate::problem::{Findings, Place, Rule};

/// Fields an object may have.
pub const MAX_FIELDS: usize = 1_000;

/// Characters a name may have.
pub const MAX_NAME: usize = 80;

/// Field names that the platform keeps for itself.
pub const RESERVED: &[&str] = &[
    "dat_account_currency",
    "dat_exchange_rate",
    "date_id",
    "location_id",
    "pacing_end_date",
    "pacing_period",
    "row_count",
    "version",
];

/// Checks all rules; those about what is missing only if all was read, as a part that could not be
/// read has been reported already.
pub(crate) fn check(schema: &Schema, findings: &mut Findings) {
    let complete = !findings.has_errors();
    let names = schema.objects.iter().map(|object| {
        let at = place(object.line, object.column);
        (object.name.as_str(), at)
    });
    check_unique(names.collect(), "object", findings);
    if let Some(connector) = &schema.connector {
        check_connector(connector, findings);
    }
    for object in &schema.objects {
        findings.enter_object(Some(&object.name));
        check_object(object, findings);
        if complete {
            check_completeness(object, findings);
        }
    }
    findings.enter_object(None);
}

fn place(line: usize, column: usize) -> Place {
    Place { line, column }
}

fn check_object(object: &Object, findings: &mut Findings) {
    let at = place(object.line, object.column);
    check_name(&object.name, at, findings);
    let count = object.fields.len();
    if count > MAX_FIELDS {
        let message = format!("{count} fields are more than the {MAX_FIELDS} allowed");
        findings.report(Rule::TooManyFields, at, message);
    }
    let names = object
        .fields
        .iter()
        .map(|field| (field.name.as_str(), place(field.line, field.column)));
    check_unique(names.collect(), "field", findings);
    for field in &object.fields {
        findings.enter_field(Some(&field.name));
        check_field_name(&field.name, place(field.line, field.column), findings);
    }
    findings.enter_field(None);
    check_roles(object, at, findings);
}

/// The connector's name becomes a part of a URL; what would make another URL is refused.
fn check_connector(name: &str, findings: &mut Findings) {
    let another = |c: char| c == '/' || c.is_control();
    // A setting is read without the blanks around it, and would name another connector.
    let is_padded = name.trim() != name;
    if is_padded || name.contains(another) || matches!(name, "" | "." | "..") {
        let message = format!("{name:?} is no name of a connector");
        findings.report(Rule::NameCharacters, Place::default(), message);
    }
}

fn check_name(name: &str, at: Place, findings: &mut Findings) {
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME {
        let message = format!("a name has 1 to {MAX_NAME} characters, this one has {length}");
        findings.report(Rule::NameLength, at, message);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if let Some(wrong) = name.chars().find(|c| !allowed(*c)) {
        let message = format!("a name cannot have the character {wrong:?}");
        let help = "use A-Z a-z 0-9 _ -";
        findings.report_with_help(Rule::NameCharacters, at, message, help);
    }
}

fn check_field_name(name: &str, at: Place, findings: &mut Findings) {
    check_name(name, at, findings);
    if name.contains("__") {
        let message = "a field name cannot have two underscores in a row";
        let help = "names that end in `__c` are the data lake's; leave the ending out";
        findings.report_with_help(Rule::DoubleUnderscore, at, message, help);
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        let message = "the platform keeps this field name for itself";
        findings.report_with_help(Rule::ReservedName, at, message, "choose another name");
    }
}

fn check_unique(names: Vec<(&str, Place)>, what: &str, findings: &mut Findings) {
    let mut seen: HashMap<String, (&str, Place)> = HashMap::new();
    for (name, at) in names {
        let Some((first, first_at)) = seen.insert(name.to_ascii_lowercase(), (name, at)) else {
            continue;
        };
        // A literally repeated key has been reported as such.
        if first != name || at.line == 0 {
            let place = match first_at.line {
                0 => String::new(),
                line => format!("; the first stands in line {line}"),
            };
            let message = format!("the {what}s `{first}` and `{name}` differ in case alone{place}");
            findings.report(Rule::SameName, at, message);
        }
    }
}

fn check_roles(object: &Object, at: Place, findings: &mut Findings) {
    let roles = &object.roles;
    let event_time = roles.event_time.as_deref();
    check_time(object, event_time, Role::EventTime, findings);
    let modified = roles.record_modified.as_deref();
    check_time(object, modified, Role::RecordModified, findings);
    if roles.category == Some(Category::Engagement) {
        if modified.is_some() {
            let message = "a record modified field belongs to Profile and Other objects";
            findings.report(Rule::Role, at, message);
        }
        if roles.refresh_mode == Some(RefreshMode::Partial) {
            let message = "Partial refresh is for Profile and Other objects";
            findings.report(Rule::Role, at, message);
        }
    }
}

fn check_completeness(object: &Object, findings: &mut Findings) {
    let at = place(object.line, object.column);
    let roles = &object.roles;
    let mut missing = |message, key| {
        let help = format!("add `{key}: <field>` to its `x-data-cloud`");
        findings.report_with_help(Rule::MissingRole, at, message, help);
    };
    if !roles.is_empty() && roles.primary_key.is_none() {
        missing("the data stream's primary key is not named", "primary-key");
    }
    if roles.refresh_mode == Some(RefreshMode::Partial) && roles.record_modified.is_none() {
        missing(
            "a Partial stream needs a record modified field",
            "record-modified",
        );
    }
    let engagement = roles.category == Some(Category::Engagement);
    if engagement && roles.event_time.is_none() {
        missing(
            "the event time of this Engagement object is not named",
            "event-time",
        );
    }
    if object.fields.is_empty() {
        findings.report(Rule::NoFields, at, "the object has no field");
    } else if engagement
        && !object
            .fields
            .iter()
            .any(|field| field.kind == Kind::DateTime)
    {
        let help = "add a field with `type: string` and `format: date-time`";
        let message = "an Engagement object needs a date-time field";
        findings.report_with_help(Rule::NoEventTime, at, message, help);
    }
}

fn check_time(object: &Object, name: Option<&str>, role: Role, findings: &mut Findings) {
    let Some(field) = name.and_then(|name| object.field(name)) else {
        return;
    };
    if field.kind != Kind::DateTime {
        findings.enter_field(Some(&field.name));
        let message = format!(
            "the {role} must be a date-time, but its kind is {}",
            field.kind
        );
        findings.report(Rule::Role, place(field.line, field.column), message);
        findings.enter_field(None);
    }
}
