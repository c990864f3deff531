//! The emulator as a test holds it: faults, limits, state, and whatever comes in. What is known of
//! the service is in `conformance`.
//!
//! A test's name says how its fact is known: `doc_` official documentation, `live_` recorded from a
//! real org, `code_` relied on by published clients, `field_` reported by users, `brief_` stated by
//! the project, `open_` a switch for what nobody public knows. `own_` is the emulator's own.

#![expect(clippy::unwrap_used, reason = "a test fails where it fails")]

mod client;
mod console;
mod endpoints;
mod faults;
mod garbage;
mod handle;
mod history;
mod memory;
mod schema;
mod snapshot;
