//! The records that the quickstart sends: two structs, checked against `schemas/web.yaml` by the
//! compiler. They are a library of their own, so that a mistake in them is all that is reported.
//!
//! Try it: rename a field, give it another type, or delete it, and build again.

use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, IngestRecord, Timestamp};

/// One page shown to one visitor: an Engagement, written as the schema spells it.
#[derive(IngestRecord)]
#[ingest(schema = "../../schemas/web.yaml", object = "page_view")]
pub struct PageView {
    /// The primary key.
    pub event_id: String,
    /// The event time.
    pub occurred_at: Timestamp,
    /// Whose page it was.
    pub visitor_id: String,
    /// The page.
    pub url: Url,
    /// The page before.
    pub referrer: Option<Url>,
    /// How long it was visible.
    pub duration_ms: u32,
    /// What was bought from it, in euros.
    pub revenue: Option<f64>,
    /// Whether the visitor was known.
    pub logged_in: bool,
}

/// What is known of one visitor: a Profile, with a name of its own and a field that stays blank.
#[derive(IngestRecord)]
#[ingest(
    schema = "../../schemas/web.yaml",
    object = "visitor",
    blank("country")
)]
pub struct Visitor {
    /// The primary key.
    pub visitor_id: String,
    /// The record modified field.
    #[ingest(rename = "updated_at")]
    pub changed: Timestamp,
    /// Checked when it is made.
    pub email: Email,
    /// Checked when it is made.
    pub phone: Option<Phone>,
    /// The day of the first visit.
    pub first_seen: Date,
    /// Whether they asked for it.
    pub newsletter: bool,
    /// Checked when it is made.
    pub discount: Option<Percent>,
}
