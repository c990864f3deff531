//! Names that the platform allows and that code must survive.
//!
//! Unique without regard to case and within the platform's rules; what they become in Rust is not
//! looked at, so that many of them become the same.

use std::collections::HashSet;

use ingest_schema::rules::{MAX_NAME, RESERVED};

use crate::driver::random::Random;

/// Keywords, names that Rust or the printed code uses itself, and names that YAML takes for values.
const WORDS: &str = "\
    abstract as async await become box break const continue crate do dyn else enum extern false \
    final fn for gen if impl in let loop macro match mod move mut override priv pub raw ref return \
    safe self Self static struct super trait true try type typeof union unsafe unsized use virtual \
    where while yield macro_rules auto default \
    String Option Some None Vec Box Result Ok Err Clone Debug PartialEq Eq Copy Send Sync Sized \
    Default Drop Fn Iterator Into From ToString Cow Rc Arc str bool char f32 f64 i8 i32 i64 u8 u64 \
    usize core std alloc ingest_core IngestRecord FieldSink FieldValue FieldDescriptor Slot Value \
    Written ValueError Date Timestamp Email Phone Percent Url Kind Role Text Number Boolean DateTime \
    OBJECT FIELDS visit sink _sink field fields value write write_field error slot record main test \
    derive cfg allow deny path include env concat panic assert doc schema object rename key skip \
    null Null NULL yes no on off y n true True nan NaN inf 0 1 007 2nd 2fa 123 1e5 0x1F 0o17 1_000 \
    12-30 2026-01-01 -1 1.0-no _ - -- -_- _-_ -a a- _a a_ --- a--b _1 1_ con aux nul prn com1 lpt9 \
    lib build id Id_ user event_id eventId ID-1 id1 id_1 id-1-1 id_1_1 id2 id_2 id-2 x X-1 \
    object Object field1 T T0 a b data ids records accepted toString constructor length";

/// One name more; `taken` holds those of before in lower case.
pub(crate) fn object(random: &mut Random, taken: &mut HashSet<String>) -> String {
    unique(random, taken, |_| true)
}

/// The same for a field, whose names are bound by more rules.
pub(crate) fn field(random: &mut Random, taken: &mut HashSet<String>) -> String {
    unique(random, taken, |name| {
        !name.contains("__") && !RESERVED.contains(&name.to_ascii_lowercase().as_str())
    })
}

fn unique(
    random: &mut Random,
    taken: &mut HashSet<String>,
    is_allowed: fn(&str) -> bool,
) -> String {
    loop {
        let name = draw(random);
        let is_name = (1..=MAX_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if is_name && is_allowed(&name) && taken.insert(name.to_ascii_lowercase()) {
            return name;
        }
    }
}

fn draw(random: &mut Random) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let word = *random.pick(&words);
    match random.below(10) {
        0..=4 => word.into(),
        // Another dress of the same name: in Rust the two collide.
        5..=6 => dressed(random, word),
        7 => format!("{word}{}{}", random.pick(&["_", "-", ""]), random.below(4)),
        8 => joined(random, word, &words),
        _ => long(random, word),
    }
}

fn dressed(random: &mut Random, word: &str) -> String {
    match random.below(7) {
        0 => word.to_ascii_uppercase(),
        1 => word.to_ascii_lowercase(),
        2 => format!("_{word}"),
        3 => format!("{word}_"),
        4 => format!("-{word}"),
        5 => format!("{word}-"),
        _ => word.replace('_', "-"),
    }
}

fn joined(random: &mut Random, word: &str, words: &[&str]) -> String {
    let other = *random.pick(words);
    let separator = *random.pick(&["_", "-", ""]);
    let mut name = format!("{word}{separator}{other}");
    if random.one_in(3) {
        name = name
            .chars()
            .map(|c| {
                if random.one_in(3) {
                    c.to_ascii_uppercase()
                } else {
                    c
                }
            })
            .collect();
    }
    name
}

/// As long as allowed; names of one family differ in their last character alone.
fn long(random: &mut Random, word: &str) -> String {
    const ALLOWED: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if random.one_in(2) {
        let last = *random.pick(ALLOWED);
        let family = "one-name_of_a_family_whose_members_differ_in_the_last_of_eighty_characters_";
        return format!("{family:x<79}{}", char::from(last));
    }
    let length = MAX_NAME - random.below(2);
    let tail = (word.len()..length).map(|_| char::from(*random.pick(ALLOWED)));
    word.chars().chain(tail).collect()
}
