//! Whether a struct and the sets of fields it flattens make one whole record: what the derive cannot
//! see, because it is shown one struct at a time, is judged here when constants are evaluated.
//!
//! Each demand panics with the message that becomes the compiler's error.

/// Fields an object may have; a rule of the platform, checked when the schema is read.
const MAX_FIELDS: usize = 1_000;

/// How many names a message lists before it counts the rest.
const LIST: usize = 8;

/// A set of an object's fields, each by its place in the object.
#[derive(Debug, Clone, Copy)]
pub struct Places([u64; MAX_FIELDS.div_ceil(64)]);

impl Places {
    /// The set of these places.
    pub const fn of(places: &[usize]) -> Self {
        let mut words = [0; MAX_FIELDS.div_ceil(64)];
        let mut at = 0;
        while at < places.len() {
            words[places[at] / 64] |= 1 << (places[at] % 64);
            at += 1;
        }
        Self(words)
    }

    /// What is in either.
    #[must_use]
    pub const fn and(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < self.0.len() {
            self.0[word] |= other.0[word];
            word += 1;
        }
        self
    }

    const fn has(&self, place: usize) -> bool {
        self.0[place / 64] & (1 << (place % 64)) != 0
    }
}

/// What a struct that derives `IngestFields` brings to the records that flatten it.
#[derive(Debug, Clone, Copy)]
pub struct FieldSet {
    object: &'static str,
    /// Of the object; where it is equal, a place means the same field.
    layout: u64,
    places: Places,
    /// The place of the primary key, where the struct and not the schema names it.
    key: Option<usize>,
    /// The derive failed and has said why; nothing more is to be said.
    is_broken: bool,
}

impl FieldSet {
    /// The set of a struct that was checked against this object.
    pub const fn new(
        object: &'static str,
        layout: u64,
        places: &[usize],
        key: Option<usize>,
    ) -> Self {
        Self {
            object,
            layout,
            places: Places::of(places),
            key,
            is_broken: false,
        }
    }

    /// The set of a struct whose derive failed.
    pub const fn broken() -> Self {
        Self {
            object: "",
            layout: 0,
            places: Places::of(&[]),
            key: None,
            is_broken: true,
        }
    }

    /// This set and one that is flattened in it.
    #[must_use]
    pub const fn and(mut self, other: Self) -> Self {
        self.places = self.places.and(other.places);
        if self.key.is_none() {
            self.key = other.key;
        }
        self.is_broken |= other.is_broken;
        self
    }

    /// The fields it holds.
    pub const fn places(&self) -> Places {
        self.places
    }

    /// The primary key, where this set names it.
    pub const fn key(&self) -> Option<usize> {
        self.key
    }
}

/// A struct that flattens sets.
#[derive(Debug, Clone, Copy)]
pub struct Whole<'a> {
    /// The struct's name.
    pub record: &'a str,
    /// The object it was checked against.
    pub object: &'a str,
    /// That object's layout.
    pub layout: u64,
    /// The schema file, as the user wrote it.
    pub file: &'a str,
    /// The object's fields.
    pub names: &'a [&'a str],
    /// Those that the struct fills itself.
    pub own: Places,
}

impl Whole<'_> {
    /// Demands that a flattened set was checked against the object of the struct around it.
    ///
    /// # Panics
    /// When it was not.
    #[track_caller]
    pub const fn one_object(&self, field: &str, set: &FieldSet) {
        if set.is_broken || set.layout == self.layout {
            return;
        }
        let start = Text::new().put("the set of fields `").put(field);
        let text = if same(set.object, self.object) {
            start
                .put("` was checked against another state of object `")
                .put(self.object)
                .put("`\nhelp: name the same schema file at both structs")
        } else {
            start
                .put("` belongs to object `")
                .put(set.object)
                .put("`, and `")
                .put(self.record)
                .put("` to object `")
                .put(self.object)
                .put("`\nhelp: flatten a set of the same object")
        };
        panic!("{}", text.as_str());
    }

    /// Demands that no field of a flattened set is filled already `by` something else.
    ///
    /// # Panics
    /// When one is.
    #[track_caller]
    pub const fn unclaimed(&self, earlier: &Places, by: &str, field: &str, set: &FieldSet) {
        let mut place = 0;
        while self.is_comparable(set) && place < self.names.len() {
            if set.places.has(place) && earlier.has(place) {
                let text = Text::new()
                    .put("the field `")
                    .put(self.names[place])
                    .put("` is filled twice: by ")
                    .put(by)
                    .put(" and by the set `")
                    .put(field)
                    .put("`\nhelp: remove it from one of the two");
                panic!("{}", text.as_str());
            }
            place += 1;
        }
    }

    /// Demands that only one of the sets and the struct itself names the primary key.
    ///
    /// # Panics
    /// When two do.
    #[track_caller]
    pub const fn one_key(&self, keys: &[Option<usize>]) {
        let mut found: Option<usize> = None;
        let mut at = 0;
        while at < keys.len() {
            if let (Some(first), Some(second)) = (found, keys[at]) {
                let text = Text::new()
                    .put("`")
                    .put(self.names[first])
                    .put("` and `")
                    .put(self.names[second])
                    .put("` are both named as the primary key\nhelp: remove one `key`");
                panic!("{}", text.as_str());
            }
            if keys[at].is_some() {
                found = keys[at];
            }
            at += 1;
        }
    }

    /// Demands that the struct or one of the sets names the primary key, as a patch needs it.
    ///
    /// # Panics
    /// When none does.
    #[track_caller]
    pub const fn some_key(&self, keys: &[Option<usize>]) {
        let mut at = 0;
        while at < keys.len() {
            if keys[at].is_some() {
                return;
            }
            at += 1;
        }
        let text = Text::new()
            .put("neither the schema nor `")
            .put(self.record)
            .put("` nor a set that it flattens names the primary key of object `")
            .put(self.object)
            .put("`\nhelp: a patch is placed by its key; mark the field with `#[ingest(key)]`");
        panic!("{}", text.as_str());
    }

    /// Demands that the struct and what it flattens fill every field that is wanted.
    ///
    /// # Panics
    /// When one is missing.
    #[track_caller]
    pub const fn complete(&self, wanted: &Places, sets: &[FieldSet], help: &str) {
        let mut filled = self.own;
        let mut at = 0;
        while at < sets.len() {
            if !self.is_comparable(&sets[at]) {
                return;
            }
            filled = filled.and(sets[at].places);
            at += 1;
        }
        let (list, missing) = self.missing(wanted, &filled);
        if missing == 0 {
            return;
        }
        let what = if missing == 1 { "a field" } else { "fields" };
        let text = Text::new()
            .put("`")
            .put(self.record)
            .put("` and the sets it flattens lack ")
            .put(what)
            .put(" of object `")
            .put(self.object)
            .put("` in `")
            .put(self.file)
            .put("`: ")
            .put(list.as_str())
            .put(if missing > LIST { " and more" } else { "" })
            .put("\nhelp: ")
            .put(help);
        panic!("{}", text.as_str());
    }

    /// Whether the set's places mean the same fields; where they do not, that is reported alone.
    const fn is_comparable(&self, set: &FieldSet) -> bool {
        !set.is_broken && set.layout == self.layout
    }

    /// The first names of what is wanted and not filled, and how many there are.
    const fn missing(&self, wanted: &Places, filled: &Places) -> (Text, usize) {
        let (mut list, mut missing, mut place) = (Text::new(), 0, 0);
        while place < self.names.len() {
            if wanted.has(place) && !filled.has(place) {
                if missing < LIST {
                    let comma = if missing > 0 { ", " } else { "" };
                    list = list.put(comma).put("`").put(self.names[place]).put("`");
                }
                missing += 1;
            }
            place += 1;
        }
        (list, missing)
    }
}

/// Text that is put together while the compiler evaluates constants.
struct Text {
    bytes: [u8; 4_096],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; 4_096],
            length: 0,
        }
    }

    /// Appends text; what does not fit is left out whole.
    const fn put(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.length + text.len() > self.bytes.len() {
            return self;
        }
        let mut at = 0;
        while at < text.len() {
            self.bytes[self.length] = text[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => panic!("BUG: whole pieces of text are text"),
        }
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut equal = one.len() == other.len();
    let mut at = 0;
    while equal && at < one.len() {
        equal = one[at] == other[at];
        at += 1;
    }
    equal
}
