//! Rust code as text, laid out exactly as rustfmt (2024 edition, default settings) would.
//!
//! Knows widths and where rustfmt breaks a line, and nothing of schemas. The thresholds were found
//! by trial; `tests/printed.rs` holds them against rustfmt itself.

/// Columns a line may have.
const WIDTH: usize = 100;

/// Columns that several arguments of an attribute may have on one line.
const ARGUMENTS: usize = 70;

/// Columns that the fields of a struct's value may have on one line; no field takes less than one.
const STRUCT: usize = 18;

/// Appends `#[ingest(…)]` with these arguments, broken over lines where rustfmt breaks it.
pub(crate) fn attribute(out: &mut String, indent: &str, arguments: &[String]) {
    let joined = arguments.join(", ");
    let fits = if arguments.len() == 1 {
        // Inside a struct, rustfmt keeps a column for the comma of the field.
        let comma = usize::from(!indent.is_empty());
        indent.len() + "#[ingest()]".len() + columns(&joined) + comma <= WIDTH
    } else {
        columns(&joined) <= ARGUMENTS
    };
    out.push_str(indent);
    if fits {
        push_all(out, &["#[ingest(", &joined, ")]\n"]);
        return;
    }
    let lines = arguments.join(&format!(",\n{indent}    "));
    push_all(
        out,
        &["#[ingest(\n", indent, "    ", &lines, "\n", indent, ")]\n"],
    );
}

/// Appends `#[derive(…)]`, broken over lines where rustfmt breaks it.
pub(crate) fn derive(out: &mut String, paths: &[&str]) {
    let joined = paths.join(", ");
    // Rustfmt leaves four columns free on one line, and forgets the comma on a line of its own.
    if "    #[derive()]".len() + joined.len() <= WIDTH {
        push_all(out, &["#[derive(", &joined, ")]\n"]);
    } else if "    ".len() + joined.len() <= WIDTH {
        push_all(out, &["#[derive(\n    ", &joined, ",\n)]\n"]);
    } else {
        let lines = paths.join(",\n    ");
        push_all(out, &["#[derive(\n    ", &lines, ",\n)]\n"]);
    }
}

/// Appends the first line of a method that gives `Self`, broken where it is too long.
pub(crate) fn signature(out: &mut String, name: &str, parameters: &[String]) {
    let joined = parameters.join(", ");
    let width = "    pub fn () -> Self {".len() + name.len() + joined.len();
    push_all(out, &["    pub fn ", name, "("]);
    if width <= WIDTH {
        out.push_str(&joined);
    } else {
        for parameter in parameters {
            push_all(out, &["\n        ", parameter, ","]);
        }
        out.push_str("\n    ");
    }
    out.push_str(") -> Self {\n");
}

/// Appends `Self { … }` as the value of a method. Each field comes with its value, or with none where
/// a variable has its name.
pub(crate) fn self_value(out: &mut String, fields: &[(&str, Option<&str>)]) {
    let text = |(name, value): &(&str, Option<&str>)| match value {
        Some(value) => format!("{name}: {value}"),
        None => (*name).to_owned(),
    };
    let short = fields
        .iter()
        .take(STRUCT)
        .map(text)
        .collect::<Vec<_>>()
        .join(", ");
    if short.len() <= STRUCT {
        push_all(out, &["        Self { ", &short, " }\n"]);
        return;
    }
    out.push_str("        Self {\n");
    for (name, value) in fields {
        value_field(out, name, *value);
    }
    out.push_str("        }\n");
}

fn value_field(out: &mut String, name: &str, value: Option<&str>) {
    push_all(out, &["            ", name]);
    if let Some(value) = value {
        let width = "            : ,".len() + name.len() + value.len();
        let gap = if width <= WIDTH {
            " "
        } else {
            "\n                "
        };
        push_all(out, &[":", gap, value]);
    }
    out.push_str(",\n");
}

/// Appends `self.name = value;`. Where not even the name fits, rustfmt leaves the line alone.
pub(crate) fn assignment(out: &mut String, name: &str, value: &str) {
    let up_to_sign = "        self. =".len() + name.len();
    let width = up_to_sign + " ;".len() + value.len();
    let gap = if width <= WIDTH || up_to_sign > WIDTH {
        " "
    } else {
        "\n            "
    };
    push_all(out, &["        self.", name, " =", gap, value, ";\n"]);
}

/// Appends `pub name: Type,` as it stands in a struct, the type given in parts.
pub(crate) fn field(out: &mut String, name: &str, ty: &[&str]) {
    let ty_width: usize = ty.iter().map(|part| part.len()).sum();
    let width = "    pub : ,".len() + name.len() + ty_width;
    let gap = if width <= WIDTH { " " } else { "\n        " };
    push_all(out, &["    pub ", name, ":", gap]);
    push_all(out, ty);
    out.push_str(",\n");
}

/// A string literal of this text.
pub(crate) fn literal(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The text on one line, as it stands between the quotes of a literal.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() || is_directional(c) => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

/// Marks that the compiler refuses unless they are escaped.
fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns as rustfmt counts them: wide characters are two. Only a schema's path can hold any.
fn columns(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char_columns).sum()
}

fn char_columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

pub(crate) fn push_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}
