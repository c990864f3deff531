use ingest_core::{IngestRecord, Timestamp, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: Option<String>,
    occurred_at: Timestamp,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

fn main() {}
