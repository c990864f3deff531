//! What all parts of a stream share: the state behind one lock, the room in the buffer, the phase that
//! everybody watches. Obeys the decisions of the batcher and of time; carries nothing itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::batcher::{Batcher, Next, Placed};
use super::chunk::{Cut, Operation};
use super::encode::{Encoded, Encoding};
use super::halt::{Halt, SendError};
use super::hush::{Hush, Topic};
use super::limit::Limiter;
use super::load::Load;
use super::log;
use super::options::Options;
use super::receipt::{Fate, Fates, Receipt};
use super::report::{Report, Totals, Unsent, count_reason};
use super::retry::{Backoff, Budget, Failed, Pause, later};
use super::watch::Watch;
use crate::client::{Client, Generation};
use crate::watched::Watched;

/// Bodies in a row that may be refused whole before the stream takes the schema for another one.
const STRIKES: u32 = 3;

/// Where a stream is in its life.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// Records are taken and sent.
    Open,
    /// Nothing more is taken; what is there is sent.
    Closing,
    /// Nothing is taken or sent until `resume` or the end.
    Halted(Halt),
    /// Whatever is under way is given up; after a halt, for this reason.
    Stopping(Option<Halt>),
    /// All is counted.
    Ended(Arc<Report>),
}

impl Phase {
    fn refuses_records(&self) -> Option<SendError> {
        match self {
            Self::Open => None,
            Self::Halted(halt) => Some(SendError::Halted(halt.clone())),
            Self::Closing | Self::Stopping(_) | Self::Ended(_) => Some(SendError::Closed),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) client: Client,
    pub(crate) connector: String,
    pub(crate) object: String,
    pub(crate) options: Options,
    pub(crate) limiter: Arc<dyn Limiter>,
    state: Mutex<State>,
    /// Rung when the dispatcher has to look again.
    pub(crate) news: Notify,
    /// Bytes of the buffer that are free.
    pub(crate) room: Semaphore,
    pub(crate) phase: Watched<Phase>,
    pub(crate) watch: Watch,
    /// What of the options an encoder needs, for every record.
    pub(crate) encoding: Encoding,
    opened: Instant,
}

#[derive(Debug)]
pub(crate) struct State {
    batcher: Batcher,
    pub(crate) totals: Totals,
    pub(crate) reasons: BTreeMap<String, u64>,
    pub(crate) cuts: [u64; Cut::ALL.len()],
    pub(crate) pause: Pause,
    budget: Budget,
    backoff: Backoff,
    /// Bodies in a row that were refused whole.
    pub(crate) strikes: u32,
    /// The generation of the token that was refused last, if nothing was accepted since.
    pub(crate) refused_token: Option<Generation>,
    /// The opening or the last `resume`: since then 404s are forgiven for a while, and no deadline
    /// began before.
    pub(crate) since: Instant,
    pub(crate) last_accepted: Option<Instant>,
    /// Whether `close` was called, or nobody is left who could.
    closing: bool,
    /// Whether the dispatcher is gone without having reached the end.
    orphaned: bool,
    /// Bodies that are being carried, by number, with what waits for them.
    under_way: BTreeMap<u64, Vec<Arc<Fates>>>,
    carried: u64,
    /// Bodies that were given back.
    parked: Vec<Load>,
    /// The hash of the next record without a key.
    turn: u64,
    hush: Hush,
    /// Callers who wait for room.
    pressing: usize,
}

/// A caller who waits for room, until it is dropped.
struct Pressure<'a>(&'a Engine);

impl Drop for Pressure<'_> {
    fn drop(&mut self) {
        self.0.state().pressing -= 1;
    }
}

/// What the dispatcher does next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Carry this body, under this number.
    Carry(u64, Box<Load>),
    /// Wait for news, at most until then.
    Wait(Option<Instant>),
    /// Everything has come to an end.
    End,
}

/// The parts of an engine that whoever opens a stream has to say.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) client: Client,
    pub(crate) connector: String,
    pub(crate) object: String,
    pub(crate) options: Options,
    pub(crate) limiter: Arc<dyn Limiter>,
}

impl Engine {
    pub(crate) fn new(parts: Parts, now: Instant) -> Self {
        let Parts {
            client,
            connector,
            object,
            options,
            limiter,
        } = parts;
        let chance = options
            .seed
            .map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let state = State {
            batcher: Batcher::new(options.batching(client.shape())),
            totals: Totals::default(),
            reasons: BTreeMap::new(),
            cuts: [0; Cut::ALL.len()],
            pause: Pause::default(),
            budget: Budget::default(),
            backoff: Backoff::new(options.retry_policy(), chance),
            strikes: 0,
            refused_token: None,
            since: now,
            last_accepted: None,
            closing: false,
            orphaned: false,
            under_way: BTreeMap::new(),
            carried: 0,
            parked: Vec::new(),
            turn: 0,
            hush: Hush::default(),
            pressing: 0,
        };
        let encoding = Encoding {
            bounds: options.batching(client.shape()).bounds,
            ordered: options.ordered,
        };
        Self {
            watch: Watch::new(&object),
            encoding,
            room: Semaphore::new(options.buffer),
            client,
            connector,
            object,
            options,
            limiter,
            state: Mutex::new(state),
            news: Notify::new(),
            phase: Watched::new(Phase::Open),
            opened: now,
        }
    }

    /// A panic of one task must not hide the others' records.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nothing is taken, if nothing is.
    pub(crate) fn closed_to_records(&self) -> Option<SendError> {
        self.phase.now().refuses_records()
    }

    /// Takes these bytes of the buffer, if they are free.
    pub(crate) fn take_room(&self, bytes: usize) -> bool {
        match self.room.try_acquire_many(permits(bytes)) {
            Ok(taken) => {
                taken.forget();
                true
            }
            Err(_) => false,
        }
    }

    /// Waits until these bytes of the buffer are free, and takes them.
    pub(crate) async fn make_room(&self, bytes: usize) -> Result<(), SendError> {
        if self.take_room(bytes) {
            return Ok(());
        }
        let _pressure = self.press();
        tokio::select! {
            biased;
            error = self.phase.wait_for(Phase::refuses_records) => Err(error),
            taken = self.room.acquire_many(permits(bytes)) => {
                taken.expect("BUG: the buffer is never closed").forget();
                Ok(())
            }
        }
    }

    /// Takes encoded records, for which there is room.
    pub(crate) fn place(&self, encoded: &Encoded) -> Result<Vec<Receipt>, SendError> {
        let mut receipts = Vec::with_capacity(encoded.len());
        self.place_each(encoded, |receipt| receipts.push(receipt))?;
        Ok(receipts)
    }

    /// The same for one.
    pub(crate) fn place_one(&self, encoded: &Encoded) -> Result<Receipt, SendError> {
        let mut receipt = None;
        self.place_each(encoded, |placed| receipt = Some(placed))?;
        Ok(receipt.expect("BUG: a record was encoded"))
    }

    fn place_each(
        &self,
        encoded: &Encoded,
        mut receive: impl FnMut(Receipt),
    ) -> Result<(), SendError> {
        let now = Instant::now();
        let mut state = self.state();
        // The phase is looked at under the lock, so that nothing slips in behind a halt or a close.
        if let Some(error) = self.closed_to_records() {
            self.room.add_permits(encoded.held());
            return Err(error);
        }
        let mut news = false;
        for (hash, operation, record) in encoded.records() {
            let placed = state.place(hash, operation, record, now);
            news |= placed.news;
            receive(placed.receipt);
        }
        drop(state);
        if news {
            self.news.notify_one();
        }
        Ok(())
    }

    /// Counts a record that can never be sent.
    pub(crate) fn note_invalid(&self, error: SendError) -> SendError {
        self.state().totals.invalid += 1;
        self.watch.invalid();
        error
    }

    /// The settings in force, one a line.
    pub(crate) fn describe(&self) -> String {
        let (connector, object) = (&self.connector, &self.object);
        let options = self.options.describe();
        format!("connector = {connector}\nobject = {object}\n{options}")
    }

    /// Counts an accepted body; the tenant takes records again.
    pub(crate) fn note_accepted(&self, bytes: usize, whole: bool) {
        let mut state = self.state();
        state.strikes = 0;
        state.refused_token = None;
        state.last_accepted = Some(Instant::now());
        state.budget.accepted();
        state.totals.bytes += bytes as u64;
        if whole {
            state.totals.whole_bodies += 1;
            state.totals.whole_bytes += bytes as u64;
        }
    }

    /// Counts a body that was refused whole. Whether there were too many in a row.
    pub(crate) fn strike(&self) -> bool {
        let mut state = self.state();
        state.strikes += 1;
        state.strikes >= STRIKES
    }

    /// When the open records of a body have missed their deadline.
    pub(crate) fn expires(&self, load: &Load) -> Instant {
        later(self.state().sent(load), self.options.delivery_deadline)
    }

    /// Keeps all lanes from sending, for as long as the tenant asks.
    pub(crate) fn pause(&self, asked: Option<Duration>) {
        let pause = self.options.retry_policy().pause(asked);
        self.state().pause.extend(later(Instant::now(), pause));
    }

    /// When to send a request again that brought no verdict; `None` if the deadline comes first.
    pub(crate) fn retry(&self, load: &mut Load, asked: Option<Duration>) -> Option<Instant> {
        let mut state = self.state();
        let failed = Failed {
            sent: state.sent(load),
            tries: load.fail(),
            asked,
        };
        let funds = state.budget.retry();
        state.totals.retries += 1;
        let again = state.backoff.again(failed, funds, Instant::now());
        drop(state);
        self.watch.retry();
        self.watch_levels();
        again
    }

    /// The last handle is gone. Nobody could resume a halted stream any more.
    pub(crate) fn abandon(&self) {
        self.close();
        let halted = matches!(&*self.phase.now(), Phase::Halted(_));
        if halted {
            self.stop();
        }
    }

    /// As long as somebody waits for room, nothing waits for company in vain.
    fn press(&self) -> Pressure<'_> {
        self.state().pressing += 1;
        self.watch_levels();
        self.news.notify_one();
        Pressure(self)
    }

    /// What the dispatcher does next.
    pub(crate) fn step(&self, now: Instant) -> Step {
        let mut state = self.state();
        match &*self.phase.now() {
            Phase::Open | Phase::Closing => {}
            Phase::Halted(_) if !state.closing => return Step::Wait(None),
            // Who has something under way gives it back first.
            _ if state.under_way.is_empty() => return Step::End,
            _ => return Step::Wait(None),
        }
        if state.under_way.len() >= self.options.concurrency {
            return Step::Wait(None);
        }
        if let Some(load) = state.parked.pop() {
            return state.carry(load);
        }
        match state.next(now) {
            Next::Carry(body) => {
                state.cuts[body.cut.index()] += 1;
                state.carry(Load::new(body))
            }
            Next::Wait(None) if state.closing && state.under_way.is_empty() => Step::End,
            Next::Wait(at) => Step::Wait(at),
        }
    }

    /// A body has come to its end: its lanes are free. Whether it was the last of an orphaned stream.
    #[must_use]
    pub(crate) fn finish(&self, number: u64, load: Load) -> bool {
        let mut state = self.state();
        state.under_way.remove(&number);
        let body = load.into_body();
        state.batcher.free(&body.lanes);
        if let Some(buffer) = body.into_buffer() {
            state.batcher.recycle(buffer);
        }
        let last = state.is_deserted();
        drop(state);
        self.news.notify_one();
        last
    }

    /// A body is given back as far as it is open; its lanes stay taken. Whether it was the last of an
    /// orphaned stream.
    #[must_use]
    pub(crate) fn park(&self, number: u64, load: Load) -> bool {
        let mut state = self.state();
        state.under_way.remove(&number);
        state.parked.push(load);
        let last = state.is_deserted();
        drop(state);
        self.news.notify_one();
        last
    }

    /// The dispatcher is gone, and nobody starts another. Whether nothing is under way either; else
    /// whoever is the last to give something back counts what is left.
    pub(crate) fn orphan(&self) -> bool {
        self.stop();
        let mut state = self.state();
        state.orphaned = true;
        state.is_deserted()
    }

    /// Gives records of a body their fate, once and for all.
    pub(crate) fn settle(&self, load: &Load, range: Range<u32>, fate: &Fate) {
        let records = u64::from(range.end - range.start);
        let mut state = self.state();
        let totals = &mut state.totals;
        match fate {
            Fate::Accepted => totals.accepted += records,
            Fate::Rejected(rejection) => {
                totals.rejected += records;
                count_reason(&mut state.reasons, rejection.reason());
            }
            Fate::Expired => totals.expired += records,
            Fate::Unsent => totals.lost += records,
        }
        drop(state);
        self.watch.settled(fate, records);
        for (fates, share) in load.body().shares(&range) {
            fates.settle(share, fate.clone());
        }
        self.room.add_permits(load.body().held(&range));
        self.watch_levels();
    }

    /// Bytes of records that wait or are under way.
    pub(crate) fn buffered(&self) -> usize {
        let buffer = self.options.buffer;
        buffer - self.room.available_permits().min(buffer)
    }

    /// Shows how full the buffer is and how fast the tenant may be asked.
    pub(crate) fn watch_levels(&self) {
        self.watch.buffered(self.buffered());
        self.watch.rate(&*self.limiter);
    }

    /// Tells the log of cases of one reason: now, or later with others.
    pub(crate) fn tell(&self, topic: Topic, reason: &str, count: u64) {
        let now = Instant::now();
        let told = self.state().hush.note(topic, reason, count, now);
        if let Some(count) = told {
            log::cases(&self.object, topic, reason, count);
        }
    }

    /// Stops the stream with all that it holds, unless it has stopped already.
    pub(crate) fn halt(&self, halt: &Halt) {
        let halted = self.phase.change(|phase| match phase {
            Phase::Open | Phase::Closing => {
                *phase = Phase::Halted(halt.clone());
                true
            }
            Phase::Halted(_) | Phase::Stopping(_) | Phase::Ended(_) => false,
        });
        // Of several bodies that find the same, the first is enough.
        if halted {
            log::halted(&self.object, halt);
            self.watch.halt(halt.code());
        }
        self.news.notify_one();
    }

    /// Goes on after a halt. Whether there was one. A stream that was closed meanwhile takes nothing
    /// more, lest a record comes in behind the end.
    pub(crate) fn resume(&self) -> bool {
        let mut state = self.state();
        state.strikes = 0;
        state.refused_token = None;
        state.since = Instant::now();
        let closing = state.closing;
        let resumed = self.phase.change(|phase| {
            let halted = matches!(phase, Phase::Halted(_));
            if halted {
                *phase = if closing { Phase::Closing } else { Phase::Open };
            }
            halted
        });
        drop(state);
        if resumed {
            log::resumed(&self.object);
        }
        self.news.notify_one();
        resumed
    }

    /// Takes nothing more, and lets everything leave.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closing = true;
        state.batcher.hurry(Cut::Close);
        self.phase.change(|phase| {
            let open = matches!(phase, Phase::Open);
            if open {
                *phase = Phase::Closing;
            }
            open
        });
        drop(state);
        self.news.notify_one();
    }

    /// Gives up what is under way.
    pub(crate) fn stop(&self) {
        self.state().closing = true;
        self.phase.change(|phase| {
            let halt = match phase {
                Phase::Stopping(_) | Phase::Ended(_) => return false,
                Phase::Halted(halt) => Some(halt.clone()),
                Phase::Open | Phase::Closing => None,
            };
            *phase = Phase::Stopping(halt);
            true
        });
        self.news.notify_one();
    }

    /// Everything that is open now, after letting it leave.
    pub(crate) fn flush(&self) -> Vec<Arc<Fates>> {
        let mut state = self.state();
        state.batcher.hurry(Cut::Flush);
        let open = state.open_fates();
        drop(state);
        self.news.notify_one();
        open
    }

    /// Takes out all that is left: parked bodies, and what never was in one.
    pub(crate) fn drain(&self) -> Vec<Load> {
        let mut state = self.state();
        let mut loads = std::mem::take(&mut state.parked);
        loads.extend(state.batcher.drain(Cut::Close).into_iter().map(Load::new));
        loads
    }

    /// Until all is counted.
    pub(crate) async fn ended(self: Arc<Self>) {
        let ended = |phase: &Phase| matches!(phase, Phase::Ended(_)).then_some(());
        self.phase.wait_for(ended).await;
    }

    /// All is counted; everybody who waits is told.
    pub(crate) fn end(&self, unsent: Vec<Unsent>, halt: Option<Halt>) {
        let mut state = self.state();
        let untold = state.hush.rest();
        let report = Report {
            totals: state.totals,
            reasons: state.reasons.clone(),
            cuts: state.cuts_by_name(),
            unsent,
            halt,
            elapsed: self.opened.elapsed(),
        };
        drop(state);
        for (topic, reason, count) in untold {
            log::cases(&self.object, topic, &reason, count);
        }
        log::ended(self, &report);
        self.phase.change(|phase| {
            *phase = Phase::Ended(Arc::new(report));
            true
        });
    }
}

fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("BUG: a group of records is smaller than the buffer")
}

impl State {
    fn place(
        &mut self,
        hash: Option<u64>,
        operation: Operation,
        record: &[u8],
        now: Instant,
    ) -> Placed {
        let hash = hash.unwrap_or_else(|| {
            self.turn += 1;
            self.turn
        });
        self.totals.read += 1;
        let lane = self.batcher.lane(hash);
        self.batcher.push(lane, operation, record, now)
    }

    /// From when on the deadline of a body counts. A stream that was halted has not tried.
    fn sent(&self, load: &Load) -> Instant {
        self.since.max(load.body().last())
    }

    /// The next body. Bodies that are not full leave for room only when no other will make any: else
    /// whoever offers more than the tenant takes would send it in small bodies.
    fn next(&mut self, now: Instant) -> Next {
        let next = self.batcher.next(now);
        let stuck = self.pressing > 0 && self.under_way.is_empty();
        if stuck && matches!(next, Next::Wait(Some(_))) {
            self.batcher.hurry(Cut::Pressure);
            return self.batcher.next(now);
        }
        next
    }

    fn carry(&mut self, load: Load) -> Step {
        self.carried += 1;
        let fates = load.body().fates().map(Arc::clone).collect();
        self.under_way.insert(self.carried, fates);
        Step::Carry(self.carried, Box::new(load))
    }

    fn is_deserted(&self) -> bool {
        self.orphaned && self.under_way.is_empty()
    }

    /// The chunks with records whose fate is open.
    fn open_fates(&self) -> Vec<Arc<Fates>> {
        let parked = self.parked.iter().flat_map(|load| load.body().fates());
        let under_way = self.under_way.values().flatten();
        let open = under_way.chain(parked).chain(self.batcher.waiting());
        open.map(Arc::clone).collect()
    }

    fn cuts_by_name(&self) -> BTreeMap<&'static str, u64> {
        let counted = Cut::ALL.iter().zip(self.cuts);
        counted.map(|(cut, count)| (cut.name(), count)).collect()
    }

    pub(crate) fn bodies_under_way(&self) -> usize {
        self.under_way.len()
    }

    pub(crate) fn oldest(&self) -> Option<Instant> {
        self.batcher.oldest()
    }
}
