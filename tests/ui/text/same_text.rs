use ingest_core::IngestText;

#[derive(IngestText)]
#[ingest(rename_all = "lowercase")]
enum Status {
    OnHold,
    Onhold,
    #[ingest(rename = "onhold")]
    Waiting,
}

fn main() {}
