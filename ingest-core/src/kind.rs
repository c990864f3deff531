//! The kinds of the schema as types, so that the compiler can choose and check implementations.

use ingest_schema::Kind;

mod sealed {
    pub trait Sealed {}
}

/// A kind of field, as a type: the `K` of [`FieldValue<K>`](crate::FieldValue).
pub trait FieldKind: sealed::Sealed {
    /// The same kind as a value.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($name:ident)*) => {$(
        #[doc = concat!("Stands for [`Kind::", stringify!($name), "`] where a type is needed.")]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl FieldKind for $name {
            const KIND: Kind = Kind::$name;
        }
    )*};
}

kinds! { Text Number Boolean Date DateTime Email Phone Percent Url }
