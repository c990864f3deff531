//! Reads JSON in one walk: checks the grammar, and finds where values begin and end.
//!
//! Builds no tree, copies no value and uses no stack for depth. What a value means is judged
//! elsewhere.

use crate::record::{Member, Value};

/// The text is no JSON, or not of the shape that the call takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A place in a text up to which everything is JSON.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is not blank; the scan stands before it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Steps over this byte, if it is the next that is not blank.
    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        self.eat(byte).then_some(()).ok_or(Malformed)
    }

    /// Nothing but blanks may follow.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        self.peek().is_none().then_some(()).ok_or(Malformed)
    }

    /// Where the scan stands, for [`since`](Self::since).
    pub(crate) fn here(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// The text from an earlier place to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Goes on to the next item of a list or member of an object that was opened before, or over
    /// its end: then `false`.
    #[inline]
    pub(crate) fn next_item(&mut self, first: bool, close: u8) -> Result<bool, Malformed> {
        if self.eat(close) {
            return Ok(false);
        }
        if !first {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// The next member of an object that was opened before, or `None` after its end. A key that is
    /// written as `guess`, which is `"key":`, is not scanned.
    pub(crate) fn member(
        &mut self,
        first: bool,
        guess: &str,
    ) -> Result<Option<Member<'a>>, Malformed> {
        if !self.next_item(first, b'}')? {
            return Ok(None);
        }
        let guessed = self.guessed(guess);
        let key = match guessed {
            Some(key) => key,
            None => self.key()?,
        };
        Ok(Some(Member {
            key,
            value: self.value()?,
            is_guess: guessed.is_some(),
        }))
    }

    fn guessed(&mut self, guess: &str) -> Option<&'a str> {
        self.peek();
        let end = self.at + guess.len();
        let key = self.text.get(self.at..end).filter(|text| *text == guess)?;
        self.at = end;
        key.get(1..key.len().checked_sub(2)?)
    }

    /// The key of a member without its quotes; the scan then stands before the value.
    pub(crate) fn key(&mut self) -> Result<&'a str, Malformed> {
        self.expect(b'"')?;
        let start = self.at;
        self.string()?;
        let key = self.text.get(start..self.at - 1).unwrap_or_default();
        self.expect(b':')?;
        Ok(key)
    }

    pub(crate) fn value(&mut self) -> Result<Value<'a>, Malformed> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'{' | b'[') => self.nested()?,
            _ => self.scalar(first)?,
        }
        Ok(Value(self.since(start)))
    }

    /// Steps over an object or a list with all that is in it.
    fn nested(&mut self) -> Result<(), Malformed> {
        let mut open = Vec::new();
        loop {
            let first = self.peek();
            let close = match first {
                Some(b'{') => Some(b'}'),
                Some(b'[') => Some(b']'),
                _ => None,
            };
            match close {
                Some(_) => self.at += 1,
                None => self.scalar(first)?,
            }
            open.extend(close);
            if self.leave(&mut open, close.is_some())? {
                return Ok(());
            }
        }
    }

    /// Steps over what stands between a value, or an opening bracket, and the next value; `true` if
    /// there is no next value.
    fn leave(&mut self, open: &mut Vec<u8>, mut first: bool) -> Result<bool, Malformed> {
        while let Some(&close) = open.last() {
            if self.next_item(first, close)? {
                if close == b'}' {
                    self.key()?;
                }
                return Ok(false);
            }
            open.pop();
            first = false;
        }
        Ok(true)
    }

    /// Steps over a value that is neither; `first` is the byte that the scan stands before.
    fn scalar(&mut self, first: Option<u8>) -> Result<(), Malformed> {
        match first.ok_or(Malformed)? {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    /// Steps over the rest of a string whose first quote is behind.
    fn string(&mut self) -> Result<(), Malformed> {
        loop {
            let rest = self.rest();
            let plain = plain(rest);
            let (stop, after) = rest[plain..].split_first().ok_or(Malformed)?;
            self.at += plain + 1;
            match stop {
                b'"' => return Ok(()),
                b'\\' => self.at += escape(after).ok_or(Malformed)?,
                _ => return Err(Malformed),
            }
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        let is_next = self.rest().starts_with(word.as_bytes());
        self.at += word.len();
        is_next.then_some(()).ok_or(Malformed)
    }

    fn number(&mut self) -> Result<(), Malformed> {
        self.step(b"-");
        if !self.step(b"0") {
            self.digits()?;
        }
        if self.step(b".") {
            self.digits()?;
        }
        if self.step(b"eE") {
            self.step(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    /// Steps over one of these bytes, if it comes next.
    fn step(&mut self, any: &[u8]) -> bool {
        let is_next = self.rest().first().is_some_and(|byte| any.contains(byte));
        self.at += usize::from(is_next);
        is_next
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        self.at += count;
        (count > 0).then_some(()).ok_or(Malformed)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// The members of a text that is known to be an object.
pub(crate) fn members(object: &str) -> impl Iterator<Item = Member<'_>> {
    let mut scan = Scan::of(object);
    let mut first = scan.eat(b'{');
    std::iter::from_fn(move || {
        let member = scan.member(first, "").ok().flatten();
        first = false;
        member
    })
}

/// How many bytes come before the first that ends a string or cannot stand in one.
///
/// Eight at a time: a byte is less than `n` where subtracting `n` borrows. A borrow may reach into
/// later bytes, but the first that is found is right.
fn plain(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & (ONES << 7);
    let equal = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, tail) = text.as_chunks::<8>();
    for (index, bytes) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*bytes);
        let found = equal(word, b'"') | equal(word, b'\\') | below(word, 0x20);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let plain = tail.iter().position(stops).unwrap_or(tail.len());
    words.len() * 8 + plain
}

/// The length of what follows a backslash.
fn escape(text: &[u8]) -> Option<usize> {
    match text {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(1),
        [b'u', digits @ ..] => {
            let digits = digits.get(..4)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(5)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Vec<(&str, &str)> {
        members(text).map(|m| (m.key, m.value.0)).collect()
    }

    fn is_json(text: &str) -> bool {
        let mut scan = Scan::of(text);
        scan.value().is_ok() && scan.end().is_ok()
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
    fn the_grammar_is_that_of_serde_json() {
        let seeds = [
            r#"{"a":-0.5e+7,"b":[true,false,null],"c":{"d":[]},"e":{}}"#,
            r#" [ "\u00e4\"\\\/\b\f\n\r\t" , 0 , 10.25E-3 , [ [ ] , { "x" : "" } ] ] "#,
            "[\"eight by eight, \u{7f}\u{e9}\u{1f600} and more\",1e5,-0]",
        ];
        let bytes = b"{}[]\",:\\/u0179-+.eEtfna \n\x00\x1f\x7f";
        for seed in seeds {
            assert!(is_json(seed), "{seed}");
            for at in (0..=seed.len()).filter(|at| seed.is_char_boundary(*at)) {
                let (before, after) = seed.split_at(at);
                let without = after.chars().next().map_or(0, char::len_utf8);
                for byte in bytes {
                    let byte = char::from(*byte);
                    for text in [
                        format!("{before}{byte}{after}"),
                        format!("{before}{byte}{}", &after[without..]),
                        format!("{before}{}", &after[without..]),
                        before.to_owned(),
                    ] {
                        let known = serde_json::from_str::<serde::de::IgnoredAny>(&text);
                        assert_eq!(is_json(&text), known.is_ok(), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_string_ends_at_its_quote_wherever_that_stands() {
        for length in 0..40 {
            for stop in ['"', '\\', '\u{1f}', '\0'] {
                let text = format!("{}{stop}{}", "\u{a0}".repeat(length), "\"".repeat(9));
                assert_eq!(plain(text.as_bytes()), 2 * length, "{text}");
            }
        }
    }
}
