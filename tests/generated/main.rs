//! Generated code in the hands of its users: crates outside the workspace that compile it under
//! every lint, and one that is packaged with its schema.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod consumer;
mod lints;
mod publishing;
