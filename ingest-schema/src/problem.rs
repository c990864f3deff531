//! What can be wrong with a schema, each problem with its place and its remedy.
//!
//! Holds the words and the numbering, not the checks: those are in `yaml`, `openapi` and `rules`.

use std::fmt;
use std::sync::Arc;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file can be used; what it says was mapped or passed over as the message tells.
    Warning,
    /// Data Cloud would refuse the file, or it cannot be understood without guessing.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident;)*) => {
        /// What a [`Problem`] breaks. The codes are stable: scripts and ignore lists may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// Every rule, by code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code, for example `DC010`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether breaking it makes the file unusable.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

rules! {
    /// The text is not YAML.
    Syntax = "DC001", Error;
    /// A mapping holds the same key twice; YAML readers keep one of the two at random.
    DuplicateKey = "DC002", Error;
    /// The file is larger, deeper or more repetitive than any real schema.
    Limit = "DC003", Error;
    /// A part of the document has the wrong shape, for example a list where a mapping belongs.
    Shape = "DC004", Error;
    /// A construct that would need more than this file to be understood (`$ref`, `<<`, `allOf`).
    Unsupported = "DC005", Error;
    /// A key that is read stands there in another spelling.
    MisspeltKey = "DC006", Error;
    /// The schema has no object.
    NoObjects = "DC010", Error;
    /// An object has no field.
    NoFields = "DC011", Error;
    /// An object has more than [`MAX_FIELDS`](crate::rules::MAX_FIELDS) fields.
    TooManyFields = "DC012", Error;
    /// A name is longer than [`MAX_NAME`](crate::rules::MAX_NAME) characters, or empty.
    NameLength = "DC013", Error;
    /// A name has a character other than `A-Z a-z 0-9 _ -`.
    NameCharacters = "DC014", Error;
    /// A field name has two underscores in a row.
    DoubleUnderscore = "DC015", Error;
    /// A field name is one that the platform keeps for itself.
    ReservedName = "DC016", Error;
    /// Two objects, or two fields of an object, differ in case alone.
    SameName = "DC017", Error;
    /// An object or a list stands where a flat value belongs.
    Nested = "DC018", Error;
    /// A field's `type` is missing or is none that the platform knows.
    UnknownType = "DC019", Error;
    /// An Engagement object has no date-time field.
    NoEventTime = "DC020", Error;
    /// An `x-data-cloud` extension has an unknown key or value.
    Extension = "DC021", Error;
    /// A role names a field that the object lacks, or one that cannot fill it.
    Role = "DC022", Error;
    /// A `format` that is a slip of the pen for an official one.
    UnknownFormat = "DC023", Error;
    /// A `type` that is not official, but means one that is (`integer`).
    LooseType = "DC101", Warning;
    /// A `format` that is not official (`double`, `uuid`).
    LooseFormat = "DC102", Warning;
    /// A keyword that the platform passes over (`required`, `maxLength`, `nullable`, `enum`).
    IgnoredKeyword = "DC103", Warning;
    /// An official word in the wrong case or with blanks around it.
    Spelling = "DC104", Warning;
    /// The `openapi` version is missing or is not 3.0.
    Version = "DC105", Warning;
    /// An `x-data-cloud` extension leaves out a role that the object needs.
    MissingRole = "DC106", Warning;
    /// There are more problems than are listed.
    Unlisted = "DC107", Warning;
}

/// One thing that is wrong with a schema, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The rule that is broken.
    pub rule: Rule,
    /// The file, as it was named by whoever read it.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 when the whole file is meant.
    pub line: usize,
    /// The column in characters, counted from 1; 0 when the whole line or file is meant.
    pub column: usize,
    /// The object it is about.
    pub object: Option<String>,
    /// The field it is about.
    pub field: Option<String>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

impl fmt::Display for Problem {
    /// `file:line:column: error[DC010]: object `o`, field `f`: message`, and the help below it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
            if self.column > 0 {
                write!(f, "{}:", self.column)?;
            }
        }
        write!(f, " {}[{}]: ", self.severity(), self.rule.code())?;
        if let Some(object) = &self.object {
            write!(f, "object `{object}`")?;
            if let Some(field) = &self.field {
                write!(f, ", field `{field}`")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Every problem of a schema that cannot be used, warnings included, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Those that make the schema unusable.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.0
            .iter()
            .filter(|problem| problem.severity() == Severity::Error)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// Where in the document something stands; both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The problems found so far, and what is being looked at.
pub(crate) struct Findings {
    file: Arc<str>,
    object: Option<String>,
    field: Option<String>,
    problems: Vec<Problem>,
    errors: usize,
    warnings: usize,
}

/// How many errors, and how many warnings, are kept; a file that repeats itself could make millions.
const KEPT: usize = 1_000;

impl Findings {
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: file.into(),
            object: None,
            field: None,
            problems: Vec::new(),
            errors: 0,
            warnings: 0,
        }
    }

    /// Reports what follows as being about this object, or about the document.
    pub(crate) fn enter_object(&mut self, object: Option<&str>) {
        self.object = object.map(str::to_owned);
        self.field = None;
    }

    /// Reports what follows as being about this field of the object, or about the object itself.
    pub(crate) fn enter_field(&mut self, field: Option<&str>) {
        self.field = field.map(str::to_owned);
    }

    pub(crate) fn report(&mut self, rule: Rule, at: Place, message: impl Into<String>) {
        self.push(rule, at, message.into(), None);
    }

    pub(crate) fn report_with_help(
        &mut self,
        rule: Rule,
        at: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, at, message.into(), Some(help.into()));
    }

    fn push(&mut self, rule: Rule, at: Place, message: String, help: Option<String>) {
        let count = match rule.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count > KEPT {
            return;
        }
        self.problems.push(Problem {
            rule,
            file: Arc::clone(&self.file),
            line: at.line,
            column: at.column,
            object: self.object.clone(),
            field: self.field.clone(),
            message,
            help,
        });
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All problems in the order of the file.
    pub(crate) fn finish(self) -> Problems {
        let Self {
            file,
            mut problems,
            errors,
            warnings,
            ..
        } = self;
        problems.sort_by_key(|problem| (problem.line, problem.column, problem.rule));
        let unlisted = errors.saturating_sub(KEPT) + warnings.saturating_sub(KEPT);
        if unlisted > 0 {
            problems.push(Problem {
                rule: Rule::Unlisted,
                file,
                line: 0,
                column: 0,
                object: None,
                field: None,
                message: format!("{unlisted} further problems are not listed"),
                help: None,
            });
        }
        Problems(problems)
    }
}
