//! Which rows a `WHERE` means, with the three answers of SQL: yes, no, and unknown for null.

use std::cmp::Ordering;

use super::cell::Cell;

#[derive(Debug, PartialEq)]
pub(crate) enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(usize, Operator, Cell),
    In(usize, Vec<Cell>),
    IsNull(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Operator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// The operator that says the same with its sides changed.
    pub(crate) const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl Filter {
    /// Whether the row is meant; `None` if nobody can know.
    pub(crate) fn asks(&self, row: &[Cell]) -> Option<bool> {
        match self {
            Self::And(one, other) => match (one.asks(row), other.asks(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(one, other) => match (one.asks(row), other.asks(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(what) => what.asks(row).map(|holds| !holds),
            Self::Compare(column, operator, value) => {
                let order = row[*column].against(value)?;
                Some(operator.holds(order))
            }
            Self::In(column, values) => {
                let mut orders = values.iter().map(|value| row[*column].against(value));
                match orders.find(|order| *order == Some(Ordering::Equal)) {
                    Some(_) => Some(true),
                    None if values
                        .iter()
                        .any(|value| row[*column].against(value).is_none()) =>
                    {
                        None
                    }
                    None => Some(false),
                }
            }
            Self::IsNull(column) => Some(row[*column] == Cell::Null),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_neither_equal_nor_unequal() {
        let one = || Cell::of_number("1").unwrap();
        let compare = |operator| Filter::Compare(0, operator, one());
        let asks = |filter: &Filter, cell: Cell| filter.asks(&[cell]);
        assert_eq!(asks(&compare(Operator::Equal), one()), Some(true));
        assert_eq!(asks(&compare(Operator::Unequal), Cell::Null), None);
        let not = Filter::Not(Box::new(compare(Operator::Equal)));
        assert_eq!(asks(&not, Cell::Null), None);
        let is_null = || Box::new(Filter::IsNull(0));
        let equal = || Box::new(compare(Operator::Equal));
        assert_eq!(
            asks(&Filter::Or(equal(), is_null()), Cell::Null),
            Some(true)
        );
        assert_eq!(asks(&Filter::And(equal(), is_null()), Cell::Null), None);
        let among = Filter::In(0, vec![Cell::Null, one()]);
        assert_eq!(asks(&among, one()), Some(true));
        assert_eq!(asks(&among, Cell::of_number("2").unwrap()), None);
    }

    #[test]
    fn a_turned_operator_says_the_same() {
        use Operator::{AtLeast, AtMost, Equal, Less, More, Unequal};
        for operator in [Equal, Unequal, Less, AtMost, More, AtLeast] {
            for order in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
                let turned = operator.turned().holds(order.reverse());
                assert_eq!(operator.holds(order), turned, "{operator:?}");
            }
        }
    }
}
