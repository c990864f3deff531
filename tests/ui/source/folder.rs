use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas", object = "sale")]
struct Sale {
    id: String,
}

fn main() {}
