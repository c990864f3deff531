//! Finds the rows that a plan asks for.
//!
//! Bounded: an answer of too many rows is refused rather than cut off.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::cell::{Cell, Sort};
use super::plan::{By, Output, Plan, Unclear};
use super::relation::Row;
use crate::moment::Moment;
use crate::store::Store;

/// The most rows of one answer.
const MOST_ROWS: usize = 20_000;

/// Rows and what the columns are.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) data: Vec<Value>,
    pub(crate) metadata: Value,
}

pub(crate) fn run(plan: &Plan, store: &Store) -> Result<Found, Unclear> {
    match &plan.output {
        Output::Count(name) => {
            let count = count(plan, store);
            let is_shown = plan.offset == 0 && plan.limit != Some(0);
            let data = is_shown.then(|| json!([count])).into_iter().collect();
            let metadata = metadata([(name, Sort::Count)]);
            Ok(Found { data, metadata })
        }
        Output::Columns(columns) => {
            let data = rows(plan, store, columns)?;
            let sort = |at: usize| plan.relation.columns[at].sort;
            let metadata = metadata(columns.iter().map(|(name, at)| (name, sort(*at))));
            Ok(Found { data, metadata })
        }
    }
}

fn metadata<'a>(columns: impl IntoIterator<Item = (&'a String, Sort)>) -> Value {
    let entry = |(place, (name, sort)): (usize, (&String, Sort))| {
        let (sort, code) = sort.type_and_code();
        let entry = json!({"type": sort, "typeCode": code, "placeInOrder": place});
        (name.clone(), entry)
    };
    let all = columns.into_iter().enumerate();
    Value::Object(all.map(entry).collect::<Map<_, _>>())
}

fn count(plan: &Plan, store: &Store) -> usize {
    if plan.filter.is_none() && !plan.relation.is_problems {
        return store.tables[plan.relation.at].len();
    }
    let is_meant = |row: &Row<'_>| is_meant(plan, &plan.relation.cells(*row));
    source(plan, store, false)
        .into_iter()
        .filter(is_meant)
        .count()
}

/// Every row of the table; by key where nothing else gives them an order.
fn source<'a>(plan: &Plan, store: &'a Store, sorted: bool) -> Vec<Row<'a>> {
    let relation = &plan.relation;
    if relation.is_problems {
        let all = store.problems.at(Moment::now());
        let its = all.filter(|problem| problem.object == relation.object());
        return its.map(Row::Problem).collect();
    }
    let table = &store.tables[relation.at];
    if sorted {
        table.texts().into_iter().map(Row::Landed).collect()
    } else {
        table.unsorted().map(Row::Landed).collect()
    }
}

fn is_meant(plan: &Plan, cells: &[Cell]) -> bool {
    let filter = plan.filter.as_ref();
    filter.is_none_or(|filter| filter.asks(cells) == Some(true))
}

fn rows(plan: &Plan, store: &Store, columns: &[(String, usize)]) -> Result<Vec<Value>, Unclear> {
    let mut found: Vec<(Vec<Cell>, Row<'_>)> = Vec::new();
    let enough = if plan.order.is_empty() {
        let shown = plan.limit.unwrap_or(MOST_ROWS + 1).min(MOST_ROWS + 1);
        plan.offset.saturating_add(shown)
    } else {
        usize::MAX
    };
    for row in source(plan, store, true) {
        if found.len() >= enough {
            break;
        }
        let cells = plan.relation.cells(row);
        if is_meant(plan, &cells) {
            let keys = plan.order.iter().map(|by| cells[by.column].clone());
            found.push((keys.collect(), row));
        }
    }
    found.sort_by(|one, other| in_order(&plan.order, &one.0, &other.0));
    let page = found.into_iter().skip(plan.offset);
    let page: Vec<_> = page.take(plan.limit.unwrap_or(usize::MAX)).collect();
    if page.len() > MOST_ROWS {
        let message = format!("more than {MOST_ROWS} rows; use LIMIT and OFFSET");
        return Err(Unclear(message));
    }
    let show = |(_, row): (Vec<Cell>, Row<'_>)| {
        let cells = plan.relation.cells(row);
        let cell = |(_, at): &(String, usize)| cells[*at].clone().into_json();
        Value::Array(columns.iter().map(cell).collect())
    };
    Ok(page.into_iter().map(show).collect())
}

fn in_order(order: &[By], one: &[Cell], other: &[Cell]) -> Ordering {
    let mut all = order.iter().zip(one.iter().zip(other));
    let unequal = all.find_map(|(by, (one, other))| {
        let order = one.in_order(other);
        let order = if by.descending {
            order.reverse()
        } else {
            order
        };
        let is_null = |cell: &Cell| *cell == Cell::Null;
        let order = match by.nulls_first {
            Some(first) if is_null(one) != is_null(other) => {
                if is_null(one) == first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ => order,
        };
        order.is_ne().then_some(order)
    });
    unequal.unwrap_or(Ordering::Equal)
}
