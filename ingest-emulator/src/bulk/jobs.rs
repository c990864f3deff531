//! All bulk jobs of a tenant: which may be made, found, listed and dropped.
//!
//! Bounded: few are active, and of the others the oldest are forgotten. Time is an argument.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use super::hour::Hour;
use super::job::{Job, JobSnapshot};
use super::state::State;
use crate::moment::Moment;

/// How many jobs may be active at once (documented).
const MOST_ACTIVE: usize = 5;

/// How many jobs that are over are remembered.
const MOST_OVER: usize = 1_000;

/// An unfinished job is dropped after this time (documented).
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// The jobs in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    pub(crate) all: Vec<Job>,
    pub(crate) hour: Hour,
}

/// Why no job may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The object has an active job.
    Conflict,
    /// Too many jobs are active.
    Busy,
}

/// What a list of jobs is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Created,
    Changed,
}

impl Jobs {
    pub(crate) fn bytes(&self) -> usize {
        self.all.iter().map(Job::bytes).sum()
    }

    pub(crate) fn find(&mut self, id: &str) -> Option<&mut Job> {
        self.all.iter_mut().find(|job| job.id == id)
    }

    pub(crate) fn add(&mut self, job: Job) -> Result<&Job, Refused> {
        let active = || self.all.iter().filter(|other| other.state.is_active());
        if active().any(|other| other.object == job.object) {
            return Err(Refused::Conflict);
        }
        if active().count() >= MOST_ACTIVE {
            return Err(Refused::Busy);
        }
        let over = |job: &Job| !job.state.is_active();
        if self.all.iter().filter(|job| over(job)).count() >= MOST_OVER
            && let Some(oldest) = self.all.iter().position(over)
        {
            self.all.remove(oldest);
        }
        self.all.push(job);
        Ok(self.all.last().expect("BUG: a job was just added"))
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.all.retain(|job| job.id != id);
    }

    /// Drops what nobody finished in time. What is being carried out will end by itself.
    pub(crate) fn drop_forgotten(&mut self, now: Moment) {
        self.all.retain(|job| {
            let is_forgotten = job.state == State::Open && now.since(job.created) >= LIFE;
            !is_forgotten
        });
    }

    /// Those of these states, or of any if none is named, sorted.
    pub(crate) fn sorted(&self, states: &[State], by: Order, descending: bool) -> Vec<&Job> {
        let is_among = |job: &&Job| states.is_empty() || states.contains(&job.state);
        let mut jobs: Vec<&Job> = self.all.iter().filter(is_among).collect();
        let time = |job: &&Job| match by {
            Order::Created => job.created,
            Order::Changed => job.changed.unwrap_or(job.created),
        };
        if descending {
            jobs.reverse();
            jobs.sort_by_key(|job| Reverse(time(job)));
        } else {
            jobs.sort_by_key(time);
        }
        jobs
    }

    pub(crate) fn snapshot(&self) -> Vec<JobSnapshot> {
        self.all.iter().map(Job::snapshot).collect()
    }

    pub(crate) fn restore(&mut self, jobs: &[JobSnapshot], now: Instant) -> bool {
        let restored: Option<Vec<Job>> = jobs.iter().map(|job| job.restored(now)).collect();
        let is_whole = restored.is_some();
        self.all = restored.unwrap_or_default();
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::state::Operation;

    fn job(object: &str) -> Job {
        let now = (Moment::now(), Instant::now());
        Job::new(object.to_owned(), Operation::Upsert, now)
    }

    #[test]
    fn five_may_be_active_and_one_for_an_object() {
        let mut jobs = Jobs::default();
        for at in 0..MOST_ACTIVE {
            assert!(jobs.add(job(&at.to_string())).is_ok());
        }
        assert_eq!(jobs.add(job("0")).err(), Some(Refused::Conflict));
        assert_eq!(jobs.add(job("x")).err(), Some(Refused::Busy));
        jobs.all[2].state = State::Failed;
        assert_eq!(jobs.add(job("0")).err(), Some(Refused::Conflict));
        assert!(jobs.add(job("2")).is_ok());
    }

    #[test]
    fn of_those_that_are_over_the_oldest_are_forgotten() {
        let mut jobs = Jobs::default();
        let waiting = jobs.add(job("y")).unwrap().id.clone();
        for _ in 0..MOST_OVER + 10 {
            jobs.add(job("x")).unwrap();
            jobs.all.last_mut().unwrap().state = State::JobComplete;
        }
        assert_eq!(jobs.all.len(), MOST_OVER + 1);
        assert!(jobs.find(&waiting).is_some());
    }

    #[test]
    fn what_nobody_closed_in_seven_days_is_dropped() {
        let mut jobs = Jobs::default();
        jobs.add(job("a")).unwrap();
        jobs.add(job("b")).unwrap();
        jobs.all[1].state = State::JobComplete;
        let at = |text| Moment::of_date_time(text).unwrap();
        for job in &mut jobs.all {
            job.created = at("2026-01-01T00:00:00Z");
        }
        jobs.drop_forgotten(at("2026-01-07T23:59:59Z"));
        assert_eq!(jobs.all.len(), 2);
        jobs.drop_forgotten(at("2026-01-08T00:00:00Z"));
        assert_eq!(jobs.all.len(), 1);
        assert_eq!(jobs.all[0].object, "b");
    }
}
