//! d
/// x
#[proc_macro_derive(IngestRecord, attributes(ingest))]
pub fn ingest_record(input: proc_macro::TokenStream) -> proc_macro::TokenStream { let _ = input; proc_macro::TokenStream::new() }
