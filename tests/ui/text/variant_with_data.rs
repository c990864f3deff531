use ingest_core::IngestText;

#[derive(IngestText)]
enum Status {
    Open,
    Closed(u8),
    Lost { why: u8 },
}

fn main() {}
