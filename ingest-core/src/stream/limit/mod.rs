//! How many requests a second: a quota that no second passes, lowered while the tenant asks for less.
//! [`quota`] decides and takes time as an argument; [`local`] waits as it says. What the rest of the
//! stream sees is the trait, so that several processes can share one quota.

mod local;
mod quota;
#[cfg(test)]
mod simulated;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

pub use local::LocalLimiter;
pub use quota::LimitError;

/// What [`Limiter::permit`] waits with.
pub type PermitFuture<'a> = Pin<Box<dyn Future<Output = Permit> + Send + 'a>>;

/// Says when a request may be sent to the tenant.
///
/// The tenant takes 250 requests a second over all objects and all senders. [`LocalLimiter`] keeps to
/// that within one process; a limiter of your own can share the quota between several:
///
/// ```
/// use ingest_core::stream::{Limiter, LocalLimiter, Permit, PermitFuture};
///
/// /// Counts what is under way, for a page that shows it.
/// #[derive(Debug)]
/// struct Watched {
///     inner: LocalLimiter,
///     under_way: std::sync::Arc<std::sync::atomic::AtomicUsize>,
/// }
///
/// impl Limiter for Watched {
///     fn permit(&self) -> PermitFuture<'_> {
///         Box::pin(async move {
///             let permit = self.inner.permit().await;
///             let under_way = self.under_way.clone();
///             under_way.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///             Permit::new(move || {
///                 under_way.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
///                 drop(permit);
///             })
///         })
///     }
///     fn throttled(&self) {
///         self.inner.throttled();
///     }
///     fn accepted(&self) {
///         self.inner.accepted();
///     }
///     fn rate(&self) -> f64 {
///         self.inner.rate()
///     }
/// }
/// ```
pub trait Limiter: Send + Sync + fmt::Debug {
    /// Waits until a request may be sent. The permit is kept until the request's answer has come or the
    /// request has failed, and then dropped. Dropping the future gives its place back.
    fn permit(&self) -> PermitFuture<'_>;

    /// The tenant has answered a request with 429.
    fn throttled(&self);

    /// The tenant has answered a request with 2xx.
    fn accepted(&self);

    /// Requests a second that are allowed now.
    fn rate(&self) -> f64;
}

/// Leave to send one request. To be kept until its answer has come or it has failed.
#[must_use = "a permit that is dropped at once counts as a request that was answered"]
pub struct Permit {
    at_drop: Option<AtDrop>,
}

/// The local limiter hands out hundreds a second and needs no box for them.
enum AtDrop {
    Answered(Arc<local::Shared>),
    Run(Box<dyn FnOnce() + Send>),
}

impl Permit {
    /// A permit that runs `at_drop` when it is dropped, which is when the request is over.
    pub fn new(at_drop: impl FnOnce() + Send + 'static) -> Self {
        Self {
            at_drop: Some(AtDrop::Run(Box::new(at_drop))),
        }
    }

    fn local(shared: Arc<local::Shared>) -> Self {
        Self {
            at_drop: Some(AtDrop::Answered(shared)),
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        match self.at_drop.take() {
            Some(AtDrop::Answered(shared)) => shared.answered(),
            Some(AtDrop::Run(run)) => run(),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_permit_runs_what_it_was_given_once_and_when_it_is_dropped() {
        let runs = Arc::new(AtomicU32::new(0));
        let permit = Permit::new({
            let runs = Arc::clone(&runs);
            move || {
                runs.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(runs.load(Ordering::Relaxed), 0);
        drop(permit);
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}
