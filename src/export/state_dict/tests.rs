//! Names, shapes and places of tensors.

use super::{Values, slots, tensors};
use crate::backend::{Conv, Pool, PoolKind};
use crate::export::drawn::{IMAGES, drawn, integers};
use crate::network::{ActivationName, Architecture, ArchitectureName, Layer, Model, PoolingName, Shape, TrainedModel};
use std::collections::BTreeSet;

#[test]
fn names_and_shapes_are_those_of_the_tutorials() {
    let model = drawn(ArchitectureName::LeNet5, ActivationName::Relu, PoolingName::Max);
    let found: Vec<(String, Vec<usize>)> =
        tensors(&TrainedModel::Float(model)).into_iter().map(|t| (t.name, t.dims)).collect();
    let wanted: [(&str, &[usize]); 10] = [
        ("conv1.weight", &[20, 1, 5, 5]),
        ("conv1.bias", &[20]),
        ("bn1.weight", &[20]),
        ("bn1.bias", &[20]),
        ("bn1.running_mean", &[20]),
        ("bn1.running_var", &[20]),
        ("conv2.weight", &[50, 20, 5, 5]),
        ("fc1.weight", &[500, 800]),
        ("bn3.running_var", &[500]),
        ("fc2.bias", &[10]),
    ];
    for (name, dims) in wanted {
        assert!(found.iter().any(|(n, d)| n == name && d == dims), "{name} {dims:?} in {found:?}");
    }
}

/// A network that leaves each weight's own number: the place is told by the value.
#[test]
fn every_value_stands_where_pytorch_has_it() {
    let conv = Conv { height: 4, width: 6, channels: 2, kernel: 3, padding: 1, filters: 5 };
    let pool = Pool { kind: PoolKind::Max, height: 4, width: 6, channels: 5, size: 2 };
    let layers =
        vec![Layer::Convolution(conv), Layer::Pool(pool), Layer::Flatten, Layer::Dense { inputs: 30, outputs: 7 }];
    let mut model = Model::zeroed(layers, Shape { height: 4, width: 6, channels: 2 }, 7);
    for parameter in &mut model.parameters {
        parameter.slice_mut().iter_mut().enumerate().for_each(|(i, w)| *w = i as f32);
    }
    let of = |name: &str| match tensors(&TrainedModel::Float(model.clone())).into_iter().find(|t| t.name == name) {
        Some(tensor) => match tensor.values {
            Values::F32(values) => values,
            other => panic!("{other:?}"),
        },
        None => panic!("no {name}"),
    };
    let weights = of("conv1.weight");
    let mut next = weights.iter();
    for filter in 0..5 {
        for channel in 0..2 {
            for place in 0..9 {
                assert_eq!(next.next(), Some(&(((place * 2 + channel) * 5 + filter) as f32)));
            }
        }
    }
    // The dense layer reads 2 x 3 pixels of 5 channels: channels first there.
    let weights = of("fc1.weight");
    let mut next = weights.iter();
    for unit in 0..7 {
        for channel in 0..5 {
            for pixel in 0..6 {
                assert_eq!(next.next(), Some(&(((pixel * 5 + channel) * 7 + unit) as f32)));
            }
        }
    }
}

/// Slots name each value of a network exactly once, and writing is reading backwards.
#[test]
fn slots_hold_every_parameter_once() {
    let transformer = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
    let shapes = [Shape { height: 28, width: 28, channels: 1 }, Shape { height: 1, width: 48, channels: 1 }];
    let sequences = shapes.map(|shape| Model::initialize(&transformer, shape, 10, &crate::data::Key::new(3)).unwrap());
    let images = IMAGES.map(|name| drawn(name, ActivationName::Relu, PoolingName::Max));
    for model in images.into_iter().chain(sequences) {
        let slots = slots(&model.layers, model.shape);
        let names: BTreeSet<&str> = slots.iter().map(|slot| slot.name.as_str()).collect();
        assert_eq!(names.len(), slots.len());
        let mut copy = Model::zeroed(model.layers.clone(), model.shape, model.classes);
        copy.parameters.iter_mut().for_each(|p| p.slice_mut().fill(f32::NAN));
        for slot in &slots {
            let find = |p: &&crate::network::Parameter| p.layer == slot.layer && p.role == slot.role;
            let values = slot.read(model.parameters.iter().find(find).unwrap().slice());
            let to = copy.parameters.iter_mut().find(|p| p.layer == slot.layer && p.role == slot.role).unwrap();
            slot.write(&values, to.slice_mut());
        }
        assert_eq!(copy, model);
    }
}

#[test]
fn integers_come_with_what_they_stand_for() {
    let model = integers(&drawn(ArchitectureName::ResNetSmall, ActivationName::Relu, PoolingName::Max));
    let first = model.linears().next().unwrap().clone();
    let tensors = tensors(&TrainedModel::Integer(model));
    let of = |name: &str| tensors.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(of("conv1.weight").dims, [16, 1, 3, 3]);
    assert_eq!(of("conv1.weight_scale").values, Values::F32(first.codes.scales.clone()));
    assert_eq!(of("conv1.bias").values, Values::I32(first.bias.clone()));
    assert_eq!(of("conv1.output.zero_point").values, Values::U8(vec![first.output.unwrap().zero_point]));
    assert_eq!(of("add3.skipped.scale").dims, [0usize; 0]);
    assert_eq!(of("fc1.weight").dims, [10, 64]);
}
