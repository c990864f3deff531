//! The page for people and its REST, under `/` and `/emulator`, which the service never uses.
//!
//! Nothing here counts as a request to the tenant: no limit, no fault, no entry in the log. It looks
//! and changes as the handle [`Emulator`](crate::Emulator) does; how a tenant behaves is decided
//! elsewhere. See `docs/emulator.md` for the calls.

mod answer;
mod assets;
mod faults;
mod guard;
mod records;
mod requests;
mod rows;
mod schema;
mod state;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use axum::{Router, middleware};

use crate::tenant::Tenant;

/// Longer than any rule.
const LONGEST_BODY: usize = 64 << 10;

pub(crate) fn router() -> Router<Arc<Tenant>> {
    let pages = Router::new()
        .route("/", get(assets::page))
        .route("/emulator", get(assets::page))
        .route("/emulator/", get(assets::page))
        .route("/emulator/assets/{name}", get(assets::asset));
    pages
        .nest("/emulator/api", api())
        .layer(middleware::from_fn(guard::pass))
}

fn api() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/state", get(state::show))
        .route("/variables", get(state::variables))
        .route("/requests", get(requests::list))
        .route("/records", get(records::list))
        .route("/records/{number}", get(records::one))
        .route("/rows/{object}", get(rows::list))
        .route("/schema", get(schema::show))
        .route("/jobs", get(state::jobs))
        .route(
            "/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .route("/faults/{id}", delete(faults::remove))
        .route("/reset", post(state::reset))
        .route("/expire-tokens", post(state::expire_tokens))
        .fallback(answer::unknown_path)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}
