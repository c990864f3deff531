//! Walks the members of one record without building a tree or copying a value.
//!
//! The text must have passed a JSON parser before: this walk only finds where members begin and end.
//! On text that is no JSON it stops early; it never panics.

use std::borrow::Cow;

/// The members of a JSON object, keys and values as they stand in the text.
#[derive(Debug, Clone)]
pub(crate) struct Members<'a> {
    text: &'a str,
    at: usize,
}

/// One member: the key without its quotes and with its escapes, and the value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Value<'a>,
}

/// A value as it stands in the body: numbers keep every digit, strings their escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a>(pub(crate) &'a str);

impl<'a> Members<'a> {
    pub(crate) fn of(record: &'a str) -> Self {
        Self {
            text: record,
            at: 0,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is neither blank nor punctuation between members.
    fn skip(&mut self, punctuation: u8) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') && byte != punctuation {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Steps over a string that begins here, both quotes included.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            self.at += stop + 1;
            match rest[stop] {
                b'"' => return self.text.get(start..self.at),
                _ => self.at += 1,
            }
        }
    }

    /// Steps over an object or array that begins here, whatever it holds.
    fn nested(&mut self) -> Option<&'a str> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return self.text.get(start..self.at);
            }
        }
    }

    /// Steps over a number, `true`, `false` or `null`.
    fn bare(&mut self) -> Option<&'a str> {
        let start = self.at;
        while !matches!(self.peek()?, b',' | b'}' | b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.text.get(start..self.at)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        let text = match self.skip(b':')? {
            b'"' => self.string(),
            b'{' | b'[' => self.nested(),
            _ => self.bare(),
        };
        text.map(Value)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let before = if self.at == 0 { b'{' } else { b',' };
        if self.skip(before)? != b'"' {
            return None;
        }
        let key = unquote(self.string()?);
        let value = self.value()?;
        Some(Member { key, value })
    }
}

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

    fn walk(text: &str) -> Vec<(&str, &str)> {
        Members::of(text).map(|m| (m.key, m.value.0)).collect()
    }

    #[test]
    fn members_come_as_written() {
        assert_eq!(walk("{}"), []);
        assert_eq!(walk(r#"{"":0}"#), [("", "0")]);
        assert_eq!(
            walk("{ \"a\" : 1.50 ,\n\"b\":\"x\\\"}\" , \"c\":null}"),
            [("a", "1.50"), ("b", r#""x\"}""#), ("c", "null")]
        );
        assert_eq!(
            walk(r#"{"n":{"x":["]",{}]},"l":[[1],"["],"t":true }"#),
            [
                ("n", r#"{"x":["]",{}]}"#),
                ("l", r#"[[1],"["]"#),
                ("t", "true")
            ]
        );
    }

    #[test]
    fn broken_text_ends_the_walk() {
        for text in [
            "",
            "{",
            r#"{"a"#,
            r#"{"a\"#,
            r#"{"a":"#,
            r#"{"a":[1,"#,
            "[1]",
            "7",
        ] {
            assert_eq!(walk(text), [], "{text}");
        }
    }

    #[test]
    fn strings_lose_their_escapes_only_when_they_are_text() {
        assert_eq!(Value(r#""a\u00e4\n""#).as_text().as_deref(), Some("aä\n"));
        assert_eq!(Value(r#""\ud800""#).as_text().as_deref(), Some("\\ud800"));
        assert_eq!(Value("12.0").as_text(), None);
        assert_eq!(Value("12.0").as_key(), "12.0");
    }
}
