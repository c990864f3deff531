//! The model every other part of the toolchain works on: what a connector accepts.
//!
//! Plain data with no knowledge of YAML, files or Rust code. A [`Schema`] can be read from a file
//! (see [`Schema::load`]), or built by hand, as `ingest-codegen pull` does from an org's answers.

use std::fmt;

/// What one Ingestion API connector accepts: a set of flat objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Schema {
    /// The connector's API name, where the file gives one (`x-data-cloud: {connector: …}`).
    pub connector: Option<String>,
    /// The title of the document, where it has one.
    pub title: Option<String>,
    /// The objects, in the order of the file.
    pub objects: Vec<Object>,
}

impl Schema {
    /// A schema of these objects.
    pub fn new(connector: Option<String>, objects: Vec<Object>) -> Self {
        Self {
            connector,
            title: None,
            objects,
        }
    }

    /// The object of exactly this name; names are case-sensitive when records are sent.
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }
}

/// One flat record type, for example `page_view`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Object {
    /// The name used in the ingest URL.
    pub name: String,
    /// What the file says about it.
    pub description: Option<String>,
    /// The fields, in the order of the file; this is also the order in which they are sent.
    pub fields: Vec<Field>,
    /// What the data stream of this object knows about its fields.
    pub roles: Roles,
    /// The line of its name in the file, counted from 1; 0 when it came from elsewhere.
    pub line: usize,
    /// The column of its name in the file, counted from 1 in characters; 0 likewise.
    pub column: usize,
}

impl Object {
    /// An object without roles, description or place in a file.
    pub fn new(name: impl Into<String>, fields: Vec<Field>) -> Self {
        Self {
            name: name.into(),
            description: None,
            fields,
            roles: Roles::default(),
            line: 0,
            column: 0,
        }
    }

    /// The field of exactly this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The roles of a field; any of them forbids it to be blank.
    pub fn roles_of(&self, field: &str) -> RoleSet {
        let named = [
            (Role::PrimaryKey, &self.roles.primary_key),
            (Role::EventTime, &self.roles.event_time),
            (Role::RecordModified, &self.roles.record_modified),
        ];
        let is_its = |(_, name): &(Role, &Option<String>)| name.as_deref() == Some(field);
        let its = named.into_iter().filter(is_its);
        its.fold(RoleSet::NONE, |roles, (role, _)| roles.with(role))
    }
}

/// One property of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The name as the schema spells it; JSON keys are compared with it case-sensitively.
    pub name: String,
    /// What its values must look like.
    pub kind: Kind,
    /// What the file says about it.
    pub description: Option<String>,
    /// The line of its name in the file, counted from 1; 0 when it came from elsewhere.
    pub line: usize,
    /// The column of its name in the file, counted from 1 in characters; 0 likewise.
    pub column: usize,
}

impl Field {
    /// A field without description or place in a file.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            description: None,
            line: 0,
            column: 0,
        }
    }
}

/// What the values of a field must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Any string.
    Text,
    /// A JSON number, decimals allowed.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `yyyy-MM-dd`.
    Date,
    /// `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    DateTime,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A percentage, sent as a string.
    Percent,
    /// A URL.
    Url,
}

impl Kind {
    /// Every kind there is, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Number,
        Self::Boolean,
        Self::Date,
        Self::DateTime,
        Self::Email,
        Self::Phone,
        Self::Percent,
        Self::Url,
    ];

    /// The kind's name, as Data Cloud's user interface and Connect REST spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Number => "Number",
            Self::Boolean => "Boolean",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::Percent => "Percent",
            Self::Url => "Url",
        }
    }

    /// The `type` and `format` that stand for the kind in a schema file.
    pub const fn openapi(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Text => ("string", None),
            Self::Number => ("number", None),
            Self::Boolean => ("boolean", None),
            Self::Date => ("string", Some("date")),
            Self::DateTime => ("string", Some("date-time")),
            Self::Email => ("string", Some("email")),
            Self::Phone => ("string", Some("phone")),
            Self::Percent => ("string", Some("percent")),
            Self::Url => ("string", Some("url")),
        }
    }

    /// The kind whose [`openapi`](Self::openapi) form is a string of this format.
    pub fn of_format(format: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.openapi() == ("string", Some(format)))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a data stream fixes about an object, kept in the file's `x-data-cloud` extension.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Roles {
    /// What the object's records are.
    pub category: Option<Category>,
    /// The field that identifies a record; a later record of the same key replaces the earlier.
    pub primary_key: Option<String>,
    /// The field that says when an Engagement happened.
    pub event_time: Option<String>,
    /// The field that says when a Profile or Other record last changed; the newer record wins.
    pub record_modified: Option<String>,
    /// Whether a record replaces the whole row or only the fields it carries.
    pub refresh_mode: Option<RefreshMode>,
}

impl Roles {
    /// Whether nothing at all is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A role that forbids the field to be blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Identifies the record.
    PrimaryKey,
    /// Says when an Engagement happened.
    EventTime,
    /// Says which of two records of the same key is the newer.
    RecordModified,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 3] = [Self::PrimaryKey, Self::EventTime, Self::RecordModified];
}

/// The roles of one field: mostly none, sometimes one, and more where a data stream takes one field
/// for two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// Of a field that may be blank.
    pub const NONE: Self = Self(0);

    /// These roles and this one.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// Whether this role is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether there is none, so that the field may be blank.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, the primary key first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// The one to speak of where there is room for one.
    pub fn first(self) -> Option<Role> {
        self.iter().next()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::PrimaryKey => "primary key",
            Self::EventTime => "event time",
            Self::RecordModified => "record modified field",
        })
    }
}

/// An object's category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Describes who or what; one row per key.
    Profile,
    /// Describes what happened and when; needs an event time.
    Engagement,
    /// Anything else.
    Other,
}

impl Category {
    /// Every category there is.
    pub const ALL: [Self; 3] = [Self::Profile, Self::Engagement, Self::Other];

    /// The name as the platform spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Engagement => "Engagement",
            Self::Other => "Other",
        }
    }

    /// The category of this name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a record does to the row of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefreshMode {
    /// Replaces the whole row.
    Upsert,
    /// Changes the fields that the record carries.
    Partial,
}

impl RefreshMode {
    /// Every mode there is.
    pub const ALL: [Self; 2] = [Self::Upsert, Self::Partial];

    /// The name as the schema file spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upsert => "Upsert",
            Self::Partial => "Partial",
        }
    }

    /// The mode of this name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for RefreshMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
