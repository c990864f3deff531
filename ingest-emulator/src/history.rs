//! What became of every record, in order: the facts that a test holds its client against.
//!
//! Kept only on request, for it grows with what is sent. It judges nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::object::Object;
use crate::scan::members;

/// One record that was accepted, or one key that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Applied {
    /// The primary key: a string's text, a number as it was spelled.
    pub key: String,
    /// The value of the field that [`Builder::history_field`](crate::Builder::history_field) named,
    /// as it was sent, in JSON. `None` where none was named or sent, and for deletes.
    pub value: Option<String>,
    /// What became of it.
    pub change: Change,
}

/// What became of an accepted record or delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// The record made a row or changed it.
    Upserted,
    /// Nothing: the row was newer.
    Outdated,
    /// A row with its key and nothing else; a [`Fault::Blank`](crate::Fault::Blank).
    Blanked,
    /// A problem record; a [`Fault::RejectLate`](crate::Fault::RejectLate).
    RejectedLate,
    /// There is no row of this key now, whether or not there was one before.
    Deleted,
    /// The row stayed, because it says that it was modified now or later.
    DeleteOutdated,
}

/// The history of one object.
#[derive(Debug, Default)]
pub(crate) struct History {
    is_kept: bool,
    all: Vec<Entry>,
}

/// The same as [`Applied`], smaller.
#[derive(Debug)]
struct Entry {
    key: Box<str>,
    value: Option<Box<str>>,
    change: Change,
}

impl History {
    pub(crate) fn new(is_kept: bool) -> Self {
        let all = Vec::new();
        Self { is_kept, all }
    }

    /// Remembers a record by its text.
    pub(crate) fn record(&mut self, object: &Object, key: &str, text: &str, change: Change) {
        if self.is_kept {
            let value = watched(object, text).map(Into::into);
            let key = key.into();
            self.all.push(Entry { key, value, change });
        }
    }

    pub(crate) fn delete(&mut self, key: &str, change: Change) {
        if self.is_kept {
            let (key, value) = (key.into(), None);
            self.all.push(Entry { key, value, change });
        }
    }

    pub(crate) fn all(&self) -> Vec<Applied> {
        let applied = |entry: &Entry| Applied {
            key: entry.key.to_string(),
            value: entry.value.as_deref().map(str::to_owned),
            change: entry.change,
        };
        self.all.iter().map(applied).collect()
    }

    pub(crate) fn accepted_by_key(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for entry in &self.all {
            if !matches!(entry.change, Change::Deleted | Change::DeleteOutdated) {
                *counts.entry(entry.key.to_string()).or_default() += 1;
            }
        }
        counts
    }
}

/// The value of the object's watched field, as it is written.
fn watched<'a>(object: &Object, text: &'a str) -> Option<&'a str> {
    let watched = object.watched?;
    let mut members = members(text).enumerate();
    let is_watched = |key, guess| object.position(key, guess) == Some(watched);
    members.find_map(|(guess, member)| is_watched(member.key, guess).then_some(member.value.0))
}
