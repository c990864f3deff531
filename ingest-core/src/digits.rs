//! Decimal digits, eight at a time: whole numbers and decimals of few digits into a window of bytes.
//! Knows no format. Writes more bytes than count; the caller overwrites or cuts the rest.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::inline_always,
    reason = "a cast is of what was compared with a bound; a call would cost as much as the work"
)]

/// Bytes that any number fits into: a `u128`, or the longest shortest `f64`, with room to spare.
pub(crate) const NUMBER: usize = 48;

const ASCII: u64 = 0x3030_3030_3030_3030;

/// The digits of a number below 10^8, the first in the lowest byte, each 0 to 9.
///
/// Divides in all lanes of a word at once: by 100 as times 10,486 / 2^20, by 10 as times 103 / 2^10,
/// which is exact for numbers this small.
#[inline]
fn eight(number: u32) -> u64 {
    let fours = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let hundreds = (fours * 10_486) >> 20 & 0x0000_007f_0000_007f;
    pairs(hundreds | (fours - hundreds * 100) << 16)
}

/// Four numbers below 100, 16 bits each, as eight digits.
#[inline]
fn pairs(twos: u64) -> u64 {
    let tens = (twos * 103) >> 10 & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

/// Four numbers below 100 as eight bytes of ASCII, the first in the lowest byte.
#[inline]
pub(crate) fn four_pairs([a, b, c, d]: [u32; 4]) -> u64 {
    let low = u64::from(a | b << 16);
    pairs(low | u64::from(c | d << 16) << 32) | ASCII
}

/// Writes all eight digits of a number below 10^8.
#[inline]
fn put_eight(number: u32, out: &mut [u8; 8]) {
    *out = (eight(number) | ASCII).to_le_bytes();
}

/// Writes a number below 10^8 without leading zeros; returns how many digits it has.
#[inline]
fn put_short(number: u32, out: &mut [u8; 8]) -> usize {
    let digits = eight(number);
    // The last digit counts even if it is zero.
    let zeros = (digits | 1 << 56).trailing_zeros() & !7;
    *out = ((digits | ASCII) >> zeros).to_le_bytes();
    8 - zeros as usize / 8
}

/// Writes a whole number from 0 to 10^16; returns its length.
#[inline(always)]
pub(crate) fn natural(number: i64, out: &mut [u8; NUMBER]) -> Option<usize> {
    short_unsigned(u64::try_from(number).ok()?, out)
}

#[inline(always)]
fn short_unsigned(number: u64, out: &mut [u8; NUMBER]) -> Option<usize> {
    const EIGHT: u64 = 100_000_000;
    if let Some(short) = below(number, EIGHT) {
        return Some(put_short(short, chunk(out, 0)));
    }
    let high = below(number / EIGHT, EIGHT)?;
    let len = put_short(high, chunk(out, 0));
    put_eight((number % EIGHT) as u32, chunk(out, len));
    Some(len + 8)
}

/// Writes a whole number; returns its length.
pub(crate) fn unsigned(number: u64, out: &mut [u8; NUMBER]) -> usize {
    short_unsigned(number, out).unwrap_or_else(|| text(itoa::Buffer::new().format(number), out))
}

/// Writes a whole number with its sign; returns its length.
pub(crate) fn integer(number: i64, out: &mut [u8; NUMBER]) -> usize {
    match u64::try_from(number) {
        Ok(number) => unsigned(number, out),
        Err(_) => text(itoa::Buffer::new().format(number), out),
    }
}

/// Writes a finite number with the fewest digits that read back as the same; returns its length.
pub(crate) fn shortest(number: f64, out: &mut [u8; NUMBER]) -> usize {
    text(zmij::Buffer::new().format_finite(number), out)
}

/// Writes a finite number of single precision; returns its length.
pub(crate) fn single(number: f32, out: &mut [u8; NUMBER]) -> usize {
    text(zmij::Buffer::new().format_finite(number), out)
}

/// Writes a number as [`shortest`] does, but faster, if it has at most eight decimals and few digits
/// before them.
///
/// If `n / 10^8` is the number, then the digits of `n` read back as it, because `n` and `10^8` are
/// exact and a division rounds once, as reading does. No two decimals of up to 15 digits read back
/// as the same `f64`, so there is no shorter one. Small ones would need an exponent.
#[inline]
pub(crate) fn decimal(number: f64, out: &mut [u8; NUMBER]) -> Option<usize> {
    const SCALE: f64 = 1e8;
    /// From here on an `f64` has no bits for fractions: adding it rounds to a whole number.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    const LEAST: u64 = 1e-3_f64.to_bits();
    const END: u64 = 1e7_f64.to_bits();
    let size = number.abs();
    // The bits of positive numbers are in the order of the numbers; infinity and NaN come last.
    if size.to_bits().wrapping_sub(LEAST) >= END - LEAST {
        return None;
    }
    let scaled = size * SCALE + WHOLE;
    #[allow(clippy::float_cmp, reason = "only the same number has the same digits")]
    if (scaled - WHOLE) / SCALE != size {
        return None;
    }
    let scaled = scaled.to_bits() - WHOLE.to_bits();
    let sign = usize::from(number.is_sign_negative());
    out[0] = b'-';
    let point = sign + put_short((scaled / 100_000_000) as u32, chunk(out, sign));
    out[point] = b'.';
    let decimals = eight((scaled % 100_000_000) as u32);
    *chunk(out, point + 1) = (decimals | ASCII).to_le_bytes();
    // One decimal stays, even if it is zero.
    let zeros = (decimals | 1).leading_zeros() as usize / 8;
    Some(point + 1 + 8 - zeros)
}

/// Whether a text is a number as RFC 8259 has it: `-0`, `1.50`, `6e-7`, but not `+1`, `.5` or `01`.
pub(crate) fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (text, "0"),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = whole.len() > 1 && whole.starts_with('0');
    digits(whole) && !padded && digits(decimals) && digits(exponent)
}

#[inline]
fn below(number: u64, end: u64) -> Option<u32> {
    if number < end {
        u32::try_from(number).ok()
    } else {
        None
    }
}

/// Eight bytes of the window.
#[inline]
fn chunk(out: &mut [u8; NUMBER], at: usize) -> &mut [u8; 8] {
    out[at..]
        .first_chunk_mut()
        .expect("BUG: a number fits into its window")
}

/// Copies what another crate wrote.
#[inline(never)]
fn text(text: &str, out: &mut [u8; NUMBER]) -> usize {
    out[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl Fn(&mut [u8; NUMBER]) -> usize) -> String {
        let mut out = [b'x'; NUMBER];
        let len = write(&mut out);
        String::from_utf8(out[..len].to_vec()).unwrap()
    }

    #[test]
    fn whole_numbers_at_the_edges_of_every_length() {
        for power in 0..20 {
            let power = 10_u64.pow(power);
            for number in [power - 1, power, power + 1, power / 10 * 18] {
                assert_eq!(written(|out| unsigned(number, out)), number.to_string());
                let Ok(number) = i64::try_from(number) else {
                    continue;
                };
                assert_eq!(written(|out| integer(number, out)), number.to_string());
                assert_eq!(written(|out| integer(-number, out)), (-number).to_string());
            }
        }
        for number in [i64::MIN, i64::MAX] {
            assert_eq!(written(|out| integer(number, out)), number.to_string());
        }
        assert_eq!(written(|out| unsigned(u64::MAX, out)), u64::MAX.to_string());
    }

    #[test]
    fn every_number_of_four_digits_in_every_place() {
        for number in 0..10_000_u32 {
            for factor in [1, 10_000] {
                let number = number * factor;
                assert_eq!(
                    written(|out| put_short(number, chunk(out, 0))),
                    number.to_string()
                );
            }
        }
    }

    /// What `serde_json` writes, which is what the other tests compare whole records with.
    fn same(number: f64) {
        let expected = serde_json::to_string(&number).unwrap();
        assert_eq!(written(|out| shortest(number, out)), expected);
        let mut out = [b'x'; NUMBER];
        if let Some(len) = decimal(number, &mut out) {
            assert_eq!(std::str::from_utf8(&out[..len]).unwrap(), expected);
        }
    }

    #[test]
    fn decimals_of_every_length() {
        for places in 0..12 {
            let scale = 10_f64.powi(places);
            for digits in (0..2_000).chain([9_999, 99_999, 123_456, 9_999_999, 999_999_999]) {
                same(f64::from(digits) / scale);
                same(-f64::from(digits) / scale);
                same((f64::from(digits) / scale).next_up());
                same((f64::from(digits) / scale).next_down());
            }
        }
    }

    #[test]
    fn numbers_in_text() {
        for text in [
            "0",
            "-0",
            "10",
            "1.50",
            "-0.0e0",
            "6E-7",
            "1e+9",
            "12345678901234567890.1",
        ] {
            assert!(is_json_number(text), "{text}");
        }
        for text in [
            "", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "1.e1", "1e1.5", "0x1", "NaN",
            " 1", "1\n", "1,5", "--1", "1e1e1",
        ] {
            assert!(!is_json_number(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn any_number(bits: u64, digits in 0..1_000_000_000_000_000_u64, places in 0..15) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                same(number);
            }
            #[allow(clippy::cast_precision_loss, reason = "any number will do")]
            same(digits as f64 / 10_f64.powi(places));
        }

        #[test]
        fn text_is_a_number_if_a_reader_of_json_says_so(text in "-?[0-9.eE+]{0,6}|[-+0-9.eE]{0,8}") {
            let read = serde_json::from_str::<serde::de::IgnoredAny>(&text);
            prop_assert_eq!(is_json_number(&text), read.is_ok(), "{:?}", text);
        }

        #[test]
        fn any_number_of_single_precision(number: f32) {
            if number.is_finite() {
                let expected = serde_json::to_string(&number).unwrap();
                prop_assert_eq!(written(|out| single(number, out)), expected);
            }
        }
    }
}
