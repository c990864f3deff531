use ingest_core::value::{Phone, Url};
use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: Phone,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

fn main() {}
