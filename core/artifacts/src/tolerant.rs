//! Reading JSON that does not keep its promises.
//!
//! dbt's artifacts change from version to version and from adapter to adapter: objects are null, lists are maps, names come
//! twice. A type read here never fails on a wrong type: it takes what fits and leaves the rest. Only broken JSON is an
//! error. As in `JSON.parse`, the last of several equal keys wins.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A map's key as bytes, borrowed where it holds no escape: most keys are only compared and passed over.
pub struct Key<'a>(pub Cow<'a, [u8]>);

impl Key<'_> {
    fn into_text(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyKey;
        impl<'de> Visitor<'de> for AnyKey {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_bytes<E>(self, key: &'de [u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_bytes<E>(self, key: &[u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.as_bytes().to_owned())))
            }
        }
        from.deserialize_bytes(AnyKey)
    }
}

/// Visits any JSON value: each kind that a type does not expect becomes its default.
#[macro_export]
macro_rules! ignore_kinds {
    ($value:ty => $default:expr; $($kind:ident)*) => { $( $crate::ignore_kinds!(@ $kind, $value, $default); )* };
    (@ scalar, $value:ty, $default:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<$value, E> { Ok($default) }
        fn visit_i64<E>(self, _: i64) -> Result<$value, E> { Ok($default) }
        fn visit_u64<E>(self, _: u64) -> Result<$value, E> { Ok($default) }
        fn visit_f64<E>(self, _: f64) -> Result<$value, E> { Ok($default) }
    };
    (@ null, $value:ty, $default:expr) => {
        fn visit_unit<E>(self) -> Result<$value, E> { Ok($default) }
    };
    (@ text, $value:ty, $default:expr) => {
        fn visit_str<E>(self, _: &str) -> Result<$value, E> { Ok($default) }
    };
    (@ list, $value:ty, $default:expr) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<$value, A::Error> {
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok($default)
        }
    };
    (@ map, $value:ty, $default:expr) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$value, A::Error> {
            while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
            Ok($default)
        }
    };
}

/// Declares a struct with the JSON keys that are read; every other key is skipped.
#[macro_export]
macro_rules! tolerant {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field:ident: $type:ty = $key:pat),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Default)]
        $vis struct $name { $($vis $field: $type),* }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Fields;
                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("an object") }
                    $crate::ignore_kinds!($name => $name::default(); scalar null text list);
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut value = $name::default();
                        while let Some(key) = map.next_key::<$crate::tolerant::Key<'de>>()? {
                            match key.0.as_ref() {
                                $($key => value.$field = map.next_value()?,)*
                                _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                            }
                        }
                        Ok(value)
                    }
                }
                from.deserialize_any(Fields)
            }
        }
    };
}

/// Text; a number or a boolean counts as the text it is written with, and null, a list or a map as none.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Option<String>);

impl Text {
    pub fn or_empty(self) -> String {
        self.0.unwrap_or_default()
    }

    /// None for an empty text too: dbt writes both for "not given".
    pub fn given(self) -> Option<String> {
        self.0.filter(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyText;
        impl<'de> Visitor<'de> for AnyText {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            ignore_kinds!(Text => Text::default(); null list map);
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Some(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Text, E> {
                Ok(Text(Some(text)))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Text, E> {
                Ok(Text(Some(value.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
                Ok(Text(Some(value.to_string())))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
                Ok(Text(Some(value.to_string())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
                Ok(Text(Some(value.to_string())))
            }
        }
        from.deserialize_any(AnyText)
    }
}

/// Whether there is something other than null. What it is, is passed over: a long query's escapes are not undone.
#[derive(Default, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given(pub bool);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<IgnoredAny>::deserialize(from)?.is_some()))
    }
}

/// How many entries a map has.
#[derive(Default, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyMap;
        impl<'de> Visitor<'de> for AnyMap {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            ignore_kinds!(Count => Count::default(); scalar null text list);
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        from.deserialize_any(AnyMap)
    }
}

/// Any value, as it is written. Nothing in it is looked at, however deep it goes.
#[derive(Default, Debug, Clone)]
pub struct Raw(pub Option<Box<serde_json::value::RawValue>>);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Some(Box::deserialize(from)?)))
    }
}

/// A list of what fits; one value alone counts as a list of one, and null or a map as none.
#[derive(Debug, Clone)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyList<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyList<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            ignore_kinds!(List<T> => List::default(); scalar null map);
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<List<T>, E> {
                let one = T::deserialize(serde::de::value::StrDeserializer::<E>::new(text))?;
                Ok(List(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
        }
        from.deserialize_any(AnyList(PhantomData))
    }
}

/// A map in the order of the file.
#[derive(Debug, Clone)]
pub struct Map<T>(pub Vec<(String, T)>);

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnyMap<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyMap<T> {
            type Value = Map<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            ignore_kinds!(Map<T> => Map::default(); scalar null text list);
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    entries.push((key.into_text(), map.next_value()?));
                }
                Ok(Map(entries))
            }
        }
        from.deserialize_any(AnyMap(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    tolerant! {
        struct Sample {
            name: Text = b"name",
            tags: List<Text> = b"tags",
            more: Map<Text> = b"more" | b"extra",
        }
    }

    fn read(json: &str) -> Sample {
        serde_json::from_str(json).expect("any JSON is read")
    }

    #[test]
    fn a_wrong_type_is_nothing_instead_of_an_error() {
        let sample = read(r#"{"name": {"a": [1]}, "tags": {"b": null}, "more": 3, "other": [[]]}"#);
        assert!(sample.name.0.is_none() && sample.tags.0.is_empty() && sample.more.0.is_empty());
        assert!(read("null").name.0.is_none());
        assert!(read("[1, 2]").name.0.is_none());
    }

    #[test]
    fn numbers_are_text_and_one_text_is_a_list() {
        let sample = read(r#"{"name": 2, "tags": "daily"}"#);
        assert_eq!(sample.name.0.as_deref(), Some("2"));
        assert_eq!(sample.tags.0, [Text(Some("daily".into()))]);
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        assert_eq!(read(r#"{"name": "a", "name": "b"}"#).name.0.as_deref(), Some("b"));
    }

    #[test]
    fn a_key_with_an_escape_is_the_same_key() {
        assert_eq!(read(r#"{"n\u0061me": "a"}"#).name.0.as_deref(), Some("a"));
    }
}
