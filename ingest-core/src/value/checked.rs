//! Text that has a form: checked once when it is made, so that what compiles and runs is accepted.
//!
//! The checks refuse what a tenant's validator refuses and what no reader could use; they are not
//! proofs that a mailbox or a page exists.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// A text that has not the form that its type asks for. Never shows the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: {reason}")]
pub struct ValueParseError {
    what: &'static str,
    reason: &'static str,
}

impl ValueParseError {
    /// Why the text was refused.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

macro_rules! checked {
    ($($(#[$doc:meta])* $name:ident is $what:literal, checked by $check:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text as it was given and as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn check(text: &str) -> Result<(), ValueParseError> {
                $check(text).map_err(|reason| ValueParseError { what: $what, reason })
            }
        }

        impl TryFrom<String> for $name {
            type Error = ValueParseError;

            fn try_from(text: String) -> Result<Self, ValueParseError> {
                Self::check(&text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = ValueParseError;

            fn try_from(text: &str) -> Result<Self, ValueParseError> {
                Self::check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl FromStr for $name {
            type Err = ValueParseError;

            fn from_str(text: &str) -> Result<Self, ValueParseError> {
                Self::try_from(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    )*};
}

checked! {
    /// An e-mail address: ASCII, one `@`, a host name with a dot; at most 254 characters.
    ///
    /// ```
    /// use ingest_core::value::Email;
    ///
    /// assert!("ada@example.com".parse::<Email>().is_ok());
    /// let error = "ada@example".parse::<Email>().unwrap_err();
    /// assert_eq!(error.to_string(), "not an e-mail address: the host name has no dot");
    /// ```
    Email is "an e-mail address", checked by check_email;

    /// A phone number: 1 to 20 digits with an optional leading `+` and separators, and perhaps an
    /// extension of up to 10 digits behind `x`, `ext` or `ext.`.
    ///
    /// ```
    /// use ingest_core::value::Phone;
    ///
    /// assert!("+49 (30) 901820-0".parse::<Phone>().is_ok());
    /// assert!("none".parse::<Phone>().is_err());
    /// ```
    Phone is "a phone number", checked by check_phone;

    /// A percentage: a decimal number, with or without `%` behind it.
    ///
    /// ```
    /// use ingest_core::value::Percent;
    ///
    /// assert!("12.5".parse::<Percent>().is_ok());
    /// assert!("12.5%".parse::<Percent>().is_ok());
    /// assert!("a few".parse::<Percent>().is_err());
    /// ```
    Percent is "a percentage", checked by check_percent;

    /// An absolute URL in the characters of RFC 3986.
    ///
    /// ```
    /// use ingest_core::value::Url;
    ///
    /// assert!("https://example.com/a?b=c".parse::<Url>().is_ok());
    /// assert!("example.com".parse::<Url>().is_err());
    /// ```
    Url is "a URL", checked by check_url;
}

type Check = Result<(), &'static str>;

fn ensure(holds: bool, otherwise: &'static str) -> Check {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn check_email(text: &str) -> Check {
    ensure(text.len() <= 254, "it is longer than 254 characters")?;
    let (local, host) = text.rsplit_once('@').ok_or("it has no `@`")?;
    ensure(!local.is_empty(), "nothing stands before the `@`")?;
    ensure(
        local.len() <= 64,
        "more than 64 characters stand before the `@`",
    )?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    ensure(
        local.chars().all(allowed),
        "a character before the `@` is not allowed",
    )?;
    ensure(
        !local.split('.').any(str::is_empty),
        "a dot before the `@` is misplaced",
    )?;
    check_host(host)
}

fn check_host(host: &str) -> Check {
    ensure(!host.is_empty(), "nothing stands after the `@`")?;
    let (_, top) = host.rsplit_once('.').ok_or("the host name has no dot")?;
    for label in host.split('.') {
        ensure(!label.is_empty(), "a dot in the host name is misplaced")?;
        ensure(
            label.len() <= 63,
            "a part of the host name is longer than 63 characters",
        )?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        ensure(
            label.chars().all(allowed),
            "a character of the host name is not allowed",
        )?;
        let hyphen = label.starts_with('-') || label.ends_with('-');
        ensure(!hyphen, "a part of the host name begins or ends with `-`")?;
    }
    let plain = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
    ensure(
        plain || top.starts_with("xn--"),
        "the host name ends in no top-level domain",
    )
}

fn check_phone(text: &str) -> Check {
    let number = text.strip_prefix('+').unwrap_or(text);
    let (number, extension) = match number.find(['x', 'X', 'e', 'E']) {
        Some(at) => number.split_at(at),
        None => (number, "x0"),
    };
    let separators = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
    let allowed = |c: char| c.is_ascii_digit() || separators(c);
    ensure(
        number.chars().all(allowed),
        "a character is no digit and no separator",
    )?;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    ensure(
        (1..=20).contains(&digits),
        "it has not between 1 and 20 digits",
    )?;
    let extension = extension.to_ascii_lowercase();
    let mark = ["ext.", "ext", "x"]
        .iter()
        .find_map(|mark| extension.strip_prefix(mark));
    let digits = mark.map_or("", |rest| rest.strip_prefix(' ').unwrap_or(rest));
    let short = (1..=10).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    ensure(
        short,
        "the extension is not `x` or `ext.` and 1 to 10 digits",
    )
}

fn check_percent(text: &str) -> Check {
    let number = text.strip_suffix('%').unwrap_or(text);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    ensure(digits(whole) && digits(decimals), "it is no decimal number")
}

fn check_url(text: &str) -> Check {
    let (scheme, rest) = text
        .split_once(':')
        .ok_or("it has no scheme such as `https:`")?;
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    ensure(
        starts && scheme.chars().all(allowed),
        "it has no scheme such as `https:`",
    )?;
    ensure(!rest.is_empty(), "nothing follows the scheme")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    ensure(
        rest.chars().all(allowed),
        "a character must be percent-encoded",
    )?;
    let escapes = || rest.split('%').skip(1).map(str::as_bytes);
    let hex = |escape: &[u8]| escape.len() >= 2 && escape[..2].iter().all(u8::is_ascii_hexdigit);
    ensure(
        escapes().all(hex),
        "a `%` is not followed by two hexadecimal digits",
    )?;
    ensure(rest.matches('#').count() <= 1, "it has more than one `#`")?;
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    ensure(
        !path.contains(['[', ']']),
        "a bracket must be percent-encoded",
    )?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if web || !authority.is_empty() {
        check_authority(authority)?;
    }
    Ok(())
}

/// `user@host:port`, the host perhaps an IPv6 address in brackets.
fn check_authority(text: &str) -> Check {
    let (user, place) = text.rsplit_once('@').unwrap_or(("", text));
    ensure(
        !user.contains(['@', '[', ']']),
        "a character before the host must be percent-encoded",
    )?;
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or("a bracket is not closed")?;
            ensure(
                address.parse::<Ipv6Addr>().is_ok(),
                "the brackets hold no IPv6 address",
            )?;
            ("6", port)
        }
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    ensure(!host.is_empty(), "it has no host")?;
    ensure(!host.contains(['[', ']']), "a bracket is misplaced")?;
    ensure(
        !host.split('.').any(str::is_empty),
        "a dot in the host name is misplaced",
    )?;
    let number = port.strip_prefix(':').unwrap_or("0");
    let digits = number.chars().all(|c| c.is_ascii_digit());
    let known = number.is_empty() || (digits && number.parse::<u16>().is_ok());
    ensure(
        known && (port.is_empty() || port.starts_with(':')),
        "the port is no number up to 65535",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = ValueParseError>>(texts: &[&str]) {
        for text in texts {
            assert!(text.parse::<T>().is_err(), "{text:?} was taken");
        }
    }

    fn taken<T: FromStr<Err = ValueParseError>>(texts: &[&str]) {
        for text in texts {
            if let Err(error) = text.parse::<T>() {
                panic!("{text:?} was refused: {error}");
            }
        }
    }

    #[test]
    fn email_addresses() {
        taken::<Email>(&[
            "a@b.de",
            "first.last+tag@sub.example.co.uk",
            "o'neil@x-y.org",
            "a@b.xn--p1ai",
        ]);
        refused::<Email>(&[
            "",
            "a",
            "@",
            "a@",
            "@b.de",
            "a@b",
            "a@.de",
            "a@b.",
            "a@b..de",
            ".a@b.de",
            "a.@b.de",
            "a..b@c.de",
            "a b@c.de",
            "a@b c.de",
            "a@-b.de",
            "a@b-.de",
            "a@b.1",
            "a@b.d",
            "a@@b.de",
            "a@b@c.de",
            "ü@b.de",
            "a@[1.2.3.4]",
            "\"a\"@b.de",
            "a@b.de\n",
        ]);
        refused::<Email>(&[
            &format!("{}@b.de", "a".repeat(65)),
            &format!("a@{}.de", "b".repeat(252)),
        ]);
    }

    #[test]
    fn phone_numbers() {
        taken::<Phone>(&[
            "110",
            "+1 (415) 555-0100",
            "030/90.18",
            "555-0100 x12",
            "555-0100 ext. 12",
            "5550100EXT12",
            "555 X 12",
        ]);
        refused::<Phone>(&[
            "",
            "+",
            "-",
            "++1",
            "1+1",
            "call me",
            "x12",
            "555 y",
            "555x",
            "555 ext",
            "555 extra words",
            "1 xylophone 5",
            "555 e5",
        ]);
        refused::<Phone>(&[&"1".repeat(21), "555 x123456789012"]);
    }

    #[test]
    fn percentages() {
        taken::<Percent>(&["0", "12.5", "-3", "100%", "99.9 %"]);
        refused::<Percent>(&["", "%", ".5", "5.", "1,5", "--1", "1e3", "NaN", "12%%"]);
    }

    #[test]
    fn urls() {
        taken::<Url>(&[
            "https://example.com",
            "http://[::1]:80/?a=%20#x",
            "mailto:a@b.de",
            "HTTPS://u:p@EXAMPLE.COM:8443",
            "https://a:/#",
        ]);
        refused::<Url>(&[
            "",
            "example.com",
            "https:",
            "https://",
            "https:///x",
            "//x",
            "1a:b",
            "https://a b",
            "https://ü.de",
            "a:b\n",
            "https://a/%zz",
            "https://a/%2",
            "https://:80",
            "https://@/",
            "https://[::1",
            "https://[x]",
            "https://a:99999/",
            "https://a#b#c",
            "https://a/[x]",
            "https://a:+80/",
            "https://a[b]/",
            "https://[x]@h/",
            "https://a@b@c/",
            "foo://[x",
            "https://.",
        ]);
    }

    #[test]
    fn errors_do_not_show_the_text() {
        let error = "secret".parse::<Email>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
