//! How often the log is told of the same thing: at once, and then at most every ten seconds with a
//! count. Decides with time as an argument; writes no log.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// Between two lines about the same thing.
const QUIET: Duration = Duration::from_secs(10);

/// Different reasons of one topic that are told one by one.
const MOST_REASONS: usize = 100;

/// Under this name the reasons beyond [`MOST_REASONS`] are told.
const OTHER_REASONS: &str = "other reasons";

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// Records, with this code.
    Rejected(&'static str),
    /// Records.
    Expired,
    /// Requests that are repeated, because of what has this code.
    Again(&'static str),
}

/// What was told, and what is still to be told.
#[derive(Debug, Default)]
pub(crate) struct Hush {
    told: BTreeMap<(Topic, String), Told>,
}

#[derive(Debug)]
struct Told {
    at: Instant,
    /// What came since and was not told.
    since: u64,
}

impl Hush {
    /// Notes so many cases; gives the number of all that are to be told now, if any are.
    pub(crate) fn note(
        &mut self,
        topic: Topic,
        reason: &str,
        count: u64,
        now: Instant,
    ) -> Option<u64> {
        let known =
            self.told.len() < MOST_REASONS || self.told.contains_key(&(topic, reason.to_owned()));
        let reason = if known { reason } else { OTHER_REASONS };
        let key = (topic, reason.to_owned());
        let Some(told) = self.told.get_mut(&key) else {
            self.told.insert(key, Told { at: now, since: 0 });
            return Some(count);
        };
        told.since += count;
        if now < told.at + QUIET {
            return None;
        }
        told.at = now;
        Some(std::mem::take(&mut told.since))
    }

    /// What was never told, at the end.
    pub(crate) fn rest(&mut self) -> Vec<(Topic, String, u64)> {
        let told = std::mem::take(&mut self.told).into_iter();
        let rest = told.map(|((topic, reason), told)| (topic, reason, told.since));
        rest.filter(|(.., count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_next_together() {
        let (mut hush, start) = (Hush::default(), Instant::now());
        let mut note = |reason, after| {
            let now = start + Duration::from_secs(after);
            hush.note(Topic::Rejected("no"), reason, 2, now)
        };
        assert_eq!(note("a", 0), Some(2));
        assert_eq!(note("a", 1), None);
        assert_eq!(note("b", 2), Some(2));
        assert_eq!(note("a", 9), None);
        assert_eq!(note("a", 10), Some(6));
        assert_eq!(note("a", 19), None);
        assert_eq!(hush.rest(), [(Topic::Rejected("no"), "a".to_owned(), 2)]);
        assert_eq!(hush.rest(), []);
    }

    #[test]
    fn reasons_are_bounded_and_none_is_untold() {
        const TOPIC: Topic = Topic::Again("server");
        let (mut hush, now) = (Hush::default(), Instant::now());
        let notes = (0..1_000).map(|nth| {
            let reason = format!("reason {nth}");
            hush.note(TOPIC, &reason, 1, now).unwrap_or_default()
        });
        let told: u64 = notes.sum();
        assert_eq!(told, 101);
        assert_eq!(hush.rest(), [(TOPIC, OTHER_REASONS.to_owned(), 899)]);
    }
}
