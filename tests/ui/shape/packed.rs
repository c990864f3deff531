use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", blank("user-id", "TextLine"))]
#[repr(C, packed)]
struct Note {
    id: u8,
}

fn main() {}
