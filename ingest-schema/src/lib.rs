//! model
mod model;
pub use model::*;
