use ingest_core::{IngestPatch, json};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    city: Option<String>,
}

// All of this is right, and none of it may be blamed for the mistake above.
fn use_it(moved: Moved) {
    fn is_patch<P: IngestPatch>(_: &P) -> &'static str {
        P::OBJECT.name
    }
    let _ = is_patch(&moved);
    let _ = json::write(&moved, &mut Vec::new());
}

fn main() {}
