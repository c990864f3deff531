use ingest_core::{IngestRecord, json};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", blank("user-id", "TextLine"))]
struct Note<T> {
    id: T,
}

struct Own;

fn main() {
    let _ = json::write(&Note { id: Own }, &mut Vec::new());
}
