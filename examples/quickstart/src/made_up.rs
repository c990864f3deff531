//! Made-up visitors and what they looked at: the same every time, but for the clock.

use anyhow::Result;
use ingest_core::Timestamp;
use quickstart::{PageView, Visitor};

pub(crate) const VISITORS: u32 = 20_000;
pub(crate) const PAGE_VIEWS: u32 = 80_000;

pub(crate) fn visitors(now: Timestamp) -> Result<Vec<Visitor>> {
    (0..VISITORS).map(|number| visitor(number, now)).collect()
}

pub(crate) fn page_views(now: Timestamp) -> Result<Vec<PageView>> {
    (0..PAGE_VIEWS)
        .map(|number| page_view(number, now))
        .collect()
}

fn visitor(number: u32, now: Timestamp) -> Result<Visitor> {
    Ok(Visitor {
        visitor_id: visitor_id(number),
        changed: now,
        email: format!("visitor.{number}@example.com").parse()?,
        phone: one_in(3, number, || {
            format!("+49 30 {:07}", number % 9_999_999).parse()
        })?,
        first_seen: earlier(now, number)?.date(),
        newsletter: number.is_multiple_of(4),
        discount: one_in(10, number, || format!("{}.5", number % 20).parse())?,
    })
}

fn page_view(number: u32, now: Timestamp) -> Result<PageView> {
    let product = number.wrapping_mul(2_654_435_761) % 5_000;
    Ok(PageView {
        event_id: format!("{:08x}-{number:012x}", number.wrapping_mul(2_654_435_761)),
        occurred_at: earlier(now, number)?,
        visitor_id: visitor_id(number % VISITORS),
        url: format!("https://shop.example.com/products/{product}").parse()?,
        referrer: one_in(2, number, || "https://search.example.com/".parse())?,
        duration_ms: 500 + product * 7,
        revenue: one_in(25, number, || anyhow::Ok(f64::from(product) / 100.0))?,
        logged_in: number.is_multiple_of(3),
    })
}

fn visitor_id(number: u32) -> String {
    format!("v-{number:06}")
}

/// A moment within the last days.
fn earlier(now: Timestamp, number: u32) -> Result<Timestamp> {
    Ok(Timestamp::from_millis(
        now.millis() - i64::from(number) * 4_321,
    )?)
}

/// A value for one record in so many.
fn one_in<T, E>(
    many: u32,
    number: u32,
    value: impl FnOnce() -> Result<T, E>,
) -> Result<Option<T>, E> {
    if number.is_multiple_of(many) {
        value().map(Some)
    } else {
        Ok(None)
    }
}
