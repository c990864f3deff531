use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "PageView")]
struct PageView {
    event_id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "order")]
struct Order {
    id: String,
}

fn main() {}
