//! Who we are, for any number of tasks at a time: they share one token and one fetch of the next
//! one, which no reader waits for while the token is good. `login` fetches (what its answers say is in
//! `answer`), `cache` decides.

mod answer;
mod cache;
mod clock;
mod login;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use self::cache::{Cache, Choice};
pub(crate) use self::cache::{Generation, Held};
pub(crate) use self::login::{Login, OrgToken};
use super::error::{Error, Step};
use super::transport::TransportError;
use crate::watched::Watched;

/// Keeps the tenant token. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Auth {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    login: Login,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    cache: Cache,
    /// The fetch under way.
    fetch: Option<Fetch>,
}

/// What a fetch has come to, once it has.
type Fetch = Arc<Watched<Option<Result<Held, Error>>>>;

/// Ends a fetch whose task dies, so that nobody waits for it for ever.
struct Fetching {
    fetch: Fetch,
    shared: Arc<Shared>,
}

impl Drop for Fetching {
    /// The runtime that fetched has ended, or the transport has panicked.
    fn drop(&mut self) {
        self.fetch.change(|outcome| {
            let cut_off = outcome.is_none();
            if cut_off {
                *outcome = Some(Err(Error::Transport {
                    step: Step::OrgToken,
                    host: self.shared.login.host().to_owned(),
                    source: TransportError::interrupted("the task that logs in was ended"),
                }));
            }
            cut_off
        });
    }
}

impl Auth {
    pub(crate) fn new(login: Login) -> Self {
        let state = State {
            cache: Cache::new(Instant::now()),
            fetch: None,
        };
        Self {
            shared: Arc::new(Shared {
                login,
                state: Mutex::new(state),
            }),
        }
    }

    /// A token that is good as far as we know, and which one it is. At once, unless there is none.
    ///
    /// All who wait share one login, and its error. Trying again is the caller's matter.
    pub(crate) async fn token(&self) -> Result<Held, Error> {
        let fetch = {
            let mut state = self.shared.state();
            match state.cache.choose(Instant::now()) {
                Choice::Use(held) => return Ok(held),
                Choice::UseAndRenew(held) => {
                    self.fetch(&mut state);
                    return Ok(held);
                }
                Choice::Fetch => self.fetch(&mut state),
            }
        };
        fetch.wait_for(Clone::clone).await
    }

    /// Tells that the tenant refused the token of this generation. The first to tell starts the
    /// fetch of the next one; for whoever comes later, it has been replaced already.
    pub(crate) fn refused(&self, generation: Generation) {
        let mut state = self.shared.state();
        if state.cache.refuse(generation) {
            self.fetch(&mut state);
        }
    }

    /// The fetch under way, or a new one: a task of its own, so that it goes on when a reader that
    /// wanted it has been cancelled.
    fn fetch(&self, state: &mut State) -> Fetch {
        // One that was cut off has ended without telling the state.
        let runs = |fetch: &&Fetch| fetch.now().is_none();
        if let Some(fetch) = state.fetch.as_ref().filter(runs) {
            return Arc::clone(fetch);
        }
        let fetch = Fetch::new(Watched::new(None));
        state.fetch = Some(Arc::clone(&fetch));
        let fetching = Fetching {
            fetch: Arc::clone(&fetch),
            shared: Arc::clone(&self.shared),
        };
        tokio::spawn(async move {
            let outcome = fetching.shared.fetch().await;
            fetching.fetch.change(|fetched| {
                *fetched = Some(outcome);
                true
            });
        });
        fetch
    }
}

impl Shared {
    /// Nothing that holds the lock can leave the state half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self) -> Result<Held, Error> {
        let fetched = self.login.tenant_token().await;
        let mut state = self.state();
        state.fetch = None;
        fetched
            .map(|token| state.cache.keep(token))
            .inspect_err(|error| {
                let (code, wish) = (error.code(), error.retry_after());
                tracing::warn!(code, %error, "no new tenant token");
                state.cache.fetch_failed(Instant::now(), wish);
            })
    }
}

#[cfg(test)]
mod tests;
