//! `POST /api/v2/query`: looks at what landed, in a small part of SQL.
//!
//! `relation` says which tables and columns there are, `plan` what a text asks of them or why it
//! cannot be asked, `filter` which rows are meant; `run` finds them. Nothing is changed.

mod calls;
mod cell;
mod filter;
mod plan;
mod relation;
mod run;

pub(crate) use calls::query;
