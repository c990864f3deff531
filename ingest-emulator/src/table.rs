//! The rows of one object, by primary key, as text, and what waits to become rows.
//!
//! A row is the record's own text and is parsed only when somebody looks at it. The table applies
//! records that were checked before; it refuses nothing and knows no HTTP and no clock.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::check::Upsert;
use crate::history::{Change, History};
use crate::moment::Moment;
use crate::object::Object;
use crate::problems::ProblemRecord;
use crate::record::Value;
use crate::scan::members;
use crate::snapshot::{is_object, modified};

/// What a row takes besides its texts.
const FRAME: usize = 64;

/// How the records of an accepted body land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Landing {
    #[default]
    AsSent,
    Blank,
    RejectedLate,
    /// Every field is the record's, also where the stream takes partial records: a bulk job's way.
    Whole,
}

/// The rows of one object.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// In the order in which keys came, so that a page of them is found without sorting.
    rows: IndexMap<Box<str>, Row>,
    bytes: usize,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) history: History,
    pub(crate) last_run: Option<Run>,
    /// Whether a bulk job has the object to itself.
    pub(crate) is_suspended: bool,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Row {
    text: Box<str>,
    modified: Option<Moment>,
}

/// What the last run of the data stream did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) at: Moment,
    pub(crate) added: u64,
    pub(crate) processed: u64,
}

/// An accepted change with all that belongs to it.
#[derive(Debug)]
pub(crate) struct Waiting {
    due: Instant,
    pub(crate) what: Accepted<'static>,
}

/// A change that was answered with success.
#[derive(Debug)]
pub(crate) enum Accepted<'a> {
    Upsert {
        record: Upsert<'a>,
        landing: Landing,
        /// What is to be told once the record landed.
        problem: Option<Box<ProblemRecord>>,
    },
    Delete {
        key: String,
        /// A row that says it was modified at this time or later stays.
        before: Moment,
    },
}

impl Accepted<'_> {
    fn into_owned(self) -> Accepted<'static> {
        match self {
            Self::Delete { key, before } => Accepted::Delete { key, before },
            Self::Upsert {
                record,
                landing,
                problem,
            } => Accepted::Upsert {
                record: Upsert {
                    key: Cow::Owned(record.key.into_owned()),
                    modified: record.modified,
                    text: Cow::Owned(record.text.into_owned()),
                },
                landing,
                problem,
            },
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Upsert { record, .. } => record.key.len() + record.text.len() + FRAME,
            Self::Delete { key, .. } => key.len() + FRAME,
        }
    }
}

/// A waiting change as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum WaitingSnapshot {
    Upsert {
        key: String,
        record: String,
        landing: Landing,
        problem: Option<ProblemRecord>,
    },
    Delete {
        key: String,
        before: String,
    },
}

impl WaitingSnapshot {
    pub(crate) fn of(what: &Accepted<'static>) -> Self {
        match what {
            Accepted::Delete { key, before } => Self::Delete {
                key: key.clone(),
                before: before.to_string(),
            },
            Accepted::Upsert {
                record,
                landing,
                problem,
            } => Self::Upsert {
                key: record.key.to_string(),
                record: record.text.to_string(),
                landing: *landing,
                problem: problem.as_deref().cloned(),
            },
        }
    }

    /// The change, or `None` if it is damaged.
    pub(crate) fn restored(&self, object: &Object) -> Option<Accepted<'static>> {
        Some(match self {
            Self::Delete { key, before } => Accepted::Delete {
                key: key.clone(),
                before: Moment::of_date_time(before)?,
            },
            Self::Upsert {
                key,
                record,
                landing,
                problem,
            } => Accepted::Upsert {
                record: Upsert {
                    key: Cow::Owned(key.clone()),
                    modified: modified(object, record),
                    text: Cow::Owned(is_object(record).then(|| record.clone())?),
                },
                landing: *landing,
                problem: problem.clone().map(Box::new),
            },
        })
    }
}

impl Table {
    pub(crate) fn new(history: History) -> Self {
        Self {
            history,
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// What rows and waiting changes take, in about as many bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn row(&self, key: &str) -> Option<&str> {
        self.rows.get(key).map(|row| &*row.text)
    }

    /// The key and the text of the row at this place, which changes only when rows are deleted.
    pub(crate) fn at(&self, place: usize) -> Option<(&str, &str)> {
        let (key, row) = self.rows.get_index(place)?;
        Some((key, &row.text))
    }

    /// The place and the text of the row of this key.
    pub(crate) fn find(&self, key: &str) -> Option<(usize, &str)> {
        let (place, _, row) = self.rows.get_full(key)?;
        Some((place, &row.text))
    }

    /// Keys and rows' texts, sorted by key.
    pub(crate) fn rows(&self) -> Vec<(&str, &str)> {
        let rows = self.rows.iter().map(|(key, row)| (&**key, &*row.text));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    /// The rows' texts, sorted by key.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.rows().into_iter().map(|(_, text)| text).collect()
    }

    /// The rows' texts in no order.
    pub(crate) fn unsorted(&self) -> impl Iterator<Item = &str> {
        self.rows.values().map(|row| &*row.text)
    }

    /// How many changes were accepted and not yet applied.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether a change that is accepted now can be applied now.
    pub(crate) fn is_idle(&self) -> bool {
        !self.is_suspended && self.waiting.is_empty()
    }

    pub(crate) fn wait(&mut self, what: Accepted<'_>, now: Instant, delay: Duration) {
        self.bytes += what.bytes();
        // A delay that goes beyond the clock is as good as none that ends.
        let far = Duration::from_secs(100 * 365 * 24 * 3600);
        let due = now.checked_add(delay.min(far)).unwrap_or(now);
        let what = what.into_owned();
        self.waiting.push_back(Waiting { due, what });
    }

    /// The next change whose time has come.
    pub(crate) fn next_due(&mut self, now: Instant) -> Option<Accepted<'static>> {
        let is_due = |waiting: &Waiting| !self.is_suspended && waiting.due <= now;
        let waiting = self.waiting.front().is_some_and(is_due);
        let what = waiting.then(|| self.waiting.pop_front()).flatten()?.what;
        self.bytes -= what.bytes();
        Some(what)
    }

    /// The changes that wait, in order.
    pub(crate) fn all_waiting(&self) -> impl Iterator<Item = &Accepted<'static>> {
        self.waiting.iter().map(|waiting| &waiting.what)
    }

    pub(crate) fn begin_run(&mut self, at: Moment) {
        let (added, processed) = (0, 0);
        self.last_run = Some(Run {
            at,
            added,
            processed,
        });
    }

    pub(crate) fn count(&mut self, added: u64) {
        if let Some(run) = &mut self.last_run {
            run.processed += 1;
            run.added += added;
        }
    }

    /// Puts the record in the place of the row of its key, unless that row is newer.
    pub(crate) fn upsert(&mut self, object: &Object, record: &Upsert<'_>, merges: bool) -> Change {
        let old = self.rows.get_mut(&*record.key);
        if old.as_ref().is_some_and(|row| keeps(row, record, merges)) {
            return Change::Outdated;
        }
        let before = old.as_ref().map_or("{}", |row| &row.text);
        let text: Box<str> = if merges {
            merge(object, before, &record.text).into()
        } else if object.is_narrow() {
            narrow(object, &record.text).into()
        } else {
            (*record.text).into()
        };
        let modified = record.modified;
        self.bytes += text.len();
        if let Some(row) = old {
            self.bytes -= row.text.len();
            *row = Row { text, modified };
        } else {
            self.bytes += record.key.len() + FRAME;
            let key = (*record.key).into();
            self.rows.insert(key, Row { text, modified });
        }
        Change::Upserted
    }

    /// Puts a row there as it is.
    pub(crate) fn put(&mut self, key: &str, text: &str, modified: Option<Moment>) {
        let text = Box::from(text);
        let row = Row { text, modified };
        self.bytes += key.len() + row.text.len() + FRAME;
        if let Some(old) = self.rows.insert(key.into(), row) {
            self.bytes -= key.len() + old.text.len() + FRAME;
        }
    }

    /// Takes the row of this key away. Where rows say when they were modified, one that claims to
    /// be modified at or after `before` stays.
    pub(crate) fn delete(&mut self, key: &str, before: Moment) -> Change {
        let stays = |row: &Row| row.modified.is_some_and(|modified| modified >= before);
        if self.rows.get(key).is_some_and(stays) {
            return Change::DeleteOutdated;
        }
        if let Some(row) = self.rows.swap_remove(key) {
            self.bytes -= key.len() + row.text.len() + FRAME;
        }
        Change::Deleted
    }
}

/// Whether the row wins over the record: it is newer, or as new where only a newer record counts.
fn keeps(row: &Row, record: &Upsert<'_>, merges: bool) -> bool {
    match (row.modified, record.modified) {
        (Some(row), Some(record)) if merges => row >= record,
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
    let fields = object.fields().iter().zip(values).enumerate();
    let known = fields.filter(|(at, _)| object.is_in_stream(*at));
    write_row(known.map(|(_, (field, value))| (field.name.as_str(), value)))
}

/// The record without the fields that the data stream does not have.
fn narrow(object: &Object, record: &str) -> String {
    let known = members(record).enumerate().filter(|(guess, member)| {
        let at = object.position(member.key, *guess);
        at.is_none_or(|at| object.is_in_stream(at))
    });
    write_row(known.map(|(_, member)| (member.key, member.value)))
}

/// The record with its key alone.
pub(crate) fn blank<'a>(object: &Object, record: &'a Upsert<'_>) -> Upsert<'a> {
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

/// A row's text from names, which need no escapes or have them, and values as they were written.
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
