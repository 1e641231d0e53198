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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::export::{decode, encode, needs_packing};
    use crate::network::{Architecture, ArchitectureName, Executable, Layer, Model, Shape, TrainedModel};
    use proptest::prelude::*;

    const IMAGE: Shape = Shape { height: 9, width: 8, channels: 1 };
    const TEXT: Shape = Shape { height: 1, width: 5, channels: 1 };

    fn model(shape: Shape) -> TrainedModel {
        let (architecture, widths) = (ArchitectureName::Transformer, vec![4]);
        let spec = Architecture {
            architecture,
            widths,
            depth: 1,
            heads: 2,
            patch: 4,
            dropout: 0.1,
            ..Architecture::default()
        };
        TrainedModel::Float(Model::initialize(&spec, shape, 3, &Key::new(1)).unwrap())
    }

    #[test]
    fn transformers_come_back_bit_for_bit_and_say_that_they_need_more_code() {
        for shape in [IMAGE, TEXT] {
            let (model, file) = (model(shape), encode(&model(shape)).file);
            assert!(needs_packing(&file));
            assert_eq!(decode(&file).unwrap(), model);
            for end in 0..file.len() {
                assert!(decode(&file[..end]).unwrap_err().to_string().contains("cannot be read"));
            }
        }
    }

    #[test]
    fn what_cannot_be_computed_is_refused_with_a_sentence() {
        for (op, complaint) in [
            (Sequence::Patches { height: 9, width: 8, channels: 1, side: 9 }, "a patch of 9 does not fit 9 x 8"),
            (Sequence::Patches { height: 9, width: 8, channels: 1, side: 0 }, "size of 0"),
            (Sequence::Attention { tokens: 4, channels: 6, heads: 0 }, "0 heads do not divide 6"),
            (Sequence::Attention { tokens: 4, channels: 6, heads: 4 }, "4 heads do not divide 6"),
            (Sequence::Attention { tokens: 9000, channels: 64, heads: 64 }, "more than"),
            (Sequence::Embedding { vocabulary: 0, tokens: 5, channels: 4 }, "size of 0"),
            (Sequence::Mean { tokens: 5, channels: 0 }, "size of 0"),
            (Sequence::Gelu { values: 7 }, "takes 7 values and gets 72"),
        ] {
            let model = Model::zeroed(vec![Layer::Sequence(op)], IMAGE, 3);
            let error = decode(&encode(&TrainedModel::Float(model)).file).unwrap_err().to_string();
            assert!(error.contains(complaint), "{op:?}: {error}");
        }
    }

    proptest! {
        /// What is read from a damaged file also runs.
        #[test]
        fn damaged_files_never_panic(at in 0usize..4000, value in any::<u8>(), text in any::<bool>()) {
            let mut file = encode(&model(if text { TEXT } else { IMAGE })).file;
            let at = at % file.len();
            file[at] = value;
            if let Ok(model) = decode(&file) {
                let values = model.shape().len();
                if values < 1 << 16 {
                    Executable::new(&model).logits(2, &vec![0.5; 2 * values]);
                }
            }
        }
    }
}
