//! The instant until which nobody sends, shared by all lanes because a 429 or 503 speaks of the tenant
//! and not of one body. Only remembers; whoever wants to send asks and waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// Only ever extended, so that whoever slept until it asks again and may find it later, never earlier.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    until: Mutex<Option<Instant>>,
}

impl Pause {
    /// Nobody is to send before `until`; a wish that ends earlier than another changes nothing.
    pub(crate) fn extend(&self, until: Instant) {
        let mut kept = self.kept();
        *kept = (*kept).max(Some(until));
    }

    /// Until when to wait; `None` if one may send at `now`.
    pub(crate) fn until(&self, now: Instant) -> Option<Instant> {
        self.kept().filter(|until| now < *until)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_holds_until_its_instant_and_no_longer() {
        let pause = Pause::default();
        let now = Instant::now();
        assert_eq!(pause.until(now), None);
        let end = now + Duration::from_secs(1);
        pause.extend(end);
        assert_eq!(pause.until(now), Some(end));
        assert_eq!(pause.until(end), None);
    }

    proptest! {
        #[test]
        fn the_latest_wish_counts_in_whatever_order_they_come(
            wishes in prop::collection::vec(1..1_000_u64, 1..20),
        ) {
            let pause = Pause::default();
            let now = Instant::now();
            for wish in &wishes {
                pause.extend(now + Duration::from_secs(*wish));
            }
            let latest = wishes.iter().max().map(|wish| now + Duration::from_secs(*wish));
            prop_assert_eq!(pause.until(now), latest);
        }
    }
}
