//! Which token is used, and when another one is fetched. Decides; fetches nothing, waits for
//! nothing, and takes time as an argument.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::login::TenantToken;

/// Between attempts to renew a token that is still good.
const RENEW_AGAIN: Duration = Duration::from_secs(30);

/// The longest wish of a login host that is heeded; a token rarely has that much left.
const LONGEST_WISH: Duration = Duration::from_secs(3_600);

/// Which of the tokens it is, in the order in which they came. Tells a refusal of the token in use
/// from a refusal of one that has been replaced meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u64);

/// A token and which one it is.
pub(crate) type Held = (Arc<TenantToken>, Generation);

/// What a reader gets.
#[derive(Debug)]
pub(crate) enum Choice {
    /// This token.
    Use(Held),
    /// This token, but it is time to fetch the next one.
    UseAndRenew(Held),
    /// Nothing before a token has been fetched.
    Fetch,
}

/// The token in use.
#[derive(Debug)]
pub(crate) struct Cache {
    kept: Option<Arc<TenantToken>>,
    generation: Generation,
    /// From then on the token in use is renewed.
    renew_at: Instant,
}

impl Cache {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            kept: None,
            generation: Generation(0),
            renew_at: now,
        }
    }

    pub(crate) fn choose(&self, now: Instant) -> Choice {
        let Some(token) = self.kept.as_ref().filter(|token| now < token.ends_at) else {
            return Choice::Fetch;
        };
        let held = (Arc::clone(token), self.generation);
        if now < self.renew_at {
            Choice::Use(held)
        } else {
            Choice::UseAndRenew(held)
        }
    }

    /// Takes a token that was fetched.
    pub(crate) fn keep(&mut self, token: TenantToken) -> Held {
        let token = Arc::new(token);
        self.generation.0 += 1;
        self.renew_at = token.renew_at;
        self.kept = Some(Arc::clone(&token));
        (token, self.generation)
    }

    /// A token could not be fetched: the one in use serves on, and the next attempt comes later.
    pub(crate) fn fetch_failed(&mut self, now: Instant, wish: Option<Duration>) {
        let wish = wish.unwrap_or_default().min(LONGEST_WISH);
        self.renew_at = now + wish.max(RENEW_AGAIN);
    }

    /// Forgets the token of this generation; tells whether it was in use until now.
    pub(crate) fn refuse(&mut self, refused: Generation) -> bool {
        refused == self.generation && self.kept.take().is_some()
    }
}
