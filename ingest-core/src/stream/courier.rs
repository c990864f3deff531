//! Carries one body until every record of it has a fate: waits for its turn, posts, and obeys the
//! outcome table. Whatever stops it, what is still open goes back to the engine.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument as _;

use super::chunk::Operation;
use super::dead_letter::{DeadLetter, DeadLetters, Outcome, RawValue};
use super::dispatcher;
use super::engine::{Engine, Phase};
use super::halt::Halt;
use super::hush::Topic;
use super::limit::Permit;
use super::load::{Load, Refused};
use super::log;
use super::outcome::{self, Seen, Verdict};
use super::receipt::{Fate, Rejection};
use crate::Timestamp;
use crate::client::{Answer, Error, Generation, Refusal};

/// How long after the opening a 404 may mean that the data stream was deployed a moment ago; it takes
/// 15 to 30 seconds.
const YOUNG: Duration = Duration::from_secs(120);

/// How a courier's work ended.
enum End {
    /// Every record has its fate.
    Done,
    /// The stream halted or stopped.
    GivenBack,
}

/// What follows an attempt.
enum Then {
    /// The next request of the same body.
    Now,
    /// The same, but not before.
    At(Instant),
    /// The deadline leaves no time for it.
    Expire,
    Done,
    Halt(Halt),
}

/// The body is in good hands from here, not from the first poll: a runtime may go away before it.
pub(crate) fn carry(
    engine: Arc<Engine>,
    number: u64,
    load: Load,
) -> impl Future<Output = ()> + Send {
    let span = tracing::debug_span!(
        "ingest.body",
        connector = engine.connector,
        object = engine.object,
        operation = load.body().operation.name(),
        records = load.body().records(),
        bytes = load.body().bytes.len(),
        cut = load.body().cut.name(),
    );
    let mut errand = Errand {
        engine,
        number,
        load: Some(load),
    };
    async move { errand.run().await }.instrument(span)
}

/// A body with its courier; dropped before its end, even by a panic, it gives the body back.
struct Errand {
    engine: Arc<Engine>,
    number: u64,
    load: Option<Load>,
}

impl Errand {
    async fn run(&mut self) {
        let load = self
            .load
            .as_mut()
            .expect("BUG: an errand begins with a body");
        if let End::Done = deliver(&self.engine, load).await
            && let Some(load) = self.load.take()
            && self.engine.finish(self.number, load)
        {
            dispatcher::end_orphaned(&self.engine);
        }
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if let Some(load) = self.load.take()
            && self.engine.park(self.number, load)
        {
            dispatcher::end_orphaned(&self.engine);
        }
    }
}

async fn deliver(engine: &Engine, load: &mut Load) -> End {
    loop {
        let Some(then) = attempt(engine, load).await else {
            return End::GivenBack;
        };
        match then {
            Then::Now => {}
            Then::At(at) => tokio::select! {
                biased;
                () = not_sending(engine) => return End::GivenBack,
                () = sleep_until(at) => {}
            },
            Then::Expire => {
                if let Then::Halt(halt) = expire(engine, load).await {
                    engine.halt(&halt);
                    return End::GivenBack;
                }
            }
            Then::Done => return End::Done,
            Then::Halt(halt) => {
                engine.halt(&halt);
                return End::GivenBack;
            }
        }
    }
}

/// One request, or what stands in for it; none if the stream does not send any more.
async fn attempt(engine: &Engine, load: &mut Load) -> Option<Then> {
    if let Err(halt) = bury(engine, load).await {
        return Some(Then::Halt(halt));
    }
    if load.is_done() {
        return Some(Then::Done);
    }
    let expires = engine.expires(load);
    let permit = tokio::select! {
        biased;
        () = not_sending(engine) => return None,
        permit = turn(engine) => Some(permit),
        () = sleep_until(expires) => None,
    };
    let Some(permit) = permit.filter(|_| Instant::now() < expires) else {
        return Some(expire(engine, load).await);
    };
    if load.leaves() {
        engine.watch.leaves(load.body(), Instant::now());
    }
    engine.watch_levels();
    let request = load.request();
    let span = tracing::debug_span!(
        "ingest.request",
        records = load.records_of_request(),
        bytes = request.len(),
        status = tracing::field::Empty,
    );
    let sent = tokio::select! {
        biased;
        () = stopping(engine) => return None,
        sent = post(engine, load.body().operation, request.clone()).instrument(span) => sent,
    };
    drop(permit);
    Some(conclude(engine, load, &request, sent))
}

/// Waits out a pause of all lanes and then for the limiter; a pause that began meanwhile counts too.
async fn turn(engine: &Engine) -> Permit {
    loop {
        wait_out_pause(engine).await;
        let permit = engine.limiter.permit().await;
        if engine.state().pause.until(Instant::now()).is_none() {
            return permit;
        }
    }
}

async fn wait_out_pause(engine: &Engine) {
    loop {
        let until = engine.state().pause.until(Instant::now());
        match until {
            Some(until) => sleep_until(until).await,
            None => return,
        }
    }
}

/// Until the stream halts or stops.
async fn not_sending(engine: &Engine) {
    let sends = |phase: &Phase| matches!(phase, Phase::Open | Phase::Closing);
    engine
        .phase
        .wait_for(|phase| (!sends(phase)).then_some(()))
        .await;
}

/// Until the stream gives up what is under way.
async fn stopping(engine: &Engine) {
    let stops = |phase: &Phase| matches!(phase, Phase::Stopping(_) | Phase::Ended(_));
    engine
        .phase
        .wait_for(|phase| stops(phase).then_some(()))
        .await;
}

async fn post(
    engine: &Engine,
    operation: Operation,
    body: Bytes,
) -> Result<(Answer, Generation), Error> {
    let method = match operation {
        Operation::Upsert => http::Method::POST,
        Operation::Delete => http::Method::DELETE,
    };
    let timeout = Some(engine.options.request_timeout);
    let (connector, object) = (&engine.connector, &engine.object);
    // A login takes its time before, and not as a part of the request's.
    engine.client.auth().token().await?;
    let request = engine.watch.request(Instant::now());
    let sent = engine
        .client
        .ingest(method, connector, object, body, timeout)
        .await;
    if !matches!(&sent, Err(error) if matches!(Seen::from(error), Seen::NoToken { .. })) {
        let status = sent.as_ref().ok().map(|(answer, _)| answer.status);
        tracing::Span::current().record("status", status);
        request.over(status, Instant::now());
        engine.state().totals.requests += 1;
    }
    sent
}

/// Obeys the outcome table.
fn conclude(
    engine: &Engine,
    load: &mut Load,
    request: &Bytes,
    sent: Result<(Answer, Generation), Error>,
) -> Then {
    let seen = match &sent {
        Ok((answer, _)) => Seen::Answer {
            status: answer.status,
            html: answer.is_html(),
        },
        Err(error) => Seen::from(error),
    };
    let verdict = outcome::judge(seen);
    if let Verdict::Accepted = verdict {
        return accepted(engine, load, request.len());
    }
    let problem = Problem::new(engine, request, sent);
    let (code, error) = (problem.error.code(), &problem.error);
    tracing::debug!(?verdict, code, %error, "not accepted");
    match verdict {
        Verdict::Accepted => unreachable!("BUG: acceptance is no problem"),
        Verdict::Again {
            pause,
            throttle,
            duplicate,
        } => again(engine, load, &problem, [pause, throttle, duplicate]),
        Verdict::Renew => renew(engine, problem),
        Verdict::NotYet => not_yet(engine, load, problem),
        Verdict::Isolate | Verdict::Split => isolate(engine, load, problem),
        Verdict::Halt => Then::Halt(Halt::answer(problem.error)),
    }
}

/// A request that was not accepted.
struct Problem {
    error: Error,
    /// The token it was sent with.
    generation: Option<Generation>,
    retry_after: Option<Duration>,
}

impl Problem {
    fn new(engine: &Engine, request: &Bytes, sent: Result<(Answer, Generation), Error>) -> Self {
        match sent {
            Ok((answer, generation)) => {
                let (connector, object) = (&engine.connector, &engine.object);
                let refusal = Refusal::read(&answer, connector, object, request);
                Self {
                    retry_after: refusal.retry_after,
                    error: Box::new(refusal).into(),
                    generation: Some(generation),
                }
            }
            Err(error) => Self {
                error,
                generation: None,
                retry_after: None,
            },
        }
    }
}

impl Problem {
    /// What happened in few words, none of which is drawn from a record.
    fn reason(&self) -> String {
        match &self.error {
            Error::Refused(refusal) => format!("status {}", refusal.status),
            Error::Transport { source, .. } => source.to_string(),
            error => error.to_string(),
        }
    }
}

fn accepted(engine: &Engine, load: &mut Load, bytes: usize) -> Then {
    tracing::debug!(records = load.records_of_request(), bytes, "accepted");
    engine.limiter.accepted();
    engine.note_accepted(bytes, load.is_whole());
    for range in load.accepted() {
        engine.settle(load, range, &Fate::Accepted);
    }
    Then::Now
}

fn again(
    engine: &Engine,
    load: &mut Load,
    problem: &Problem,
    [pause, throttle, duplicate]: [bool; 3],
) -> Then {
    if throttle {
        engine.limiter.throttled();
    }
    if duplicate {
        let records = u64::from(load.records_of_request());
        engine.state().totals.possibly_duplicated += records;
        engine.watch.possibly_duplicated(records);
    }
    if pause {
        engine.pause(problem.retry_after);
    }
    retry(engine, load, problem)
}

fn retry(engine: &Engine, load: &mut Load, problem: &Problem) -> Then {
    let Some(at) = engine.retry(load, problem.retry_after) else {
        return Then::Expire;
    };
    let topic = Topic::Again(problem.error.code());
    engine.tell(topic, &problem.reason(), 1);
    Then::At(at)
}

/// Asks for another token; free, but not for ever.
fn renew(engine: &Engine, problem: Problem) -> Then {
    let generation = problem
        .generation
        .expect("BUG: only an answer has a status");
    let mut state = engine.state();
    let before = state.refused_token.replace(generation);
    drop(state);
    if before.is_some_and(|before| before < generation) {
        return Then::Halt(Halt::unauthorized(problem.error));
    }
    engine.client.auth().refused(generation);
    Then::Now
}

fn not_yet(engine: &Engine, load: &mut Load, problem: Problem) -> Then {
    if Instant::now() >= engine.state().since + YOUNG {
        return Then::Halt(Halt::not_found(problem.error));
    }
    retry(engine, load, &problem)
}

fn isolate(engine: &Engine, load: &mut Load, problem: Problem) -> Then {
    let Error::Refused(refusal) = problem.error else {
        unreachable!("BUG: only an answer has a status");
    };
    let refused = load.refused(&refusal);
    let struck = match refused {
        Refused::GoOn => false,
        Refused::Strike => true,
        Refused::Done => load.is_refused_whole(),
    };
    if struck && engine.strike() {
        load.give_up();
        return Then::Halt(Halt::drift(&refusal));
    }
    if let Refused::Done = refused {
        load.condemn();
    }
    Then::Now
}

/// Settles the guilty, once it is certain that the schema is not to blame. Their letters are written
/// first: a record that no letter tells of is not rejected yet.
async fn bury(engine: &Engine, load: &mut Load) -> Result<(), Halt> {
    let guilty = load.guilty().to_vec();
    if guilty.is_empty() {
        return Ok(());
    }
    let letters = guilty
        .iter()
        .map(|(index, why)| (*index, Why::Rejected(why)));
    write_letters(engine, load, letters).await?;
    for (index, rejection) in guilty {
        engine.tell(Topic::Rejected(rejection.code()), rejection.reason(), 1);
        load.settled(index..index + 1);
        engine.settle(load, index..index + 1, &Fate::Rejected(rejection));
    }
    Ok(())
}

/// Why a record becomes a dead letter.
#[derive(Debug, Clone, Copy)]
enum Why<'a> {
    Rejected(&'a Rejection),
    Expired,
    Unsent,
}

/// Writes letters of these records, if there is a sink, where blocking is allowed.
async fn write_letters<'a>(
    engine: &Engine,
    load: &Load,
    records: impl Iterator<Item = (u32, Why<'a>)>,
) -> Result<(), Halt> {
    let Some(sink) = engine.options.dead_letters.clone() else {
        return Ok(());
    };
    let letters: Vec<_> = records
        .map(|(index, why)| letter(engine, load, index, why))
        .collect();
    let put = move || letters.iter().try_for_each(|letter| sink.put(letter));
    match tokio::task::spawn_blocking(put).await {
        Ok(written) => written.map_err(Halt::dead_letters),
        Err(panic) => Err(Halt::dead_letters(panic)),
    }
}

fn letter(engine: &Engine, load: &Load, index: u32, why: Why<'_>) -> DeadLetter {
    let (outcome, code, field, reason) = match why {
        Why::Rejected(rejection) => (
            Outcome::Rejected,
            rejection.code(),
            rejection.field().map(str::to_owned),
            rejection.reason(),
        ),
        Why::Expired => (
            Outcome::Expired,
            "expired",
            None,
            "the delivery deadline passed",
        ),
        Why::Unsent => (
            Outcome::Unsent,
            "unsent",
            None,
            "the stream ended before it was accepted",
        ),
    };
    let record = String::from_utf8_lossy(load.body().record(index)).into_owned();
    DeadLetter {
        time: Timestamp::now(),
        connector: engine.connector.clone(),
        object: engine.object.clone(),
        operation: load.body().operation,
        outcome,
        code: code.to_owned(),
        field,
        reason: reason.to_owned(),
        record: RawValue::from_string(record).expect("BUG: a record is JSON"),
    }
}

/// Writes letters of all that was open at the end of the stream. It cannot halt any more, so what
/// cannot be written is only told; the report has it all the same.
pub(crate) async fn write_unsent(engine: &Engine, loads: &[Load]) {
    for load in loads {
        let open = load.open().iter().cloned().flatten();
        let letters = open.map(|index| (index, Why::Unsent));
        if let Err(halt) = write_letters(engine, load, letters).await {
            log::letters_failed(&engine.object, &halt);
        }
    }
}

/// The deadline of what is open has passed.
async fn expire(engine: &Engine, load: &mut Load) -> Then {
    let open = load.open().to_vec();
    let letters = open
        .iter()
        .flat_map(Clone::clone)
        .map(|index| (index, Why::Expired));
    if let Err(halt) = write_letters(engine, load, letters).await {
        return Then::Halt(halt);
    }
    for range in open {
        engine.tell(Topic::Expired, "", u64::from(range.end - range.start));
        load.settled(range.clone());
        engine.settle(load, range, &Fate::Expired);
    }
    Then::Done
}
