use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Note {
    id: String,
}

fn main() {}
