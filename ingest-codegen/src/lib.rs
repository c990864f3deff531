//! Prints Rust record structs from the schema of a Data Cloud Ingestion API connector.
//!
//! Three ways in, all with the same output: this library from a build.rs ([`build`]), the command
//! `ingest-codegen generate` (feature `cli`), and [`Generator`] for anything else. The structs carry
//! `#[derive(IngestRecord)]`, so the derive checks them against the schema whenever they compile;
//! no implementation of a trait is printed here.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), ingest_codegen::BuildError> {
//!     ingest_codegen::build("schemas/web.yaml")
//! }
//! ```
//!
//! [`Generator`] has settings for what is printed: some of the objects, setters, further derives, types
//! of your own, and code that needs no schema file where it compiles.
//!
//! Features: `pull` reads a connector's schema from an org, `cli` is the command. Without them there
//! is no HTTP client and no command line parser to compile.

mod build;
mod derives;
mod doc;
mod error;
mod generate;
mod list;
mod methods;
pub mod output;
mod path;
mod plausible;
mod print;
#[cfg(feature = "pull")]
pub mod pull;
mod types;
#[cfg(feature = "pull")]
pub mod yaml;

pub use build::{BuildError, build};
pub use error::GenerateError;
pub use generate::{Generator, SourceFile};
pub use path::display_path;
