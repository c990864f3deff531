use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/wep.yaml", object = "page_view")]
struct PageView {
    event_id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemata/web.yaml", object = "page_view")]
struct Other {
    event_id: String,
}

fn main() {}
