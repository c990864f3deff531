use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "cafe")]
struct Note {
    #[ingest(kind = "Text")]
    id: String,
}

fn main() {}
