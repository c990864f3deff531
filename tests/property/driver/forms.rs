//! Texts of every shape: free text, days, moments, and candidates for the kinds that have a form.
//!
//! A candidate is mostly right and sometimes spoiled by a few changes; whether it may be sent is
//! for the type to say that it is meant for.

use super::random::Random;

/// Text of any length, from nothing to a few thousand characters.
pub(crate) fn text(random: &mut Random) -> String {
    const WORDS: &[&str] = &[
        "",
        "",
        " ",
        "\t",
        "null",
        "true",
        "0",
        "-0.0",
        "1e5",
        "{}",
        "[]",
        "\"",
        "\\",
        "\\u0000",
        "</script>",
        "a,b",
        "\r\n",
        "'",
        "NaN",
        "2026-02-30",
        "\u{feff}",
        "__c",
        "id",
    ];
    let length = match random.below(40) {
        0 => random.below(4_000),
        1..=4 => random.below(200),
        5..=14 => return (*random.pick(WORDS)).into(),
        _ => 1 + random.below(24),
    };
    // Long runs of one class, and all classes mixed, take different ways through an encoder.
    let class = random.below(CLASSES + 3);
    (0..length)
        .map(|_| {
            let mixed = random.below(CLASSES);
            character_of(random, if class < CLASSES { class } else { mixed })
        })
        .collect()
}

/// Any character there is.
pub(crate) fn character(random: &mut Random) -> char {
    let class = random.below(CLASSES);
    character_of(random, class)
}

const CLASSES: usize = 8;

fn character_of(random: &mut Random, class: usize) -> char {
    const ODD: &[char] = &[
        '\u{7f}',
        '\u{80}',
        '\u{85}',
        '\u{a0}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{2028}',
        '\u{2029}',
        '\u{202e}',
        '\u{200d}',
        '\u{301}',
        '\u{feff}',
        '\u{fffd}',
        '\u{fffe}',
        '\u{ffff}',
        '\u{10ffff}',
        '\u{10000}',
    ];
    let of = |low: u32, end: u32, random: &mut Random| {
        let span = usize::try_from(end - low).expect("BUG: there are few characters");
        let at = u32::try_from(random.below(span)).expect("BUG: there are few characters");
        char::from_u32(low + at).unwrap_or('\u{fffd}')
    };
    match class {
        0..=2 => of(0x20, 0x7f, random),
        3 => of(0, 0x20, random),
        4 => *random.pick(&['"', '\\', '/', '\'']),
        5 => of(0x80, 0xd800, random),
        6 => of(0x1_0000, 0x11_0000, random),
        _ => *random.pick(ODD),
    }
}

/// Year, month and day of a day that exists.
pub(crate) fn day(random: &mut Random) -> (i32, u8, u8) {
    let year = match random.below(6) {
        0 => *random.pick(&[0, 1, 4, 100, 1600, 1900, 1969, 1970, 2000, 2024, 2038, 9999]),
        1 => 1990 + random.below(50),
        _ => random.below(10_000),
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month = 1 + random.below(12);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let any = 1 + random.below(days);
    let day = *random.pick(&[1, days, any]);
    let small = |number: usize| u8::try_from(number).expect("BUG: below 32");
    let year = i32::try_from(year).expect("BUG: four digits");
    (year, small(month), small(day))
}

/// A moment as it is sent, to the millisecond.
pub(crate) fn moment(random: &mut Random) -> String {
    let (year, month, day) = day(random);
    let clock = match random.below(4) {
        0 => "00:00:00.000".into(),
        1 => "23:59:59.999".into(),
        _ => {
            let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
            format!(
                "{hour:02}:{minute:02}:{second:02}.{:03}",
                random.below(1_000)
            )
        }
    };
    format!("{year:04}-{month:02}-{day:02}T{clock}Z")
}

/// So many of these characters, at least `least`.
fn some(random: &mut Random, of: &str, least: usize, most: usize) -> String {
    let of: Vec<char> = of.chars().collect();
    let any = least + random.below(most - least + 1);
    let length = *random.pick(&[least, any, any, most]);
    (0..length).map(|_| *random.pick(&of)).collect()
}

const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789";

pub(crate) fn email(random: &mut Random) -> String {
    let most = *random.pick(&[8, 20, 64]);
    let local = some(random, &format!("{ALNUM}!#$%&'*+-/=?^_`{{|}}~."), 1, most);
    let host = host(random);
    spoiled(random, format!("{local}@{host}"))
}

fn host(random: &mut Random) -> String {
    const TOPS: &[&str] = &[
        "de", "com", "museum", "XN--P1AI", "xn--p1ai", "co.uk", "Org",
    ];
    let labels = 1 + random.below(3);
    let mut host = String::new();
    for _ in 0..labels {
        let most = *random.pick(&[5, 12, 63]);
        host += &some(random, &format!("{ALNUM}-"), 1, most);
        host.push('.');
    }
    host + *random.pick(TOPS)
}

pub(crate) fn phone(random: &mut Random) -> String {
    let plus = *random.pick(&["", "", "+", "+(", "("]);
    let number = some(
        random,
        "0123456789012345678901234567890123456789 -.()/",
        1,
        24,
    );
    let extension = match random.below(4) {
        0 => {
            let mark = *random.pick(&["x", "X", " ext ", "ext.", " EXT. ", "Ext"]);
            format!("{mark}{}", some(random, "0123456789", 1, 10))
        }
        _ => String::new(),
    };
    spoiled(random, format!("{plus}{number}{extension}"))
}

pub(crate) fn percent(random: &mut Random) -> String {
    let sign = *random.pick(&["", "", "-", "+"]);
    let whole = some(random, "0123456789", 1, 30);
    let decimals = match random.below(3) {
        0 => format!(".{}", some(random, "0123456789", 1, 30)),
        _ => String::new(),
    };
    let unit = *random.pick(&["", "%", " %", "%%"]);
    spoiled(random, format!("{sign}{whole}{decimals}{unit}"))
}

pub(crate) fn url(random: &mut Random) -> String {
    let scheme = *random.pick(&[
        "https", "http", "HTTP", "ftp", "mailto", "urn", "a+b-c.1", "s3",
    ]);
    let slashes = *random.pick(&["//", "//", "//", "", "/", "///"]);
    let user = *random.pick(&["", "", "", "u@", "u:p@", "@"]);
    let host = match random.below(5) {
        0 => (*random.pick(&["[::1]", "[2001:db8::1]", "127.0.0.1", "localhost", "", "a"])).into(),
        _ => host(random),
    };
    let port = *random.pick(&["", "", ":", ":80", ":65535", ":65536", ":0"]);
    let tail = some(random, &format!("{ALNUM}-._~:/?@!$&'()*+,;=#"), 0, 60);
    let escape = *random.pick(&["", "", "%20", "%e2%82%ac", "%00", "%2F"]);
    let slash = *random.pick(&["", "/", "/", "?", "#"]);
    spoiled(
        random,
        format!("{scheme}:{slashes}{user}{host}{port}{slash}{tail}{escape}"),
    )
}

/// The text, or one time in three the text with a few characters changed.
fn spoiled(random: &mut Random, text: String) -> String {
    if !random.one_in(3) {
        return text;
    }
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(characters.len() + 1);
        let new = character(random);
        match random.below(3) {
            0 => characters.insert(at, new),
            1 if at < characters.len() => characters[at] = new,
            _ if at < characters.len() => drop(characters.remove(at)),
            _ => {}
        }
    }
    characters.into_iter().collect()
}
