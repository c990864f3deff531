//! How far this machine's clock is off, as the login host's answers tell. Takes times as arguments
//! and asks no clock itself.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Less than that is the way of the answer and the whole seconds of its date.
const UNNOTICED: i64 = 5;

/// Of clocks that show nonsense, so that differences are numbers.
const LAST_SECOND: i64 = i64::MAX / 4;

/// Seconds to add to our clock to have the server's.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    /// Learns from the date of an answer, which was made at some moment between these two.
    pub(crate) fn learn(&self, date: SystemTime, asked: SystemTime, answered: SystemTime) {
        let (date, asked, answered) = (seconds(date), seconds(asked), seconds(answered));
        // Of all that the answer allows, the least: a slow answer says nothing about the clock.
        let (least, most) = (date - asked.max(answered), date - asked.min(answered));
        let skew = 0.clamp(least, most);
        let skew = if skew.abs() < UNNOTICED { 0 } else { skew };
        if self.0.swap(skew, Ordering::Relaxed) != skew {
            tracing::warn!(
                seconds = skew,
                "the login host's clock differs from this one"
            );
        }
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// What the server's clock shows, in seconds since 1970.
    pub(crate) fn correct(&self, now: SystemTime) -> u64 {
        let seconds = seconds(now).saturating_add(self.seconds());
        // A clock before 1970 makes an assertion that has ended, and the answer to it tells the time.
        seconds.try_into().unwrap_or(0)
    }
}

fn seconds(time: SystemTime) -> i64 {
    let whole = |span: Duration| {
        i64::try_from(span.as_secs()).map_or(LAST_SECOND, |whole| whole.min(LAST_SECOND))
    };
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => whole(since),
        Err(before) => -whole(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// The skew after an answer of this date to a request between 1,000 and `answered`.
    fn learnt(date: u64, answered: u64) -> i64 {
        let skew = Skew::default();
        skew.learn(at(date), at(1_000), at(answered));
        skew.seconds()
    }

    #[test]
    fn a_difference_counts_from_five_seconds_on() {
        assert_eq!(learnt(1_000, 1_000), 0);
        assert_eq!(learnt(1_004, 1_000), 0);
        assert_eq!(learnt(1_005, 1_000), 5);
        assert_eq!(learnt(996, 1_000), 0);
        assert_eq!(learnt(995, 1_000), -5);
    }

    #[test]
    fn a_slow_answer_is_no_difference() {
        assert_eq!(learnt(1_000, 1_060), 0);
        assert_eq!(learnt(1_030, 1_060), 0);
        assert_eq!(learnt(1_060, 1_060), 0);
        assert_eq!(learnt(1_100, 1_060), 40);
        assert_eq!(learnt(900, 1_060), -100);
    }

    #[test]
    fn a_clock_that_was_set_right_is_learnt_anew_and_one_that_runs_back_is_borne() {
        let skew = Skew::default();
        skew.learn(at(9_000), at(1_000), at(1_000));
        assert_eq!(skew.correct(at(1_000)), 9_000);
        skew.learn(at(9_001), at(9_001), at(9_000));
        assert_eq!(skew.correct(at(9_000)), 9_000);
        skew.learn(at(0), at(1_000), at(1_000));
        assert_eq!(skew.correct(at(10)), 0);
    }
}
