use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/no-event-time.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
