use ingest_core::{IngestRecord, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
struct PageView {
    event_id: String,
    occurred_at: Option<::ingest_core::Date>,
    visitor_id: String,
    url: Url,
    revenue: Option<ingest_core::value::Percent>,
    logged_in: bool,
}

fn main() {}
