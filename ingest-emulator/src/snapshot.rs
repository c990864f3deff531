//! A tenant's state as something to be written down, and how it comes back.
//!
//! Rows, counts, schema, bulk jobs and problem records; never a token or a secret, and neither
//! requests nor history. Nothing here knows a file.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use ingest_schema::{Category, Field, Kind, RefreshMode, Roles};
use serde::{Deserialize, Serialize};

use crate::bulk::JobSnapshot;
use crate::moment::Moment;
use crate::object::Object;
use crate::problems::ProblemRecord;
use crate::scan::{Scan, members};
use crate::store::Store;
use crate::table::{Table, WaitingSnapshot};
use crate::tenant::{Tenant, new_store};

/// The form that is written now.
const VERSION: u32 = 1;

/// What a tenant keeps, for serde to write down; see
/// [`Emulator::snapshot`](crate::Emulator::snapshot).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Snapshot {
    version: u32,
    objects: Vec<ObjectSnapshot>,
    lost: u64,
    problems: Vec<ProblemRecord>,
    jobs: Vec<JobSnapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ObjectSnapshot {
    name: String,
    /// The field that rows are kept by.
    key: String,
    roles: RolesSnapshot,
    fields: Vec<FieldSnapshot>,
    accepted: u64,
    rejected: u64,
    /// Keys and rows, in JSON as they came.
    rows: Vec<(String, String)>,
    waiting: Vec<WaitingSnapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FieldSnapshot {
    name: String,
    kind: String,
    in_stream: bool,
}

/// What the data stream fixes; nothing where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RolesSnapshot {
    category: Option<String>,
    primary_key: Option<String>,
    event_time: Option<String>,
    record_modified: Option<String>,
    refresh_mode: Option<String>,
}

impl RolesSnapshot {
    fn of(roles: &Roles) -> Self {
        Self {
            category: roles.category.map(|category| category.name().to_owned()),
            primary_key: roles.primary_key.clone(),
            event_time: roles.event_time.clone(),
            record_modified: roles.record_modified.clone(),
            refresh_mode: roles.refresh_mode.map(|mode| mode.name().to_owned()),
        }
    }

    fn restored(&self) -> Roles {
        let mut roles = Roles::default();
        roles.category = self.category.as_deref().and_then(Category::from_name);
        roles.primary_key.clone_from(&self.primary_key);
        roles.event_time.clone_from(&self.event_time);
        roles.record_modified.clone_from(&self.record_modified);
        roles.refresh_mode = self
            .refresh_mode
            .as_deref()
            .and_then(RefreshMode::from_name);
        roles
    }
}

/// Why a snapshot was not restored. Nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// It was written by another version of the emulator.
    #[error("the snapshot has version {found}, this emulator reads {VERSION}")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// An object's field has another kind here, or its rows are kept by another key.
    #[error("object `{object}` has another schema here: {what}; start with the one it had")]
    Schema {
        /// The object.
        object: String,
        /// What differs.
        what: String,
    },
    /// It is damaged: a row, a job or a kind is not written as it should be.
    #[error("the snapshot is damaged at {what}")]
    Damaged {
        /// The part.
        what: String,
    },
}

impl RestoreError {
    /// A short name that stays the same when the message is reworded.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Version { .. } => "version",
            Self::Schema { .. } => "schema",
            Self::Damaged { .. } => "damaged",
        }
    }

    fn schema(object: &str, what: String) -> Self {
        let object = object.to_owned();
        Self::Schema { object, what }
    }

    fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

pub(crate) fn take(tenant: &Tenant) -> Snapshot {
    let objects = tenant.objects();
    let store = tenant.store();
    let both = objects.iter().zip(&store.tables);
    Snapshot {
        version: VERSION,
        objects: both.map(|(object, table)| written(object, table)).collect(),
        lost: store.lost,
        problems: store.problems.at(Moment::now()).cloned().collect(),
        jobs: store.jobs.snapshot(),
    }
}

fn written(object: &Object, table: &Table) -> ObjectSnapshot {
    let field = |(at, field): (usize, &Field)| FieldSnapshot {
        name: field.name.clone(),
        kind: field.kind.name().to_owned(),
        in_stream: object.is_in_stream(at),
    };
    let row = |(key, text): (&str, &str)| (key.to_owned(), text.to_owned());
    ObjectSnapshot {
        name: object.name().to_owned(),
        key: object.fields()[object.key].name.clone(),
        roles: RolesSnapshot::of(&object.schema.roles),
        fields: object.fields().iter().enumerate().map(field).collect(),
        accepted: table.accepted,
        rejected: table.rejected,
        rows: table.rows().into_iter().map(row).collect(),
        waiting: table.all_waiting().map(WaitingSnapshot::of).collect(),
    }
}

/// Puts the snapshot in the place of what is there. Objects and fields that only the running tenant
/// has stay, without rows: a schema never shrinks.
pub(crate) fn restore(tenant: &Tenant, snapshot: &Snapshot) -> Result<(), RestoreError> {
    if snapshot.version != VERSION {
        let found = snapshot.version;
        return Err(RestoreError::Version { found });
    }
    tenant.change_all(|objects| {
        let objects = merged(objects, &snapshot.objects)?;
        let store = filled(tenant, &objects, snapshot)?;
        Ok((objects, store))
    })?;
    tenant.bulk_news.notify_one();
    tenant.has_landed();
    Ok(())
}

fn merged(
    objects: &[Arc<Object>],
    written: &[ObjectSnapshot],
) -> Result<Vec<Arc<Object>>, RestoreError> {
    let mut all = objects.to_vec();
    for one in written {
        match all.iter_mut().find(|object| object.name() == one.name) {
            Some(object) => *object = Arc::new(widened(object, one)?),
            None => all.push(Arc::new(new(one)?)),
        }
    }
    Ok(all)
}

fn kind(field: &FieldSnapshot) -> Result<Kind, RestoreError> {
    let mut kinds = Kind::ALL.into_iter();
    let damaged = || RestoreError::damaged(format!("the kind of field `{}`", field.name));
    kinds
        .find(|kind| kind.name() == field.kind)
        .ok_or_else(damaged)
}

fn widened(object: &Object, written: &ObjectSnapshot) -> Result<Object, RestoreError> {
    let key = &object.fields()[object.key].name;
    if *key != written.key {
        let what = format!("its key is `{key}`, not `{}`", written.key);
        return Err(RestoreError::schema(object.name(), what));
    }
    let mut wider = object.extended(Vec::new(), true);
    for field in &written.fields {
        let kind = kind(field)?;
        match wider.named(&field.name).map(|at| wider.fields()[at].kind) {
            None => {
                let field_here = Field::new(field.name.clone(), kind);
                wider = wider.extended(vec![field_here], field.in_stream);
            }
            Some(here) if here != kind => {
                let what = format!("field `{}` is a {here}, not a {kind}", field.name);
                return Err(RestoreError::schema(object.name(), what));
            }
            Some(_) => {}
        }
    }
    Ok(wider)
}

fn new(written: &ObjectSnapshot) -> Result<Object, RestoreError> {
    let mut fields = Vec::new();
    for field in &written.fields {
        fields.push(Field::new(field.name.clone(), kind(field)?));
    }
    let mut object = ingest_schema::Object::new(written.name.clone(), fields);
    object.roles = written.roles.restored();
    let damaged = || RestoreError::damaged(format!("object `{}`", written.name));
    let mut object = Object::new(object).map_err(|_| damaged())?;
    if object.fields()[object.key].name != written.key {
        return Err(damaged());
    }
    object.keep_in_stream(|at| written.fields[at].in_stream);
    Ok(object)
}

fn filled(
    tenant: &Tenant,
    objects: &[Arc<Object>],
    snapshot: &Snapshot,
) -> Result<Store, RestoreError> {
    let mut store = new_store(objects.len(), &tenant.options);
    let all = objects.iter().enumerate();
    let places: HashMap<&str, usize> = all.map(|(at, object)| (object.name(), at)).collect();
    let now = Instant::now();
    for written in &snapshot.objects {
        let at = places[written.name.as_str()];
        fill(&mut store.tables[at], &objects[at], written)?;
        for waiting in &written.waiting {
            let what = waiting.restored(&objects[at]);
            let damaged = || RestoreError::damaged(format!("a record of `{}`", written.name));
            let what = what.ok_or_else(damaged)?;
            store.tables[at].wait(what, now, tenant.options.landing_delay);
        }
    }
    store.lost = snapshot.lost;
    for problem in &snapshot.problems {
        store.problems.push(problem.clone());
    }
    if !store.jobs.restore(&snapshot.jobs, now) {
        return Err(RestoreError::damaged("a bulk job"));
    }
    Ok(store)
}

fn fill(table: &mut Table, object: &Object, written: &ObjectSnapshot) -> Result<(), RestoreError> {
    (table.accepted, table.rejected) = (written.accepted, written.rejected);
    for (key, text) in &written.rows {
        if !is_object(text) {
            return Err(RestoreError::damaged(format!(
                "a row of `{}`",
                written.name
            )));
        }
        table.put(key, text, modified(object, text));
    }
    Ok(())
}

/// Whether the text is one JSON object and nothing else.
pub(crate) fn is_object(text: &str) -> bool {
    let mut scan = Scan::of(text);
    scan.value()
        .is_ok_and(|value| value.0 == text && value.first() == b'{')
        && scan.end().is_ok()
}

/// When the row says that it was modified.
pub(crate) fn modified(object: &Object, text: &str) -> Option<Moment> {
    let modified = object.modified?;
    let mut members = members(text).enumerate();
    let is_it = |guess, key| object.position(key, guess) == Some(modified);
    let value =
        members.find_map(|(guess, member)| is_it(guess, member.key).then_some(member.value));
    object.moment(value?)
}
