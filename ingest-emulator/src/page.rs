//! Cuts a list into pages, as Connect REST does with `limit` and `offset`.

use std::collections::HashMap;

use axum::http::Uri;
use serde_json::{Value, json};

use crate::answer::ConnectError;

/// Where a page begins and how much fits on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    limit: usize,
    offset: usize,
}

const DEFAULT_LIMIT: usize = 10;
const MOST: usize = 200;

impl Page {
    /// The page that the query asks for; `limit` is 1 to 200, 10 if not given.
    pub(crate) fn of(params: &HashMap<String, String>) -> Result<Self, ConnectError> {
        let code = "ILLEGAL_QUERY_PARAMETER_VALUE";
        let number = |name, default| match params.get(name).map(|text| text.parse()) {
            None => Ok(default),
            Some(Ok(number)) => Ok(number),
            Some(Err(_)) => Err(ConnectError::bad(code, "limit and offset are numbers")),
        };
        let limit = number("limit", DEFAULT_LIMIT)?;
        let offset = number("offset", 0)?;
        if (1..=MOST).contains(&limit) {
            Ok(Self { limit, offset })
        } else {
            Err(ConnectError::bad(code, "limit must be between 1 and 200"))
        }
    }

    /// The page's part of `all` under `name`, with the URLs of this page and the next.
    pub(crate) fn body(self, name: &str, uri: &Uri, all: &[Value]) -> Value {
        let part: Vec<&Value> = all.iter().skip(self.offset).take(self.limit).collect();
        let next = self.offset.saturating_add(self.limit);
        let next = (next < all.len()).then(|| self.url(uri, next));
        json!({
            name: part,
            "currentPageUrl": self.url(uri, self.offset),
            "nextPageUrl": next,
            "totalSize": all.len(),
        })
    }

    /// The same request for another offset, relative to the host.
    fn url(self, uri: &Uri, offset: usize) -> String {
        let kept = uri.query().unwrap_or_default().split('&');
        let mut parts: Vec<String> = kept
            .filter(|part| !part.starts_with("limit=") && !part.starts_with("offset="))
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        parts.push(format!("limit={}", self.limit));
        parts.push(format!("offset={offset}"));
        format!("{}?{}", uri.path(), parts.join("&"))
    }
}
