//! One value of a result, and how two of them compare.
//!
//! Numbers keep their digits and are compared as doubles; times are compared as times, whatever
//! their spelling.

use std::cmp::Ordering;

use serde_json::Value;

use crate::moment::Moment;
use crate::record;

/// What a column holds, as the service names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Text,
    Number,
    Boolean,
    Date,
    Time,
    Count,
}

impl Sort {
    /// The name, and the code that Java gives to it.
    pub(crate) const fn type_and_code(self) -> (&'static str, i32) {
        match self {
            Self::Text => ("VARCHAR", 12),
            Self::Number => ("DECIMAL", 3),
            Self::Boolean => ("BOOLEAN", 16),
            Self::Date => ("DATE", 91),
            Self::Time => ("TIMESTAMP_WITH_TIMEZONE", 2014),
            Self::Count => ("BIGINT", -5),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Number(f64, String),
    Time(Moment, String),
    Text(String),
}

impl Cell {
    /// A value as a row has it.
    pub(crate) fn of(sort: Sort, value: record::Value<'_>) -> Self {
        match value.first() {
            b'n' => Self::Null,
            b't' => Self::Boolean(true),
            b'f' => Self::Boolean(false),
            b'"' => Self::of_text(sort, value.as_key().into_owned()),
            _ => Self::of_number(value.0).unwrap_or_else(|| Self::Text(value.0.to_owned())),
        }
    }

    pub(crate) fn of_number(text: &str) -> Option<Self> {
        let number = text.parse().ok()?;
        Some(Self::Number(number, text.to_owned()))
    }

    /// Text in a column of this sort; what is no time there stays text.
    pub(crate) fn of_text(sort: Sort, text: String) -> Self {
        let time = match sort {
            Sort::Date => Moment::of_date(&text),
            Sort::Time => Moment::of_date_time(&text).or_else(|| Moment::of_date(&text)),
            _ => None,
        };
        match time {
            Some(time) => Self::Time(time, text),
            None => Self::Text(text),
        }
    }

    /// How two values stand; `None` if one is null or they are of different sorts.
    pub(crate) fn against(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(other)) => Some(one.cmp(other)),
            (Self::Number(one, _), Self::Number(other, _)) => one.partial_cmp(other),
            (Self::Time(one, _), Self::Time(other, _)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }

    /// An order of all values, for sorting: nulls last, as the largest.
    pub(crate) fn in_order(&self, other: &Self) -> Ordering {
        let rank = |cell: &Self| match cell {
            Self::Boolean(_) => 0,
            Self::Number(..) => 1,
            Self::Time(..) => 2,
            Self::Text(_) => 3,
            Self::Null => 4,
        };
        let ranks = rank(self).cmp(&rank(other));
        ranks.then_with(|| self.against(other).unwrap_or(Ordering::Equal))
    }

    pub(crate) fn into_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => value.into(),
            // A number that JSON can hold in no other way is written as its digits.
            Self::Number(_, text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            Self::Time(_, text) | Self::Text(text) => text.into(),
        }
    }
}
