use ingest_core::{IngestRecord, Timestamp, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
    #[ingest(skip)]
    cache: Vec<u8>,
    weather: String,
}

fn main() {}
