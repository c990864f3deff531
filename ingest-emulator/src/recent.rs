//! Counts of the last five minutes, second by second, for a chart.
//!
//! Time is an argument: whole seconds since the start, which only grow.

use serde::Serialize;

/// How many seconds are kept.
pub(crate) const SECONDS: usize = 300;

/// What came in one second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Second {
    pub(crate) requests: u32,
    pub(crate) accepted: u32,
    pub(crate) rejected: u32,
}

/// The last seconds, in a ring.
#[derive(Debug)]
pub(crate) struct Recent {
    ring: [Second; SECONDS],
    /// The newest second that the ring holds.
    newest: u64,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            ring: [Second::default(); SECONDS],
            newest: 0,
        }
    }
}

impl Recent {
    /// One request in this second, with so many records.
    pub(crate) fn add(&mut self, now: u64, accepted: usize, rejected: usize) {
        self.advance(now);
        let second = &mut self.ring[place(self.newest)];
        second.requests = second.requests.saturating_add(1);
        second.accepted = add(second.accepted, accepted);
        second.rejected = add(second.rejected, rejected);
    }

    /// The last seconds up to this one, the oldest first.
    pub(crate) fn last(&mut self, now: u64) -> Vec<Second> {
        self.advance(now);
        let oldest = place(self.newest + 1);
        let (newer, older) = self.ring.split_at(oldest);
        [older, newer].concat()
    }

    /// Empties the seconds in which nothing came.
    fn advance(&mut self, now: u64) {
        let passed = now.saturating_sub(self.newest).min(SECONDS as u64);
        for step in 1..=passed {
            self.ring[place(self.newest + step)] = Second::default();
        }
        if now > self.newest {
            // After a long pause every place was emptied, whichever is the newest now.
            self.newest = now;
        }
    }
}

fn place(second: u64) -> usize {
    usize::try_from(second % SECONDS as u64).unwrap_or_default()
}

fn add(count: u32, more: usize) -> u32 {
    count.saturating_add(u32::try_from(more).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(recent: &mut Recent, now: u64) -> Vec<u32> {
        let last = recent.last(now);
        assert_eq!(last.len(), SECONDS);
        last.iter().map(|second| second.requests).collect()
    }

    #[test]
    fn seconds_move_on_and_fall_out() {
        let mut recent = Recent::default();
        for now in [5, 5, 7] {
            recent.add(now, 10, 1);
        }
        let last = recent.last(7);
        assert_eq!(last[SECONDS - 1].accepted, 10);
        assert_eq!(
            (last[SECONDS - 2].requests, last[SECONDS - 3].requests),
            (0, 2)
        );
        assert_eq!(last[SECONDS - 3].rejected, 2);
        assert_eq!(requests(&mut recent, 304)[0], 2);
        assert_eq!(requests(&mut recent, 305)[..2], [0, 1]);
        assert_eq!(requests(&mut recent, 307).iter().sum::<u32>(), 0);
    }

    #[test]
    fn a_long_pause_leaves_nothing() {
        for pause in [300, 301, 599, 600, 1_000_003] {
            let mut recent = Recent::default();
            for now in 0..300 {
                recent.add(now, 1, 0);
            }
            assert_eq!(requests(&mut recent, 299).iter().sum::<u32>(), 300);
            assert_eq!(requests(&mut recent, 299 + pause).iter().sum::<u32>(), 0);
        }
    }

    #[test]
    fn what_comes_late_counts_to_the_newest_second() {
        let mut recent = Recent::default();
        recent.add(9, 1, 0);
        recent.add(8, 1, 0);
        assert_eq!(recent.last(9)[SECONDS - 1].accepted, 2);
    }
}
