//! Text as JSON wants it between quotes: copied and looked through in one pass where nothing needs
//! an escape, which is nearly always. The same bytes that `serde_json` would write.

#![allow(
    clippy::inline_always,
    clippy::needless_bitwise_bool,
    reason = "a call and a branch for every few bytes would cost as much as the work"
)]

use crate::cursor::Cursor;

/// Bytes behind the text that [`copy_plain`] may write to.
pub(crate) const SLACK: usize = 8;

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// Copies text; false if JSON wants one of its bytes escaped, and what was copied is then worthless.
///
/// `out` is longer than the text by [`SLACK`] at least.
#[inline(always)]
pub(crate) fn copy_plain(text: &[u8], out: &mut [u8]) -> bool {
    if text.len() >= 16 {
        return copy_chunks(text, out);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        put_word(u64::from_le_bytes(*first), out, 0);
        put_word(u64::from_le_bytes(*last), out, text.len() - 8);
        return (escapes_in(u64::from_le_bytes(*first)) | escapes_in(u64::from_le_bytes(*last)))
            == 0;
    }
    let word = short_word(text);
    put_word(word, out, 0);
    // Where the text has ended, blanks, which need no escape.
    escapes_in(word | (ONES * 0x20) << (8 * text.len())) == 0
}

/// Copies at least 16 bytes, the last 16 once more, so that no smaller rest is left.
#[inline(always)]
fn copy_chunks(text: &[u8], out: &mut [u8]) -> bool {
    let out = &mut out[..text.len()];
    let mut bad = [0; 16];
    let (mut at, last) = (0, text.len() - 16);
    loop {
        let chunk: [u8; 16] = text[at..at + 16].try_into().expect("BUG: 16 bytes");
        out[at..at + 16].copy_from_slice(&chunk);
        mark_escapes(&chunk, &mut bad);
        if at == last {
            break;
        }
        at = last.min(at + 16);
    }
    bad.iter().fold(0, |all, bad| all | bad) == 0
}

/// Fewer than eight bytes as a word, filled up with zeros; the parts overlap.
#[inline(always)]
fn short_word(text: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (text.len() - 4));
    }
    match *text {
        [] => 0,
        [a] => a.into(),
        [a, b] => u16::from_le_bytes([a, b]).into(),
        [a, b, c, ..] => u32::from_le_bytes([a, b, c, 0]).into(),
    }
}

#[inline(always)]
fn put_word(word: u64, out: &mut [u8], at: usize) {
    let place = out[at..]
        .first_chunk_mut()
        .expect("BUG: out is longer than text");
    *place = word.to_le_bytes();
}

/// Not zero if one of eight bytes needs an escape: it is below a blank, a quote or a backslash. The
/// lowest bit that is set belongs to the first of them.
///
/// A subtraction sets the top bit of a byte that is too small. It may borrow from the bytes above,
/// but only where there is such a byte below.
#[inline(always)]
fn escapes_in(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20);
    let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (control | quote | backslash) & !word & TOPS
}

/// The same for each of 16 bytes, without a branch, so that the compiler takes them all at once.
#[inline(always)]
fn mark_escapes(bytes: &[u8; 16], bad: &mut [u8; 16]) {
    for (bad, &byte) in bad.iter_mut().zip(bytes) {
        *bad |= u8::from((byte < 0x20) | (byte == b'"') | (byte == b'\\'));
    }
}

/// How a byte is written: how many bytes that takes, and for those of two bytes the second.
fn escaped(byte: u8) -> (usize, u8) {
    match byte {
        b'"' | b'\\' => (2, byte),
        0x08 => (2, b'b'),
        0x09 => (2, b't'),
        0x0a => (2, b'n'),
        0x0c => (2, b'f'),
        0x0d => (2, b'r'),
        ..0x20 => (6, 0),
        _ => (1, byte),
    }
}

/// Where the first byte stands that needs an escape.
fn find_escape(bytes: &[u8]) -> Option<usize> {
    let (mut rest, mut at) = (bytes, 0);
    while let Some((word, after)) = rest.split_first_chunk() {
        let found = escapes_in(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        (rest, at) = (after, at + 8);
    }
    let tail = rest.iter().position(|byte| escaped(*byte).0 > 1)?;
    Some(at + tail)
}

/// How many bytes a text takes between its quotes.
pub(crate) fn len(text: &str) -> usize {
    let (mut rest, mut len) = (text.as_bytes(), text.len());
    while let Some(at) = find_escape(rest) {
        len += escaped(rest[at]).0 - 1;
        rest = &rest[at + 1..];
    }
    len
}

/// Appends any text, between quotes.
pub(crate) fn put_quoted(text: &str, out: &mut Cursor<'_>) {
    let mut rest = text.as_bytes();
    out.put(b"\"");
    while let Some(at) = find_escape(rest) {
        let room = out.room(at + LONGEST);
        room[..at].copy_from_slice(&rest[..at]);
        let len = put_escape(rest[at], &mut room[at..]);
        out.advance(at + len);
        rest = &rest[at + 1..];
    }
    out.put(rest);
    out.put(b"\"");
}

/// Bytes of the longest escape.
const LONGEST: usize = 6;

fn put_escape(byte: u8, out: &mut [u8]) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let (len, second) = escaped(byte);
    if len == 2 {
        out[..2].copy_from_slice(&[b'\\', second]);
    } else {
        let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
        out[..LONGEST].copy_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
    }
    len
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        let expected = serde_json::to_string(text).unwrap();
        let expected = &expected[1..expected.len() - 1];
        let mut out = vec![b'x'; text.len() + SLACK];
        let plain = copy_plain(text.as_bytes(), &mut out);
        assert_eq!(plain, expected == text, "{text:?}");
        assert_eq!(len(text), expected.len(), "{text:?}");
        if plain {
            assert_eq!(&out[..text.len()], text.as_bytes());
        }
        let mut out = Vec::new();
        let mut cursor = Cursor::new(&mut out, 1);
        put_quoted(text, &mut cursor);
        cursor.finish();
        assert_eq!(String::from_utf8(out).unwrap(), format!("\"{expected}\""));
    }

    #[test]
    fn every_byte_at_every_place_in_every_length() {
        for length in 0..40 {
            check(&"a".repeat(length));
            for place in 0..length {
                for byte in 0..=0x7f_u8 {
                    let mut text = "a".repeat(length);
                    text.replace_range(place..=place, &char::from(byte).to_string());
                    check(&text);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text(text in "(?s)[\\x00-\\x7f]{0,40}|.{0,40}|[\\x20-\\x7f]{0,100}") {
            check(&text);
        }
    }
}
