//! Protocol buffer messages, as far as ONNX needs them: numbers, texts, and messages within messages, field by field.

use crate::export::wire::Writer;

/// A whole number, as LEB128.
const VARINT: usize = 0;
/// A length, then so many bytes.
const BYTES: usize = 2;
/// Four bytes, the lowest first.
const FOUR: usize = 5;

/// A message that is being written. Fields may come in any order and repeat.
#[derive(Default)]
pub(super) struct Message(Writer);

impl Message {
    /// A whole number that is not negative.
    pub fn int(mut self, field: usize, value: usize) -> Self {
        self.0.count(field << 3 | VARINT);
        self.0.count(value);
        self
    }

    /// A float.
    pub fn float(mut self, field: usize, value: f32) -> Self {
        self.0.count(field << 3 | FOUR);
        self.0.float(value);
        self
    }

    /// A text, or bytes.
    pub fn bytes(mut self, field: usize, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.0.count(field << 3 | BYTES);
        self.0.count(value.len());
        self.0.bytes.extend(value);
        self
    }

    /// A message within this one.
    pub fn message(self, field: usize, value: &Message) -> Self {
        self.bytes(field, &value.0.bytes)
    }

    /// The same field once for each value.
    pub fn each<T>(self, values: impl IntoIterator<Item = T>, put: impl Fn(Self, T) -> Self) -> Self {
        values.into_iter().fold(self, put)
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0.bytes
    }
}
