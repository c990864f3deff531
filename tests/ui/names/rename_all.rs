use ingest_core::{IngestRecord, Timestamp, value::Url};

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "page_view",
    rename_all = "camelCase",
    blank("referrer", "duration_ms")
)]
struct PageView {
    event_id: String,
    #[ingest(rename = "occurred_at")]
    occurred_at: Timestamp,
    #[ingest(rename = "visitor_id")]
    visitor_id: String,
    url: Url,
    revenue: f64,
    #[ingest(rename = "logged_in")]
    logged_in: bool,
}

fn main() {}
