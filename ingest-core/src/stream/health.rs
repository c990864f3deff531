//! How a stream is at a moment, for a page or a probe. A look; changes nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::engine::{Engine, Phase};
use super::halt::Halt;
use super::report::Totals;

/// How a stream is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Health {
    /// Whether it takes and sends records.
    pub condition: Condition,
    /// The counts so far.
    pub totals: Totals,
    /// Bytes of records that wait or are under way.
    pub buffered: usize,
    /// Bytes that the buffer holds at most.
    pub buffer: usize,
    /// Requests that are under way or wait for their turn.
    pub requests_under_way: usize,
    /// Requests a second that are allowed now; less than the settings say after a 429.
    pub rate: f64,
    /// How long the oldest record has waited that is in no request yet.
    pub oldest_waiting: Option<Duration>,
    /// Since the tenant accepted something.
    pub since_accepted: Option<Duration>,
}

/// Whether a stream takes and sends records.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Condition {
    /// It does.
    Open,
    /// It takes records; the tenant asked not to be sent any for so long.
    Paused(Duration),
    /// It takes none, and keeps what it has, until `resume`.
    Halted(Halt),
    /// It takes none, and sends what it has.
    Closing,
    /// It is closed.
    Ended,
}

impl Health {
    /// Whether records are taken.
    pub fn takes_records(&self) -> bool {
        matches!(self.condition, Condition::Open | Condition::Paused(_))
    }

    pub(crate) fn of(engine: &Engine) -> Self {
        let now = Instant::now();
        let state = engine.state();
        let paused = state.pause.until(now).map(|until| until - now);
        let condition = match &*engine.phase.now() {
            Phase::Open => paused.map_or(Condition::Open, Condition::Paused),
            Phase::Halted(halt) => Condition::Halted(halt.clone()),
            Phase::Closing | Phase::Stopping(_) => Condition::Closing,
            Phase::Ended(_) => Condition::Ended,
        };
        let buffer = engine.options.buffer;
        Self {
            condition,
            totals: state.totals,
            buffered: engine.buffered(),
            buffer,
            requests_under_way: state.bodies_under_way(),
            rate: engine.limiter.rate(),
            oldest_waiting: state.oldest().map(|oldest| now - oldest),
            since_accepted: state.last_accepted.map(|at| now - at),
        }
    }
}
