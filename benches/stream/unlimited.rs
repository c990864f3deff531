//! A limiter that never makes anybody wait.

use ingest_core::stream::{Limiter, Permit, PermitFuture};

#[derive(Debug)]
pub(crate) struct Unlimited;

impl Limiter for Unlimited {
    fn permit(&self) -> PermitFuture<'_> {
        Box::pin(async { Permit::new(|| {}) })
    }

    fn throttled(&self) {}

    fn accepted(&self) {}

    fn rate(&self) -> f64 {
        f64::INFINITY
    }
}
