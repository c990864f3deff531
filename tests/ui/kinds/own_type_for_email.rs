use ingest_core::IngestRecord;

struct Own;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "number", "percent", "phone", "text", "url"))]
struct Values {
    email: Own,
}

fn main() {}
