//! One bulk job: what it is told, which state may follow which, and how it is shown.
//!
//! Time is an argument; rows are read and carried out elsewhere.

use std::time::Instant;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::lines::Lines;
use super::state::{Operation, State};
use crate::moment::Moment;
use crate::tokens::random_uuid;

/// The user who is said to have made every job.
const CREATED_BY: &str = "005000000000001AAA";

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) object: String,
    pub(crate) operation: Operation,
    pub(crate) state: State,
    pub(crate) created: Moment,
    /// When its state last changed.
    pub(crate) changed: Option<Moment>,
    pub(crate) files: Vec<Bytes>,
    /// When its state last changed, by the clock that waits.
    pub(crate) since: Instant,
    /// What is not carried out yet, while it is in progress.
    pub(crate) rest: Option<Lines>,
    pub(crate) has_failed: bool,
    pub(crate) milliseconds: u64,
}

/// The job is in a state in which this cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conflict;

impl Job {
    pub(crate) fn new(object: String, operation: Operation, now: (Moment, Instant)) -> Self {
        Self {
            id: random_uuid("-"),
            object,
            operation,
            state: State::Open,
            created: now.0,
            changed: None,
            files: Vec::new(),
            since: now.1,
            rest: None,
            has_failed: false,
            milliseconds: 0,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(Bytes::len).sum()
    }

    pub(crate) fn enter(&mut self, state: State, now: (Moment, Instant)) {
        (self.state, self.changed, self.since) = (state, Some(now.0), now.1);
        if !state.is_active() {
            self.files.clear();
            self.rest = None;
        }
    }

    /// What a client may ask for: an open job is closed, and one that has not begun is aborted.
    pub(crate) fn ask(&mut self, state: State, now: (Moment, Instant)) -> Result<(), Conflict> {
        match (self.state, state) {
            (State::Open, State::UploadComplete)
            | (State::Open | State::UploadComplete, State::Aborted) => {
                self.enter(state, now);
                Ok(())
            }
            _ => Err(Conflict),
        }
    }

    pub(crate) fn may_be_deleted(&self) -> bool {
        !matches!(self.state, State::Open | State::InProgress)
    }

    /// As the service shows it, without counts and without a word about errors.
    pub(crate) fn shown(&self, connector: &str) -> Value {
        let changed = self.changed.map(|moment| moment.to_string());
        json!({
            "id": self.id,
            "operation": self.operation.name(),
            "sourceName": connector,
            "object": self.object,
            "createdById": CREATED_BY,
            "createdDate": self.created.to_string(),
            "systemModstamp": changed.unwrap_or_default(),
            "state": self.state.name(),
            "contentType": "CSV",
            "apiVersion": "v1",
            "contentUrl": format!("/api/v1/ingest/jobs/{}/batches", self.id),
            "retries": 0,
            "totalProcessingTime": self.milliseconds,
        })
    }

    pub(crate) fn snapshot(&self) -> JobSnapshot {
        let files = self.files.iter().map(|file| STANDARD.encode(file));
        JobSnapshot {
            id: self.id.clone(),
            object: self.object.clone(),
            operation: self.operation,
            state: self.state,
            created: self.created.to_string(),
            changed: self.changed.map(|moment| moment.to_string()),
            files: files.collect(),
            milliseconds: self.milliseconds,
        }
    }
}

/// A job as it is written down. One that was in progress is carried out again from its beginning,
/// which changes nothing about rows that landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct JobSnapshot {
    id: String,
    pub(crate) object: String,
    operation: Operation,
    state: State,
    created: String,
    changed: Option<String>,
    /// In base64, for a file may be anything.
    files: Vec<String>,
    milliseconds: u64,
}

impl JobSnapshot {
    /// The job, or `None` if a time or a file is not written as it should be.
    pub(crate) fn restored(&self, now: Instant) -> Option<Job> {
        let files = self.files.iter().map(|file| STANDARD.decode(file));
        let files = files.map(|file| file.ok().map(Bytes::from));
        let changed = self.changed.as_deref().map(Moment::of_date_time);
        Some(Job {
            id: self.id.clone(),
            object: self.object.clone(),
            operation: self.operation,
            state: match self.state {
                State::InProgress => State::UploadComplete,
                state => state,
            },
            created: Moment::of_date_time(&self.created)?,
            changed: match changed {
                Some(moment) => Some(moment?),
                None => None,
            },
            files: files.collect::<Option<_>>()?,
            since: now,
            rest: None,
            has_failed: false,
            milliseconds: self.milliseconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_job_that_has_not_begun_can_be_closed_or_aborted() {
        let now = (Moment::now(), Instant::now());
        for from in State::ALL {
            for to in State::ALL {
                let mut job = Job::new("visit".to_owned(), Operation::Upsert, now);
                job.state = from;
                let may = match to {
                    State::UploadComplete => from == State::Open,
                    State::Aborted => from <= State::UploadComplete,
                    _ => false,
                };
                assert_eq!(job.ask(to, now).is_ok(), may, "{from:?} {to:?}");
                assert_eq!(job.state, if may { to } else { from });
            }
        }
    }

    #[test]
    fn a_job_is_written_down_and_read_back() {
        let now = (Moment::now(), Instant::now());
        let mut job = Job::new("visit".to_owned(), Operation::Delete, now);
        job.files.push(Bytes::from_static(b"a\xff\nb"));
        job.enter(State::InProgress, now);
        let snapshot = job.snapshot();
        let back = snapshot.restored(now.1).unwrap();
        assert_eq!(
            (back.state, &back.files),
            (State::UploadComplete, &job.files)
        );
        assert_eq!(
            back.shown("Web")["createdDate"],
            job.shown("Web")["createdDate"]
        );
        let broken = JobSnapshot {
            files: vec!["!".to_owned()],
            ..snapshot
        };
        assert!(broken.restored(now.1).is_none());
    }
}
