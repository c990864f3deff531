//! A Data Cloud tenant on this machine, as a value in a test.
//!
//! An [`Emulator`] serves the org's login, the token exchange, streaming and bulk ingestion, the part
//! of Connect REST where a schema is read and changed, metadata, and queries for what landed, all on
//! one loopback port. It checks records as the tenant does, keeps rows by primary key, and shows what
//! it kept. [`Builder`] lists what can be switched and why each default is what it is.
//!
//! ```
//! use ingest_emulator::Emulator;
//! use ingest_schema::{Field, Kind, Object, Schema};
//!
//! let page_view = Object::new("page_view", vec![Field::new("event_id", Kind::Text)]);
//! let emulator = Emulator::start(Schema::new(Some("Web".to_owned()), vec![page_view]))?;
//! for (name, value) in emulator.vars() {
//!     println!("{name}={value}");
//! }
//! assert_eq!(emulator.row_count("page_view"), 0);
//! # Ok::<(), ingest_emulator::StartError>(())
//! ```
//!
//! The server has its own thread and its own runtime, so an emulator works under any test runner
//! and stops when it is dropped; any number may run at once.
//!
//! It misbehaves on request: a [`Rule`] says which [`Fault`] happens to which requests and when,
//! the same way every time it is run. [`Emulator::history`], [`Emulator::problems`] and
//! [`Emulator::busiest_second`] are the facts to hold a client against afterwards.
//!
//! Its address shows a page for people, and tests in any language ask the same by REST: live counts,
//! the last requests and records with what is wrong with them, rows, faults. Whoever reaches the
//! port may use it; other web pages are kept out. `docs/emulator.md` of the repository tells the calls.
//!
//! What it answers is written from what is known of the service, and it shares no code with the
//! client's encoder, so that a mistake there is not repeated here. Where nobody public knows what
//! the service does, [`Builder`] has a switch.

mod answer;
mod arrival;
mod auth;
mod body;
mod builder;
mod bulk;
mod check;
mod connect;
mod connect_schema;
mod console;
mod document;
mod email;
mod emulator;
mod fault;
mod faults;
mod history;
mod hold;
mod intake;
mod jwt;
mod lenient;
mod log;
mod metadata;
mod milliseconds;
mod misbehave;
mod moment;
mod object;
mod options;
mod page;
mod problems;
mod query;
mod rate;
mod recent;
mod record;
mod record_log;
mod record_search;
mod report;
mod reshape;
mod rules;
mod scan;
mod server;
mod session;
mod snapshot;
mod sources;
mod store;
mod stream;
mod table;
mod target;
mod tenant;
mod tokens;
mod value;
mod wire;

pub use builder::{Builder, StartError};
pub use emulator::Emulator;
pub use fault::{Calls, CutAt, ErrorBody, Fault, RetryAfter, Rule, RuleError};
pub use faults::Faults;
pub use history::{Applied, Change};
pub use log::RequestSummary;
pub use options::{
    Answer, Blanks, EndpointsBody, EnumCase, HourlyLimit, NewFields, SourcesBody, Strictness,
    Undeployed,
};
pub use problems::ProblemRecord;
pub use rules::ActiveRule;
pub use snapshot::{RestoreError, Snapshot};
