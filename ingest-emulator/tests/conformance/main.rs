//! What is known of the service, one test a fact, held against the emulator over plain HTTP.
//!
//! A test's name says how its fact is known: `doc_` official documentation, `live_` recorded from a
//! real org, `code_` relied on by published clients, `field_` reported by users, `brief_` stated by
//! the project, `open_` a switch for what nobody public knows. `own_` is the emulator's own.

#![expect(clippy::unwrap_used, reason = "a test fails where it fails")]

mod auth;
mod bulk;
mod bulk_csv;
mod bulk_limits;
#[path = "../tenant/client.rs"]
mod client;
mod connect;
mod delete;
mod jobs;
mod landing;
mod lenient;
mod problems;
mod query;
mod rate;
mod reshape;
mod rows;
#[path = "../tenant/schema.rs"]
mod schema;
mod strict;
mod switches;
mod tenant_reads;
mod tokens;
