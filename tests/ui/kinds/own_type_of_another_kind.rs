use ingest_core::{FieldValue, IngestRecord, Slot, ValueError, Written, kind::Number};

struct Cents(i64);

impl FieldValue<Number> for Cents {
    fn write(&self, slot: Slot<'_, Number>) -> Result<Written, ValueError> {
        slot.integer(self.0)
    }
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "number", "percent", "phone", "url"))]
struct Values {
    text: Cents,
}

fn main() {}
