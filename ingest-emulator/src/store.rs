//! What a tenant keeps: a table for each object, problem records, bulk jobs and counts.
//!
//! What was accepted lands here, at once or when its time has come. Time is an argument; nothing is
//! refused and nobody is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bulk::Jobs;
use crate::history::{Change, History};
use crate::moment::Moment;
use crate::object::Object;
use crate::problems::{ProblemRecord, Problems};
use crate::table::{Accepted, Landing, Table, blank};

/// Everything a tenant keeps, one table for each object, in the order of the objects.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) tables: Vec<Table>,
    /// Records that were answered with success and landed nowhere.
    pub(crate) lost: u64,
    pub(crate) problems: Problems,
    pub(crate) jobs: Jobs,
    delay: Duration,
    keep_history: bool,
}

impl Store {
    pub(crate) fn new(objects: usize, delay: Duration, keep_history: bool) -> Self {
        let mut store = Self {
            tables: Vec::new(),
            lost: 0,
            problems: Problems::default(),
            jobs: Jobs::default(),
            delay,
            keep_history,
        };
        store.grow(objects);
        store
    }

    /// Makes room for objects that came later.
    pub(crate) fn grow(&mut self, objects: usize) {
        let keep_history = self.keep_history;
        let table = || Table::new(History::new(keep_history));
        self.tables
            .resize_with(objects.max(self.tables.len()), table);
    }

    /// What rows, waiting changes and the files of bulk jobs take, in about as many bytes.
    pub(crate) fn bytes(&self) -> usize {
        let tables: usize = self.tables.iter().map(Table::bytes).sum();
        tables + self.jobs.bytes()
    }

    /// Changes from here on are those of one body.
    pub(crate) fn begin_body(&mut self, at: usize) {
        if self.is_direct(at) {
            self.tables[at].begin_run(Moment::now());
        }
    }

    fn is_direct(&self, at: usize) -> bool {
        self.delay.is_zero() && self.tables[at].is_idle()
    }

    /// Takes an accepted record or delete of the object at this position.
    pub(crate) fn land(&mut self, at: usize, object: &Object, what: Accepted<'_>, now: Instant) {
        if matches!(what, Accepted::Upsert { .. }) {
            self.tables[at].accepted += 1;
        }
        if self.is_direct(at) {
            self.apply(at, object, what);
        } else {
            self.tables[at].wait(what, now, self.delay);
        }
    }

    /// Lets everything land whose time has come.
    pub(crate) fn settle(&mut self, objects: &[Arc<Object>], now: Instant) {
        for (at, object) in objects.iter().enumerate() {
            let mut is_first = true;
            while let Some(what) = self.tables[at].next_due(now) {
                if std::mem::take(&mut is_first) {
                    self.tables[at].begin_run(Moment::now());
                }
                self.apply(at, object, what);
            }
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.tables.iter().all(|table| table.waiting() == 0)
    }

    /// Carries a change out, and remembers what became of it.
    pub(crate) fn apply(&mut self, at: usize, object: &Object, what: Accepted<'_>) {
        let table = &mut self.tables[at];
        let rows = table.len();
        match what {
            Accepted::Delete { key, before } => {
                let change = table.delete(&key, before);
                table.history.delete(&key, change);
            }
            Accepted::Upsert {
                record,
                landing,
                problem,
            } => {
                let (key, text) = (&record.key, &record.text);
                let mut problem = problem;
                let change = match landing {
                    Landing::AsSent => table.upsert(object, &record, object.partial),
                    Landing::Whole => table.upsert(object, &record, false),
                    Landing::Blank => {
                        table.upsert(object, &blank(object, &record), object.partial);
                        Change::Blanked
                    }
                    Landing::RejectedLate => {
                        let late = rejected_late().about(object.name(), key, text);
                        problem = Some(Box::new(late));
                        Change::RejectedLate
                    }
                };
                table.history.record(object, key, text, change);
                if let Some(problem) = problem {
                    self.problems.push(*problem);
                }
            }
        }
        let table = &mut self.tables[at];
        table.count(table.len().saturating_sub(rows) as u64);
    }
}

fn rejected_late() -> ProblemRecord {
    let error = "the record was rejected after it was accepted".to_owned();
    ProblemRecord::new("REJECTED_LATE", error)
}
