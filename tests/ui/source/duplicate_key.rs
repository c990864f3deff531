use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/duplicate-key.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
