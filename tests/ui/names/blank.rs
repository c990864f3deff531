use ingest_core::{IngestRecord, value::Url};

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "page_view",
    blank("referer", "duration_ms", "url", "occurred_at")
)]
struct PageView {
    event_id: String,
    visitor_id: String,
    url: Url,
    revenue: f64,
    logged_in: bool,
}

fn main() {}
