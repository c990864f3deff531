//! The schema of a Salesforce Data Cloud Ingestion API connector: model, reader and rules.
//!
//! A connector is set up with an OpenAPI 3.0 file that lists its objects and their flat fields.
//! This crate reads such a file into [`Schema`], with what the data stream adds (primary key,
//! event time, …) kept in `x-data-cloud` extensions, and reports every problem at once, each with
//! its place and its remedy. It does no I/O beyond reading one file.
//!
//! ```
//! use ingest_schema::{Kind, Schema};
//!
//! let text = "\
//! openapi: 3.0.3
//! components:
//!   schemas:
//!     visit:
//!       type: object
//!       properties:
//!         id: {type: string}
//!         seconds: {type: number}
//! ";
//! let schema = Schema::parse("visits.yaml", text)?.schema;
//! let visit = schema.object("visit").unwrap();
//! assert_eq!(visit.field("seconds").unwrap().kind, Kind::Number);
//! # Ok::<(), ingest_schema::Problems>(())
//! ```

mod digest;
mod model;
#[cfg(feature = "read")]
pub mod names;
#[cfg(feature = "read")]
mod openapi;
#[cfg(feature = "read")]
mod problem;
#[cfg(feature = "read")]
mod read;
#[cfg(feature = "read")]
pub mod rules;
#[cfg(feature = "read")]
mod yaml;

pub use digest::Digest;
pub use model::{Category, Field, Kind, Object, RefreshMode, Role, RoleSet, Roles, Schema};
#[cfg(feature = "read")]
pub use problem::{Problem, Problems, Rule, Severity};
#[cfg(feature = "read")]
pub use read::{MAX_BYTES, ReadError, Reading};
