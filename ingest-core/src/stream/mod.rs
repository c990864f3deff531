//! A long-lived sender: batch, limit, send, outcome, receipt, each a module that can be tested without
//! the others. What decides is free of I/O and takes time as an argument; `engine` and `courier` obey.

pub mod dead_letter;
mod isolate;
mod limit;
mod outcome;
mod retry;

pub use limit::{LimitError, Limiter, LocalLimiter, Permit, PermitFuture};
pub use retry::RetryPolicy;
