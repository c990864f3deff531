use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", objekt = "2fa", object = "Type-2")]
#[ingest(rename = "x", colour)]
struct Second {
    #[ingest(renam = "x", object = "x", weight(1 + 1))]
    value: String,
}

fn main() {}
