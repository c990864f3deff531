use ingest_core::IngestText;

#[derive(IngestText)]
#[ingest(rename_all = "Title Case")]
enum Status {
    Open,
}

fn main() {}
