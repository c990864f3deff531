use ingest_core::{IngestRecord, IngestText, json};

#[derive(IngestText)]
enum Status {
    Open(u8),
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", blank("user-id", "TextLine"))]
struct Note {
    id: Status,
}

fn use_it(note: Note) {
    let _ = json::write(&note, &mut Vec::new());
}

fn main() {}
