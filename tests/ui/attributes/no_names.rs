use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest("schemas/web.yaml")]
struct Sale {
    #[ingest(,)]
    id: String,
}

fn main() {}
