//! Types of a user's own, as the documentation shows them: each hands its value on.

use ingest_core::kind::{Boolean, Number, Text};
use ingest_core::{FieldValue, Slot, ValueError, Written};

use super::draw::{Draw, Fault};
use super::random::Random;
use super::shown::Shown;

/// Text with a meaning.
#[derive(Debug, Clone)]
pub(crate) struct OrderId(String);

impl FieldValue<Text> for OrderId {
    fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
        slot.text(&self.0)
    }
}

impl Draw for OrderId {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let (text, shown) = String::draw(random);
        (Self(text), shown)
    }

    fn bad(random: &mut Random, has_role: bool) -> Option<(Self, Fault)> {
        let (text, fault) = String::bad(random, has_role)?;
        Some((Self(text), fault))
    }
}

/// A number with a meaning; it is sent with decimals or without.
#[derive(Debug, Clone)]
pub(crate) struct Cents(i32);

impl FieldValue<Number> for Cents {
    fn write(&self, slot: Slot<'_, Number>) -> Result<Written, ValueError> {
        if self.0 % 100 == 0 {
            slot.integer((self.0 / 100).into())
        } else {
            slot.float(f64::from(self.0) / 100.0)
        }
    }
}

impl Draw for Cents {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let cents = i32::draw(random).0;
        (Self(cents), Shown::Double(f64::from(cents) / 100.0))
    }
}

/// What may be left open without an `Option`.
#[derive(Debug, Clone)]
pub(crate) enum Consent {
    /// Asked and answered.
    Given(bool),
    /// Not asked.
    Open,
}

impl FieldValue<Boolean> for Consent {
    const OPTIONAL: bool = true;

    fn write(&self, slot: Slot<'_, Boolean>) -> Result<Written, ValueError> {
        match self {
            Self::Given(answer) => slot.boolean(*answer),
            Self::Open => slot.blank(),
        }
    }
}

impl Draw for Consent {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let (answer, shown) = Option::<bool>::draw(random);
        (answer.map_or(Self::Open, Self::Given), shown)
    }
}
