//! Days and points in time: reads the texts that the tenant takes, and writes the time of an answer.
//!
//! Calendar arithmetic only; which field must be a date is decided elsewhere.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time with the precision of nanoseconds. Ordered as time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}

const DAY: i64 = 86_400;

impl Moment {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: since.subsec_nanos(),
        }
    }

    /// The time since an earlier moment; none if that one is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        let of = |moment: Self| {
            let nanoseconds = i128::from(moment.nanoseconds);
            i128::from(moment.seconds) * 1_000_000_000 + nanoseconds
        };
        let between = (of(self) - of(earlier)).max(0);
        Duration::from_nanos(u64::try_from(between).unwrap_or(u64::MAX))
    }

    pub(crate) const fn seconds(self) -> i64 {
        self.seconds
    }

    /// `yyyy-MM-dd`, taken as midnight UTC. The day must exist.
    pub(crate) fn of_date(text: &str) -> Option<Self> {
        (text.len() == 10).then_some(())?;
        let seconds = day(text.as_bytes())? * DAY;
        Some(Self {
            seconds,
            nanoseconds: 0,
        })
    }

    /// `yyyy-MM-ddTHH:mm:ss` with 0 to 9 digits of a second, then `Z` or an offset of up to 18 hours.
    pub(crate) fn of_date_time(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (local, rest) = bytes.split_at_checked(19)?;
        let [b'T', clock @ ..] = &local[10..] else {
            return None;
        };
        let (nanoseconds, zone) = fraction(rest)?;
        Some(Self {
            seconds: day(&local[..10])? * DAY + time_of_day(clock)? - offset(zone)?,
            nanoseconds,
        })
    }
}

/// So many seconds after 1970, as HTTP headers write it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(seconds: i64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let name = |names: &[&'static str], at: i64| usize::try_from(at).map_or("", |at| names[at]);
    let weekday = name(&WEEKDAYS, days.rem_euclid(7));
    let month = name(&MONTHS, month - 1);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

impl fmt::Display for Moment {
    /// As the service stamps its answers: `2026-07-11T22:47:38.71217094Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.seconds.div_euclid(DAY));
        let time = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:09}Z",
            self.nanoseconds
        )
    }
}

/// A number of exactly these digits.
fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// Days since 1970-01-01 of the ten bytes `yyyy-MM-dd`.
fn day(text: &[u8]) -> Option<i64> {
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let (year, month, day) = (digits(y)?, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?);
    let exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    (y.len() == 4 && exists).then(|| days_from_civil(year, month, day))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Seconds since midnight of the eight bytes `HH:mm:ss`.
fn time_of_day(text: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = text else {
        return None;
    };
    let (hour, minute, second) = (
        digits(&[*h1, *h2])?,
        digits(&[*m1, *m2])?,
        digits(&[*s1, *s2])?,
    );
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// Splits `.123Z` into nanoseconds and what follows; without a point there are none.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', rest @ ..] = text else {
        return Some((0, text));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&length) {
        return None;
    }
    let (digits_of, zone) = rest.split_at(length);
    let missing = u32::try_from(9 - length).ok()?;
    let nanoseconds = u32::try_from(digits(digits_of)?).ok()? * 10_u32.pow(missing);
    Some((nanoseconds, zone))
}

/// Seconds east of Greenwich of `Z` or `+hh:mm`.
fn offset(text: &[u8]) -> Option<i64> {
    let [sign, h1, h2, b':', m1, m2] = text else {
        return (text == b"Z").then_some(0);
    };
    let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    let seconds = hours * 3600 + minutes * 60;
    let exists = minutes < 60 && seconds <= 18 * 3600;
    match sign {
        b'+' if exists => Some(seconds),
        b'-' if exists => Some(-seconds),
        _ => None,
    }
}

// The two conversions count years from March, so that the leap day is the last day of a year, and
// in eras of 400 years, after which the calendar repeats.

const ERA_DAYS: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_goes_there_and_back() {
        let (first, last) = (days_from_civil(0, 1, 1), days_from_civil(9999, 12, 31));
        for days in first..=last {
            let (year, month, day) = civil(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn the_epoch_and_a_late_day_are_where_they_belong() {
        let seconds = |text| Moment::of_date_time(text).map(Moment::seconds);
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2026-07-11T22:47:38.712Z"), Some(1_783_810_058));
        assert_eq!(seconds("2026-07-12T00:47:38+02:00"), Some(1_783_810_058));
        assert_eq!(seconds("1969-12-31T23:59:59.000Z"), Some(-1));
    }

    #[test]
    fn headers_write_dates_with_their_weekday() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_783_810_058), "Sat, 11 Jul 2026 22:47:38 GMT");
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-30",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "1900-02-29",
        ] {
            assert_eq!(Moment::of_date(text), None, "{text}");
        }
        for text in ["2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"] {
            assert!(Moment::of_date(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_spellings_of_a_date_are_refused() {
        for text in [
            "",
            "2026-1-01",
            "12026-01-01",
            "-026-01-01",
            "2026/01/01",
            "2026-01-01Z",
            "٢٠٢٦-01-01",
        ] {
            assert_eq!(Moment::of_date(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_have_up_to_nine_digits() {
        for digits in 1..=9 {
            let text = format!("2026-01-01T00:00:00.{}Z", "7".repeat(digits));
            assert!(Moment::of_date_time(&text).is_some(), "{text}");
        }
        for tail in [
            ".Z",
            ".1234567890Z",
            ".12",
            "",
            "z",
            "+2:00",
            "+02",
            "+18:01",
            "+01:60",
            "Z ",
        ] {
            let text = format!("2026-01-01T00:00:00{tail}");
            assert_eq!(Moment::of_date_time(&text), None, "{text}");
        }
    }

    #[test]
    fn times_that_do_not_exist_are_refused() {
        for text in ["24:00:00", "23:60:00", "23:59:60", "1:00:000", "ab:00:00"] {
            let text = format!("2026-01-01T{text}Z");
            assert_eq!(Moment::of_date_time(&text), None, "{text}");
        }
        assert_eq!(Moment::of_date_time("2026-01-01 00:00:00Z"), None);
        assert_eq!(Moment::of_date_time("2026-01-01t00:00:00Z"), None);
    }

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        let text = "2026-07-11T22:47:38.712170940Z";
        let moment = Moment::of_date_time(text).expect("a date-time");
        assert_eq!(moment.to_string(), text);
    }
}
