use ingest_core::{IngestRecord, Timestamp, value::Url};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view", rename = "x")]
struct PageView {
    event_id: Option<String>,
    occured_at: Timestamp,
    visitor_id__c: String,
    url: Url,
    revenue: bool,
    weather: String,
}

fn main() {}
