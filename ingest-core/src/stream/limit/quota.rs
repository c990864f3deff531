//! The decision: may a request leave now, and if not, from when on? Two conditions, both needed: a
//! smooth pace with bursts, and a window that holds whatever the network does. No waiting, no locks;
//! the time is an argument and must not run backwards.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::time::Instant;

/// The second over which the tenant counts.
const WINDOW: Duration = Duration::from_secs(1);
/// The least time that is longer than none, to step out of the window with.
const TICK: Duration = Duration::from_nanos(1);
/// What a 429 leaves of the rate.
const LOWERED_TO: f64 = 0.7;
/// The least requests a second that 429s lower to.
const FLOOR: f64 = 1.0;
/// What a second with accepted answers gives back, as a part of the configured rate.
const RAISED_BY: f64 = 0.05;
/// Neither 429s nor accepted answers count more than once in this time: those that follow the first
/// speak of the rate as it was.
const STEP: Duration = Duration::from_secs(1);
/// Slower, and instants would leave what a clock can say.
const RATES: RangeInclusive<f64> = 0.001..=1e6;
const BURSTS: RangeInclusive<u32> = 1..=1_000_000;

/// A limit that cannot be kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The rate is no number, not above zero, or out of reach.
    #[error(
        "a rate of `{0}` requests a second cannot be kept; use a number from {min} to {max}",
        min = RATES.start(),
        max = RATES.end()
    )]
    Rate(f64),
    /// Without a burst of at least one, nothing could ever be sent.
    #[error(
        "a burst of `{0}` requests cannot be kept; use a number from {min} to {max}",
        min = BURSTS.start(),
        max = BURSTS.end()
    )]
    Burst(u32),
}

/// Why a request may not leave yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// It may at this instant, and not before, if the rate stays as it is.
    Until(Instant),
    /// Too many are under way: nothing can be said before one of them is answered.
    ForAnswer,
}

/// Counts the requests of one tenant.
///
/// **The pace** is the generic cell rate algorithm: `due` is when the requests so far would have left
/// evenly spaced, and a request may be ahead of that by the burst. So no span of `t` seconds has more
/// than `burst + t * rate` releases.
///
/// **The window** is about arrivals, which are what the tenant counts. A request arrives somewhere
/// between its release and its answer, nobody knows where; a pause of the network can gather in one
/// instant what left over seconds. So a request is released only if, with it, at most `rate + burst`
/// have been under way at any time of the second that ends now.
///
/// *No second has more than `rate + burst` arrivals*: take any window `[s, s + 1]` and, of the requests
/// that arrive in it, the one released last, at `r <= s + 1`. Each of the others was released by `r`
/// and was answered at or after `s >= r - 1`, because it arrived at or after `s`. So at `r` all of them
/// were counted, and with the last they are at most `rate + burst`.
///
/// *No looser rule would do*: whatever is counted at `r` may arrive within one second of a request that
/// arrives at `r`. The price is that at a latency of `l` seconds the rate is at most
/// `(rate + burst) / (1 + l)`.
#[derive(Debug)]
pub(super) struct Quota {
    rate: f64,
    burst: f64,
    /// What 429s have left of both, from above 0 to 1.
    share: f64,
    due: Option<Instant>,
    under_way: usize,
    /// When requests were answered, oldest first; with those under way never more than the window.
    answered: VecDeque<Instant>,
    lowered: Option<Instant>,
    raised: Option<Instant>,
}

impl Quota {
    pub(super) fn new(rate: f64, burst: u32) -> Result<Self, LimitError> {
        if !RATES.contains(&rate) {
            return Err(LimitError::Rate(rate));
        }
        if !BURSTS.contains(&burst) {
            return Err(LimitError::Burst(burst));
        }
        Ok(Self {
            rate,
            burst: f64::from(burst),
            share: 1.0,
            due: None,
            under_way: 0,
            answered: VecDeque::new(),
            lowered: None,
            raised: None,
        })
    }

    /// Requests a second that are allowed now.
    pub(super) fn rate(&self) -> f64 {
        self.rate * self.share
    }

    /// Lets a request go, or says what it has to wait for.
    pub(super) fn release(&mut self, now: Instant) -> Result<(), Wait> {
        self.forget(now);
        let earliest = self.in_pace(now).max(self.in_window(now)?);
        if earliest > now {
            return Err(Wait::Until(earliest));
        }
        self.due = Some(self.due.map_or(now, |due| due.max(now)) + self.interval());
        self.under_way += 1;
        Ok(())
    }

    /// A request was answered, or is given up.
    pub(super) fn answered(&mut self, now: Instant) {
        self.forget(now);
        self.under_way = self
            .under_way
            .checked_sub(1)
            .expect("BUG: each permit is dropped once");
        self.answered.push_back(now);
    }

    /// The tenant said 429. True if that changed the rate.
    pub(super) fn throttled(&mut self, now: Instant) -> bool {
        let floor = (FLOOR / self.rate).min(1.0);
        if within_step(self.lowered, now) || self.share <= floor {
            return false;
        }
        self.share = (self.share * LOWERED_TO).max(floor);
        self.lowered = Some(now);
        true
    }

    /// The tenant said 2xx. True if that changed the rate.
    pub(super) fn accepted(&mut self, now: Instant) -> bool {
        let soon = within_step(self.lowered, now) || within_step(self.raised, now);
        if soon || self.share >= 1.0 {
            return false;
        }
        self.share = (self.share + RAISED_BY).min(1.0);
        self.raised = Some(now);
        true
    }

    /// From when on the pace lets a request go.
    fn in_pace(&self, now: Instant) -> Instant {
        let ahead = self
            .due
            .map_or(Duration::ZERO, |due| due.saturating_duration_since(now));
        let allowed = self.interval().mul_f64(self.burst_now() - 1.0);
        now + ahead.saturating_sub(allowed)
    }

    /// From when on the window lets a request go: when enough answers are older than it.
    fn in_window(&self, now: Instant) -> Result<Instant, Wait> {
        let counted = self.under_way + self.answered.len();
        let Some(too_many) = counted.checked_sub(self.window()) else {
            return Ok(now);
        };
        // With the answer at that place gone, one less than the window is counted.
        match self.answered.get(too_many) {
            Some(answer) => Ok(*answer + WINDOW + TICK),
            None => Err(Wait::ForAnswer),
        }
    }

    /// Drops the answers that no window which ends now or later holds.
    fn forget(&mut self, now: Instant) {
        while self.answered.front().is_some_and(|at| *at + WINDOW < now) {
            self.answered.pop_front();
        }
    }

    /// Rounded up, so that the pace is never above the rate.
    fn interval(&self) -> Duration {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 1,000 to 1e12 by the range of rates"
        )]
        Duration::from_nanos((1e9 / self.rate()).ceil() as u64)
    }

    fn burst_now(&self) -> f64 {
        (self.burst * self.share).max(1.0)
    }

    /// The most requests that one second may hold; at least one.
    fn window(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 1 to 2e6 by the ranges of rates and bursts"
        )]
        let window = (self.rate() + self.burst_now()) as usize;
        window
    }
}

fn within_step(last: Option<Instant>, now: Instant) -> bool {
    last.is_some_and(|last| now < last + STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Releases at `now` until the quota refuses; what it says then, and how many went.
    fn drain(quota: &mut Quota, now: Instant) -> (usize, Wait) {
        let mut released = 0;
        loop {
            match quota.release(now) {
                Ok(()) => released += 1,
                Err(wait) => return (released, wait),
            }
        }
    }

    #[test]
    fn limits_out_of_range_are_refused_by_name() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.000_9, 1e7] {
            let error = Quota::new(rate, 10).unwrap_err().to_string();
            assert!(error.contains(&format!("`{rate}`")), "{error}");
        }
        for burst in [0, u32::MAX] {
            assert_eq!(
                Quota::new(1.0, burst).unwrap_err(),
                LimitError::Burst(burst)
            );
        }
        assert_eq!(
            LimitError::Rate(0.0).to_string(),
            "a rate of `0` requests a second cannot be kept; use a number from 0.001 to 1000000"
        );
    }

    #[test]
    fn the_ends_of_the_range_can_be_kept() {
        for (rate, burst) in [(0.001, 1), (0.001, 1_000_000), (1e6, 1), (1e6, 1_000_000)] {
            let mut quota = Quota::new(rate, burst).unwrap();
            let now = Instant::now();
            let (released, _) = drain(&mut quota, now);
            assert_eq!(released, burst as usize, "{rate}");
        }
    }

    #[test]
    fn the_pace_is_never_above_the_rate() {
        for rate in [0.3, 3.0, 7.0, 110.0, 240.0, 333_333.0] {
            let interval = Quota::new(rate, 1).unwrap().interval();
            assert!(interval.as_secs_f64() * rate >= 1.0, "{rate}");
        }
    }

    #[test]
    fn after_a_burst_the_requests_are_spaced() {
        let mut quota = Quota::new(100.0, 3).unwrap();
        let start = Instant::now();
        let first = start + seconds(0.01);
        assert_eq!(drain(&mut quota, start), (3, Wait::Until(first)));
        assert_eq!(quota.release(first - TICK), Err(Wait::Until(first)));
        let second = start + seconds(0.02);
        assert_eq!(drain(&mut quota, first), (1, Wait::Until(second)));
        let rested = start + seconds(10.0);
        assert_eq!(drain(&mut quota, rested).0, 3);
    }

    #[test]
    fn less_than_one_a_second_is_kept() {
        let mut quota = Quota::new(0.5, 1).unwrap();
        let start = Instant::now();
        quota.release(start).unwrap();
        assert_eq!(quota.release(start), Err(Wait::ForAnswer));
        quota.answered(start);
        let next = start + seconds(2.0);
        assert_eq!(drain(&mut quota, start), (0, Wait::Until(next)));
        assert_eq!(quota.release(next), Ok(()));
    }

    #[test]
    fn what_is_not_answered_stays_in_the_window() {
        let mut quota = Quota::new(2.0, 2).unwrap();
        let start = Instant::now();
        assert_eq!(drain(&mut quota, start).0, 2);
        let later = start + seconds(100.0);
        assert_eq!(drain(&mut quota, later), (2, Wait::ForAnswer));
        quota.answered(later);
        let next = later + WINDOW + TICK;
        assert_eq!(quota.release(later), Err(Wait::Until(next)));
        assert_eq!(quota.release(later + WINDOW), Err(Wait::Until(next)));
        assert_eq!(drain(&mut quota, next), (1, Wait::ForAnswer));
    }

    #[test]
    fn a_429_lowers_rate_burst_and_window_once_a_second() {
        let mut quota = Quota::new(240.0, 10).unwrap();
        let start = Instant::now();
        assert!(quota.throttled(start));
        assert!(!quota.throttled(start + seconds(0.999)));
        assert!((quota.rate() - 168.0).abs() < 1e-9);
        assert_eq!(quota.window(), 175);
        assert_eq!(drain(&mut quota, start).0, 7);
        assert!(quota.throttled(start + STEP));
        assert!((quota.rate() - 117.6).abs() < 1e-9);
    }

    #[test]
    fn no_number_of_429s_stops_everything() {
        for (rate, floor) in [(240.0, 1.0), (0.5, 0.5)] {
            let mut quota = Quota::new(rate, 10).unwrap();
            let start = Instant::now();
            for second in 0..60 {
                quota.throttled(start + STEP * second);
            }
            assert!((quota.rate() - floor).abs() < 1e-9, "{rate}");
            assert!(!quota.throttled(start + STEP * 60), "{rate}");
            assert!(quota.window() >= 1, "{rate}");
        }
    }

    #[test]
    fn accepted_answers_raise_step_by_step_to_what_was_configured() {
        let mut quota = Quota::new(240.0, 10).unwrap();
        let start = Instant::now();
        assert!(!quota.accepted(start), "nothing was lowered");
        quota.throttled(start);
        assert!(!quota.accepted(start + seconds(0.9)));
        assert!(quota.accepted(start + STEP));
        assert!((quota.rate() - 180.0).abs() < 1e-9);
        assert!(!quota.accepted(start + STEP + seconds(0.9)));
        for second in 2..7 {
            assert!(quota.accepted(start + STEP * second), "{second}");
        }
        assert!((quota.rate() - 240.0).abs() < f64::EPSILON);
        assert!(!quota.accepted(start + STEP * 7));
    }

    #[test]
    fn a_long_rest_keeps_nothing() {
        let mut quota = Quota::new(240.0, 10).unwrap();
        let start = Instant::now();
        assert_eq!(drain(&mut quota, start).0, 10);
        (0..10).for_each(|_| quota.answered(start));
        quota.forget(start + WINDOW + TICK);
        assert_eq!((quota.under_way, quota.answered.len()), (0, 0));
    }
}
