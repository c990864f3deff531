use ingest_core::{FullRecord, IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    changed_at: Timestamp,
    city: Option<String>,
}

fn upload<R: FullRecord>(_: &[R]) {}

fn use_it(moved: &[Moved]) {
    upload(moved);
}

fn main() {}
