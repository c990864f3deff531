use ingest_core::{IngestRecord, Slot, Timestamp, ValueError, Written, kind::Text};

fn as_text(cents: &u64, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
    slot.text(&cents.to_string())
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    #[ingest(with = "as_text")]
    amount: u64,
}

fn main() {}
