//! What a pulled schema takes over from the file it replaces, and the order it is written in.
//!
//! Descriptions and roles that a person wrote into the file are not lost because the org, or a
//! downloaded file, does not know them. What the org does say wins.

use ingest_schema::{Kind, Object, Role, Schema};

use super::Pulled;
use crate::list::quoted;

impl Pulled {
    /// A schema that came from elsewhere than an org, put in the same order.
    pub fn new(mut schema: Schema) -> Self {
        sort(&mut schema);
        let notes = Vec::new();
        Self { schema, notes }
    }

    /// Fills what is not known from an older schema of the same connector, and notes roles so kept.
    pub fn keep(&mut self, old: &Schema) {
        let schema = &mut self.schema;
        schema.title = old.title.clone().or(schema.title.take());
        if schema.connector.is_none() {
            schema.connector.clone_from(&old.connector);
        }
        for object in &mut schema.objects {
            let Some(old) = old.object(&object.name) else {
                continue;
            };
            keep_descriptions(object, old);
            let merged = with_roles(object, old);
            let fits = Schema::new(None, vec![merged.clone()]).check("").is_ok();
            if merged.roles != object.roles && fits {
                let name = &object.name;
                let note =
                    format!("object `{name}`: roles that are not known are kept from the file");
                self.notes.push(note);
                *object = merged;
            }
        }
        // A role that was kept moves its field to the front.
        sort(schema);
    }
}

fn keep_descriptions(object: &mut Object, old: &Object) {
    if object.description.is_none() {
        object.description.clone_from(&old.description);
    }
    for field in &mut object.fields {
        let old = old.field(&field.name);
        if field.description.is_none() {
            field.description = old.and_then(|old| old.description.clone());
        }
    }
}

/// The object with the old roles where it has none, as far as their fields are still there.
fn with_roles(object: &Object, old: &Object) -> Object {
    let mut merged = object.clone();
    let roles = &mut merged.roles;
    let kept = |now: Option<String>, old: &Option<String>, any_kind: bool| {
        now.or_else(|| {
            let field = object.field(old.as_deref()?)?;
            (any_kind || field.kind == Kind::DateTime).then(|| field.name.clone())
        })
    };
    roles.category = roles.category.or(old.roles.category);
    roles.refresh_mode = roles.refresh_mode.or(old.roles.refresh_mode);
    roles.primary_key = kept(roles.primary_key.take(), &old.roles.primary_key, true);
    roles.event_time = kept(roles.event_time.take(), &old.roles.event_time, false);
    // A data stream that tells its category and no record modified field has none.
    if object.roles.category.is_none() {
        let modified = &old.roles.record_modified;
        roles.record_modified = kept(roles.record_modified.take(), modified, false);
    }
    merged
}

/// Objects by name; in each the fields with a role first, then the others by name.
pub(super) fn sort(schema: &mut Schema) {
    schema.objects.sort_by(|a, b| a.name.cmp(&b.name));
    for object in &mut schema.objects {
        let mut fields = std::mem::take(&mut object.fields);
        fields.sort_by(|a, b| {
            let rank = |name| rank(object.roles_of(name).first());
            (rank(&a.name), &a.name).cmp(&(rank(&b.name), &b.name))
        });
        object.fields = fields;
    }
}

fn rank(role: Option<Role>) -> u8 {
    match role {
        Some(Role::PrimaryKey) => 0,
        Some(Role::EventTime) => 1,
        Some(Role::RecordModified) => 2,
        None => 3,
    }
}

/// A note about the objects whose primary key the schema does not tell, if there are any.
pub fn unknown_keys(schema: &Schema) -> Option<String> {
    let unknown: Vec<_> = schema
        .objects
        .iter()
        .filter(|object| object.roles.primary_key.is_none())
        .map(|object| &object.name)
        .collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "the primary key is not known of {}; write `x-data-cloud: {{primary-key: <field>}}` into \
             the object, or mark the struct's field with `#[ingest(key)]`",
            quoted(&unknown)
        )
    })
}
