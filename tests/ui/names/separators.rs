use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Note {
    id: String,
    user_id: String,
    text_line: String,
}

fn main() {}
