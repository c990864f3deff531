//! The records this program sends: two structs, checked against `schemas/web.yaml` by the compiler.
//!
//! Try it: rename a field, give it another type, or delete it, and build again.

use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "../../schemas/web.yaml", object = "page_view")]
pub(crate) struct PageView {
    pub(crate) event_id: String,
    pub(crate) occurred_at: Timestamp,
    pub(crate) visitor_id: String,
    pub(crate) url: Url,
    pub(crate) referrer: Option<Url>,
    pub(crate) duration_ms: u32,
    pub(crate) revenue: Option<f64>,
    pub(crate) logged_in: bool,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "../../schemas/web.yaml",
    object = "visitor",
    blank("country")
)]
pub(crate) struct Visitor {
    pub(crate) visitor_id: String,
    #[ingest(rename = "updated_at")]
    pub(crate) changed: Timestamp,
    pub(crate) email: Email,
    pub(crate) phone: Option<Phone>,
    pub(crate) first_seen: Date,
    pub(crate) newsletter: bool,
    pub(crate) discount: Option<Percent>,
}
