use ingest_core::IngestRecord;

/// As a crate for times could have it.
mod clock {
    pub struct Timestamp;
}
use clock::Timestamp;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
