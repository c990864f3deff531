//! Values at random, for every type that can be a field: edges first, then anything.
//!
//! Pointers are leaked, so that a borrowed field can be drawn like any other; the process is short.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, Timestamp};

use super::forms;
use super::random::Random;
use super::shown::Shown;

/// Why a record cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing stands where something must.
    Blank,
    /// Infinite or no number.
    NotFinite,
    /// Larger than any body.
    TooLarge,
}

/// A type that has values at random.
pub(crate) trait Draw: Sized {
    /// A value, and what a row must show of it.
    fn draw(random: &mut Random) -> (Self, Shown);

    /// A value that must not leave, where the type has one.
    fn bad(_random: &mut Random, _has_role: bool) -> Option<(Self, Fault)> {
        None
    }
}

impl Draw for String {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let text = forms::text(random);
        (text.clone(), Shown::Text(text))
    }

    fn bad(random: &mut Random, has_role: bool) -> Option<(Self, Fault)> {
        if has_role && !random.one_in(8) {
            return Some((String::new(), Fault::Blank));
        }
        if !random.one_in(6) {
            return None;
        }
        // Escapes make six bytes of one.
        let length = *random.pick(&[200_000, 34_000]);
        let filler = if length == 200_000 { "x" } else { "\u{1}" };
        Some((filler.repeat(length), Fault::TooLarge))
    }
}

impl Draw for char {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let character = forms::character(random);
        (character, Shown::Text(character.into()))
    }
}

impl Draw for bool {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let value = random.one_in(2);
        (value, Shown::Boolean(value))
    }
}

macro_rules! whole_numbers {
    ($($ty:ident)*) => {$(
        impl Draw for $ty {
            fn draw(random: &mut Random) -> (Self, Shown) {
                let wide = (u128::from(random.bits()) << 64) | u128::from(random.bits());
                #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "any bits will do")]
                let any = (wide >> random.below(128)) as $ty;
                let value = match random.below(8) {
                    0 => $ty::MIN,
                    1 => $ty::MAX,
                    2 => 0,
                    3 => $ty::MIN.wrapping_add(any),
                    _ => any,
                };
                (value, Shown::Whole(format!("{value}")))
            }
        }
    )*};
}

whole_numbers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! floats {
    ($($ty:ident as $shown:ident, bits of $bits:ident;)*) => {$(
        impl Draw for $ty {
            fn draw(random: &mut Random) -> (Self, Shown) {
                const EDGES: &[$ty] = &[
                    0.0, -0.0, 1.0, -1.0, 0.1, 1e-7, 1e15, 1e16, 1e21, 123_456_789.0, 16_777_217.0,
                    9_007_199_254_740_993.0, $ty::MIN, $ty::MAX, $ty::EPSILON, $ty::MIN_POSITIVE,
                    $ty::from_bits(1), -$ty::from_bits(1),
                ];
                #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
                let any = $ty::from_bits(random.bits() as $bits);
                let small = i16::draw(random).0;
                let value = match random.below(3) {
                    0 => *random.pick(EDGES),
                    1 if any.is_finite() => any,
                    _ => $ty::from(small) / 100.0,
                };
                (value, Shown::$shown(value))
            }

            fn bad(random: &mut Random, _has_role: bool) -> Option<(Self, Fault)> {
                let bad = *random.pick(&[$ty::NAN, -$ty::NAN, $ty::INFINITY, $ty::NEG_INFINITY]);
                Some((bad, Fault::NotFinite))
            }
        }
    )*};
}

floats! {
    f32 as Single, bits of u32;
    f64 as Double, bits of u64;
}

impl Draw for Date {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let (year, month, day) = forms::day(random);
        let date = Date::new(year, month, day).expect("the day exists");
        (date, Shown::Text(format!("{year:04}-{month:02}-{day:02}")))
    }
}

impl Draw for Timestamp {
    fn draw(random: &mut Random) -> (Self, Shown) {
        let text = forms::moment(random);
        let moment = text.parse().expect("the moment exists");
        (moment, Shown::Text(text))
    }
}

macro_rules! forms {
    ($($ty:ident from $form:path;)*) => {$(
        impl Draw for $ty {
            /// What the type refuses is drawn again: its own check decides what may be sent.
            fn draw(random: &mut Random) -> (Self, Shown) {
                loop {
                    let text = $form(random);
                    if let Ok(value) = $ty::try_from(text.clone()) {
                        return (value, Shown::Text(text));
                    }
                }
            }
        }
    )*};
}

forms! {
    Email from forms::email;
    Phone from forms::phone;
    Percent from forms::percent;
    Url from forms::url;
}

impl<T: Draw> Draw for Option<T> {
    fn draw(random: &mut Random) -> (Self, Shown) {
        if random.one_in(3) {
            return (None, Shown::Null);
        }
        let (value, shown) = T::draw(random);
        (Some(value), shown)
    }

    fn bad(random: &mut Random, has_role: bool) -> Option<(Self, Fault)> {
        let (value, fault) = T::bad(random, has_role)?;
        Some((Some(value), fault))
    }
}

/// Pointers to any value, and how one is made.
macro_rules! pointers {
    ($($pointer:ty where T: $bound:ident => |$value:ident| $make:expr;)*) => {$(
        impl<T: Draw + $bound> Draw for $pointer {
            fn draw(random: &mut Random) -> (Self, Shown) {
                let ($value, shown) = T::draw(random);
                ($make, shown)
            }

            fn bad(random: &mut Random, has_role: bool) -> Option<(Self, Fault)> {
                let ($value, fault) = T::bad(random, has_role)?;
                Some(($make, fault))
            }
        }
    )*};
}

pointers! {
    &'static T where T: Sized => |value| Box::leak(Box::new(value));
    &'static mut T where T: Sized => |value| Box::leak(Box::new(value));
    Box<T> where T: Sized => |value| Box::new(value);
    Rc<T> where T: Sized => |value| Rc::new(value);
    Arc<T> where T: Sized => |value| Arc::new(value);
    Cow<'static, T> where T: Clone => |value| Cow::Owned(value);
}

/// Pointers to text.
macro_rules! texts {
    ($($pointer:ty: |$text:ident| $make:expr;)*) => {$(
        impl Draw for $pointer {
            fn draw(random: &mut Random) -> (Self, Shown) {
                let ($text, shown) = String::draw(random);
                ($make, shown)
            }

            fn bad(random: &mut Random, has_role: bool) -> Option<(Self, Fault)> {
                let ($text, fault) = String::bad(random, has_role)?;
                Some(($make, fault))
            }
        }
    )*};
}

texts! {
    &'static str: |text| text.leak();
    Cow<'static, str>: |text| if text.len().is_multiple_of(2) { Cow::Owned(text) } else { Cow::Borrowed(text.leak()) };
    Box<str>: |text| text.into();
    Rc<str>: |text| text.into();
    Arc<str>: |text| text.into();
}
