//! A schema's free text to doc comments that compile, lint and format without a word.
//!
//! The text is somebody's prose, not Markdown meant for rustdoc: it must not become a doc test, a
//! broken link or a comment that rustfmt would change. Pure functions of text.

use std::borrow::Cow;

/// Appends the description as doc comments, and a blank one after it.
pub(crate) fn description(out: &mut String, indent: &str, text: Option<&str>) {
    let mut blank = true;
    let mut in_block = false;
    for line in text.unwrap_or_default().split(['\n', '\r']) {
        let line = if is_plain(line) {
            Cow::Borrowed(line.trim())
        } else {
            Cow::Owned(clean(line))
        };
        // Clippy refuses text that Markdown would count to the list or quote above it.
        let stands_apart = in_block && !starts_block(&line);
        if !blank && (line.is_empty() || stands_apart) {
            comment(out, indent, "");
        }
        if !line.is_empty() {
            comment(out, indent, &line);
        }
        blank = line.is_empty();
        in_block = starts_block(&line);
    }
    if !blank {
        comment(out, indent, "");
    }
}

/// Appends one line as a doc comment.
pub(crate) fn comment(out: &mut String, indent: &str, line: &str) {
    out.push_str(indent);
    out.push_str("///");
    if !line.is_empty() {
        out.push(' ');
        out.push_str(line);
    }
    out.push('\n');
}

/// Whether Markdown takes the line for an item of a list or a part of a quote.
fn starts_block(line: &str) -> bool {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = after_number.len() < line.len();
    let rest = if numbered {
        after_number.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '*', '+'])
    };
    line.starts_with('>') || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether there is nothing to mend but blanks around it, as in nearly every line.
fn is_plain(line: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !b"[]<`~".contains(&byte);
    line.bytes().all(plain) && !line.contains("  ") && !line.contains("://")
}

/// One line without odd blanks and characters, and without what rustdoc would act upon.
///
/// Runs of blanks become one because indented text is a doc test to rustdoc.
fn clean(line: &str) -> String {
    let visible = line.replace(is_unprintable, " ");
    let words: Vec<_> = visible.split_whitespace().collect();
    let line = words.join(" ");
    // Which backticks belong together is then no longer plain to see.
    if ["``", "\\`", "~~~"].iter().any(|odd| line.contains(odd)) {
        return escape(&line, &['`', '~', '[', ']', '<']);
    }
    outside_code(&line)
}

/// Characters that the compiler refuses in comments (bidirectional marks) or that show nothing.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || c == '\u{feff}'
}

/// Escapes links and tags, except in `code`.
fn outside_code(line: &str) -> String {
    let parts: Vec<_> = line.split('`').collect();
    let mut out = String::with_capacity(line.len() + 8);
    for (index, part) in parts.iter().enumerate() {
        let closed = index + 1 < parts.len();
        if index % 2 == 0 {
            out.push_str(&prose(part));
        } else if closed {
            out.push('`');
            out.push_str(part);
            out.push('`');
        } else {
            out.push_str("\\`");
            out.push_str(&prose(part));
        }
    }
    out
}

fn prose(text: &str) -> String {
    let words: Vec<_> = text.split(' ').map(word).collect();
    words.join(" ")
}

/// A bare address in angle brackets, as rustdoc wants it; any other word escaped.
fn word(word: &str) -> Cow<'_, str> {
    let address = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| word.find(scheme));
    let Some(start) = address.filter(|start| !word[*start..].contains(['<', '>', '[', ']'])) else {
        return if word.contains(['[', ']', '<']) {
            escape(word, &['[', ']', '<']).into()
        } else {
            word.into()
        };
    };
    let (before, rest) = word.split_at(start);
    let address = rest.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'']);
    let after = &rest[address.len()..];
    format!(
        "{}<{address}>{after}",
        escape(before, &['[', ']', '<', '>'])
    )
    .into()
}

fn escape(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut escaped = false;
    for c in text.chars() {
        if special.contains(&c) && !escaped {
            out.push('\\');
        }
        out.push(c);
        escaped = c == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let mut out = String::new();
        description(&mut out, "", Some(text));
        out
    }

    #[test]
    fn lines_are_trimmed_and_blank_ones_kept_single() {
        assert_eq!(
            printed("\r\n one \t two\u{a0}\r\n\r\n\n  three  \n"),
            "/// one two\n///\n/// three\n///\n"
        );
    }

    #[test]
    fn no_description_prints_nothing() {
        assert_eq!(printed(" \n"), "");
        let mut out = String::new();
        description(&mut out, "", None);
        assert_eq!(out, "");
    }

    #[test]
    fn nothing_becomes_a_doc_test() {
        assert_eq!(
            printed("```\n    panic!()\n~~~"),
            "/// \\`\\`\\`\n/// panic!()\n/// \\~\\~\\~\n///\n"
        );
        assert_eq!(printed("-      code"), "/// - code\n///\n");
    }

    #[test]
    fn nothing_becomes_a_link_or_a_tag() {
        assert_eq!(
            clean("a [b] of <c>, `[d] <e>`"),
            "a \\[b\\] of \\<c>, `[d] <e>`"
        );
        assert_eq!(clean("one ` is [no] code"), "one \\` is \\[no\\] code");
        assert_eq!(
            clean("see (https://example.com/a?b)."),
            "see (<https://example.com/a?b>)."
        );
    }

    #[test]
    fn escapes_and_odd_backticks_hide_no_link() {
        assert_eq!(clean("a \\[b] c"), "a \\[b\\] c");
        assert_eq!(clean("a \\\\[b] c"), "a \\\\\\[b\\] c");
        assert_eq!(clean("a \\` b [c] ` d"), "a \\` b \\[c\\] \\` d");
        assert_eq!(clean("`` ` `` [x] `"), "\\`\\` \\` \\`\\` \\[x\\] \\`");
    }

    #[test]
    fn text_after_a_list_or_quote_stands_apart() {
        assert_eq!(
            printed("- one\n* two\nthree\nfour\n1. five\nsix\n> seven\neight\n\n2nd"),
            "/// - one\n/// * two\n///\n/// three\n/// four\n/// 1. five\n///\n/// six\n\
             /// > seven\n///\n/// eight\n///\n/// 2nd\n///\n"
        );
    }

    #[test]
    fn marks_that_turn_the_text_around_are_left_out() {
        assert_eq!(clean("a\u{202e}b\u{0}c\u{feff}"), "a b c");
    }
}
