//! Who we are, for any number of tasks at a time: they share one token and one fetch of the next
//! one, which no reader waits for while the token is good. `login` fetches (what its answers say is in
//! `answer`), `cache` decides.

mod answer;
mod cache;
mod clock;
mod login;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use self::cache::{Cache, Choice};
pub(crate) use self::cache::{Generation, Held};
pub(crate) use self::login::{Login, OrgToken};
use super::error::{Error, Step};
use super::transport::TransportError;

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
type Fetch = watch::Receiver<Option<Result<Held, Error>>>;

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
        let mut fetch = {
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
        match fetch.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().expect("BUG: the outcome was waited for"),
            Err(_ended) => Err(self.cut_off()),
        }
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
        // Without its sender it has died with its runtime, and says nothing any more.
        let alive = |fetch: &&Fetch| fetch.has_changed().is_ok();
        if let Some(fetch) = state.fetch.as_ref().filter(alive) {
            return fetch.clone();
        }
        let (outcome, fetch) = watch::channel(None);
        state.fetch = Some(fetch.clone());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move { outcome.send_replace(Some(shared.fetch().await)) });
        fetch
    }

    /// The runtime that fetched the token has ended, or the transport has panicked.
    fn cut_off(&self) -> Error {
        Error::Transport {
            step: Step::OrgToken,
            host: self.shared.login.host().to_owned(),
            source: TransportError::interrupted("the task that logs in was ended"),
        }
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
