//! When to send again: full jitter, the tenant's own wish as a floor, and a budget against storms.
//! Takes time and chance as arguments; waits for nothing.

mod after;
mod backoff;
mod budget;
mod pause;
mod policy;

pub(crate) use after::parse_retry_after;
pub(crate) use backoff::{Backoff, Failed};
pub(crate) use budget::Budget;
pub(crate) use pause::Pause;
pub(crate) use policy::RetryPolicy;

use std::time::Duration;

use tokio::time::Instant;

/// What stands for "never", as adding to an instant may leave what a clock can say.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// An instant so much later, as far as there are instants.
pub(crate) fn later(now: Instant, delay: Duration) -> Instant {
    now + delay.min(FAR)
}
