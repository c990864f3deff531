//! Counts what came in the last hour.
//!
//! Exact, with the time as an argument; it holds no more than the limit.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(3600);

/// What was let in during the last hour.
#[derive(Debug, Default)]
pub(crate) struct Hour(VecDeque<Instant>);

impl Hour {
    /// One more that comes now; `false` if it is over the limit, which is then not counted. A limit
    /// of 0 is none.
    pub(crate) fn admit(&mut self, now: Instant, limit: u32) -> bool {
        if limit == 0 {
            return true;
        }
        let is_over = |earlier: &Instant| now.saturating_duration_since(*earlier) >= HOUR;
        while self.0.front().is_some_and(is_over) {
            self.0.pop_front();
        }
        let is_within = self.0.len() < limit as usize;
        if is_within {
            self.0.push_back(now);
        }
        is_within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_slides_and_the_refused_do_not_count() {
        let mut hour = Hour::default();
        let start = Instant::now();
        let mut at = |minutes: u64| hour.admit(start + Duration::from_secs(minutes * 60), 2);
        assert_eq!([at(0), at(30), at(31), at(59)], [true, true, false, false]);
        assert_eq!([at(60), at(61), at(89), at(90)], [true, false, false, true]);
    }

    #[test]
    fn no_limit_keeps_nothing() {
        let mut hour = Hour::default();
        assert!((0..1000).all(|_| hour.admit(Instant::now(), 0)));
        assert!(hour.0.is_empty());
    }
}
