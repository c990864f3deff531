//! Records at random of one struct, each with what its row must show, or why it must not leave.
//!
//! Sends nothing and judges nothing.

use std::collections::HashSet;

use ingest_core::IngestRecord;
use ingest_schema::Object;

use super::draw::{Draw, Fault};
use super::random::Random;
use super::shown::Shown;

/// A struct whose fields can be drawn; printed beside every struct of the test.
pub(crate) trait Record: IngestRecord + Sized {
    /// The position in the schema of the field that the tenant keeps rows by.
    const KEY: usize;

    /// Whether the struct itself says so, with `#[ingest(key)]`.
    const CLAIMS_KEY: bool;

    /// Whether a field that is `None` stays as it was.
    const IS_PATCH: bool;

    /// Draws every field of the struct by its position in the schema; the others are sent blank.
    fn draw(draws: &mut Draws<'_>) -> Self;
}

/// What the fields of an object may hold.
#[derive(Debug)]
pub(crate) struct Plan {
    /// For each field, whether its type or the encoder refuses a blank.
    has_role: Vec<bool>,
    key: usize,
}

impl Plan {
    /// What a struct of this object may hold.
    pub(crate) fn of<R: Record>(object: &Object) -> Self {
        let fields = object.fields.iter().enumerate();
        let has_role = |(at, field): (usize, &ingest_schema::Field)| {
            !object.roles_of(&field.name).is_empty() || (R::CLAIMS_KEY && at == R::KEY)
        };
        Self {
            has_role: fields.map(has_role).collect(),
            key: R::KEY,
        }
    }
}

/// One record as the tenant must keep it, or why it must not leave.
#[derive(Debug)]
pub(crate) struct Sent {
    /// What the row shows, field by field in the order of the schema.
    pub(crate) values: Vec<Shown>,
    /// The field that cannot be sent, if there is one.
    pub(crate) fault: Option<(usize, Fault)>,
}

/// Records and what must become of them.
#[derive(Debug)]
pub(crate) struct Batch<R> {
    /// What is sent.
    pub(crate) records: Vec<R>,
    /// What must become of each.
    pub(crate) sent: Vec<Sent>,
}

/// One record being drawn.
#[derive(Debug)]
pub(crate) struct Draws<'a> {
    random: &'a mut Random,
    plan: &'a Plan,
    /// Keys that were sent before.
    keys: &'a mut HashSet<String>,
    /// How many fields that could be spoiled are still to be passed over before one is.
    spoil: Option<usize>,
    sent: Sent,
}

impl<R: Record> Batch<R> {
    /// So many records. Some should not leave, and one in thirty should replace another.
    pub(crate) fn draw(random: &mut Random, object: &Object, records: usize) -> Self {
        let plan = Plan::of::<R>(object);
        let mut keys = HashSet::new();
        let mut batch = Self {
            records: Vec::with_capacity(records),
            sent: Vec::with_capacity(records),
        };
        for _ in 0..records {
            let spoil = random.one_in(15).then(|| random.below(2));
            let values = vec![Shown::Null; object.fields.len()];
            let mut draws = Draws {
                random,
                plan: &plan,
                keys: &mut keys,
                spoil,
                sent: Sent {
                    values,
                    fault: None,
                },
            };
            batch.records.push(R::draw(&mut draws));
            batch.sent.push(draws.sent);
        }
        batch
    }
}

impl<R> Batch<R> {
    /// All that is expected, as text.
    pub(crate) fn expected(&self) -> String {
        format!("{:?}", self.sent)
    }
}

impl Draws<'_> {
    /// A value for the field at this position of the schema.
    pub(crate) fn field<T: Draw>(&mut self, at: usize) -> T {
        let has_role = self.plan.has_role[at];
        if let Some(value) = self.spoiled(at, has_role) {
            return value;
        }
        let is_key = at == self.plan.key;
        // Some kinds have few values, so after some tries a key comes twice.
        let mut tries = if self.random.one_in(30) { 0 } else { 20 };
        loop {
            let (value, shown) = T::draw(self.random);
            if (is_key || has_role) && shown.is_blank() {
                continue;
            }
            let is_new = !is_key || self.keys.insert(shown.identity());
            if is_new || tries == 0 {
                self.sent.values[at] = shown;
                return value;
            }
            tries -= 1;
        }
    }

    fn spoiled<T: Draw>(&mut self, at: usize, has_role: bool) -> Option<T> {
        let pass_over = self.spoil?;
        let (value, fault) = T::bad(self.random, has_role)?;
        self.spoil = pass_over.checked_sub(1);
        if pass_over > 0 {
            return None;
        }
        self.sent.fault = Some((at, fault));
        Some(value)
    }
}
