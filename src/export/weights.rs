//! The encodings of a weight array: dense, bitmask, gaps, and shared; the shortest is written.
//!
//! - dense: every value.
//! - bitmask: a bit a weight (lowest bit first), then the values that are not zero.
//! - gaps: for each value that is not zero, a byte that counts the zeros before it, then the value; 255 stands for 255
//!   zeros and no value (the relative indices of Han et al. 2016).
//! - shared: for `f32` whose values repeat, those values once, then positions and indices in Huffman codes ([`super::shared`]).

use super::shared::{self, Shared};
use super::wire::{FileError, Reader, Writer};

const DENSE: u8 = 0;
const BITMASK: u8 = 1;
const GAPS: u8 = 2;
const SHARED: u8 = 3;

/// A gap byte that moves on without a value.
const SKIP: usize = 255;

/// How an array was written, and what that took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The encoding's name: `dense`, `bitmask`, `gaps`, or `shared + Huffman`.
    pub encoding: &'static str,
    /// Bytes in all.
    pub bytes: usize,
    /// Of these, the values that weights share.
    pub codebook: usize,
    /// What says where weights are not zero.
    pub positions: usize,
    /// The weights themselves, or which shared value each has.
    pub values: usize,
}

/// A value that can stand in a weight array.
pub(super) trait Value: Copy + Default + PartialEq {
    /// Bytes of one value.
    const BYTES: usize;
    fn write(self, to: &mut Writer);
    fn read(from: &mut Reader) -> Result<Self, FileError>;
    /// Whether it must be stored. Minus zero is not zero here: files keep every bit.
    fn is_stored(self) -> bool;
    /// The array taken apart, if it can be written as [`Shared`].
    fn shared(values: &[Self]) -> Option<Shared>;
    /// Reads what was written so.
    fn read_shared(len: usize, from: &mut Reader) -> Result<Vec<Self>, FileError>;
}

impl Value for f32 {
    const BYTES: usize = 4;
    fn write(self, to: &mut Writer) {
        to.float(self);
    }
    fn read(from: &mut Reader) -> Result<Self, FileError> {
        from.float()
    }
    fn is_stored(self) -> bool {
        self.to_bits() != 0
    }
    fn shared(values: &[Self]) -> Option<Shared> {
        Shared::new(values)
    }
    fn read_shared(len: usize, from: &mut Reader) -> Result<Vec<Self>, FileError> {
        shared::read(len, from)
    }
}

impl Value for i8 {
    const BYTES: usize = 1;
    fn write(self, to: &mut Writer) {
        to.byte(self as u8);
    }
    fn read(from: &mut Reader) -> Result<Self, FileError> {
        Ok(from.byte()? as i8)
    }
    fn is_stored(self) -> bool {
        self != 0
    }
    fn shared(_: &[Self]) -> Option<Shared> {
        None
    }
    fn read_shared(_: usize, _: &mut Reader) -> Result<Vec<Self>, FileError> {
        Err(FileError("integers do not share values".into()))
    }
}

/// Writes the array in its shortest encoding.
pub(super) fn write<V: Value>(values: &[V], to: &mut Writer) -> Written {
    let before = to.bytes.len();
    let nonzero = values.iter().filter(|v| v.is_stored()).count();
    let dense = values.len() * V::BYTES;
    let bitmask = values.len().div_ceil(8) + nonzero * V::BYTES;
    let gaps = gap_bytes(values) + nonzero * V::BYTES;
    let shortest = dense.min(bitmask).min(gaps);
    let shared = V::shared(values).map(|shared| (shared.bytes(), shared));
    let shared = shared.filter(|((_, bytes), _)| *bytes < shortest);
    let (encoding, codebook, positions, stored) = if let Some((([codebook, positions, indices], _), shared)) = shared {
        to.byte(SHARED);
        shared.write(to);
        ("shared + Huffman", codebook, positions, indices)
    } else if dense == shortest {
        to.byte(DENSE);
        values.iter().for_each(|v| v.write(to));
        ("dense", 0, 0, dense)
    } else if bitmask <= gaps {
        to.byte(BITMASK);
        for eight in values.chunks(8) {
            to.byte(eight.iter().enumerate().fold(0, |bits, (i, v)| bits | u8::from(v.is_stored()) << i));
        }
        values.iter().filter(|v| v.is_stored()).for_each(|v| v.write(to));
        ("bitmask", 0, values.len().div_ceil(8), nonzero * V::BYTES)
    } else {
        to.byte(GAPS);
        to.count(nonzero);
        let mut zeros = 0;
        for value in values {
            if !value.is_stored() {
                zeros += 1;
                if zeros == SKIP {
                    to.byte(SKIP as u8);
                    zeros = 0;
                }
                continue;
            }
            to.byte(zeros as u8);
            value.write(to);
            zeros = 0;
        }
        ("gaps", 0, gap_bytes(values), nonzero * V::BYTES)
    };
    Written { encoding, bytes: to.bytes.len() - before, codebook, positions, values: stored }
}

/// Reads an array of `len` values.
pub(super) fn read<V: Value>(len: usize, from: &mut Reader) -> Result<Vec<V>, FileError> {
    match from.byte()? {
        DENSE => (0..len).map(|_| V::read(from)).collect(),
        BITMASK => {
            let bits = from.bytes(len.div_ceil(8))?;
            (0..len).map(|i| if bits[i / 8] >> (i % 8) & 1 == 1 { V::read(from) } else { Ok(V::default()) }).collect()
        }
        GAPS => {
            let mut left = from.count(len)?;
            let mut values = vec![V::default(); len];
            let mut at = 0;
            while left > 0 {
                let gap = usize::from(from.byte()?);
                at += gap;
                if gap == SKIP {
                    continue;
                }
                let value = V::read(from)?;
                let place = values
                    .get_mut(at)
                    .ok_or_else(|| FileError(format!("weight {at} is named where there are {len}")))?;
                *place = value;
                at += 1;
                left -= 1;
            }
            Ok(skip_tail(values, at, from)?)
        }
        SHARED => V::read_shared(len, from),
        other => Err(FileError(format!("weight encoding {other} is not known"))),
    }
}

/// Takes the gap bytes behind the last value.
fn skip_tail<V>(values: Vec<V>, at: usize, from: &mut Reader) -> Result<Vec<V>, FileError> {
    for _ in 0..(values.len() - at) / SKIP {
        from.byte()?;
    }
    Ok(values)
}

/// Bytes that the gaps take, values apart.
fn gap_bytes<V: Value>(values: &[V]) -> usize {
    let mut bytes = 0;
    let mut zeros = 0;
    for value in values {
        if value.is_stored() {
            bytes += 1;
            zeros = 0;
        } else {
            zeros += 1;
            if zeros == SKIP {
                bytes += 1;
                zeros = 0;
            }
        }
    }
    bytes
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sparse(one_in: u32) -> impl Strategy<Value = Vec<i8>> {
        prop::collection::vec((0..one_in, any::<i8>()).prop_map(|(dice, v)| if dice == 0 { v } else { 0 }), 0..2000)
    }

    proptest! {
        #[test]
        fn every_array_comes_back(values in prop_oneof![sparse(1), sparse(3), sparse(20), sparse(400)]) {
            let mut writer = Writer::default();
            write(&values, &mut writer);
            let floats: Vec<f32> = values.iter().map(|&v| f32::from(v) * 0.1).collect();
            write(&floats, &mut writer);
            let mut reader = Reader::new(&writer.bytes);
            prop_assert_eq!(read::<i8>(values.len(), &mut reader).unwrap(), values);
            let back = read::<f32>(floats.len(), &mut reader).unwrap();
            prop_assert!(back.iter().zip(&floats).all(|(a, b)| a.to_bits() == b.to_bits()));
            prop_assert!(reader.finished().is_ok());
        }

        #[test]
        fn damaged_arrays_are_refused_or_read_but_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), len in 0usize..500) {
            if let Ok(values) = read::<f32>(len, &mut Reader::new(&bytes)) {
                prop_assert_eq!(values.len(), len);
            }
        }
    }

    #[test]
    fn a_tenth_of_the_weights_takes_about_an_eighth_of_the_bytes() {
        let values: Vec<f32> = (0..10_000).map(|i| if i % 10 == 0 { 1.5 } else { 0.0 }).collect();
        let mut writer = Writer::default();
        write(&values, &mut writer);
        assert!(writer.bytes.len() <= 5_003, "{}", writer.bytes.len());
    }
}
