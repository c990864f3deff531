use ingest_core::IngestText;

#[derive(IngestText)]
enum Status {
    Open,
    #[ingest(rename = "")]
    Unknown,
}

fn main() {}
