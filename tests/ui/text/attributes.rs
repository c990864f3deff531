use ingest_core::IngestText;

#[derive(IngestText)]
#[ingest(rename = "status", rename_al = "lowercase", colour)]
enum Status {
    #[ingest(rename_all = "lowercase", skip)]
    Open,
}

fn main() {}
