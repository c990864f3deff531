//! A record's members and values, as they stand in the text of a body.
//!
//! Nothing is copied until somebody asks what a value says; whether it may say so is judged elsewhere.

use std::borrow::Cow;

/// One member: the key without its quotes and with its escapes, and the value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Value<'a>,
    /// Whether the key is the one that was expected here.
    pub(crate) is_guess: bool,
}

/// A value as it stands in the body: numbers keep every digit, strings their escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a>(pub(crate) &'a str);

impl<'a> Value<'a> {
    pub(crate) const NULL: Value<'static> = Value("null");

    pub(crate) fn first(self) -> u8 {
        self.0.as_bytes().first().copied().unwrap_or_default()
    }

    pub(crate) fn is_null(self) -> bool {
        self.first() == b'n'
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self.first(), b'-' | b'0'..=b'9')
    }

    /// What a string says, or `None` for anything else.
    pub(crate) fn as_text(self) -> Option<Cow<'a, str>> {
        (self.first() == b'"').then(|| unescape(unquote(self.0)))
    }

    /// What the value says as a key: a string's text, a number's or Boolean's spelling, else nothing.
    pub(crate) fn as_key(self) -> Cow<'a, str> {
        match self.first() {
            b'"' => unescape(unquote(self.0)),
            b'n' | b'{' | b'[' => Cow::Borrowed(""),
            _ => Cow::Borrowed(self.0),
        }
    }
}

fn unquote(string: &str) -> &str {
    string.get(1..string.len().saturating_sub(1)).unwrap_or("")
}

/// The text that a JSON string without its quotes stands for.
///
/// Half a surrogate pair passes a JSON grammar but is no text in Rust: it is left as it is written.
pub(crate) fn unescape(inner: &str) -> Cow<'_, str> {
    if !inner.as_bytes().contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    match serde_json::from_str::<String>(&format!("\"{inner}\"")) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_lose_their_escapes_only_when_they_are_text() {
        assert_eq!(Value(r#""a\u00e4\n""#).as_text().as_deref(), Some("aä\n"));
        assert_eq!(Value(r#""\ud800""#).as_text().as_deref(), Some("\\ud800"));
        assert_eq!(Value("12.0").as_text(), None);
        assert_eq!(Value("12.0").as_key(), "12.0");
    }
}
