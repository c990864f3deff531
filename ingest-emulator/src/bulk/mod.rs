//! Bulk jobs: files of CSV that are uploaded at leisure and carried out later.
//!
//! `job` is one job and its states, `jobs` all of them with their limits, `lines` reads files,
//! `work` carries jobs out, `calls` are the endpoints. Rows land in the same tables as streamed ones.

mod calls;
mod hour;
mod job;
mod jobs;
mod lines;
mod state;
mod work;

pub(crate) use calls::{create, delete, list, oversize, patch, read, upload};
pub(crate) use job::JobSnapshot;
pub(crate) use jobs::Jobs;
pub(crate) use work::run;
