//! Quantization after training, with its observers, schemes and repairs, in an experiment.

use super::State;
use super::plan::Plan;
use super::recipe::Recipe;
use super::tests::{Log, Nothing, now, of, report, states, trial};
use crate::compression::quantize::levels;
use crate::data::Split;
use crate::network::{Codes, Executable, TrainedModel};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Each setting somewhere, and steps after it.
const REPAIRED: &str = r#"{"version":1,"data":{"dataset":"spirals","samples":400},"network":{"architecture":"mlp","widths":[24,24]},
    "training":{"epochs":20,"learning_rate":0.01,"batch":32},"variants":[{"name":"dense"},
    {"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.4,"epochs":3}}]},
    {"name":"nearest","from":"pruned","steps":[{"quantize":{"bits":3}}]},
    {"name":"clipped","from":"pruned","steps":[{"quantize":{"bits":3,"clip":"mse","observer":"mse"}}]},
    {"name":"equalized","from":"pruned","steps":[{"quantize":{"bits":3,"granularity":"per-tensor","equalize":true,"correct_bias":true}}]},
    {"name":"up or down","from":"pruned","steps":[{"quantize":{"bits":3,"rounding":"ada-round","correct_bias":true}}]},
    {"name":"second order","from":"pruned","steps":[{"quantize":{"bits":3,"rounding":"second-order","mapping":"affine","observer":"entropy"}}]},
    {"name":"dynamic","from":"pruned","steps":[{"quantize":{"scheme":"dynamic-range","bits":4,"narrow_range":false,"correct_bias":true}}]},
    {"name":"weights alone","from":"pruned","steps":[{"quantize":{"scheme":"weight-only","bits":3,"granularity":"per-group","group":8,"rounding":"ada-round"}}]},
    {"name":"signs","from":"pruned","steps":[{"quantize":{"bits":1,"observer":"percentile","rounding":"second-order","activation_bits":6}}]},
    {"name":"trained on","from":"weights alone","steps":[{"train":{"epochs":1}}]},
    {"name":"mixed","from":"pruned","steps":[{"quantize":{"layer_bits":[8,2,5],"observer":"moving-average","activation_mapping":"symmetric"}}]}]}"#;

const QUANTIZED: [&str; 10] = [
    "nearest",
    "clipped",
    "equalized",
    "up or down",
    "second order",
    "dynamic",
    "weights alone",
    "signs",
    "trained on",
    "mixed",
];

fn plan() -> Plan {
    Plan::new(&Recipe::from_json(REPAIRED).unwrap()).unwrap()
}

/// The integers of each matrix of a state.
fn codes(state: &State) -> Vec<Codes> {
    match state.trained() {
        TrainedModel::Integer(model) => model.linears().map(|linear| linear.codes.clone()).collect(),
        TrainedModel::Float(model) => model.weights().map(|p| p.integers.clone().unwrap().codes).collect(),
        TrainedModel::Ensemble(_) => panic!("one network is quantized"),
    }
}

#[test]
fn every_integer_is_of_its_grid_and_removed_weights_stay_away() {
    let plan = plan();
    let states = states(&plan);
    let of = |name: &str| of(&plan, &states, name).clone();
    for name in QUANTIZED {
        let state = of(name);
        let spec = state.integers.as_ref().map(|(spec, _)| spec).or(state.coded.as_ref()).unwrap();
        for (place, (codes, weights)) in codes(&state).iter().zip(state.model.weights()).enumerate() {
            let bits = spec.bits_of(place);
            assert_eq!(usize::from(codes.bits), bits, "{name}");
            let levels = levels(bits, spec);
            assert!(codes.weights.iter().all(|q| (levels.low..=levels.high).contains(q)), "{name}");
            let real = codes.real(weights.matrix_dims().1);
            assert_eq!(real, weights.slice(), "{name}: the float network holds the integers' real values");
            let mask = weights.mask_slice().unwrap();
            assert!(real.iter().zip(mask).all(|(w, kept)| *kept || *w == 0.0), "{name}: a removed weight came back");
            assert!(real.iter().filter(|w| **w != 0.0).count() > real.len() / 4, "{name}");
        }
    }
    assert_ne!(codes(&of("weights alone")), codes(&of("trained on")));
}

/// Root of the mean squared difference between the logits of the pruned network and of its integers, over all samples.
fn error(plan: &Plan, float: &State, state: &State) -> f64 {
    let mut dataset = plan.recipe.data.open().unwrap();
    let count = dataset.len(Split::Train);
    now(dataset.ensure(&Nothing, Split::Train, count - 1)).unwrap();
    let mut samples = vec![0.0; count * dataset.features()];
    dataset.gather(Split::Train, &(0..count as u32).collect::<Vec<_>>(), &mut samples);
    let [float, found] = [float, state].map(|s| Executable::new(&s.trained()).logits(count, &samples).to_vec());
    let sum: f64 = float.iter().zip(&found).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / float.len() as f64).sqrt()
}

#[test]
fn repairs_bring_the_answers_nearer_to_the_float_networks() {
    let plan = plan();
    let states = states(&plan);
    let of = |name: &str| of(&plan, &states, name).clone();
    let pruned = of("pruned");
    let off = |name: &str| error(&plan, &pruned, &of(name));
    let plain = off("nearest");
    for name in ["up or down", "second order", "weights alone", "dynamic"] {
        assert!(off(name) < 0.8 * plain, "{name}: {}, nearest {plain}", off(name));
    }
}

/// The same bits natively and as WebAssembly, on each machine.
#[test]
fn the_digest_is_the_one_that_was_pinned() {
    let plan = plan();
    let mut log = Log::default();
    trial(&plan, 0, &mut log);
    assert_eq!(report(&plan, &log).digest, "0c2de5004841f45b7fd739dec2e79476");
}
