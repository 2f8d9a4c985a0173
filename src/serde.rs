//! How data classes are written and read by [serde](https://serde.rs): `serde = true` in
//! `stepladder.toml` derives it, and names what is here where serde alone would not do.
//!
//! A [`Value`] is null, a number or a text, and a blob in it is `{"blob": "00ff"}`. A `Vec<u8>` is a
//! text in hexadecimal, or bytes in a format that is not for people to read.

use std::fmt;
use std::marker::PhantomData;

use ::serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use ::serde::de::{Error, MapAccess, SeqAccess, Visitor};
use ::serde::ser::SerializeMap;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};
use rusqlite::types::Value;

const BLOB: &str = "blob";

/// What SQLite stores and serde does not know, or knows as a list of numbers.
pub trait Stored: Sized {
    /// Writes it.
    ///
    /// # Errors
    /// What the format reports.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads it.
    ///
    /// # Errors
    /// What the format reports, or that this is no such value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// `serialize_with`
///
/// # Errors
/// What the format reports.
pub fn serialize<T: Stored, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// `deserialize_with`
///
/// # Errors
/// What the format reports, or that this is no such value.
pub fn deserialize<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// A field that is there: null is a value of it, if it has one, and not the field left out.
///
/// # Errors
/// What the format reports.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The same for what is [`Stored`].
///
/// # Errors
/// What the format reports.
pub fn present_stored<'de, T: Stored, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::read(deserializer).map(Some)
}

/// Reads a class whose columns had other names: `T` has a field for each name, and `columns` are those
/// of today. Without names, by their places alone, the columns are all that there is.
///
/// # Errors
/// What the format reports, or that this is no such class.
pub fn by_names<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    class: &'static str,
    columns: &'static [&'static str],
) -> Result<T, D::Error> {
    deserializer.deserialize_struct(class, columns, NamesVisitor(PhantomData))
}

struct NamesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NamesVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<T, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(values))
    }
}

impl<T: Stored> Stored for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serializer.serialize_some(&Written(value)),
            None => serializer.serialize_none(),
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<Read<T>>::deserialize(deserializer)?;
        Ok(read.map(|Read(value)| value))
    }
}

/// A value that is written as what is [`Stored`].
#[derive(Debug)]
pub struct Written<'v, T>(pub &'v T);

impl<T: Stored> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

struct Read<T>(T);

impl<'de, T: Stored> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

impl Stored for Vec<u8> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hexadecimal(self))
        } else {
            serializer.serialize_bytes(self)
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(BytesVisitor)
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor)
        }
    }
}

impl Stored for Value {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Real(real) => serializer.serialize_f64(*real),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(BLOB, &Written(bytes))?;
                map.end()
            }
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a number, a text or `{\"blob\": \"..\"}`")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Value, E> {
        Ok(Value::Integer(integer))
    }

    fn visit_u64<E: Error>(self, integer: u64) -> Result<Value, E> {
        let integer = i64::try_from(integer);
        integer
            .map(Value::Integer)
            .map_err(|_| E::custom("an integer that is greater than those of SQLite"))
    }

    fn visit_f64<E: Error>(self, real: f64) -> Result<Value, E> {
        Ok(Value::Real(real))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        match map.next_entry::<String, Read<Vec<u8>>>()? {
            Some((key, Read(bytes))) if key == BLOB => Ok(Value::Blob(bytes)),
            Some(_) | None => Err(A::Error::custom("expected `{\"blob\": \"..\"}`")),
        }
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in hexadecimal")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        bytes(text).ok_or_else(|| E::custom("expected bytes in hexadecimal, such as `00ff`"))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    pairs.iter().map(byte).collect()
}
