use ingest_core::IngestRecord;

struct Own;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("date", "date_time", "email", "number", "percent", "phone", "text", "url"))]
struct Values {
    boolean: Own,
}

fn main() {}
