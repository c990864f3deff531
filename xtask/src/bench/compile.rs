//! What compiling wide records costs: plain structs, our derive, serde's `Serialize`.
//!
//! Every crate has structs of the same shape and, beside the plain ones, a function for each struct
//! that writes it as JSON; see `tests/wide_crate.rs`. Dependencies are compiled before. Measured is the
//! CPU time of cargo and the compiler, of which an empty crate takes some too: the smallest of the
//! rounds, because other load can only add. The ways take turns within a round.

use anyhow::Result;

use crate::bench::budget::{self, Bound, Budget};
use crate::bench::consumer::{Consumer, Mode};

/// How many structs of how many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape(usize, usize);

const ONE_SMALL: Shape = Shape(1, 10);
const ONE_WIDE: Shape = Shape(1, 1_000);
/// As many fields as `ONE_WIDE`, to see whether they cost more in one struct.
const TEN: Shape = Shape(10, 100);
const MANY: Shape = Shape(200, 30);

const SHAPES: &[Shape] = &[
    ONE_SMALL,
    Shape(1, 100),
    TEN,
    ONE_WIDE,
    MANY,
    Shape(200, 50),
];

/// CPU seconds of one shape in one mode.
#[derive(Debug, Clone, Copy)]
struct Row {
    shape: Shape,
    mode: Mode,
    plain: f64,
    ingest: f64,
    serde: f64,
}

pub(crate) fn run(rounds: usize) -> Result<()> {
    let mut rows = Vec::new();
    println!("CPU seconds, the least of {rounds} rounds\n");
    println!("structs x fields  mode       plain   ingest    serde  ingest/plain  ingest/serde");
    for shape in SHAPES {
        for row in measure(*shape, rounds)? {
            println!("{}", row.line());
            rows.push(row);
        }
    }
    budget::judge(&budgets(&rows))
}

fn measure(shape: Shape, rounds: usize) -> Result<Vec<Row>> {
    let Shape(structs, fields) = shape;
    let consumers = [
        Consumer::write("plain", structs, fields)?,
        Consumer::write("ingest", structs, fields)?,
        Consumer::write("serde", structs, fields)?,
    ];
    Mode::ALL
        .into_iter()
        .map(|mode| row(shape, &consumers, mode, rounds))
        .collect()
}

fn row(shape: Shape, consumers: &[Consumer; 3], mode: Mode, rounds: usize) -> Result<Row> {
    for consumer in consumers {
        consumer.warm(mode)?;
    }
    let mut least = [f64::INFINITY; 3];
    for _ in 0..rounds {
        for (least, consumer) in least.iter_mut().zip(consumers) {
            *least = least.min(consumer.compile(mode)?);
        }
    }
    let [plain, ingest, serde] = least;
    Ok(Row {
        shape,
        mode,
        plain,
        ingest,
        serde,
    })
}

impl Row {
    fn line(&self) -> String {
        let Self {
            shape: Shape(structs, fields),
            mode,
            plain,
            ingest,
            serde,
        } = *self;
        format!(
            "{structs:>7} x {fields:<6}  {:<7} {plain:>8.2} {ingest:>8.2} {serde:>8.2} {:>13.2} {:>13.2}",
            mode.name(),
            ingest / plain,
            ingest / serde,
        )
    }
}

fn budgets(rows: &[Row]) -> Vec<Budget> {
    let of = |shape: Shape| rows.iter().filter(move |row| row.shape == shape);
    let ingest = |shape| of(shape).map(|row| row.ingest).sum::<f64>();
    let serde = |shape| of(shape).map(|row| row.serde).sum::<f64>();
    let dev = of(MANY).filter(|row| row.mode == Mode::Debug);
    // What a crate costs before its first field.
    let constant = ingest(ONE_SMALL);
    let mut budgets = vec![
        Budget {
            name: "1 x 1000, check + dev + release against serde".to_owned(),
            measured: ingest(ONE_WIDE) / serde(ONE_WIDE),
            bound: Bound::AtMost,
            bar: 1.0,
            stretch: Some(1.0 / 3.0),
        },
        Budget {
            name: "1 x 1000 against 10 x 100, all modes, less the cost of 1 x 10".to_owned(),
            measured: (ingest(ONE_WIDE) - constant) / (ingest(TEN) - constant),
            bound: Bound::AtMost,
            bar: 1.5,
            stretch: None,
        },
    ];
    budgets.extend(dev.map(|row| Budget {
        name: "200 x 30, dev, seconds against 2 x plain + 1.5".to_owned(),
        measured: row.ingest,
        bound: Bound::AtMost,
        bar: 2.0 * row.plain + 1.5,
        stretch: None,
    }));
    budgets
}
