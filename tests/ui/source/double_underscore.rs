use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/double-underscore.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
