use ingest_core::IngestPatch;

#[derive(IngestPatch)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(kind = "Text", key)]
    id: String,
}

fn main() {}
