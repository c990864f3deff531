//! What a row must show of a value that was sent, and whether it does.
//!
//! Made beside the value and never from it, and compared with the text of the row, so that the
//! encoder's mistakes are not repeated here.

/// A value as a row shows it.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    /// `null`.
    Null,
    /// A string.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, digit for digit.
    Whole(String),
    /// Digits that read back as exactly this number.
    Double(f64),
    /// Digits that read back as exactly this number of single precision.
    Single(f32),
}

impl Shown {
    /// Whether a field with a role refuses it.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// Two values are the same if and only if this is.
    pub(crate) fn identity(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Text(text) => format!("text {text:?}"),
            Self::Boolean(value) => value.to_string(),
            Self::Whole(digits) => digits.clone(),
            Self::Double(number) => format!("{number:?} as f64"),
            Self::Single(number) => format!("{number:?} as f32"),
        }
    }

    /// The value that a row's JSON stands for, read as one of the same sort as this.
    pub(crate) fn read_alike(&self, json: &str) -> Option<Self> {
        let is_number = json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        match self {
            Self::Null => (json == "null").then_some(Self::Null),
            Self::Text(_) => serde_json::from_str(json).ok().map(Self::Text),
            Self::Boolean(_) => json.parse().ok().map(Self::Boolean),
            _ if !is_number => None,
            Self::Whole(_) => Some(Self::Whole(json.into())),
            Self::Double(_) => json.parse().ok().map(Self::Double),
            Self::Single(_) => json.parse().ok().map(Self::Single),
        }
    }

    /// Whether a row's JSON stands for this value.
    pub(crate) fn is_shown_by(&self, json: &str) -> bool {
        let read = self.read_alike(json);
        read.is_some_and(|read| read.identity() == self.identity())
    }
}
