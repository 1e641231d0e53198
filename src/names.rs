//! Enums that recipes and messages write as one word each.
//!
//! What serde derives is code for every enum and every format; there are twenty of these enums, and the first part of the page and of
//! the workers reads them all. Here one function a format does it.

use serde::de::{Deserialize, Deserializer, Error};
use std::borrow::Cow;

/// Which of these names comes next.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D, names: &'static [&'static str]) -> Result<usize, D::Error> {
    let word = Cow::<str>::deserialize(from)?;
    names.iter().position(|name| *name == word).ok_or_else(|| D::Error::unknown_variant(&word, names))
}

/// Gives each variant of an enum the name that it is written by.
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// The names that recipes write.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(match self {
                    $(Self::$variant => $name,)+
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                const ALL: &[$type] = &[$($type::$variant),+];
                crate::names::read(from, Self::NAMES).map(|at| ALL[at])
            }
        }
    };
}
