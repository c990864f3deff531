//! The instant of the next try of a body: drawn at random, not before the tenant wants it and not after
//! the body's deadline. Chance comes from a seed, so that a run can be repeated.

use std::time::Duration;

use tokio::time::Instant;

use super::budget::Funds;
use super::{RetryPolicy, later};

/// What a wish of the tenant is exceeded by at most, as a part of it: clients that heard the same wish
/// must not come back at the same instant.
const SPREAD: u32 = 10;
/// The least time that is longer than none, to end before a deadline.
const TICK: Duration = Duration::from_nanos(1);

/// A try that failed and may be repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed {
    /// When the body was first sent.
    pub(crate) sent: Instant,
    /// How often the body was tried; 1 after the first try.
    pub(crate) tries: u32,
    /// What the tenant's `Retry-After` says.
    pub(crate) asked: Option<Duration>,
}

/// Draws delays.
#[derive(Debug)]
pub(crate) struct Backoff {
    policy: RetryPolicy,
    rng: fastrand::Rng,
}

impl Backoff {
    pub(crate) fn new(policy: RetryPolicy, rng: fastrand::Rng) -> Self {
        Self { policy, rng }
    }

    /// When to try again; `None` if the body's deadline leaves no time for it.
    ///
    /// A delay that was drawn too long for the deadline is drawn again to end before it. The tenant's
    /// wish is not shortened.
    pub(crate) fn again(&mut self, failed: Failed, funds: Funds, now: Instant) -> Option<Instant> {
        let wish = self.wish(failed.asked);
        let delay = self.jitter(failed.tries, funds).max(wish);
        let floor = self.floor(failed.asked);
        let delay = match self.policy.left(failed.sent, now) {
            Some(left) if left <= floor => return None,
            Some(left) if left <= delay => self.draw(floor, left.saturating_sub(TICK)),
            _ => delay,
        };
        Some(later(now, delay))
    }

    /// Full jitter: anything up to a ceiling that doubles with each try, and never below the base, at
    /// which a whole clump of draws would lie if they were cut instead of drawn above it.
    fn jitter(&mut self, tries: u32, funds: Funds) -> Duration {
        let (least, most) = (self.policy.least(), self.policy.most());
        let doubled = least.saturating_mul(2_u32.saturating_pow(tries));
        match funds {
            Funds::Spent => self.draw(most / 2, most),
            Funds::Enough => self.draw(least, doubled.min(most)),
        }
    }

    /// What the tenant asks, a little late.
    fn wish(&mut self, asked: Option<Duration>) -> Duration {
        let asked = self.obeyed(asked);
        self.draw(asked, asked.saturating_add(asked / SPREAD))
    }

    fn obeyed(&self, asked: Option<Duration>) -> Duration {
        asked.unwrap_or_default().min(self.policy.retry_after_cap)
    }

    /// The least delay that neither base nor tenant forbid.
    fn floor(&self, asked: Option<Duration>) -> Duration {
        self.policy.least().max(self.obeyed(asked))
    }

    /// Any delay from `low` to `high`, both included; more than 584 years count as that.
    fn draw(&mut self, low: Duration, high: Duration) -> Duration {
        let (low, high) = (nanos(low), nanos(high));
        Duration::from_nanos(self.rng.u64(low..=high.max(low)))
    }
}

fn nanos(delay: Duration) -> u64 {
    u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const SECOND: Duration = Duration::from_secs(1);

    fn backoff(policy: RetryPolicy, seed: u64) -> Backoff {
        Backoff::new(policy, fastrand::Rng::with_seed(seed))
    }

    fn forever() -> RetryPolicy {
        RetryPolicy {
            deadline: None,
            ..RetryPolicy::default()
        }
    }

    /// The delay of a body that is tried without a deadline.
    fn delay(backoff: &mut Backoff, tries: u32, asked: Option<Duration>, funds: Funds) -> Duration {
        let now = Instant::now();
        let failed = Failed {
            sent: now,
            tries,
            asked,
        };
        backoff.again(failed, funds, now).unwrap() - now
    }

    fn duration() -> impl Strategy<Value = Duration> {
        prop_oneof![
            (0..100_000_u64).prop_map(Duration::from_millis),
            any::<u64>().prop_map(Duration::from_nanos),
            Just(Duration::MAX),
        ]
    }

    proptest! {
        #[test]
        fn a_delay_lies_between_base_and_a_ceiling_that_doubles(seed in any::<u64>(), tries in 0..80_u32) {
            let delay = delay(&mut backoff(forever(), seed), tries, None, Funds::Enough);
            let ceiling = 200 * MS * 2_u32.pow(tries.min(10));
            prop_assert!((200 * MS..=ceiling.min(30 * SECOND)).contains(&delay), "{delay:?}");
        }

        #[test]
        fn a_budget_that_is_spent_draws_from_the_upper_half(seed in any::<u64>(), tries in 0..80_u32) {
            let delay = delay(&mut backoff(forever(), seed), tries, None, Funds::Spent);
            prop_assert!((15 * SECOND..=30 * SECOND).contains(&delay), "{delay:?}");
        }

        #[test]
        fn the_tenants_wish_is_a_floor_up_to_the_cap(
            seed in any::<u64>(),
            tries in 0..80_u32,
            asked in duration(),
            funds in prop_oneof![Just(Funds::Enough), Just(Funds::Spent)],
        ) {
            let obeyed = asked.min(300 * SECOND);
            let delay = delay(&mut backoff(forever(), seed), tries, Some(asked), funds);
            prop_assert!(delay >= obeyed.max(200 * MS), "{delay:?}");
            prop_assert!(delay <= (obeyed + obeyed / 10).max(30 * SECOND), "{delay:?}");
        }

        #[test]
        fn nothing_waits_to_its_deadline_or_beyond(
            seed in any::<u64>(),
            tries in 0..80_u32,
            asked in prop::option::of(duration()),
            since in 0..700_000_u64,
            funds in prop_oneof![Just(Funds::Enough), Just(Funds::Spent)],
        ) {
            let sent = Instant::now();
            let now = sent + Duration::from_millis(since);
            let failed = Failed { sent, tries, asked };
            let ends = sent + 600 * SECOND;
            let floor = asked.unwrap_or_default().min(300 * SECOND).max(200 * MS);
            match backoff(RetryPolicy::default(), seed).again(failed, funds, now) {
                Some(at) => prop_assert!(at >= now + floor && at < ends),
                None => prop_assert!(now + floor >= ends, "there was time for another try"),
            }
        }

        #[test]
        fn no_policy_is_beyond_it(
            seed in any::<u64>(),
            tries in any::<u32>(),
            base in duration(),
            max in duration(),
            retry_after_cap in duration(),
            deadline in prop::option::of(duration()),
            asked in prop::option::of(duration()),
            funds in prop_oneof![Just(Funds::Enough), Just(Funds::Spent)],
        ) {
            let policy = RetryPolicy { base, max, retry_after_cap, deadline };
            let now = Instant::now();
            let failed = Failed { sent: now, tries, asked };
            let mut backoff = backoff(policy, seed);
            match backoff.again(failed, funds, now) {
                Some(at) => prop_assert!(at > now, "a delay of nothing is a busy loop"),
                None => prop_assert!(deadline.is_some()),
            }
        }

        #[test]
        fn a_seed_gives_the_same_delays_again(seed in any::<u64>()) {
            let draw = || {
                let mut backoff = backoff(forever(), seed);
                let mut next = |tries| delay(&mut backoff, tries, Some(SECOND), Funds::Enough);
                (0..20).map(&mut next).collect::<Vec<_>>()
            };
            prop_assert_eq!(draw(), draw());
        }
    }

    /// Tries of one kind, of as many clients.
    fn of_clients(asked: Option<Duration>) -> Vec<Duration> {
        let one = |seed| delay(&mut backoff(forever(), seed), 1, asked, Funds::Enough);
        let mut delays: Vec<_> = (0..1_000).map(one).collect();
        delays.sort_unstable();
        delays
    }

    #[test]
    fn clients_that_failed_together_come_back_spread() {
        for (asked, low, width) in [
            (None, 200 * MS, 200 * MS),
            (Some(60 * SECOND), 60 * SECOND, 6 * SECOND),
        ] {
            for (part, delays) in (0..10).zip(of_clients(asked).chunks(100)) {
                let off = delays[50].abs_diff(low + width * (2 * part + 1) / 20);
                assert!(off < width / 10, "{asked:?}: part {part} is {off:?} off");
            }
        }
    }

    #[test]
    fn another_seed_gives_other_delays() {
        let delays = of_clients(None);
        assert!(delays.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
