//! Tells an e-mail address from what is none.
//!
//! As the validator's library does it: dotted words or a quoted string, `@`, a domain with a dot and
//! a top level of letters. Whether the domain exists is not asked. Bytes beyond ASCII pass as
//! letters, so that international addresses do.

pub(crate) fn is_email(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(local, domain)| is_local(local.as_bytes()) && is_domain(domain.as_bytes()))
}

const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;
const LONGEST_DOMAIN: usize = 253;

fn is_local(local: &[u8]) -> bool {
    local.len() <= LONGEST_LOCAL
        && match local {
            [b'"', inner @ .., b'"'] => !inner.iter().any(|byte| matches!(byte, b'"' | b'\\')),
            _ => local.split(|byte| *byte == b'.').all(is_word),
        }
}

fn is_word(word: &[u8]) -> bool {
    let passes = |byte: &u8| match byte {
        b'(' | b')' | b'<' | b'>' | b'@' | b',' | b';' | b':' | b'\\' | b'"' | b'[' | b']' => false,
        _ => *byte > b' ' && *byte != 0x7f,
    };
    !word.is_empty() && word.iter().all(passes)
}

fn is_domain(domain: &[u8]) -> bool {
    let mut labels = domain.rsplit(|byte| *byte == b'.');
    let top = labels.next().is_some_and(is_top);
    let mut others = labels.peekable();
    domain.len() <= LONGEST_DOMAIN && top && others.peek().is_some() && others.all(is_label)
}

fn is_label(label: &[u8]) -> bool {
    let passes = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte >= 0x80;
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.iter().all(passes)
        && !label.starts_with(b"-")
        && !label.ends_with(b"-")
}

fn is_top(label: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    label.len() >= 2 && is_label(label) && (label.starts_with(b"xn--") || label.iter().all(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_real_people_pass() {
        for text in [
            "a@b.co",
            "first.last+tag@sub.example.com",
            "o'neil@example.museum",
            "\"two words\"@example.org",
            "用户@例え.テスト",
            "x@xn--bcher-kva.xn--p1ai",
        ] {
            assert!(is_email(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@b.co",
            "a b@c.de",
            "a@b",
            "a@b.c",
            "a@b..co",
            ".a@b.co",
            "a.@b.co",
            "a@b@c.de",
            "a@-b.co",
            "a@b-.co",
            "a@b.12",
            "a@127.0.0.1",
            "a@b.co ",
            "a\n@b.co",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
