//! The emulator as a client meets it: over HTTP, refusing what a tenant refuses.
//!
//! A test's name says how its fact is known: `doc_` official documentation, `live_` recorded from a
//! real org, `code_` relied on by published clients, `field_` reported by users, `brief_` stated by
//! the project, `open_` a switch for what nobody public knows. `own_` is the emulator's own.

#![expect(clippy::unwrap_used, reason = "a test fails where it fails")]

mod auth;
mod client;
mod connect;
mod delete;
mod faults;
mod garbage;
mod handle;
mod history;
mod lenient;
mod rate;
mod rows;
mod schema;
mod strict;
mod switches;
