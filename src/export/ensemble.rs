//! Several networks in one file: how many, and then each as a file of its own behind its length.

use super::model_file::{Encoded, decode, encode, is_ensemble};
use super::wire::{FileError, Reader, Writer};
use crate::network::{Ensemble, MAX_ENSEMBLE_PARAMETERS, MAX_MEMBERS, TrainedModel};

/// The most bytes of one member's file: more than a network of as many parameters as are allowed takes.
const MAX_BYTES: usize = 1 << 28;

/// Appends the members behind what says that they are several.
pub(super) fn write(ensemble: &Ensemble, mut out: Writer) -> Encoded {
    let mut written = Vec::new();
    out.count(ensemble.members.len());
    for member in &ensemble.members {
        let Encoded { file, weights } = encode(member);
        out.count(file.len());
        out.bytes.extend(file);
        written.extend(weights);
    }
    Encoded { file: out.bytes, weights: written }
}

/// Reads what [`write()`] wrote. One member is held beyond the limits at most.
pub(super) fn read(from: &mut Reader) -> Result<Ensemble, FileError> {
    let count = from.count(MAX_MEMBERS)?;
    let mut members: Vec<TrainedModel> = Vec::new();
    let mut parameters = 0;
    for _ in 0..count {
        let length = from.count(MAX_BYTES)?;
        let file = from.bytes(length)?;
        if is_ensemble(file) {
            return Err(FileError("an ensemble stands among the networks of an ensemble".into()));
        }
        let member = decode(file)?;
        parameters += member.parameter_count();
        if parameters > MAX_ENSEMBLE_PARAMETERS {
            return Err(FileError(format!("its networks have more than {MAX_ENSEMBLE_PARAMETERS} parameters")));
        }
        if members.iter().any(|first| first.shape() != member.shape() || first.classes() != member.classes()) {
            return Err(FileError("its networks are not all for the same data".into()));
        }
        members.push(member);
    }
    match members.is_empty() {
        true => Err(FileError("an ensemble of no networks cannot be".into())),
        false => Ok(Ensemble::new(members)),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::compression::quantize::{Quantize, RangeObserver, quantize};
    use crate::data::Key;
    use crate::export::needs_packing;
    use crate::network::{Architecture, Executable, Model, Shape};
    use proptest::prelude::*;

    fn drawn(widths: &[usize], channels: usize, classes: usize) -> Model {
        let shape = Shape { height: 1, width: 1, channels };
        Model::initialize(&Architecture::mlp(widths), shape, classes, &Key::new(1)).unwrap()
    }

    fn mixed() -> Vec<TrainedModel> {
        let model = drawn(&[6], 4, 3);
        let ranges = vec![RangeObserver { low: -2.0, high: 2.0 }; model.layers.len() + 1];
        let integers =
            |bits| TrainedModel::Integer(quantize(&model, &ranges, &Quantize { bits, ..Quantize::default() }));
        vec![TrainedModel::Float(model.clone()), integers(8), integers(4), TrainedModel::Float(drawn(&[2, 9], 4, 3))]
    }

    fn file(members: Vec<TrainedModel>) -> Vec<u8> {
        encode(&TrainedModel::Ensemble(Ensemble::new(members))).file
    }

    #[test]
    fn every_kind_of_member_comes_back_bit_for_bit() {
        let members = mixed();
        let encoded = encode(&TrainedModel::Ensemble(Ensemble::new(members.clone())));
        assert!(needs_packing(&encoded.file), "the part that runs ensembles is loaded for it");
        let back = decode(&encoded.file).unwrap();
        assert_eq!(back, TrainedModel::Ensemble(Ensemble::new(members.clone())));
        assert_eq!(encode(&back), encoded);
        let apart: usize = members.iter().map(|member| encode(member).file.len()).sum();
        let beside = encoded.file.len() - apart;
        assert!(beside <= 4 + 1 + 1 + 5 * members.len(), "{beside} bytes beside its members'");
        assert_eq!(encoded.weights.len(), back.matrices().len());
    }

    #[test]
    fn what_no_ensemble_is_is_refused_with_a_sentence() {
        let nested = TrainedModel::Ensemble(Ensemble::new(mixed()));
        let wide = TrainedModel::Float(drawn(&[1448, 1448], 4, 3));
        let cases = [
            (file(Vec::new()), "no networks"),
            (file(vec![nested]), "stands among"),
            (file(vec![TrainedModel::Float(drawn(&[3], 4, 3)), TrainedModel::Float(drawn(&[3], 4, 2))]), "same data"),
            (file(vec![TrainedModel::Float(drawn(&[3], 4, 3)), TrainedModel::Float(drawn(&[3], 5, 3))]), "same data"),
            (file(vec![wide; 10]), "more than 20000000 parameters"),
            (file(vec![TrainedModel::Float(drawn(&[1], 4, 3)); 65]), "65 is above the limit of 64"),
            ([b"FWM1\x08".as_slice(), &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat(), "above the limit of 64"),
            ([b"FWM1\x08\x01".as_slice(), &[0xff, 0xff, 0xff, 0x7f]].concat(), "bytes are wanted and 0 are left"),
            ([file(mixed()), vec![0]].concat(), "1 bytes follow its end"),
        ];
        for (file, words) in cases {
            let error = decode(&file).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let whole = file(mixed());
        for end in 0..whole.len() {
            assert!(decode(&whole[..end]).is_err());
        }
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0usize..2000, value in any::<u8>()) {
            let mut file = file(mixed());
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
