//! The endpoint of queries: checks who asks, and writes the answer as documented.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::plan::{Plan, Unclear};
use super::relation::Relation;
use super::run;
use crate::answer::Problem;
use crate::auth::check_known_token;
use crate::moment::Moment;
use crate::tenant::Tenant;
use crate::tokens::random_hex;

#[derive(Deserialize)]
struct Asked {
    sql: String,
}

impl From<Unclear> for Problem {
    fn from(Unclear(message): Unclear) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

/// `POST /api/v2/query`
pub(crate) async fn query(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = check_known_token(&tenant, &headers).and_then(|()| answer(&tenant, &body));
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => problem.answer(&tenant, uri.path()),
    }
}

fn answer(tenant: &Tenant, body: &[u8]) -> Result<Value, Problem> {
    let start = Moment::now();
    let asked: Asked = serde_json::from_slice(body).map_err(|_| {
        let message = "Bad Request: a query is {\"sql\":\"…\"}.";
        Problem::new(StatusCode::BAD_REQUEST, message)
    })?;
    let plan = Plan::of(&asked.sql, |name| Relation::named(tenant, name))?;
    let found = run::run(&plan, &tenant.store())?;
    Ok(json!({
        "rowCount": found.data.len(),
        "data": found.data,
        "startTime": start.to_string(),
        "endTime": Moment::now().to_string(),
        "queryId": random_hex::<16>(),
        "done": true,
        "metadata": found.metadata,
    }))
}
