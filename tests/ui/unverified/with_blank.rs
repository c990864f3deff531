use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef", blank("text"))]
struct Note {
    #[ingest(kind = "Text")]
    id: String,
}

fn main() {}
