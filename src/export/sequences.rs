//! The layers of transformers in a file: a byte for the operation and its sizes. Code that few files need, so that a part of the
//! program that is loaded later may bring it.

use super::wire::{FileError, Reader, Writer};
use crate::backend::Sequence;

const PATCHES: u8 = 0;
const EMBEDDING: u8 = 1;
const POSITIONS: u8 = 2;
const NORMALIZATION: u8 = 3;
const ATTENTION: u8 = 4;
const GELU: u8 = 5;
const MEAN: u8 = 6;

/// The largest size, and the most values that a layer takes, gives or keeps of a sample.
const MAX_SIZE: usize = 1 << 14;
const MAX_VALUES: u64 = 1 << 23;

pub(super) fn write(op: Sequence, out: &mut Writer) {
    let mut tagged = |tag: u8, sizes: &[usize]| {
        out.byte(tag);
        sizes.iter().for_each(|&size| out.count(size));
    };
    match op {
        Sequence::Patches { height, width, channels, side } => tagged(PATCHES, &[height, width, channels, side]),
        Sequence::Embedding { vocabulary, tokens, channels } => tagged(EMBEDDING, &[vocabulary, tokens, channels]),
        Sequence::Positions { tokens, channels } => tagged(POSITIONS, &[tokens, channels]),
        Sequence::Normalization { tokens, channels } => tagged(NORMALIZATION, &[tokens, channels]),
        Sequence::Attention { tokens, channels, heads } => tagged(ATTENTION, &[tokens, channels, heads]),
        Sequence::Gelu { values } => tagged(GELU, &[values]),
        Sequence::Mean { tokens, channels } => tagged(MEAN, &[tokens, channels]),
    }
}

pub(super) fn read(from: &mut Reader) -> Result<Sequence, FileError> {
    let tag = from.byte()?;
    let mut size = || from.count(MAX_SIZE);
    let op = match tag {
        PATCHES => Sequence::Patches { height: size()?, width: size()?, channels: size()?, side: size()? },
        EMBEDDING => Sequence::Embedding { vocabulary: size()?, tokens: size()?, channels: size()? },
        POSITIONS => Sequence::Positions { tokens: size()?, channels: size()? },
        NORMALIZATION => Sequence::Normalization { tokens: size()?, channels: size()? },
        ATTENTION => Sequence::Attention { tokens: size()?, channels: size()?, heads: size()? },
        GELU => Sequence::Gelu { values: from.count(MAX_VALUES as usize)? },
        MEAN => Sequence::Mean { tokens: size()?, channels: size()? },
        other => return Err(FileError(format!("an operation {other} on sequences is not known"))),
    };
    check(op)?;
    Ok(op)
}

/// Refuses what could not be computed: sizes of zero, heads that do not divide the channels, squares beyond the image, more values
/// than are allowed.
fn check(op: Sequence) -> Result<(), FileError> {
    let product = |sizes: &[usize]| sizes.iter().fold(1u64, |product, size| product.saturating_mul(*size as u64));
    // All of its sizes, and the most values that it has of anything.
    let (sizes, values) = match op {
        Sequence::Patches { height, width, channels, side } => {
            if side > height.min(width) {
                return Err(FileError(format!("a patch of {side} does not fit {height} x {width}")));
            }
            ([height, width, channels, side], product(&[height, width, channels]))
        }
        Sequence::Embedding { vocabulary, tokens, channels } => {
            ([vocabulary, tokens, channels, 1], product(&[vocabulary.max(tokens), channels]))
        }
        Sequence::Attention { tokens, channels, heads } => {
            if heads == 0 || channels % heads != 0 {
                return Err(FileError(format!("{heads} heads do not divide {channels} channels")));
            }
            ([tokens, channels, heads, 1], product(&[tokens, (3 * channels).max(heads * tokens)]))
        }
        Sequence::Positions { tokens, channels }
        | Sequence::Normalization { tokens, channels }
        | Sequence::Mean { tokens, channels } => ([tokens, channels, 1, 1], product(&[tokens, channels])),
        Sequence::Gelu { values } => ([values, 1, 1, 1], values as u64),
    };
    if sizes.contains(&0) {
        return Err(FileError(format!("a layer of {} has a size of 0", op.name())));
    }
    if values > MAX_VALUES {
        return Err(FileError(format!("a layer of {} has more than {MAX_VALUES} values", op.name())));
    }
    Ok(())
}
