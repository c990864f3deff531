//! What the user may set about retries, and what follows from it without chance. Decides no delay.

use std::time::Duration;

use tokio::time::Instant;

use super::later;

/// The least a retry waits, lest a policy of zeros keeps a processor busy.
const LEAST: Duration = Duration::from_millis(1);

/// How long to wait between tries of one body, and for how long to try at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The shortest wait; 200 ms. Less than 1 ms counts as 1 ms.
    pub(crate) base: Duration,
    /// The longest wait that is not the tenant's wish; 30 s. Less than `base` counts as `base`.
    pub(crate) max: Duration,
    /// The longest wish of the tenant (`Retry-After`) that is obeyed; 5 minutes. A longer one counts as
    /// this long.
    pub(crate) retry_after_cap: Duration,
    /// How long after its first try a body may be tried again; 10 minutes. `None` is for ever.
    pub(crate) deadline: Option<Duration>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(200),
            max: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(5 * 60),
            deadline: Some(Duration::from_secs(10 * 60)),
        }
    }
}

impl RetryPolicy {
    /// How long everyone is to keep from sending after a 429 or 503.
    pub(crate) fn pause(&self, asked: Option<Duration>) -> Duration {
        asked.map_or(self.least(), |asked| asked.min(self.retry_after_cap))
    }

    /// The time in which a body that was first sent at `sent` may be tried again.
    pub(super) fn left(&self, sent: Instant, now: Instant) -> Option<Duration> {
        let ends = later(sent, self.deadline?);
        Some(ends.saturating_duration_since(now))
    }

    pub(super) fn least(&self) -> Duration {
        self.base.max(LEAST)
    }

    pub(super) fn most(&self) -> Duration {
        self.max.max(self.least())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_body_may_be_tried_until_its_deadline() {
        let policy = RetryPolicy::default();
        let sent = Instant::now();
        assert_eq!(policy.left(sent, sent), Some(10 * MINUTE));
        assert_eq!(policy.left(sent, sent + 9 * MINUTE), Some(MINUTE));
        assert_eq!(policy.left(sent, sent + 11 * MINUTE), Some(Duration::ZERO));
    }

    #[test]
    fn a_pause_is_what_the_tenant_asks_up_to_the_cap() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.pause(Some(MINUTE)), MINUTE);
        assert_eq!(policy.pause(Some(Duration::MAX)), 5 * MINUTE);
        assert_eq!(policy.pause(Some(Duration::ZERO)), Duration::ZERO);
        assert_eq!(policy.pause(None), policy.base);
    }
}
