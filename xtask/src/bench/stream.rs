//! What a stream costs: encoding, the whole path over TLS, the tenant's whole quota, and idleness.
//!
//! Bars of time were set on a machine on which encoding a record and sending it with hyper alone took
//! [`REFERENCE`]. The same is measured here, in turns with the stream, and the figures are scaled by it:
//! ratios travel from machine to machine, and from an hour to the next; microseconds do not.

use anyhow::Result;

use crate::bench::budget::{self, Bound, Budget};
use crate::bench::encode;
use crate::bench::figures::Figures;

/// Microseconds of CPU: 128 for a body of 745 records of 269 bytes, encoded and sent over TLS.
const REFERENCE: f64 = 128.0 / 745.0;

pub(crate) fn run() -> Result<()> {
    Figures::build()?;
    let mut budgets = encode::budgets()?;
    let path = Figures::of("bench-stream -- path")?;
    let scale = REFERENCE / path.get("encoded")?;
    println!(
        "the bars' machine took {REFERENCE:.4} us for what is `encoded` here: times are scaled by {scale:.2}"
    );
    budgets.extend(of_path(&path, scale)?);
    budgets.extend(of_quota(&Figures::of("bench-stream -- quota")?, scale)?);
    budgets.push(Budget {
        name: "wake-ups of an idle stream in 5 s".to_owned(),
        measured: Figures::of("bench-stream -- idle")?.get("wake-ups")?,
        bound: Bound::AtMost,
        bar: 0.0,
        stretch: None,
    });
    budget::judge(&budgets)
}

fn of_path(figures: &Figures, scale: f64) -> Result<Vec<Budget>> {
    let budget = |way: &str| {
        Ok(Budget {
            name: format!("`{way}`, encode and TLS, scaled us of CPU per record"),
            measured: figures.get(way)? * scale,
            bound: Bound::AtMost,
            bar: 0.25,
            stretch: Some(0.17),
        })
    };
    ["send", "send_all"].into_iter().map(budget).collect()
}

fn of_quota(figures: &Figures, scale: f64) -> Result<Vec<Budget>> {
    Ok(vec![
        Budget {
            name: "requests/s that the quota's limiter lets through".to_owned(),
            measured: figures.get("requests")?,
            bound: Bound::AtLeast,
            bar: 230.0,
            stretch: None,
        },
        Budget {
            name: "the whole quota, scaled % of a core".to_owned(),
            measured: figures.get("share")? * scale,
            bound: Bound::AtMost,
            bar: 10.0,
            stretch: Some(3.0),
        },
        Budget {
            name: "the whole quota, MiB beside the buffer".to_owned(),
            measured: figures.get("memory")?,
            bound: Bound::AtMost,
            bar: 64.0,
            stretch: None,
        },
        Budget {
            name: "body fill, % of 200000 bytes".to_owned(),
            measured: figures.get("fill")?,
            bound: Bound::AtLeast,
            bar: 98.0,
            stretch: Some(99.5),
        },
    ])
}
