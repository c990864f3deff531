//! Problem records: what was accepted and then refused, or landed with a loss, and why.
//!
//! Bounded in memory and in time. Who makes one is decided where records land.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::moment::Moment;

/// How long a problem record is kept (documented).
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How many bytes of problem records are kept; the oldest go first.
const MOST_BYTES: usize = 64 << 20;

/// What a problem record takes besides its texts.
const FRAME: usize = 256;

/// A record that was accepted and did not land as it was sent, where nobody was listening any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ProblemRecord {
    /// The object it was sent for.
    pub object: String,
    /// Its primary key: a string's text, a number as it was spelled.
    pub key: String,
    /// The record as it came, in JSON; a line of a bulk file as a JSON array of its values.
    pub record: String,
    /// Why it has no row, or what its row lacks.
    pub error: String,
    /// A word for the sort of problem: `REJECTED_LATE`, `VALUES_LOST`, `NO_RECORD`. The words are
    /// the emulator's own.
    pub code: String,
    /// When it became a problem record: UTC, as `2026-07-11T22:47:38.712170940Z`.
    pub time: String,
    /// The fields that are to blame, in the order of the record; none if the record is as a whole.
    pub fields: Vec<String>,
    /// How the record came: `streaming` or `bulk`.
    pub context: String,
}

/// What was lost of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) field: String,
    pub(crate) error: String,
}

impl ProblemRecord {
    pub(crate) fn new(code: &str, error: String) -> Self {
        Self {
            object: String::new(),
            key: String::new(),
            record: String::new(),
            error,
            code: code.to_owned(),
            time: Moment::now().to_string(),
            fields: Vec::new(),
            context: "streaming".to_owned(),
        }
    }

    /// A record that lost these values.
    pub(crate) fn of_losses(losses: Vec<Loss>) -> Self {
        let errors: Vec<&str> = losses.iter().map(|loss| loss.error.as_str()).collect();
        let mut problem = Self::new("VALUES_LOST", errors.join("; "));
        problem.fields = losses.into_iter().map(|loss| loss.field).collect();
        problem
    }

    #[must_use]
    pub(crate) fn about(mut self, object: &str, key: &str, record: &str) -> Self {
        object.clone_into(&mut self.object);
        key.clone_into(&mut self.key);
        record.clone_into(&mut self.record);
        self
    }

    #[must_use]
    pub(crate) fn of_bulk(mut self) -> Self {
        "bulk".clone_into(&mut self.context);
        self
    }

    /// The details as the data lake has them: JSON in a text.
    pub(crate) fn details(&self) -> String {
        json!({"message": self.error, "fields": self.fields, "key": self.key}).to_string()
    }

    fn bytes(&self) -> usize {
        let fields: usize = self
            .fields
            .iter()
            .map(|field| field.len() + FRAME / 8)
            .sum();
        self.record.len() + self.key.len() + self.error.len() + fields + FRAME
    }
}

/// The problem records of all objects, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    all: VecDeque<ProblemRecord>,
    bytes: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: ProblemRecord) {
        self.bytes += problem.bytes();
        self.all.push_back(problem);
        while self.bytes > MOST_BYTES
            && let Some(oldest) = self.all.pop_front()
        {
            self.bytes -= oldest.bytes();
        }
    }

    /// Those of the last 30 days.
    pub(crate) fn at(&self, now: Moment) -> impl Iterator<Item = &ProblemRecord> {
        let is_over = move |problem: &&ProblemRecord| {
            let time = Moment::of_date_time(&problem.time);
            time.is_some_and(|time| now.since(time) >= KEPT)
        };
        self.all.iter().skip_while(is_over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(record: &str) -> ProblemRecord {
        ProblemRecord::new("REJECTED_LATE", "no".to_owned()).about("visit", "v1", record)
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_bytes() {
        let mut problems = Problems::default();
        let long = "x".repeat(MOST_BYTES / 3);
        for _ in 0..5 {
            problems.push(problem(&long));
        }
        problems.push(problem("last"));
        assert_eq!(problems.all.len(), 3);
        assert_eq!(problems.all[2].record, "last");
        problems.push(problem(&"x".repeat(MOST_BYTES)));
        assert_eq!((problems.all.len(), problems.bytes), (0, 0));
    }

    #[test]
    fn a_problem_record_is_gone_after_thirty_days() {
        let mut problems = Problems::default();
        for time in ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"] {
            let mut one = problem("{}");
            one.time = time.to_owned();
            problems.push(one);
        }
        let at = |text| Moment::of_date_time(text).unwrap();
        let count = |now| problems.at(now).count();
        assert_eq!(count(at("2026-01-30T23:59:59Z")), 2);
        assert_eq!(count(at("2026-01-31T00:00:00Z")), 1);
        assert_eq!(count(at("2026-02-01T00:00:00Z")), 0);
    }
}
