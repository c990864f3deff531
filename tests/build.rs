//! Prints the records of `web.yaml`, as a user's build.rs would.

fn main() -> Result<(), ingest_codegen::BuildError> {
    ingest_codegen::build("../schemas/web.yaml")
}
