//! The org's answers to one schema: kinds from the connector, roles from the data streams.
//!
//! Pure. What cannot be learnt becomes a note, what cannot be understood an error; nothing is
//! guessed and nothing dropped in silence.

use ingest_schema::{Category, Field, Kind, Object, RefreshMode, Role, Schema};

use super::answers::{Connection, DataLakeObject, DataStream, FieldAnswer, ObjectAnswer, Schemas};
use super::choose::{goes_by, short_name};
use super::keep::sort;
use super::{PullError, Pulled};
use crate::list::quoted;

pub(super) fn assemble(
    connection: &Connection,
    connections: &[Connection],
    schemas: Schemas,
    streams: &[DataStream],
) -> Result<Pulled, PullError> {
    let mut notes = Vec::new();
    let answers = schemas.schemas.unwrap_or_default();
    let objects = answers.into_iter().map(|answer| object(answer, &mut notes));
    let mut objects = objects.collect::<Result<Vec<_>, _>>()?;
    let ours: Vec<_> = streams
        .iter()
        .filter(|stream| belongs(stream, connection, connections))
        .collect();
    for object in &mut objects {
        let found: Vec<_> = ours
            .iter()
            .copied()
            .filter(|stream| fills(stream, object, connection))
            .collect();
        take_roles(object, &found, &mut notes);
    }
    let connector = short_name(connection.name()).to_owned();
    let origin = format!("connector `{connector}`");
    let mut schema = Schema::new(Some(connector), objects);
    schema.title = Some(connection.label().to_owned());
    sort(&mut schema);
    let warnings = schema.check(&origin)?;
    notes.sort();
    notes.extend(warnings.iter().map(ToString::to_string));
    Ok(Pulled { schema, notes })
}

fn object(answer: ObjectAnswer, notes: &mut Vec<String>) -> Result<Object, PullError> {
    let name = answer.name.ok_or_else(|| nameless("an object"))?;
    let mut fields = Vec::new();
    for answer in answer.fields.unwrap_or_default() {
        fields.push(field(&name, answer, notes)?);
    }
    Ok(Object::new(name, fields))
}

fn nameless(what: &str) -> PullError {
    PullError::Answer {
        path: "ssot/connections/<id>/schema".into(),
        detail: format!("{what} has no name"),
    }
}

fn field(object: &str, answer: FieldAnswer, notes: &mut Vec<String>) -> Result<Field, PullError> {
    let name = answer
        .name
        .ok_or_else(|| nameless(&format!("a field of object `{object}`")))?;
    let data_type = answer.data_type.unwrap_or_default();
    let is = |name: &str| data_type.eq_ignore_ascii_case(name);
    let kind = if is("DateOnly") {
        Some(Kind::Date)
    } else if is("Currency") {
        notes.push(format!(
            "object `{object}`, field `{name}`: Currency is written as Number, because a schema file \
             has no such type"
        ));
        Some(Kind::Number)
    } else {
        Kind::ALL.into_iter().find(|kind| is(kind.name()))
    };
    match kind {
        Some(kind) => Ok(Field::new(name, kind)),
        None => Err(PullError::UnknownKind {
            object: object.into(),
            field: name,
            data_type,
        }),
    }
}

/// Whether the stream is the connector's. Only one that names another connector is not: the org
/// was asked for this connector's streams.
fn belongs(stream: &DataStream, connection: &Connection, connections: &[Connection]) -> bool {
    stream.connector_name().is_none_or(|name| {
        let known = connections.iter().any(|other| goes_by(other, name));
        !known || goes_by(connection, name)
    })
}

/// Whether the stream carries the object: by what it says, or by its names if it says nothing.
fn fills(stream: &DataStream, object: &Object, connection: &Connection) -> bool {
    if stream.events().next().is_some() {
        return stream.events().any(|event| event == object.name);
    }
    if stream.connector_name() == Some(&object.name) {
        return true;
    }
    let lake = stream.data_lake_object_info.as_ref();
    let lake = lake.and_then(|lake| lake.name.as_deref());
    let lake = lake.map(|name| name.strip_suffix("__dll").unwrap_or(name));
    let names = [stream.name.as_deref(), stream.label.as_deref(), lake];
    let object = plain(&object.name);
    let connector = plain(short_name(connection.name()));
    let derived = [
        format!("{connector}{object}"),
        format!("{object}{connector}"),
    ];
    names
        .into_iter()
        .flatten()
        .map(plain)
        .any(|name| name == object || derived.contains(&name))
}

/// A name without what the platform changes when it derives one name from another.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

fn take_roles(object: &mut Object, streams: &[&DataStream], notes: &mut Vec<String>) {
    let name = &object.name;
    let Some(stream) = streams.first() else {
        notes.push(format!(
            "object `{name}` has no data stream, so its primary key and category are unknown; deploy \
             one and pull again, or write them into the object's `x-data-cloud`"
        ));
        return;
    };
    if streams.len() > 1 {
        let names: Vec<_> = streams
            .iter()
            .map(|stream| stream.name.as_deref().unwrap_or("?"))
            .collect();
        notes.push(format!(
            "object `{name}` fills several data streams, {}; the roles are those of the first",
            quoted(&names)
        ));
    }
    object.roles.refresh_mode = refresh_mode(stream, name, notes);
    let Some(lake) = &stream.data_lake_object_info else {
        notes.push(format!(
            "the data stream of object `{name}` does not tell its data lake object; write the primary \
             key and category into the object's `x-data-cloud`"
        ));
        return;
    };
    object.roles.category = category(lake, name, notes);
    object.roles.primary_key = primary_key(lake, object, notes);
    let event_time = lake.event_date_time_field_name.as_deref();
    object.roles.event_time = role_field(event_time, Role::EventTime, object, notes);
    let modified = lake.record_modified_field_name.as_deref();
    let modified = role_field(modified, Role::RecordModified, object, notes);
    object.roles.record_modified = allowed_modified(modified, object, notes);
}

fn refresh_mode(stream: &DataStream, object: &str, notes: &mut Vec<String>) -> Option<RefreshMode> {
    let mode = stream.refresh_mode()?;
    if mode.eq_ignore_ascii_case("UPSERT") {
        return Some(RefreshMode::Upsert);
    }
    if mode.eq_ignore_ascii_case("PARTIAL_UPDATE") {
        return Some(RefreshMode::Partial);
    }
    notes.push(format!(
        "the data stream of object `{object}` has the refresh mode `{mode}`, which is neither Upsert \
         nor Partial; it is left out"
    ));
    None
}

fn category(lake: &DataLakeObject, object: &str, notes: &mut Vec<String>) -> Option<Category> {
    let written = lake.category.as_deref().filter(|name| !name.is_empty())?;
    let category = Category::from_name(written);
    if category.is_none() {
        notes.push(format!(
            "the data stream of object `{object}` has the category `{written}`, which is none of \
             Profile, Engagement and Other; it is left out"
        ));
    }
    category
}

fn primary_key(lake: &DataLakeObject, object: &Object, notes: &mut Vec<String>) -> Option<String> {
    let keys: Vec<_> = lake
        .fields
        .as_deref()
        .unwrap_or_default()
        .iter()
        .filter(|field| field.is_primary_key == Some(true))
        .filter_map(|field| field.name.as_deref())
        .collect();
    if let [key] = keys.as_slice() {
        return role_field(Some(key), Role::PrimaryKey, object, notes);
    }
    let found = if keys.is_empty() {
        "no primary key".to_owned()
    } else {
        format!("several primary keys, {}", quoted(&keys))
    };
    notes.push(format!(
        "the data stream of object `{}` tells {found}; write `primary-key` into the object's \
         `x-data-cloud`",
        object.name
    ));
    None
}

/// The object's field that a data lake field holds.
fn role_field(
    lake_name: Option<&str>,
    role: Role,
    object: &Object,
    notes: &mut Vec<String>,
) -> Option<String> {
    let lake_name = lake_name.filter(|name| !name.is_empty())?;
    let found = field_of(lake_name, object);
    if found.is_none() {
        notes.push(format!(
            "the {role} `{lake_name}` of the data stream is no field of object `{}`; it is left out",
            object.name
        ));
    }
    found.map(|field| field.name.clone())
}

/// The field behind `user_id__c`: spelt alike, or but for case, or `user-id`, as the lake has no `-`.
fn field_of<'a>(lake_name: &str, object: &'a Object) -> Option<&'a Field> {
    let stripped = [lake_name.strip_suffix("__c"), lake_name.strip_suffix("__C")];
    let name = stripped.into_iter().flatten().next().unwrap_or(lake_name);
    let underscored = |field: &&Field| field.name.replace('-', "_").eq_ignore_ascii_case(name);
    let mut fields = object.fields.iter();
    object
        .field(name)
        .or_else(|| fields.find(|field| field.name.eq_ignore_ascii_case(name)))
        .or_else(|| {
            let mut found = object.fields.iter().filter(underscored);
            found.next().filter(|_| found.next().is_none())
        })
}

/// The record modified field, unless the object is one that cannot have it.
fn allowed_modified(
    field: Option<String>,
    object: &Object,
    notes: &mut Vec<String>,
) -> Option<String> {
    let field = field?;
    if object.roles.category != Some(Category::Engagement) {
        return Some(field);
    }
    notes.push(format!(
        "the record modified field `{field}` of object `{}` is left out: the object is an Engagement",
        object.name
    ));
    None
}
