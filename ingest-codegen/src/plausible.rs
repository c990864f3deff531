//! Whether text that a user gave can stand in code as what it is meant to be.
//!
//! No parser: it refuses what would tear the printed code apart or hide a typo in it. The compiler
//! judges the rest, at the place where the text stands.

/// Whether the text can be a type; otherwise why not.
pub(crate) fn ty(text: &str) -> Result<(), &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.contains(char::is_control) {
        return Err("it must stand on one line");
    }
    // Only a raw identifier has the sign.
    let sign = text.replace("r#", "").contains('#');
    if sign
        || text.contains(['"', '|', '?', '!', '@', '`', '\\', '%'])
        || text.contains("//")
        || text.contains("/*")
    {
        return Err("it holds a character that no type has");
    }
    if text.ends_with(':') || text.contains(":::") {
        return Err("a path in it has no end");
    }
    balanced(text)
}

/// Whether brackets come in pairs and nothing but one type stands outside of them.
fn balanced(text: &str) -> Result<(), &'static str> {
    const UNBALANCED: &str = "its brackets do not match";
    let mut open = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '<' => open.push('>'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            // The arrow of a function type is no bracket.
            '>' if before == '-' => {}
            '>' | ')' | ']' | '}' if open.pop() != Some(c) => return Err(UNBALANCED),
            ',' | ';' | '=' if open.is_empty() => return Err("it is more than one type"),
            _ => {}
        }
        before = c;
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(UNBALANCED)
    }
}

/// Whether the text can be the path of a derive: words with `::` between them.
pub(crate) fn is_path(text: &str) -> bool {
    let text = text.strip_prefix("::").unwrap_or(text);
    text.split("::").all(is_word)
}

fn is_word(text: &str) -> bool {
    let text = text.strip_prefix("r#").unwrap_or(text);
    let mut chars = text.chars();
    let starts = chars
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_' && text != "_");
    starts && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_as_they_are_written() {
        for text in [
            "u64",
            "crate::UserId",
            " ::std::sync::Arc<str> ",
            "&'static str",
            "[u8; 4]",
            "(u8, u8)",
            "Box<dyn Fn(u8) -> Vec<u8>>",
            "Box<dyn Iterator<Item = u8>>",
            "Id<{ 1 + 2 }>",
            "r#type::Ty",
        ] {
            assert_eq!(ty(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_would_tear_the_code_apart_is_refused() {
        for (text, reason) in [
            ("", "empty"),
            (" \t", "empty"),
            ("a\nb", "one line"),
            ("Vec<u8", "brackets"),
            ("Vec<u8>>", "brackets"),
            ("Vec<(u8>)", "brackets"),
            ("]", "brackets"),
            ("String, pub other: u8", "more than one"),
            ("u8; 4", "more than one"),
            ("u8 = 4", "more than one"),
            ("u8 // note", "character"),
            ("u8 /* note */", "character"),
            ("#[cfg(x)] u8", "character"),
            ("crate::", "end"),
        ] {
            let error = ty(text).unwrap_err();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }

    #[test]
    fn derives_are_paths() {
        for path in ["Default", "serde::Serialize", "::a::B", "r#gen::_2"] {
            assert!(is_path(path), "{path}");
        }
        for path in [
            "", "::", "a::", "a b", "A, B", "2a", "a:b", "_", "A)", "r#", "a::::b",
        ] {
            assert!(!is_path(path), "{path}");
        }
    }
}
