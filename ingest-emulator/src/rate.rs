//! Counts requests in a sliding second: how many there were at most, and which are one too many.
//!
//! Exact, not in buckets. Time is an argument, and nothing older than a second is kept.

use std::collections::VecDeque;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The requests of the last second. Two that are a whole second apart share no second.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    all: Window,
    /// Those that were let in: only they count against the limit, so that a client that asks too
    /// often gets what it may have, and no more.
    admitted: Window,
    busiest: u32,
}

#[derive(Debug, Default)]
struct Window(VecDeque<Duration>);

impl Window {
    /// How many came in the second that ends now.
    fn count(&mut self, now: Duration) -> usize {
        let is_over = |earlier: &Duration| now.saturating_sub(*earlier) >= SECOND;
        while self.0.front().is_some_and(is_over) {
            self.0.pop_front();
        }
        self.0.len()
    }
}

impl Rate {
    /// A request that came now; `false` if it is over the limit. A limit of 0 is none. `now` must
    /// not be earlier than that of the request before.
    pub(crate) fn admit(&mut self, now: Duration, limit: u32) -> bool {
        let others = self.all.count(now);
        self.all.0.push_back(now);
        let busy = u32::try_from(others + 1).unwrap_or(u32::MAX);
        self.busiest = self.busiest.max(busy);
        if limit == 0 {
            return true;
        }
        let is_within = self.admitted.count(now) < limit as usize;
        if is_within {
            self.admitted.0.push_back(now);
        }
        is_within
    }

    pub(crate) fn busiest(&self) -> u32 {
        self.busiest
    }

    /// Forgets what was the most; the last second goes on.
    pub(crate) fn reset(&mut self) {
        self.busiest = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn no_second_has_more_than_the_limit_wherever_it_begins() {
        let mut rate = Rate::default();
        let mut random = fastrand::Rng::with_seed(3);
        let (mut now, mut admitted) = (Duration::ZERO, Vec::new());
        for _ in 0..20_000 {
            now += Duration::from_micros(random.u64(0..5_000));
            if rate.admit(now, 250) {
                admitted.push(now);
            }
        }
        let spans = admitted.windows(251);
        let closest = spans.map(|span| span[250].saturating_sub(span[0])).min();
        assert!(closest >= Some(SECOND), "{closest:?}");
        assert!(rate.busiest() > 250 && rate.admitted.0.len() <= 250);
    }

    #[test]
    fn a_second_is_over_when_it_is_whole() {
        let mut rate = Rate::default();
        let times = [0, 1, 999, 1_000, 1_000, 1_001];
        let admitted = times.map(|time| rate.admit(at(time), 2));
        assert_eq!(admitted, [true, true, false, true, false, true]);
        assert_eq!(rate.busiest(), 4);
    }

    #[test]
    fn the_busiest_second_counts_the_refused_and_needs_no_limit() {
        for limit in [0, 3] {
            let mut rate = Rate::default();
            let admitted = (0..50)
                .filter(|time| rate.admit(at(time * 2), limit))
                .count();
            assert_eq!(admitted, if limit == 0 { 50 } else { 3 });
            rate.admit(at(60_000), limit);
            assert_eq!(rate.busiest(), 50);
            assert_eq!(rate.all.0.len(), 1);
        }
    }

    #[test]
    fn a_reset_keeps_the_second_that_is_under_way() {
        let mut rate = Rate::default();
        assert!(rate.admit(at(0), 1));
        rate.reset();
        assert_eq!(rate.busiest(), 0);
        assert!(!rate.admit(at(10), 1));
        assert_eq!(rate.busiest(), 2);
    }
}
