use ingest_core::IngestRecord;

struct Own;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "number", "percent", "text", "url"))]
struct Values {
    phone: Own,
}

fn main() {}
