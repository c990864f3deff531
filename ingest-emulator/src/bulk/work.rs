//! Carries jobs out, a piece at a time, so that requests are answered in between.
//!
//! What the next piece is follows from the jobs and the time; only `run` waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::Job;
use super::lines::{Broken, Lines};
use super::state::State;
use crate::moment::Moment;
use crate::object::Object;
use crate::options::Options;
use crate::store::Store;
use crate::tenant::Tenant;

/// Lines that are carried out before somebody else may have the store.
const PIECE: usize = 500;

/// What comes after a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Now,
    At(Instant),
    Nothing,
}

/// Works as long as the tenant is served.
pub(crate) async fn run(tenant: Arc<Tenant>) {
    loop {
        match piece(&tenant) {
            Next::Now => tokio::task::yield_now().await,
            Next::Nothing => tenant.bulk_news.notified().await,
            Next::At(due) => {
                tokio::select! {
                    () = tokio::time::sleep_until(due.into()) => {}
                    () = tenant.bulk_news.notified() => {}
                }
            }
        }
    }
}

fn piece(tenant: &Tenant) -> Next {
    let objects = tenant.objects();
    let now = (Moment::now(), Instant::now());
    let mut store = tenant.store();
    let mut next = Next::Nothing;
    for index in 0..store.jobs.all.len() {
        match work(&mut store, index, &objects, &tenant.options, now) {
            Next::Now => {
                tenant.has_landed();
                return Next::Now;
            }
            Next::At(due) => {
                next = match next {
                    Next::At(earlier) => Next::At(earlier.min(due)),
                    _ => Next::At(due),
                };
            }
            Next::Nothing => {}
        }
    }
    next
}

/// Takes one job a piece further.
fn work(
    store: &mut Store,
    index: usize,
    objects: &[Arc<Object>],
    options: &Options,
    now: (Moment, Instant),
) -> Next {
    let job = &mut store.jobs.all[index];
    let Some(at) = objects.iter().position(|known| known.name() == job.object) else {
        return Next::Nothing;
    };
    match job.state {
        State::UploadComplete => wait_or(job.since, options.bulk_wait, now.1, || {
            job.rest = Some(Lines::new(job.operation, &job.files));
            job.enter(State::InProgress, now);
            store.tables[at].is_suspended = true;
            store.tables[at].begin_run(now.0);
        }),
        State::InProgress => match job.rest.take() {
            Some(rest) => {
                let rest = carry_out(store, at, &objects[at], options, rest);
                let job = &mut store.jobs.all[index];
                job.has_failed = rest.is_err();
                job.rest = rest.unwrap_or_default();
                Next::Now
            }
            None => wait_or(job.since, options.bulk_run, now.1, || {
                finish(job, now);
                store.tables[at].is_suspended = false;
            }),
        },
        _ => Next::Nothing,
    }
}

fn wait_or(since: Instant, time: Duration, now: Instant, go_on: impl FnOnce()) -> Next {
    match since.checked_add(time) {
        Some(due) if due <= now => {
            go_on();
            Next::Now
        }
        Some(due) => Next::At(due),
        // It never ends, as far as the clock can tell.
        None => Next::Nothing,
    }
}

fn finish(job: &mut Job, now: (Moment, Instant)) {
    let took = now.1.saturating_duration_since(job.since).as_millis();
    job.milliseconds = u64::try_from(took).unwrap_or(u64::MAX);
    let state = if job.has_failed {
        State::Failed
    } else {
        State::JobComplete
    };
    job.enter(state, now);
}

/// Applies some lines; what is left comes back, or `None` after the last.
fn carry_out(
    store: &mut Store,
    at: usize,
    object: &Object,
    options: &Options,
    mut rest: Lines,
) -> Result<Option<Lines>, Broken> {
    for _ in 0..PIECE {
        match rest.next(object, options)? {
            None => return Ok(None),
            Some(Err(problem)) => {
                store.tables[at].rejected += 1;
                store.problems.push(*problem);
            }
            Some(Ok(change)) => {
                let is_upsert = matches!(change, crate::table::Accepted::Upsert { .. });
                store.tables[at].accepted += u64::from(is_upsert);
                store.apply(at, object, change);
            }
        }
    }
    if store.bytes() > options.memory {
        return Err(Broken);
    }
    Ok(Some(rest))
}
