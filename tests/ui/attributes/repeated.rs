use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "2fa", object = "Type-2")]
struct Second {
    #[ingest(skip)]
    #[ingest(key)]
    value: String,
}

fn main() {}
