use ingest_core::body::{BodyWriter, Shape};
use ingest_core::{IngestRecord, json};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Second<'a, T: Clone> {
    valu: &'a T,
}

// All of this is right, and none of it may be blamed for the mistake above.
fn use_it(record: Second<'_, String>) {
    let name: &str = Second::<String>::OBJECT.name;
    let _ = json::write(&record, &mut Vec::new());
    let _ = BodyWriter::new(Shape::Data, 100).push(&record);
    let _ = name;
}

fn main() {}
