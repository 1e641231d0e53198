//! What is written and read again is the same network; what does not fit is told.

use super::{Settings, import};
use crate::data::Key;
use crate::export::drawn::{IMAGES, drawn, integers};
use crate::export::safetensors::{safetensors, serialize};
use crate::export::state_dict::{Tensor, Values, tensors};
use crate::export::{encode, onnx};
use crate::network::{
    ActivationName, Architecture, ArchitectureName, Ensemble, Executable, Layer, Model, PoolingName, Shape,
    TrainedModel, fold_batch_norm,
};
use proptest::prelude::*;

const IMAGE: Shape = Shape { height: 28, width: 28, channels: 1 };

fn named(architecture: ArchitectureName) -> Settings {
    let network = Architecture { architecture, batch_normalization: true, ..Architecture::default() };
    Settings { network: Some(network), ..Settings::default() }
}

/// The network without what does nothing at inference.
fn bare(model: &Model) -> Vec<Vec<f32>> {
    assert!(!model.layers.is_empty());
    model.parameters.iter().map(|p| p.slice().to_vec()).collect()
}

#[test]
fn a_written_network_is_read_again_to_the_last_bit_and_known_by_its_shapes() {
    for architecture in IMAGES {
        let model = drawn(architecture, ActivationName::Relu, PoolingName::Max);
        let file = safetensors(&TrainedModel::Float(model.clone())).unwrap();
        for settings in [Settings::default(), named(architecture)] {
            let imported = import(&file, IMAGE, 10, &settings).unwrap();
            assert_eq!(imported.network.architecture, architecture);
            assert_eq!(bare(&imported.model), bare(&model));
            assert!(imported.table.iter().all(|row| row.slot == row.tensor && row.slot.is_some()));
            // The same logits, bit for bit.
            let mut rng = Key::new(1).rng();
            let samples: Vec<f32> = (0..2 * 784).map(|_| rng.uniform()).collect();
            let logits =
                |model: &Model| Executable::new(&TrainedModel::Float(model.clone())).logits(2, &samples).to_vec();
            assert_eq!(logits(&imported.model), logits(&model));
        }
    }
}

#[test]
fn transformers_are_read_where_they_are_named() {
    let network = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
    for shape in [IMAGE, Shape { height: 1, width: 48, channels: 1 }] {
        let model = Model::initialize(&network, shape, 10, &Key::new(3)).unwrap();
        let file = safetensors(&TrainedModel::Float(model.clone())).unwrap();
        let settings = Settings { network: Some(network.clone()), ..Settings::default() };
        assert_eq!(import(&file, shape, 10, &settings).unwrap().model, model);
    }
}

/// What the engine exports is read again: floats to the last bit.
#[test]
fn exported_onnx_is_read_again_to_the_last_bit() {
    for architecture in IMAGES {
        for (activation, pooling) in
            [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
        {
            let model = drawn(architecture, activation, pooling);
            let file = onnx(&TrainedModel::Float(model.clone()));
            let imported = import(&file, IMAGE, 10, &Settings::default()).unwrap();
            assert_eq!(bare(&imported.model), bare(&model));
            let kinds = |model: &Model| {
                model.layers.iter().filter(|l| !matches!(l, Layer::Dropout { .. })).copied().collect::<Vec<_>>()
            };
            assert_eq!(kinds(&imported.model).len(), kinds(&model).len());
            let mut rng = Key::new(1).rng();
            let samples: Vec<f32> = (0..2 * 784).map(|_| rng.uniform()).collect();
            let logits =
                |model: &Model| Executable::new(&TrainedModel::Float(model.clone())).logits(2, &samples).to_vec();
            assert_eq!(logits(&imported.model), logits(&model), "{architecture:?} {activation:?}");
        }
    }
}

/// Integers are read by their real values.
#[test]
fn exported_integers_are_read_by_their_real_values() {
    for architecture in IMAGES {
        let float = drawn(architecture, ActivationName::Relu, PoolingName::Max);
        let quantized = integers(&float);
        let mut real = fold_batch_norm(&float);
        quantized.dequantize_into(&mut real);
        let imported = import(&onnx(&TrainedModel::Integer(quantized)), IMAGE, 10, &Settings::default()).unwrap();
        // Batch normalization has been folded; networks that always have it get one that does nothing.
        let mut rng = Key::new(1).rng();
        let samples: Vec<f32> = (0..2 * 784).map(|_| rng.uniform()).collect();
        let logits = |model: Model| Executable::new(&TrainedModel::Float(model)).logits(2, &samples).to_vec();
        assert_eq!(logits(imported.model), logits(real), "{architecture:?}");
    }
}

/// The engine's own files are read as what they hold: floats to the last bit, integers by their real values.
#[test]
fn model_files_are_read_again() {
    for architecture in IMAGES {
        for (activation, pooling) in
            [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
        {
            let model = drawn(architecture, activation, pooling);
            let file = encode(&TrainedModel::Float(model.clone())).file;
            let imported = import(&file, IMAGE, 10, &Settings::default()).unwrap();
            assert_eq!(bare(&imported.model), bare(&model));
            assert_eq!(imported.network.activation, activation);
            let kept = imported.network.layers(IMAGE, 10).unwrap();
            assert_eq!(kept, imported.model.layers);
        }
        let quantized = integers(&drawn(architecture, ActivationName::Relu, PoolingName::Max));
        let by_graph = import(&onnx(&TrainedModel::Integer(quantized.clone())), IMAGE, 10, &Settings::default());
        let file = encode(&TrainedModel::Integer(quantized)).file;
        assert_eq!(import(&file, IMAGE, 10, &Settings::default()).unwrap().model, by_graph.unwrap().model);
    }
}

#[test]
fn a_model_file_of_another_network_is_told() {
    let told = |model: TrainedModel, shape: Shape, settings: &Settings| {
        import(&encode(&model).file, shape, 10, settings).unwrap_err()
    };
    let lenet = || TrainedModel::Float(drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max));
    let told_shape = told(lenet(), Shape { height: 1, width: 1, channels: 2 }, &Settings::default());
    assert!(told_shape.contains("28 x 28 x 1 and 10 classes") && told_shape.contains("1 x 1 x 2"), "{told_shape}");
    let told_network = told(lenet(), IMAGE, &named(ArchitectureName::VggSmall));
    assert!(told_network.contains("not those of"), "{told_network}");
    let several = TrainedModel::Ensemble(Ensemble::new(vec![lenet(), lenet()]));
    assert!(told(several, IMAGE, &Settings::default()).contains("several networks"));
    let network = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
    let model = Model::initialize(&network, IMAGE, 10, &Key::new(3)).unwrap();
    let file = encode(&TrainedModel::Float(model.clone())).file;
    assert!(import(&file, IMAGE, 10, &Settings::default()).unwrap_err().contains("transformer"));
    let settings = Settings { network: Some(network), ..Settings::default() };
    assert_eq!(import(&file, IMAGE, 10, &settings).unwrap().model, model);
}

#[test]
fn operators_that_are_not_read_are_named_with_their_node() {
    let model = drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max);
    let file = onnx(&TrainedModel::Float(model));
    let at = file.windows(7).position(|word| word == b"MaxPool").unwrap();
    let mut changed = file.clone();
    changed[at..at + 7].copy_from_slice(b"LpPools");
    let told = import(&changed, IMAGE, 10, &Settings::default()).unwrap_err();
    assert!(told.contains("operator LpPools of node convolution_1_max_pool is not read"), "{told}");
    let told = import(&file, Shape { channels: 3, ..IMAGE }, 10, &Settings::default()).unwrap_err();
    assert!(told.contains("its input is N x 28 x 28 x 1, and the samples are 28 x 28 x 3"), "{told}");
}

fn renamed(model: &Model, names: &[(&str, &str)]) -> Vec<u8> {
    let rename = |tensor: Tensor| {
        let (module, part) = tensor.name.split_once('.').unwrap();
        let to = names.iter().find(|(from, _)| *from == module).map_or(module, |(_, to)| to);
        Tensor { name: format!("{to}.{part}"), ..tensor }
    };
    let renamed: Vec<Tensor> = tensors(&TrainedModel::Float(model.clone())).into_iter().map(rename).collect();
    serialize(&renamed).unwrap()
}

#[test]
fn modules_are_found_by_their_shapes_whatever_they_are_called() {
    let model = drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max);
    let names = [
        ("conv1", "features.0"),
        ("bn1", "features.1"),
        ("conv2", "features.4"),
        ("bn2", "features.5"),
        ("fc1", "classifier.10"),
        ("bn3", "classifier.11"),
        ("fc2", "classifier.2"),
    ];
    let imported = import(&renamed(&model, &names), IMAGE, 10, &Settings::default()).unwrap();
    assert_eq!(bare(&imported.model), bare(&model));
    let row = imported.table.iter().find(|row| row.slot.as_deref() == Some("fc2.weight")).unwrap();
    assert_eq!(row.tensor.as_deref(), Some("classifier.2.weight"));
}

/// Two layers of one shape, whose names are in the wrong order, are told apart by whoever imports.
#[test]
fn what_shapes_leave_open_can_be_said() {
    let network = Architecture::mlp(&[20, 20, 20]);
    let model = Model::initialize(&network, IMAGE, 10, &Key::new(3)).unwrap();
    let file = renamed(&model, &[("fc1", "in"), ("fc2", "l"), ("fc3", "k"), ("fc4", "out")]);
    let wrong = import(&file, IMAGE, 10, &Settings::default()).unwrap();
    assert_eq!(wrong.network, network);
    assert_ne!(wrong.model, model);
    let modules = [("fc2", "l"), ("fc3", "k")].map(|(here, there)| (here.to_string(), there.to_string()));
    let settings = Settings { modules: modules.to_vec(), ..Settings::default() };
    let right = import(&file, IMAGE, 10, &settings).unwrap();
    assert_eq!(right.model, model);
    let fit = right.fits.iter().find(|fit| fit.module == "fc3").unwrap();
    assert_eq!((fit.from.as_str(), fit.choices.len()), ("k", 2));
    // Names that are in no order: the last is where the classes are, and layers of one shape lie between.
    let file = renamed(&model, &[("fc1", "a"), ("fc2", "y"), ("fc3", "x"), ("fc4", "b")]);
    assert_eq!(import(&file, IMAGE, 10, &Settings::default()).unwrap().network, network);
    let file = renamed(&model, &[("fc1", "z"), ("fc2", "l"), ("fc3", "k"), ("fc4", "out")]);
    assert_eq!(import(&file, IMAGE, 10, &Settings::default()).unwrap().network, network);
    let file = renamed(&model, &[("fc1", "in"), ("fc2", "l"), ("fc3", "k"), ("fc4", "out")]);
    let settings = Settings { modules: vec![("fc2".into(), "b".into())], ..Settings::default() };
    let told = import(&file, IMAGE, 10, &settings).unwrap_err();
    assert!(told.contains("no module b in the file") && told.contains("in, k, l, out"), "{told}");
}

fn float(name: &str, dims: &[usize]) -> Tensor {
    Tensor { name: name.into(), dims: dims.to_vec(), values: Values::F32(vec![0.5; dims.iter().product()]) }
}

#[test]
fn what_does_not_fit_is_named() {
    let told = |tensors: &[Tensor], settings: &Settings| {
        import(&serialize(tensors).unwrap(), IMAGE, 10, settings).unwrap_err()
    };
    let plain = Settings::default();
    let few = told(&[float("fc.weight", &[7, 784])], &plain);
    assert!(few.contains("7 classes") && few.contains("10"), "{few}");
    let narrow = told(&[float("a.weight", &[20, 100]), float("b.weight", &[10, 20])], &plain);
    assert!(narrow.contains("100 values") && narrow.contains("784"), "{narrow}");
    let odd = told(&[float("a.weight", &[20, 1, 5, 5]), float("b.weight", &[10, 20])], &plain);
    assert!(odd.contains("1 convolutions and 1 dense layers"), "{odd}");
    let kernel = [
        float("a.weight", &[20, 1, 3, 3]),
        float("b.weight", &[50, 20, 3, 3]),
        float("c.weight", &[500, 800]),
        float("d.weight", &[10, 500]),
    ];
    let kernel = told(&kernel, &plain);
    assert!(
        kernel.contains("conv1 needs a convolution of 20 x 1 x 5 x 5") && kernel.contains("a (20 x 1 x 3 x 3)"),
        "{kernel}"
    );
    let mut broken = float("fc.weight", &[10, 784]);
    let Values::F32(values) = &mut broken.values else { panic!() };
    values[3] = f32::NAN;
    assert!(told(&[broken], &plain).contains("fc.weight holds NaN at place 3"));
    let integers = Tensor { values: Values::I32(vec![0; 7840]), ..float("fc.weight", &[10, 784]) };
    assert!(told(&[integers], &plain).contains("fc.weight holds I32"));
}

#[test]
fn a_missing_bias_is_zero_and_said() {
    let file = serialize(&[float("fc.weight", &[10, 784])]).unwrap();
    let imported = import(&file, IMAGE, 10, &Settings::default()).unwrap();
    assert_eq!(imported.table[1].tensor, None);
    assert!(imported.model.parameters[1].slice().iter().all(|bias| *bias == 0.0));
}

/// A network that was trained on normalized pixels gives the same logits for pixels from 0 to 1.
#[test]
fn normalized_pixels_are_undone_in_the_first_layer() {
    for network in [Architecture::mlp(&[30]), named(ArchitectureName::LeNet5).network.unwrap()] {
        let model = Model::initialize(&network, IMAGE, 10, &Key::new(3)).unwrap();
        let file = safetensors(&TrainedModel::Float(model.clone())).unwrap();
        let settings = Settings { normalized: Some([0.1307, 0.3081]), ..Settings::default() };
        let imported = import(&file, IMAGE, 10, &settings).unwrap().model;
        let mut rng = Key::new(1).rng();
        let pixels: Vec<f32> = (0..784).map(|_| rng.uniform()).collect();
        let normalized: Vec<f32> = pixels.iter().map(|pixel| (pixel - 0.1307) / 0.3081).collect();
        let logits = |model: Model, x: &[f32]| Executable::new(&TrainedModel::Float(model)).logits(1, x).to_vec();
        for (a, b) in logits(imported, &pixels).into_iter().zip(logits(model, &normalized)) {
            assert!((a - b).abs() < 1e-3 * b.abs().max(1.0), "{a} {b}");
        }
    }
    let padded = named(ArchitectureName::VggSmall).network.unwrap();
    let model = Model::initialize(&padded, IMAGE, 10, &Key::new(3)).unwrap();
    assert!(matches!(model.layers[0], Layer::Convolution(_)));
    let file = safetensors(&TrainedModel::Float(model)).unwrap();
    let settings = Settings { normalized: Some([0.1307, 0.3081]), ..Settings::default() };
    assert!(import(&file, IMAGE, 10, &settings).unwrap_err().contains("without padding"));
}

proptest! {
    /// Damaged ONNX files are read or refused with a sentence.
    #[test]
    fn hostile_onnx_files_never_panic(at in 0usize..60_000, byte in any::<u8>(), cut in any::<bool>()) {
        let network = Architecture { widths: vec![2, 2, 3], ..named(ArchitectureName::LeNet5).network.unwrap() };
        let model = Model::initialize(&network, IMAGE, 10, &Key::new(3)).unwrap();
        let mut file = onnx(&TrainedModel::Float(model));
        let at = at % file.len();
        file[at] = byte;
        if cut {
            file.truncate(at);
        }
        if let Err(told) = import(&file, IMAGE, 10, &Settings::default()) {
            prop_assert!(told.len() > 20 && told.len() < 2000, "{}", told);
        }
    }

    /// Random bytes, truncated files and changed headers: a sentence each.
    #[test]
    fn hostile_files_are_refused_with_a_sentence(
        cut in 0usize..32_000, at in 0usize..600, byte in any::<u8>(), noise in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        let file = serialize(&[float("fc.weight", &[10, 784]), float("fc.bias", &[10])]).unwrap();
        let mut changed = file.clone();
        changed[at] = byte;
        for hostile in [&file[..cut.min(file.len() - 1)], &noise, &changed] {
            if let Err(told) = import(hostile, IMAGE, 10, &Settings::default()) {
                prop_assert!(told.len() > 20 && told.len() < 2000, "{}", told);
            }
        }
        // A header that claims more than there is, as long as the claim can be.
        let header = format!("{{\"fc.weight\":{{\"dtype\":\"F32\",\"shape\":[{},{}],\"data_offsets\":[0,{}]}}}}", usize::MAX, at, usize::MAX);
        let huge = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &noise].concat();
        prop_assert!(import(&huge, IMAGE, 10, &Settings::default()).is_err());
    }
}
