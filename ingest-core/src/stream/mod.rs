//! A long-lived sender: batch, limit, send, outcome, receipt, each a module that can be tested without
//! the others. What decides is free of I/O and takes time as an argument; `dispatcher` and `courier`
//! obey.
//!
//! Opened by [`Client::stream`](crate::Client::stream).
//!
//! # Watching
//!
//! [`RecordStream::health`] tells how a stream is now. The log (`tracing`) has `info` when a stream is
//! opened and ends, `warn` when records are rejected or requests are repeated, at most one line for a
//! reason in ten seconds, `error` when records expire or a stream halts, and `debug` spans for each
//! body (`ingest.body`) and request (`ingest.request`). Values of records and secrets are in none.
//!
//! With the feature `metrics`, the recorder of the crate [`metrics`](https://docs.rs/metrics) gets:
//!
//! | name | kind, unit | labels beside `object` |
//! |---|---|---|
//! | `ingest.records` | counter | `outcome`: `accepted`, `rejected`, `expired`, `unsent`, `invalid` |
//! | `ingest.records.possibly_duplicated` | counter | |
//! | `ingest.requests` | counter | `status`: `202`, … or `none` if no answer came |
//! | `ingest.retries` | counter | |
//! | `ingest.batches` | counter | `cut`, as in [`Report::cuts`] |
//! | `ingest.halts` | counter | `code`, as of [`Halt::code`] |
//! | `ingest.batch.size` | histogram, records | |
//! | `ingest.batch.bytes` | histogram, bytes | |
//! | `ingest.batch.wait` | histogram, seconds from a body's first record to its first request | |
//! | `ingest.request.duration` | histogram, seconds | |
//! | `ingest.buffer.bytes` | gauge, bytes; as of the last request | |
//! | `ingest.requests.under_way` | gauge, requests without an answer yet | |
//! | `ingest.rate` | gauge, requests a second allowed to all that share the limiter | |

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
mod hush;
mod isolate;
mod keyed;
mod limit;
mod load;
mod log;
mod options;
mod outcome;
mod receipt;
mod record_stream;
mod report;
pub(crate) mod retry;
mod watch;

pub use builder::StreamBuilder;
pub use chunk::Operation;
pub use halt::{Halt, OpenError, SendAllError, SendError, TrySendError};
pub use health::{Condition, Health};
pub use limit::{LimitError, Limiter, LocalLimiter, Permit, PermitFuture};
pub use options::{OptionProblem, OptionsError};
pub use receipt::{Fate, Receipt, Rejection};
pub use record_stream::RecordStream;
pub use report::{Report, Totals, Unsent};
