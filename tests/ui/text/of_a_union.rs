use ingest_core::IngestText;

#[derive(IngestText)]
union Status {
    one: u8,
}

fn main() {}
