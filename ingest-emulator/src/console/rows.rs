//! `GET /emulator/api/rows/{object}`: the rows of an object, those with the newest keys first.
//!
//! Rows are not sorted: with a million of them, each page would cost a look at all. So each look
//! examines so many places and says from where to go on.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::{Refused, limit, query};
use crate::table::Table;
use crate::tenant::Tenant;

/// The most rows that one look examines.
const MOST: usize = 20_000;

/// A page ends before it gets longer than this, but has one row.
const LONGEST: usize = 256 << 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    /// Only places below.
    before: Option<usize>,
    limit: Option<usize>,
    /// How keys begin.
    prefix: Option<String>,
    /// The row of this key and no other.
    key: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Page {
    rows: Vec<Row>,
    /// `before` of the next look; there may be more even where this one found nothing.
    next: Option<usize>,
    /// How many rows the object has.
    total: usize,
    examined: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    /// Where the row stands in the list.
    place: usize,
    key: String,
    /// With every number and string as it was sent.
    row: Box<RawValue>,
}

pub(super) async fn list(
    State(tenant): State<Arc<Tenant>>,
    Path(object): Path<String>,
    uri: Uri,
) -> Result<Json<Page>, Refused> {
    let asked: Asked = query(&uri)?;
    let limit = limit(asked.limit)?;
    let position = tenant.position(&object);
    let at = position.ok_or_else(|| Refused::unknown_object(&object))?;
    let store = tenant.store();
    let table = &store.tables[at];
    let page = match &asked.key {
        Some(key) => exactly(table, key),
        None => page(table, &asked, limit),
    };
    Ok(Json(page))
}

fn exactly(table: &Table, key: &str) -> Page {
    let row = table.find(key);
    Page {
        rows: row
            .map(|(place, text)| Row::of(place, key, text))
            .into_iter()
            .collect(),
        next: None,
        total: table.len(),
        examined: 1,
    }
}

fn page(table: &Table, asked: &Asked, limit: usize) -> Page {
    let prefix = asked.prefix.as_deref().unwrap_or_default();
    let start = asked.before.unwrap_or(usize::MAX).min(table.len());
    let (mut place, mut bytes, mut rows) = (start, 0, Vec::new());
    while place > 0 && rows.len() < limit && start - place < MOST {
        let Some((key, text)) = table.at(place - 1) else {
            break;
        };
        if key.starts_with(prefix) {
            bytes += text.len();
            if bytes > LONGEST && !rows.is_empty() {
                break;
            }
            rows.push(Row::of(place - 1, key, text));
        }
        place -= 1;
    }
    Page {
        rows,
        next: (place > 0).then_some(place),
        total: table.len(),
        examined: start - place,
    }
}

impl Row {
    fn of(place: usize, key: &str, text: &str) -> Self {
        // What passes the tenant's grammar may still be no text elsewhere: half a surrogate pair.
        let raw = RawValue::from_string(text.to_owned())
            .or_else(|_| serde_json::value::to_raw_value(&Value::from(text)));
        Self {
            place,
            key: key.to_owned(),
            row: raw.expect("BUG: a string is JSON"),
        }
    }
}
