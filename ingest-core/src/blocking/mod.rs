//! The client and its streams for code without a runtime: the same names and the same promises, but a
//! call returns when the work is done.
//!
//! The work is done by a runtime of the client's own, in a thread of its own. So these calls may also be
//! made where a runtime is (in a test, in `Drop`, in a callback): they block the thread that calls, as
//! any blocking call does, but never wait for a task of that thread. The only place where they must not
//! be made is inside a [`Transport`](crate::Transport) or [`Limiter`](crate::stream::Limiter) of the same
//! client, which would wait for itself.
//!
//! ```no_run
//! use ingest_core::{IngestRecord, blocking};
//!
//! fn run<R: IngestRecord>(records: &[R]) -> Result<(), Box<dyn std::error::Error>> {
//!     let client = blocking::Client::from_env()?;
//!     let stream = client.stream::<R>().open()?;
//!     for record in records {
//!         stream.send(record)?;
//!     }
//!     let report = stream.close();
//!     println!("{report}");
//!     Ok(())
//! }
//! ```
//!
//! A part of the feature `client`: it needs nothing that is not there anyway.

mod client;
mod receipt;
mod record_stream;
mod runtime;

pub use client::{Client, StreamBuilder};
pub use receipt::{Receipt, SendAllError};
pub use record_stream::RecordStream;
