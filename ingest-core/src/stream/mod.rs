//! A long-lived sender: batch, limit, send, outcome, receipt, each a module that can be tested without
//! the others. What decides is free of I/O and takes time as an argument; `dispatcher` and `courier`
//! obey.
//!
//! Opened by [`Client::stream`](crate::Client::stream).

mod batcher;
mod builder;
mod chunk;
mod courier;
pub mod dead_letter;
mod dispatcher;
mod encode;
mod engine;
mod halt;
mod health;
mod isolate;
mod limit;
mod load;
mod options;
mod outcome;
mod receipt;
mod record_stream;
mod report;
pub(crate) mod retry;

pub use builder::StreamBuilder;
pub use chunk::Operation;
pub use halt::{Halt, OpenError, SendAllError, SendError, TrySendError};
pub use health::{Condition, Health};
pub use limit::{LimitError, Limiter, LocalLimiter, Permit, PermitFuture};
pub use options::{OptionProblem, OptionsError};
pub use receipt::{Fate, Receipt, Rejection};
pub use record_stream::RecordStream;
pub use report::{Report, Totals, Unsent};
