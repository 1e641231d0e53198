//! Integer weights of fewer than 8 bits, or with zero points, in a file; what only few files hold.
//!
//! A byte for the bits, then the group, the scales, a byte that says whether zero points follow, and those; then the integers in
//! the shortest of these forms:
//!
//! - packed: each integer in as many bits, the lowest first, one behind the other across bytes. An integer of `b` bits is stored
//!   as `q + 2^(b - 1)`, one of a single bit as 0 for -1 and 1 for 1.
//! - bitmask: a bit a weight that says whether it is not zero, then those that are not, packed.
//! - ternary: for -1, 0 and 1, five to a byte: `sum of (q + 1) * 3^i`.

use super::weights::Written;
use super::wire::{FileError, Reader, Writer};
use crate::network::Codes;

const PACKED: u8 = 0;
const BITMASK: u8 = 1;
const TERNARY: u8 = 2;

/// Values of -1, 0 and 1 that go into a byte: 3^5 is 243.
const TRITS: usize = 5;

/// Writes the weights of a matrix and says how.
pub(super) fn write(codes: &Codes, to: &mut Writer) -> Written {
    let before = to.bytes.len();
    to.byte(codes.bits);
    to.count(codes.group);
    to.count(codes.scales.len());
    codes.scales.iter().for_each(|&scale| to.float(scale));
    to.byte(u8::from(!codes.zero_points.is_empty()));
    codes.zero_points.iter().for_each(|&zero| to.byte(zero as u8));
    let codebook = to.bytes.len() - before;
    let weights = &codes.weights;
    let bits = usize::from(codes.bits);
    let nonzero = weights.iter().filter(|&&q| q != 0).count();
    // One bit has no zero; what was pruned is left out by the mask.
    let dense = if bits == 1 && nonzero < weights.len() { usize::MAX } else { (weights.len() * bits).div_ceil(8) };
    let mask = weights.len().div_ceil(8);
    let bitmask = mask + (nonzero * bits).div_ceil(8);
    let ternary = if weights.iter().all(|q| q.abs() <= 1) { weights.len().div_ceil(TRITS) } else { usize::MAX };
    let shortest = dense.min(bitmask).min(ternary);
    let (encoding, positions) = if shortest == dense {
        to.byte(PACKED);
        pack(bits, weights.iter().copied(), to);
        ("packed", 0)
    } else if shortest == ternary {
        to.byte(TERNARY);
        for five in weights.chunks(TRITS) {
            to.byte(five.iter().rev().fold(0, |byte, &q| byte * 3 + (q + 1) as u8));
        }
        ("ternary", 0)
    } else {
        to.byte(BITMASK);
        for eight in weights.chunks(8) {
            to.byte(eight.iter().enumerate().fold(0, |byte, (i, &q)| byte | u8::from(q != 0) << i));
        }
        pack(bits, weights.iter().copied().filter(|&q| q != 0), to);
        ("bitmask, packed", mask)
    };
    Written { encoding, bytes: to.bytes.len() - before, codebook, positions, values: shortest - positions }
}

/// Bytes that these weights take in a file.
pub fn packed_bytes(codes: &Codes) -> usize {
    write(codes, &mut Writer::default()).bytes
}

/// Reads the weights of a matrix of `rows x columns`.
pub(super) fn read(rows: usize, columns: usize, from: &mut Reader) -> Result<Codes, FileError> {
    let len = rows * columns;
    let bits = from.byte()?;
    if !(1..=8).contains(&bits) {
        return Err(FileError(format!("weights of {bits} bits cannot be")));
    }
    let group = from.count(rows.max(1))?;
    let scales = from.count(len)?;
    let groups = rows.div_ceil(group.max(1));
    if group == 0 || (scales != 1 && scales != groups * columns) {
        return Err(FileError(format!("{scales} scales stand for {groups} groups of {columns} columns")));
    }
    let scales: Vec<f32> = (0..scales).map(|_| from.float()).collect::<Result<_, _>>()?;
    let zero_points: Vec<i8> = match from.byte()? {
        0 => Vec::new(),
        _ => from.bytes(scales.len())?.iter().map(|&byte| byte as i8).collect(),
    };
    let weights = match from.byte()? {
        PACKED => unpack(usize::from(bits), len, from)?,
        BITMASK => {
            let mask = from.bytes(len.div_ceil(8))?;
            let kept = |index: usize| mask[index / 8] >> (index % 8) & 1 == 1;
            let mut values = unpack(usize::from(bits), (0..len).filter(|&i| kept(i)).count(), from)?.into_iter();
            (0..len).map(|index| if kept(index) { values.next().unwrap_or_default() } else { 0 }).collect()
        }
        TERNARY => {
            let bytes = from.bytes(len.div_ceil(TRITS))?;
            let trit = |index: usize| bytes[index / TRITS] / [1, 3, 9, 27, 81][index % TRITS] % 3;
            (0..len).map(|index| trit(index) as i8 - 1).collect()
        }
        other => return Err(FileError(format!("packed encoding {other} is not known"))),
    };
    Ok(Codes { bits, weights, group, scales, zero_points })
}

fn pack(bits: usize, values: impl Iterator<Item = i8>, to: &mut Writer) {
    let (mut word, mut filled) = (0u32, 0);
    for value in values {
        let code = if bits == 1 { u32::from(value > 0) } else { (i32::from(value) + (1 << (bits - 1))) as u32 };
        word |= code << filled;
        filled += bits;
        while filled >= 8 {
            to.byte(word as u8);
            word >>= 8;
            filled -= 8;
        }
    }
    if filled > 0 {
        to.byte(word as u8);
    }
}

fn unpack(bits: usize, count: usize, from: &mut Reader) -> Result<Vec<i8>, FileError> {
    let bytes = from.bytes((count * bits).div_ceil(8))?;
    let code = |index: usize| {
        let first = index * bits;
        let two = u32::from(bytes[first / 8]) | u32::from(bytes.get(first / 8 + 1).copied().unwrap_or(0)) << 8;
        (two >> (first % 8) & ((1 << bits) - 1)) as i32
    };
    let value = |index| if bits == 1 { 2 * code(index) - 1 } else { code(index) - (1 << (bits - 1)) };
    Ok((0..count).map(|index| value(index) as i8).collect())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix() -> impl Strategy<Value = (usize, usize, Codes)> {
        (1usize..40, 1usize..12, 1u8..=8, 1usize..40, 0u32..4, any::<bool>()).prop_flat_map(
            |(rows, columns, bits, group, sparse, affine)| {
                let group = group.min(rows);
                let (low, high) = if bits == 1 { (0, 1) } else { (-(1i32 << (bits - 1)), (1 << (bits - 1)) - 1) };
                let value = (low..=high, 0..=sparse).prop_map(move |(q, dice)| {
                    let q = if bits == 1 { 2 * q - 1 } else { q };
                    if dice == 0 { q as i8 } else { 0 }
                });
                let scales = rows.div_ceil(group) * columns;
                (prop::collection::vec(value, rows * columns), prop::collection::vec(0.01f32..1.0, scales)).prop_map(
                    move |(weights, scales)| {
                        let zero_points = if affine { vec![3; scales.len()] } else { Vec::new() };
                        (rows, columns, Codes { bits, weights, group, scales, zero_points })
                    },
                )
            },
        )
    }

    proptest! {
        #[test]
        fn every_matrix_comes_back((rows, columns, codes) in matrix()) {
            let mut writer = Writer::default();
            let written = write(&codes, &mut writer);
            prop_assert_eq!(written.bytes, writer.bytes.len());
            prop_assert_eq!(written.bytes, written.codebook + 1 + written.positions + written.values);
            let mut reader = Reader::new(&writer.bytes);
            prop_assert_eq!(read(rows, columns, &mut reader).unwrap(), codes);
            prop_assert!(reader.finished().is_ok());
        }

        #[test]
        fn damaged_matrices_are_refused_or_read_but_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), rows in 1usize..20, columns in 1usize..20) {
            if let Ok(codes) = read(rows, columns, &mut Reader::new(&bytes)) {
                prop_assert_eq!(codes.weights.len(), rows * columns);
                codes.real(columns);
            }
        }
    }

    #[test]
    fn four_bits_take_half_a_byte_and_ternary_weights_a_fifth() {
        for (bits, weights, share) in
            [(4u8, [7, -8, 3, 1, -1], 0.5), (2, [1, -1, 0, 1, 1], 0.2), (1, [1, -1, 1, 1, 1], 0.125)]
        {
            let weights = weights.repeat(200);
            let codes = Codes { bits, weights, group: 1000, scales: vec![0.1], zero_points: Vec::new() };
            let values = write(&codes, &mut Writer::default()).values;
            assert_eq!(values as f64, share * 1000.0, "{bits} bits");
        }
    }
}
