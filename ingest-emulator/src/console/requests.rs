//! `GET /emulator/api/requests`: the last requests, the newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use serde::{Deserialize, Serialize};

use super::answer::{Refused, limit, query};
use crate::log::Logged;
use crate::record_search::holds;
use crate::tenant::Tenant;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    /// Only numbers below.
    before: Option<u64>,
    /// Only numbers above.
    after: Option<u64>,
    limit: Option<usize>,
    /// `429`, `4xx`, or `cut` for those without an answer.
    status: Option<String>,
    /// Part of the path.
    path: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Page {
    requests: Vec<Logged>,
    /// `before` of the next page.
    next: Option<u64>,
}

pub(super) async fn list(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
) -> Result<Json<Page>, Refused> {
    let asked: Asked = query(&uri)?;
    let limit = limit(asked.limit)?;
    let status = asked.status.as_deref().filter(|text| !text.is_empty());
    let status = status.map(Status::of).transpose()?;
    let log = tenant.log();
    // No more than the log remembers, which is little.
    let mut matching = log.logged().iter().rev().filter(|logged| {
        asked.before.is_none_or(|before| logged.number < before)
            && asked.after.is_none_or(|after| logged.number > after)
            && status.is_none_or(|status| status.is(logged.request.status))
            && asked
                .path
                .as_deref()
                .is_none_or(|part| holds(&logged.request.path, part))
    });
    let requests: Vec<_> = matching.by_ref().take(limit).cloned().collect();
    let last = requests.last().map(|logged| logged.number);
    let next = matching.next().and(last);
    Ok(Json(Page { requests, next }))
}

#[derive(Debug, Clone, Copy)]
enum Status {
    Cut,
    Class(u16),
    Exactly(u16),
}

impl Status {
    fn of(text: &str) -> Result<Self, Refused> {
        let class = text.strip_suffix("xx").and_then(|class| class.parse().ok());
        let known = match (text, class) {
            ("cut", _) => Some(Self::Cut),
            (_, Some(class)) => Some(Self::Class(class)),
            _ => text.parse().ok().map(Self::Exactly),
        };
        known.ok_or_else(|| {
            let message = format!("`{text}` is no status; give one as `429`, `4xx` or `cut`");
            Refused::bad("status", message)
        })
    }

    const fn is(self, status: u16) -> bool {
        match self {
            Self::Cut => status == 0,
            Self::Class(class) => status / 100 == class && status != 0,
            Self::Exactly(exactly) => status == exactly,
        }
    }
}
