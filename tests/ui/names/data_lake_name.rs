use ingest_core::{IngestRecord, Timestamp, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", blank("referrer", "duration_ms"))]
#[allow(non_snake_case)]
struct PageView {
    event_id__c: String,
    occurred_at: Timestamp,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

fn main() {}
