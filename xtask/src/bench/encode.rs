//! What writing typed records costs, against `serde_json::to_writer`.

use anyhow::Result;

use crate::bench::budget::{self, Bound, Budget};
use crate::bench::figures::Figures;

pub(crate) fn run() -> Result<()> {
    Figures::build()?;
    budget::judge(&budgets()?)
}

/// Measures, and holds what was measured against the bars.
pub(crate) fn budgets() -> Result<Vec<Budget>> {
    let figures = Figures::of("bench-encode")?;
    let budget = |input: &str| {
        let rival = figures.get(&format!("{input}.serde_json"))?;
        Ok(Budget {
            name: format!("encode against `serde_json::to_writer`, {input}"),
            measured: rival / figures.get(&format!("{input}.json"))?,
            bound: Bound::AtLeast,
            bar: 2.5,
            stretch: Some(3.5),
        })
    };
    ["decimals", "doubles"].into_iter().map(budget).collect()
}
