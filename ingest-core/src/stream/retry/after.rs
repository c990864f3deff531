//! Reads the `Retry-After` header in both forms of RFC 9110, section 10.2.3. Decides nothing about it:
//! the cap and the jitter are the backoff's.

use std::time::{Duration, SystemTime};

/// How long the tenant asks to wait, counted from `now`: a number of seconds, or a date, of which one
/// in the past is no wait at all. More seconds than can be counted are as many as can. `None` if the
/// value is neither.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_ascii();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // All are digits, so only their number can be the trouble.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // An error is a date in the past.
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 6 November 1994, 08:49:37 UTC: the example of RFC 9110.
    const DATE: u64 = 784_111_777;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn seconds(value: &str) -> Option<u64> {
        parse_retry_after(value, at(DATE - 60)).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_seconds() {
        for (value, wait) in [("0", 0), ("120", 120), (" 7\t", 7), ("007", 7)] {
            assert_eq!(seconds(value), Some(wait), "{value:?}");
        }
    }

    #[test]
    fn absurd_seconds_are_as_many_as_can_be_counted() {
        for value in [
            "18446744073709551615",
            "18446744073709551616",
            &"9".repeat(500),
        ] {
            assert_eq!(seconds(value), Some(u64::MAX), "{value:?}");
        }
    }

    #[test]
    fn a_date_counts_from_now_in_all_three_forms() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(seconds(value), Some(60), "{value}");
        }
    }

    #[test]
    fn a_date_in_the_past_is_no_wait() {
        let value = "Sun, 06 Nov 1994 08:49:37 GMT";
        for now in [DATE, DATE + 1, DATE + 1_000_000_000] {
            assert_eq!(parse_retry_after(value, at(now)), Some(Duration::ZERO));
        }
    }

    #[test]
    fn what_is_neither_is_nothing() {
        for value in [
            "",
            " ",
            "-1",
            "+1",
            "1.5",
            "1e3",
            "soon",
            "12 s",
            "1 2",
            "\u{661}",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 99 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(seconds(value), None, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_of_seconds_is_read(wait: u64) {
            prop_assert_eq!(seconds(&wait.to_string()), Some(wait));
        }

        #[test]
        fn every_date_that_is_written_is_read(now in 0..10_000_000_000_u64, wait in 0..100_000_000_u64) {
            let value = httpdate::fmt_http_date(at(now + wait));
            prop_assert_eq!(parse_retry_after(&value, at(now)), Some(Duration::from_secs(wait)));
        }

        #[test]
        fn nothing_makes_it_panic(value: String) {
            let wait = parse_retry_after(&value, at(DATE));
            let digits = value.trim_ascii().bytes().any(|byte| byte.is_ascii_digit());
            prop_assert!(digits || wait.is_none());
        }
    }
}
