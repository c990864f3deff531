use ingest_core::{IngestPatch, Timestamp, csv};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    changed_at: Timestamp,
    city: Option<String>,
}

fn upload(moved: &Moved) {
    let mut file = Vec::new();
    csv::write_header::<Moved>(&mut file);
    let _ = csv::write(moved, &mut file);
}

fn main() {}
