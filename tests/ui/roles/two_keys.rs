use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Second {
    #[ingest(key)]
    value: String,
    #[ingest(key, rename = "value")]
    other: String,
}

fn main() {}
