use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", rename_all = "lowercase")]
struct Note {
    ID: String,
}

fn main() {}
