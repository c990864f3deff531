//! What landed: rows by primary key, as text, problem records, and the counts that tests ask for.
//!
//! A row is the record's own text and is parsed only when somebody looks at it. The store applies
//! records that were checked before; it refuses nothing and knows no HTTP.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;

use crate::check::Upsert;
use crate::history::{Change, History};
use crate::moment::Moment;
use crate::object::Object;
use crate::record::Value;
use crate::scan::members;

/// Everything a tenant keeps, one table for each object of the schema, in its order.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) tables: Vec<Table>,
    /// Records that were answered with success and landed nowhere.
    pub(crate) lost: u64,
    pub(crate) problems: Vec<ProblemRecord>,
}

/// A record that was accepted and then refused where nobody was listening any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ProblemRecord {
    /// The object it was sent for.
    pub object: String,
    /// Its primary key: a string's text, a number as it was spelled.
    pub key: String,
    /// The record, in JSON.
    pub record: String,
    /// Why it has no row.
    pub error: String,
}

/// How the records of an accepted body land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Landing {
    #[default]
    AsSent,
    Blank,
    RejectedLate,
}

/// The rows of one object.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: HashMap<Box<str>, Row>,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) history: History,
}

#[derive(Debug)]
struct Row {
    text: Box<str>,
    modified: Option<Moment>,
}

impl Store {
    pub(crate) fn new(objects: usize, keep_history: bool) -> Self {
        let table = |_| Table {
            history: History::new(keep_history),
            ..Table::default()
        };
        Self {
            tables: (0..objects).map(table).collect(),
            lost: 0,
            problems: Vec::new(),
        }
    }

    /// Takes an accepted record of the object at this position.
    pub(crate) fn land(
        &mut self,
        at: usize,
        object: &Object,
        record: &Upsert<'_>,
        landing: Landing,
    ) {
        let table = &mut self.tables[at];
        table.accepted += 1;
        let change = match landing {
            Landing::AsSent => table.upsert(object, record),
            Landing::Blank => {
                table.upsert(object, &blank(object, record));
                Change::Blanked
            }
            Landing::RejectedLate => {
                self.problems.push(problem(object, record));
                Change::RejectedLate
            }
        };
        let history = &mut table.history;
        history.record(object, &record.key, &record.text, change);
    }
}

/// The record with its key alone.
fn blank<'a>(object: &Object, record: &'a Upsert<'_>) -> Upsert<'a> {
    let mut values = vec![Value::NULL; object.fields().len()];
    for (guess, member) in members(&record.text).enumerate() {
        if object.position(member.key, guess) == Some(object.key) {
            values[object.key] = member.value;
        }
    }
    let names = object.fields().iter().map(|field| field.name.as_str());
    Upsert {
        key: Cow::Borrowed(&record.key),
        modified: None,
        text: Cow::Owned(write_row(names.zip(values))),
    }
}

fn problem(object: &Object, record: &Upsert<'_>) -> ProblemRecord {
    ProblemRecord {
        object: object.name().to_owned(),
        key: record.key.to_string(),
        record: record.text.to_string(),
        error: "the record was rejected after it was accepted".to_owned(),
    }
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn row(&self, key: &str) -> Option<&str> {
        self.rows.get(key).map(|row| &*row.text)
    }

    /// The rows' texts, sorted by key.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows.into_iter().map(|(_, row)| &*row.text).collect()
    }

    /// Puts the record in the place of the row of its key, unless that row is newer.
    fn upsert(&mut self, object: &Object, record: &Upsert<'_>) -> Change {
        let old = self.rows.get_mut(&*record.key);
        if old.as_ref().is_some_and(|row| keeps(object, row, record)) {
            return Change::Outdated;
        }
        let before = old.as_ref().map_or("{}", |row| &row.text);
        let text = if object.partial {
            merge(object, before, &record.text).into()
        } else {
            (*record.text).into()
        };
        let modified = record.modified;
        if let Some(row) = old {
            *row = Row { text, modified }
        } else {
            let key = (*record.key).into();
            self.rows.insert(key, Row { text, modified });
        }
        Change::Upserted
    }

    /// Takes the row of this key away. Where rows say when they were modified, one that claims to
    /// be modified at or after `now` stays.
    pub(crate) fn delete(&mut self, key: &str, now: Moment) {
        let stays = |row: &Row| row.modified.is_some_and(|modified| modified >= now);
        let change = if self.rows.get(key).is_some_and(stays) {
            Change::DeleteOutdated
        } else {
            self.rows.remove(key);
            Change::Deleted
        };
        self.history.delete(key, change);
    }
}

/// Whether the row wins over the record: it is newer, or as new where only a newer record counts.
fn keeps(object: &Object, row: &Row, record: &Upsert<'_>) -> bool {
    match (row.modified, record.modified) {
        (Some(row), Some(record)) if object.partial => row >= record,
        (Some(row), Some(record)) => row > record,
        _ => false,
    }
}

/// The row before with the fields that the record carries; a field that neither has is blank.
fn merge(object: &Object, before: &str, record: &str) -> String {
    let mut values = vec![Value::NULL; object.fields().len()];
    for text in [before, record] {
        for (guess, member) in members(text).enumerate() {
            if let Some(at) = object.position(member.key, guess) {
                values[at] = member.value;
            }
        }
    }
    let names = object.fields().iter().map(|field| field.name.as_str());
    write_row(names.zip(values))
}

/// A row's text from names, which need no escapes, and values as they were written.
pub(crate) fn write_row<'a>(members: impl Iterator<Item = (&'a str, Value<'a>)>) -> String {
    let mut row = String::from("{");
    for (name, value) in members {
        if row.len() > 1 {
            row.push(',');
        }
        row.push('"');
        row.push_str(name);
        row.push_str("\":");
        row.push_str(value.0);
    }
    row.push('}');
    row
}
