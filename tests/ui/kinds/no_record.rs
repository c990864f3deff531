use ingest_core::json;

struct Note;

fn main() {
    let _ = json::write(&Note, &mut Vec::new());
}
