use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "page_view")]
struct PageView {
    visitor_id: String,
}

fn main() {}
