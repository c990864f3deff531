use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(kind = "text")]
    id: String,
    #[ingest(kind = "Currency")]
    price: f64,
}

fn main() {}
