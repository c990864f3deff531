//! `rust_decimal`: a decimal is sent digit for digit, the zeros at its end included.

use std::io::Write as _;

use ::rust_decimal::Decimal;

use crate::kind::Number;
use crate::record::{Slot, ValueError, Written};
use crate::value::FieldValue;

impl FieldValue<Number> for Decimal {
    fn write(&self, slot: Slot<'_, Number>) -> Result<Written, ValueError> {
        let mut text = [0; 48];
        let mut free = &mut text[..];
        let written = write!(free, "{self}");
        written.expect("BUG: a decimal has up to 29 digits, a sign, a point and a zero before it");
        let len = 48 - free.len();
        let text = std::str::from_utf8(&text[..len]).expect("BUG: digits are ASCII");
        slot.digits(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::sent;

    #[test]
    fn decimals_keep_every_digit() {
        for text in [
            "0",
            "1.50",
            "-0.01",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
            "0.0000000000000000000000000001",
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(sent::<Number>(&decimal), text);
        }
        assert_eq!(
            sent::<Number>(&Decimal::MIN),
            "-79228162514264337593543950335"
        );
        assert_eq!(
            sent::<Number>(&Decimal::new(-1, 28)),
            "-0.0000000000000000000000000001"
        );
        assert_eq!(sent::<Number>(&-Decimal::ZERO), "-0");
    }
}
