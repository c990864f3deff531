use ingest_core::IngestRecord;

struct Own;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "number", "phone", "text", "url"))]
struct Values {
    percent: Own,
}

fn main() {}
