//! What is decided when a request arrives, before its body is read: is it too many, and what shall
//! go wrong with it?
//!
//! This is where the clock is read; what follows from the time is decided in `rate` and `rules`.

use std::time::{Duration, Instant};

use crate::rate::Rate;
use crate::rules::{Decision, Rules};
use crate::target::{Part, Target};

/// The requests that came so far, as far as they matter to those that come.
#[derive(Debug)]
pub(crate) struct Arrivals {
    pub(crate) rate: Rate,
    pub(crate) rules: Rules,
    limit: u32,
    /// What the rate's times count from: it never begins anew, so that they only grow.
    start: Instant,
    /// What the windows of the rules count from.
    last_reset: Instant,
}

/// What shall become of a request.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// It is one too many. No rule was asked, so none used up its count.
    OverLimit,
    Admitted(Decision),
}

impl Arrival {
    pub(crate) const fn delay(&self) -> Duration {
        match self {
            Self::OverLimit => Duration::ZERO,
            Self::Admitted(decision) => decision.delay,
        }
    }
}

impl Arrivals {
    pub(crate) fn new(limit: u32) -> Self {
        let now = Instant::now();
        Self {
            rate: Rate::default(),
            rules: Rules::default(),
            limit,
            start: now,
            last_reset: now,
        }
    }

    pub(crate) fn next(&mut self, target: Target<'_>) -> Arrival {
        let now = Instant::now();
        let is_ingest = target.part == Part::Ingest;
        if is_ingest && !self.rate.admit(now - self.start, self.limit) {
            return Arrival::OverLimit;
        }
        Arrival::Admitted(self.rules.decide(target, now - self.last_reset))
    }

    pub(crate) fn reset(&mut self) {
        self.last_reset = Instant::now();
        self.rate.reset();
        self.rules.restart();
    }
}
