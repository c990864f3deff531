use ingest_core::IngestRecord;

#[derive(IngestRecord)]
struct PageView {
    event_id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml")]
struct Visitor {
    visitor_id: String,
}

fn main() {}
