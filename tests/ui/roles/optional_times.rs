use ingest_core::value::Url;
use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: String,
    occurred_at: Option<Timestamp>,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "visitor",
    blank("email", "phone", "first_seen", "newsletter", "discount", "country")
)]
struct Visitor {
    visitor_id: String,
    updated_at: Option<Timestamp>,
}

fn main() {}
