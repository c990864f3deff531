//! Days and moments in the range and the precision that the service takes.
//!
//! A small own calendar instead of a library's: what the service takes is whole milliseconds in UTC
//! with four-digit years, and a type that can hold nothing else needs no check when it is sent.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::digits::{NUMBER, four_pairs};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// 0000-01-01, in days from 1970-01-01.
const FIRST_DAY: i32 = -719_528;
/// 9999-12-31, in days from 1970-01-01.
const LAST_DAY: i32 = 2_932_896;

/// A text or number that is no day or moment in the years 0000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text has not the form of a date.
    #[error("not a date of the form yyyy-MM-dd")]
    DateForm,
    /// The text has not the form of a date-time.
    #[error("not a date-time of the form yyyy-MM-ddTHH:mm:ss.SSSZ")]
    DateTimeForm,
    /// The calendar or the clock has no such day or time.
    #[error("no such day or time in the calendar")]
    NotInCalendar,
    /// The year has not four digits.
    #[error("the year is not between 0000 and 9999")]
    OutOfRange,
}

/// A calendar day in the years 0000 to 9999, sent as `yyyy-MM-dd`.
///
/// ```
/// use ingest_core::Date;
///
/// let date: Date = "2026-02-28".parse()?;
/// assert_eq!(date, Date::new(2026, 2, 28)?);
/// assert!("2026-02-30".parse::<Date>().is_err());
/// # Ok::<(), ingest_core::value::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// From 1970-01-01; between `FIRST_DAY` and `LAST_DAY`.
    days: i32,
}

impl Date {
    /// The day of this year, month (1 to 12) and day of the month (from 1).
    ///
    /// # Errors
    /// When the calendar has no such day or the year is not between 0 and 9999.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, TimeError> {
        if !(0..=9999).contains(&year) {
            return Err(TimeError::OutOfRange);
        }
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return Err(TimeError::NotInCalendar);
        }
        Ok(Self {
            days: days_from_civil(year, month, day),
        })
    }

    /// The day that is so many days after 1970-01-01, or before it.
    ///
    /// # Errors
    /// When its year is not between 0 and 9999.
    pub fn from_days(days: i32) -> Result<Self, TimeError> {
        if (FIRST_DAY..=LAST_DAY).contains(&days) {
            Ok(Self { days })
        } else {
            Err(TimeError::OutOfRange)
        }
    }

    /// Days from 1970-01-01.
    pub fn days(self) -> i32 {
        self.days
    }

    /// Year, month (1 to 12) and day of the month (from 1).
    pub fn ymd(self) -> (i32, u8, u8) {
        let (year, month, day) = civil_from_days(self.days);
        let small = |number: u32| u8::try_from(number).expect("BUG: months and days are below 32");
        let year = u16::try_from(year).expect("BUG: a year has four digits");
        (i32::from(year), small(month), small(day))
    }

    /// `yyyy-MM-dd`.
    pub(crate) fn to_ascii(self) -> [u8; 10] {
        let [_, text @ .., _, _, _, _, _] = quoted_day(self);
        text
    }
}

/// 1970-01-01, as `chrono` and `jiff` have it.
impl Default for Date {
    fn default() -> Self {
        Self { days: 0 }
    }
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text.as_bytes() {
            [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                let number = |digits: &[u8]| digits_to_u32(digits).ok_or(TimeError::DateForm);
                let two = |digits: &[u8]| Ok(u8::try_from(number(digits)?).unwrap_or(u8::MAX));
                let year = i32::try_from(number(y)?).unwrap_or(i32::MAX);
                Self::new(year, two(&[*m1, *m2])?, two(&[*d1, *d2])?)
            }
            _ => Err(TimeError::DateForm),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ascii(&self.to_ascii()))
    }
}

/// A moment in the years 0000 to 9999 in whole milliseconds, sent as `yyyy-MM-ddTHH:mm:ss.SSSZ`.
///
/// Reads 0 to 9 digits of a second's fraction, of which it keeps three, and offsets from UTC.
///
/// ```
/// use ingest_core::Timestamp;
///
/// let moment: Timestamp = "2026-07-11T22:47:38.712170+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2026-07-11T20:47:38.712Z");
/// # Ok::<(), ingest_core::value::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    /// From 1970-01-01T00:00:00Z; within the days that `Date` allows.
    millis: i64,
}

impl Timestamp {
    /// The moment that is so many milliseconds after 1970-01-01T00:00:00Z, or before it.
    ///
    /// # Errors
    /// When its year is not between 0 and 9999.
    pub fn from_millis(millis: i64) -> Result<Self, TimeError> {
        let first = i64::from(FIRST_DAY) * MILLIS_PER_DAY;
        let end = (i64::from(LAST_DAY) + 1) * MILLIS_PER_DAY;
        if (first..end).contains(&millis) {
            Ok(Self { millis })
        } else {
            Err(TimeError::OutOfRange)
        }
    }

    /// Milliseconds from 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.millis
    }

    /// This moment, by the system's clock.
    ///
    /// # Panics
    /// When the clock stands outside the years 0000 to 9999.
    pub fn now() -> Self {
        Self::try_from(SystemTime::now()).expect("the system's clock stands in the years 0 to 9999")
    }

    /// The day of this moment in UTC.
    pub fn date(self) -> Date {
        Date {
            days: self.split().0,
        }
    }

    /// Days from 1970-01-01, and milliseconds after midnight.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the days are those of a date, and a day has fewer than 2^32 milliseconds"
    )]
    fn split(self) -> (i32, u32) {
        // Counted from the first day there is nothing negative, which is faster to divide.
        let since_first = (self.millis - i64::from(FIRST_DAY) * MILLIS_PER_DAY) as u64;
        let day = MILLIS_PER_DAY as u64;
        let days = (since_first / day) as i32 + FIRST_DAY;
        (days, (since_first % day) as u32)
    }

    /// `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    pub(crate) fn to_ascii(self) -> [u8; 24] {
        let mut out = [0; NUMBER];
        DayText::default().put_moment(self, &mut out);
        let [_, text @ ..] = out;
        *text.first_chunk().expect("BUG: 24 of 47 bytes")
    }
}

/// 1970-01-01T00:00:00.000Z, as `chrono` and `jiff` have it.
impl Default for Timestamp {
    fn default() -> Self {
        Self { millis: 0 }
    }
}

/// Writes days and moments between quotes, and remembers the text of the last moment's day, which
/// is most often that of the next one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DayText {
    days: i32,
    text: [u8; 16],
}

impl Default for DayText {
    #[inline]
    fn default() -> Self {
        Self {
            days: i32::MIN,
            text: [0; 16],
        }
    }
}

impl DayText {
    /// Writes `"yyyy-MM-dd"`; returns its length.
    #[inline]
    pub(crate) fn put_date(&mut self, date: Date, out: &mut [u8; NUMBER]) -> usize {
        self.put_day(date, out);
        out[11] = b'"';
        12
    }

    /// Writes `"yyyy-MM-ddTHH:mm:ss.SSSZ"`; returns its length.
    #[inline]
    pub(crate) fn put_moment(&mut self, moment: Timestamp, out: &mut [u8; NUMBER]) -> usize {
        let (days, in_day) = moment.split();
        self.put_day(Date { days }, out);
        let [_, _, _, _, _, _, _, _, _, _, _, _, rest @ ..] = out;
        *rest.first_chunk_mut().expect("BUG: 16 of 36 bytes") = clock(in_day);
        26
    }

    #[inline]
    fn put_day(&mut self, date: Date, out: &mut [u8; NUMBER]) {
        if self.days != date.days {
            self.days = date.days;
            self.text = quoted_day(date);
        }
        *out.first_chunk_mut().expect("BUG: 16 of 48 bytes") = self.text;
    }
}

/// `"yyyy-MM-ddT`, and four bytes that mean nothing.
#[inline]
fn quoted_day(date: Date) -> [u8; 16] {
    let (year, month, day) = civil_from_days(date.days);
    let text = four_pairs([year / 100, year % 100, month, day]);
    let byte = |byte: u8, at: u32| u128::from(byte) << (8 * at);
    let part = |from: u32, bytes: u32, to: u32| {
        let part = text >> (8 * from) & ((1 << (8 * bytes)) - 1);
        u128::from(part) << (8 * to)
    };
    let dashes = byte(b'"', 0) | byte(b'-', 5) | byte(b'-', 8) | byte(b'T', 11);
    (part(0, 4, 1) | part(4, 2, 6) | part(6, 2, 9) | dashes).to_le_bytes()
}

/// `HH:mm:ss.SSSZ"` of so many milliseconds after midnight, and two bytes that mean nothing.
#[inline]
fn clock(in_day: u32) -> [u8; 16] {
    let (seconds, millis) = (in_day / 1_000, in_day % 1_000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    let (hour, minute) = (minutes / 60, minutes % 60);
    let text = four_pairs([hour, minute, second, millis / 10]);
    let byte = |byte: u8, at: u32| u64::from(byte) << (8 * at);
    let pair = |from: u32, to: u32| (text >> (8 * from) & 0xffff) << (8 * to);
    let low = pair(0, 0) | byte(b':', 2) | pair(2, 3) | byte(b':', 5) | pair(4, 6);
    let last = u64::from(millis % 10) + u64::from(b'0');
    let high = byte(b'.', 0) | pair(6, 1) | last << 24 | byte(b'Z', 4) | byte(b'"', 5);
    (u128::from(low) | u128::from(high) << 64).to_le_bytes()
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimeError;

    /// Cuts what is finer than a millisecond, towards the past.
    fn try_from(time: SystemTime) -> Result<Self, TimeError> {
        let millis = |d: Duration| i64::try_from(d.as_millis()).map_err(|_| TimeError::OutOfRange);
        Self::from_millis(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after)?,
            Err(error) => {
                let before = error.duration();
                let part = i64::from(before.subsec_nanos() % 1_000_000 > 0);
                -millis(before)? - part
            }
        })
    }
}

impl From<Timestamp> for SystemTime {
    fn from(moment: Timestamp) -> Self {
        let distance = Duration::from_millis(moment.millis.unsigned_abs());
        if moment.millis >= 0 {
            UNIX_EPOCH + distance
        } else {
            UNIX_EPOCH - distance
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let form = TimeError::DateTimeForm;
        let (date, clock) = text.split_once(['T', 't', ' ']).ok_or(form)?;
        let date: Date = date.parse().map_err(|error| match error {
            TimeError::DateForm => form,
            other => other,
        })?;
        let zone_at = clock.find(['Z', 'z', '+', '-']).ok_or(form)?;
        let (clock, zone) = clock.split_at(zone_at);
        let in_day = parse_clock(clock)?;
        let offset = parse_offset(zone)?;
        Self::from_millis(i64::from(date.days) * MILLIS_PER_DAY + in_day - offset)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ascii(&self.to_ascii()))
    }
}

/// `HH:mm:ss` with 0 to 9 digits of a fraction, in milliseconds.
fn parse_clock(text: &str) -> Result<i64, TimeError> {
    let form = TimeError::DateTimeForm;
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) if (1..=9).contains(&fraction.len()) => (clock, fraction),
        Some(_) => return Err(form),
        None => (text, "0"),
    };
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = clock.as_bytes() else {
        return Err(form);
    };
    let number = |digits: &[u8]| digits_to_u32(digits).ok_or(form);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimeError::NotInCalendar);
    }
    let digits = u32::try_from(fraction.len()).map_err(|_| form)?;
    let nanos = u64::from(number(fraction.as_bytes())?) * 10_u64.pow(9 - digits);
    let millis = u32::try_from(nanos / 1_000_000).map_err(|_| form)?;
    Ok(i64::from(
        ((hour * 60 + minute) * 60 + second) * 1_000 + millis,
    ))
}

/// `Z`, or `+HH:mm` and `-HH:mm`, in milliseconds.
fn parse_offset(text: &str) -> Result<i64, TimeError> {
    let form = TimeError::DateTimeForm;
    let &[sign, h1, h2, b':', m1, m2] = text.as_bytes() else {
        return if text.eq_ignore_ascii_case("z") {
            Ok(0)
        } else {
            Err(form)
        };
    };
    let number = |digits: &[u8]| digits_to_u32(digits).ok_or(form);
    let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
    if hours > 23 || minutes > 59 {
        return Err(TimeError::NotInCalendar);
    }
    let millis = i64::from((hours * 60 + minutes) * 60_000);
    match sign {
        b'+' => Ok(millis),
        b'-' => Ok(-millis),
        _ => Err(form),
    }
}

fn digits_to_u32(digits: &[u8]) -> Option<u32> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    digits
        .iter()
        .try_fold(0_u32, |number, byte| Some(number * 10 + digit(byte)?))
}

fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("BUG: digits and separators are ASCII")
}

fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
///
/// Counts years from March, so that the leap day is the last of its year; an era is the 400 years
/// after which the calendar repeats. The year 0 needs the era before the first.
fn days_from_civil(year: i32, month: u8, day: u8) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i32::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The reverse of [`days_from_civil`], for the days of a [`Date`].
///
/// Each division by the length of a cycle (400 years, a year, a month) is of a number that was first
/// scaled so that the cycles of uneven length come out even; multiplications by 2^32 / 1461 and
/// 65,536 / 2,141 stand for divisions, as in Neri and Schneider, "Euclidean affine functions and
/// their application to calendar algorithms" (2022).
#[inline]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no day of a date is before the first era, and half a product is wanted"
)]
fn civil_from_days(days: i32) -> (u32, u32, u32) {
    const ERA: i32 = 146_097;
    // One era more, because the year 0 begins before the first era that starts in a March.
    let days = (days + 719_468 + ERA) as u32;
    let quarters = 4 * days + 3;
    let (century, in_century) = (quarters / 146_097, quarters % 146_097 / 4);
    let scaled = 2_939_745 * u64::from(4 * in_century + 3);
    let (high, low) = ((scaled >> 32) as u32, scaled as u32);
    let day_of_year = low / 2_939_745 / 4;
    let months = 2_141 * day_of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2_141 + 1);
    // A year that begins in March has January and February of the next.
    let next = day_of_year >= 306;
    let year = 100 * century + high + u32::from(next) - 400;
    (year, if next { month - 12 } else { month }, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_range_reads_back() {
        let mut expected = (0, 1, 1);
        for days in FIRST_DAY..=LAST_DAY {
            let date = Date::from_days(days).unwrap();
            let (year, month, day) = date.ymd();
            assert_eq!((year, month, day), expected);
            assert_eq!(Date::new(year, month, day), Ok(date));
            expected = if day < days_in_month(year, month) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
        assert_eq!(expected, (10_000, 1, 1));
        assert_eq!(Date::from_days(LAST_DAY + 1), Err(TimeError::OutOfRange));
        assert_eq!(Date::from_days(FIRST_DAY - 1), Err(TimeError::OutOfRange));
    }

    #[test]
    fn digits_stand_where_they_belong() {
        for days in (FIRST_DAY..=LAST_DAY).step_by(97) {
            let date = Date::from_days(days).unwrap();
            let (year, month, day) = date.ymd();
            let text = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!(date.to_string(), text);
            let in_day = i64::from(days).rem_euclid(997) * 86_661;
            let moment = Timestamp::from_millis(i64::from(days) * MILLIS_PER_DAY + in_day).unwrap();
            let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
            let (second, millis) = (in_day / 1_000 % 60, in_day % 1_000);
            let clock = format!("T{hour:02}:{minute:02}:{second:02}.{millis:03}Z");
            assert_eq!(moment.to_string(), text + &clock);
        }
    }

    #[test]
    fn known_days_and_moments() {
        assert_eq!(Date::new(1970, 1, 1).unwrap().days(), 0);
        assert_eq!(Date::new(2000, 2, 29).unwrap().days(), 11_016);
        let moment = Timestamp::from_millis(1_784_000_000_007).unwrap();
        assert_eq!(moment.to_string(), "2026-07-14T03:33:20.007Z");
        assert_eq!(
            Timestamp::from_millis(-1).unwrap().to_string(),
            "1969-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn dates_are_read_and_refused() {
        for text in ["0000-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-01-00",
        ] {
            assert_eq!(
                text.parse::<Date>(),
                Err(TimeError::NotInCalendar),
                "{text}"
            );
        }
        for text in [
            "",
            "2026",
            "2026-1-1",
            "26-01-01",
            "02026-01-01",
            "2026/01/01",
            "2026-01-0x",
            "+026-01-01",
            "２026-01-1",
        ] {
            assert_eq!(text.parse::<Date>(), Err(TimeError::DateForm), "{text}");
        }
    }

    #[test]
    fn moments_are_read_and_refused() {
        let taken = [
            ("2026-07-11T22:47:38Z", "2026-07-11T22:47:38.000Z"),
            ("2026-07-11T22:47:38.7Z", "2026-07-11T22:47:38.700Z"),
            ("2026-07-11t22:47:38.712999999z", "2026-07-11T22:47:38.712Z"),
            ("2026-07-11 22:47:38.712-01:30", "2026-07-12T00:17:38.712Z"),
            ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00.000Z"),
        ];
        for (text, written) in taken {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), written);
        }
        let form = [
            "",
            "2026-07-11",
            "2026-07-11T22:47Z",
            "2026-07-11T22:47:38",
            "2026-07-11T22:47:38.Z",
            "2026-07-11T22:47:38.1234567890Z",
            "2026-07-11T22:47:38+0100",
            "2026-07-11T22:47:38Zx",
            "T22:47:38Z",
            "2026-07-11T2:47:38Z",
            "2026-07-11T22:47:38.+1Z",
        ];
        for text in form {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(TimeError::DateTimeForm),
                "{text}"
            );
        }
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+24:00",
        ] {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(TimeError::NotInCalendar),
                "{text}"
            );
        }
        for text in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(TimeError::OutOfRange),
                "{text}"
            );
        }
    }

    #[test]
    fn the_systems_time_is_cut_to_milliseconds_towards_the_past() {
        let after = UNIX_EPOCH + Duration::from_nanos(1_999_999);
        assert_eq!(Timestamp::try_from(after).unwrap().millis(), 1);
        let before = UNIX_EPOCH - Duration::from_nanos(1);
        assert_eq!(Timestamp::try_from(before).unwrap().millis(), -1);
        assert_eq!(
            SystemTime::from(Timestamp::from_millis(-1).unwrap()),
            UNIX_EPOCH - Duration::from_millis(1)
        );
    }
}
