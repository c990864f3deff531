//! A schema as a file spells it, in one of the many ways that mean the same.

use std::fmt::Write as _;

use ingest_schema::{Field, Kind, Object, Roles, Schema};

use crate::driver::random::Random;

/// The text of a file that means this schema.
pub(crate) fn print(random: &mut Random, schema: &Schema) -> String {
    let mut out = String::from("openapi: 3.0.3\n");
    if random.one_in(2) {
        out += "info: {title: Drawn, version: 1.0.0}\npaths: {}\n";
    }
    if let Some(connector) = &schema.connector {
        let connector = quoted(connector);
        let _ = writeln!(out, "x-data-cloud:\n  connector: {connector}");
    }
    out += "components:\n  schemas:\n";
    for object in &schema.objects {
        print_object(random, &mut out, object);
    }
    out
}

fn print_object(random: &mut Random, out: &mut String, object: &Object) {
    let name = name(random, &object.name);
    let _ = writeln!(out, "    {name}:\n      type: object");
    if let Some(text) = &object.description {
        let _ = writeln!(out, "      description: {}", quoted(text));
    }
    print_roles(random, out, &object.roles);
    out.push_str("      properties:\n");
    for field in &object.fields {
        print_field(random, out, field);
    }
}

fn print_roles(random: &mut Random, out: &mut String, roles: &Roles) {
    let category = roles.category.map(|category| category.name().to_owned());
    let mode = roles.refresh_mode.map(|mode| mode.name().to_owned());
    let mut entries = vec![("category", category), ("refresh-mode", mode)];
    for (key, role) in [
        ("primary-key", &roles.primary_key),
        ("event-time", &roles.event_time),
        ("record-modified", &roles.record_modified),
    ] {
        entries.push((key, role.as_ref().map(|field| name(random, field))));
    }
    random.shuffle(&mut entries);
    let entries: Vec<_> = entries
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}: {}", value?)))
        .collect();
    if entries.is_empty() {
        return;
    }
    if random.one_in(2) {
        let _ = writeln!(out, "      x-data-cloud: {{{}}}", entries.join(", "));
    } else {
        let lines = entries.join("\n        ");
        let _ = writeln!(out, "      x-data-cloud:\n        {lines}");
    }
}

fn print_field(random: &mut Random, out: &mut String, field: &Field) {
    let mut entries = kind(random, field.kind);
    if let Some(text) = &field.description {
        entries.push(format!("description: {}", quoted(text)));
    }
    // The platform passes over these.
    if random.one_in(10) {
        entries.push((*random.pick(&["nullable: true", "maxLength: 80", "example: x"])).into());
    }
    random.shuffle(&mut entries);
    let name = name(random, &field.name);
    if random.one_in(2) {
        let _ = writeln!(out, "        {name}: {{{}}}", entries.join(", "));
    } else {
        let lines = entries.join("\n          ");
        let _ = writeln!(out, "        {name}:\n          {lines}");
    }
}

fn kind(random: &mut Random, kind: Kind) -> Vec<String> {
    let spelled: &[&str] = match kind {
        Kind::Text => &["type: string", "type: String", "type: 'string'"],
        Kind::Number => &[
            "type: number",
            "type: integer",
            "type: number|format: double",
        ],
        Kind::Boolean => &["type: boolean"],
        Kind::Url => &["type: string|format: url", "type: string|format: uri"],
        _ => &[],
    };
    let (ty, format) = kind.openapi();
    let official = format.map_or(format!("type: {ty}"), |format| {
        format!("type: {ty}|format: {format}")
    });
    let text = if spelled.is_empty() || random.one_in(2) {
        official
    } else {
        (*random.pick(spelled)).into()
    };
    text.split('|').map(str::to_owned).collect()
}

/// A name with quotes or, where YAML allows it, without.
fn name(random: &mut Random, name: &str) -> String {
    let values = [
        "", "_", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n",
    ];
    let plain = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && !values.contains(&name.to_ascii_lowercase().as_str());
    match random.below(3) {
        0 if plain => name.into(),
        1 => format!("'{name}'"),
        _ => format!("\"{name}\""),
    }
}

/// Text between double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            _ => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}
