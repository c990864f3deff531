use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    ammount: f64,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", blank("user-id", "TextLine"))]
struct Note {
    id: u8,
}

fn main() {}
