use std::time::SystemTime;

use ingest_core::{IngestRecord, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: String,
    occurred_at: SystemTime,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

fn main() {}
