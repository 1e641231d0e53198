//! Quantization-aware training in an experiment: it is worth its while, and what was trained so goes on being so.

use super::State;
use super::engines::Engines;
use super::event::Event;
use super::plan::Plan;
use super::recipe::Recipe;
use super::run::run_trial;
use super::tests::{Log, Nothing, now, of, report, states};
use crate::backend::Backend;
use crate::backend::cpu::{Cpu, arg_max};
use crate::compression::quantize;
use crate::data::{Dataset, Key, Split};
use crate::network::{
    CrossEntropy, Executable, IntegerLayer, Mode, Model, Monitor, Network, Progress, Pupil, TrainedModel, Training,
    train, with_fake_quantization, without_fake_quantization,
};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const AWARE: &str = r#"{"version":1,"data":{"dataset":"spirals","samples":400},"network":{"architecture":"mlp","widths":[24,24]},
    "training":{"epochs":40,"learning_rate":0.01,"batch":32},"variants":[{"name":"dense"},
    {"name":"rounded","from":"dense","steps":[{"quantize":{"method":"aware","bits":2,"epochs":0}}]},
    {"name":"trained","from":"dense","steps":[{"quantize":{"method":"aware","bits":2,"epochs":20,"learning_rate":0.005}}]},
    {"name":"delayed","from":"dense","steps":[{"quantize":{"method":"aware","bits":2,"epochs":20,"learning_rate":0.005,"delay":15}}]},
    {"name":"weights first","from":"dense","steps":[{"quantize":{"method":"aware","bits":2,"epochs":3,"delay":3}}]},
    {"name":"fixed","from":"dense","steps":[{"quantize":{"method":"aware","bits":2,"epochs":2,"learned_step":false}}]},
    {"name":"binary","from":"dense","steps":[{"prune":{"sparsity":0.3}},{"quantize":{"method":"aware","bits":1,"activation_bits":4,"epochs":5}}]},
    {"name":"violent","from":"dense","steps":[{"quantize":{"method":"aware","bits":3,"activation_bits":3,"epochs":3,"learning_rate":0.5}}]},
    {"name":"pruned","from":"trained","steps":[{"prune":{"sparsity":0.6,"epochs":4,"rounds":2}}]},
    {"name":"thinned","from":"trained","steps":[{"prune":{"sparsity":0.25,"granularity":"unit","epochs":2}}]},
    {"name":"distilled","from":"trained","steps":[{"distill":{"teacher":"dense","training":{"epochs":3}}}]},
    {"name":"trained on","from":"trained","steps":[{"train":{"epochs":2,"optimizer":"sgd","learning_rate":0.01}}]}]}"#;

fn plan() -> Plan {
    Plan::new(&Recipe::from_json(AWARE).unwrap()).unwrap()
}

/// Scales of weights, and of activations.
fn scales(state: &State) -> [Vec<f32>; 2] {
    let (_, integers) = state.integers.as_ref().unwrap();
    let outputs = integers.layers.iter().filter_map(|layer| match layer {
        IntegerLayer::Linear(linear) => linear.output.map(|grid| grid.scale),
        _ => None,
    });
    [integers.linears().flat_map(|linear| linear.codes.scales.clone()).collect(), outputs.collect()]
}

fn accuracies(plan: &Plan) -> impl Fn(&str) -> f64 + use<> {
    let mut log = Log::default();
    let mut dataset = plan.recipe.data.open().unwrap();
    assert!(!now(run_trial(plan, 0, &mut dataset, &Nothing, &mut Engines::cpu(), &mut log)).unwrap());
    move |name| {
        let named = log.events.iter().find_map(|event| match event {
            Event::Variant { result, .. } if result.name == name => Some(result.accuracy),
            _ => None,
        });
        named.unwrap()
    }
}

#[test]
fn two_bits_that_are_trained_answer_better_than_two_bits_that_are_rounded() {
    let accuracy = accuracies(&plan());
    let names = ["dense", "rounded", "trained", "delayed", "binary", "pruned", "thinned", "distilled", "trained on"];
    let all = names.map(&accuracy);
    println!("{names:?} {all:?}");
    let [dense, rounded, trained, delayed, ..] = all;
    assert!(dense > 0.9, "{dense}");
    assert!(trained > rounded + 0.1 && delayed > rounded + 0.1, "{rounded}, trained {trained}, delayed {delayed}");
}

#[test]
fn steps_stay_above_zero_and_move_where_they_are_to() {
    let plan = plan();
    let states = states(&plan);
    let of = |name| scales(of(&plan, &states, name));
    for name in ["rounded", "trained", "binary", "violent", "pruned", "thinned", "distilled"] {
        assert!(of(name).iter().flatten().all(|scale| *scale > 0.0 && scale.is_finite()), "{name}");
    }
    let moved = |a: &[f32], b: &[f32]| a.iter().zip(b).filter(|(a, b)| a != b).count();
    let [rounded, trained, fixed, delayed] = ["rounded", "trained", "fixed", "weights first"].map(of);
    // But for those of units that no sample excites.
    let counts = [&trained, &delayed].map(|of| moved(&rounded[0], &of[0]));
    println!("{counts:?} of {} steps moved", rounded[0].len());
    assert!(counts.iter().all(|count| *count > 30) && moved(&rounded[1], &trained[1]) == 2, "{counts:?}");
    assert_eq!(fixed[0], rounded[0]);
}

/// As long as activations are floats, their steps are nowhere: they are found when that has ended.
#[test]
fn activations_are_measured_when_the_delay_is_over() {
    let plan = plan();
    let states = states(&plan);
    let state = of(&plan, &states, "weights first");
    let (spec, integers) = state.integers.as_ref().unwrap();
    // Their weights are on their grids, so what they calibrate to now is what they did then, but for the rounding of biases.
    let mut dataset = plan.recipe.data.open().unwrap();
    let mut samples = vec![0.0; 400 * 2];
    let count = dataset.len(Split::Train);
    now(dataset.ensure(&Nothing, Split::Train, count - 1)).unwrap();
    let all: Vec<u32> = (0..count as u32).collect();
    dataset.gather(Split::Train, &all, &mut samples[..2 * count]);
    let mut seen = vec![quantize::RangeFinder::new(spec.observer); state.model.layers.len() + 1];
    Executable::new(&TrainedModel::Float(state.model.clone())).observe(
        count,
        &samples[..2 * count],
        &mut |place, values| seen[place].observe(values),
    );
    let measured = quantize::calibrated(&state.model, &seen, spec);
    for (measured, of) in measured.iter().zip(quantize::grids_of(integers, spec).activations) {
        assert!((measured.step / of.step - 1.0).abs() < 0.02, "{} for {}", of.step, measured.step);
    }
}

#[test]
fn removed_weights_stay_away_and_the_others_stay_integers() {
    let plan = plan();
    let states = states(&plan);
    for (name, levels, share) in [("binary", [-1, 1], 0.3), ("pruned", [-1, 1], 0.6)] {
        let state = of(&plan, &states, name);
        let (_, integers) = state.integers.as_ref().unwrap();
        let (mut zeros, mut all) = (0, 0);
        for (linear, weights) in integers.linears().zip(state.model.weights()) {
            let mask = weights.mask_slice().unwrap();
            for ((q, kept), w) in linear.codes.weights.iter().zip(mask).zip(weights.slice()) {
                assert!((levels[0]..=levels[1]).contains(q), "{name}: {q}");
                assert!(*kept || (*q == 0 && *w == 0.0), "{name}: a removed weight is {q}");
                assert!(name != "binary" || (*q == 0) != *kept, "two levels have no zero");
                zeros += usize::from(*q == 0);
                all += 1;
            }
        }
        assert!(zeros as f64 >= share * f64::from(all) - 1.0, "{name}: {zeros} of {all}");
    }
    for name in ["thinned", "distilled", "trained on"] {
        let state = of(&plan, &states, name);
        let (spec, integers) = state.integers.as_ref().unwrap();
        assert!(spec.is_aware() && quantize::fits(integers, &state.model), "{name}");
        assert!(integers.linears().all(|linear| linear.codes.weights.iter().all(|q| q.abs() <= 1)), "{name}");
        let before = scales(of(&plan, &states, "trained"));
        assert_ne!(scales(state), before, "{name}: steps go on being trained");
    }
}

/// Trains quantization-aware from the start, and asks nothing else.
struct Quiet;

impl Monitor for Quiet {
    async fn pause(&mut self) -> bool {
        false
    }

    fn quantizes(&self) -> bool {
        true
    }
}

/// The network as it is trained, and the integer network that is made of it, answer alike. Where they do not, biases were rounded
/// to units of the sums, which are coarse where both steps are (and each of the 256 points of a plane in 4 bits is many samples).
/// With those biases hardly anything differs: a sum that lies in the middle between two integers goes upwards in integers and to
/// the even one in training.
#[test]
fn integer_networks_answer_as_they_were_trained() {
    let plan = plan();
    let states = states(&plan);
    let dense = &of(&plan, &states, "dense").model;
    for (settings, most) in [
        (r#"{"method":"aware","bits":8}"#, 2),
        (r#"{"method":"aware","bits":2}"#, 8),
        (r#"{"method":"aware","bits":4,"activation_bits":4,"activation_mapping":"symmetric"}"#, 60),
    ] {
        let spec: quantize::Quantize = serde_json::from_str(settings).unwrap();
        let mut dataset = plan.recipe.data.open().unwrap();
        let count = dataset.len(Split::Test);
        now(dataset.ensure(&Nothing, Split::Test, count - 1)).unwrap();
        let all: Vec<u32> = (0..count as u32).collect();
        let mut samples = vec![0.0; 2 * count];
        dataset.gather(Split::Test, &all, &mut samples);
        let mut fakes = quantize::begin(dense, &spec);
        let mut seen = vec![quantize::RangeFinder::new(spec.observer); dense.layers.len() + 1];
        Executable::new(&TrainedModel::Float(quantize::on_grids(dense, &fakes))).observe(
            count,
            &samples,
            &mut |place, values| seen[place].observe(values),
        );
        fakes.activations = quantize::calibrated(dense, &seen, &spec);
        let mut model = with_fake_quantization(dense, &fakes);
        train_on(&mut model, &mut dataset);
        let trained = fake_classes(&model, &samples);
        let (plain, fakes) = without_fake_quantization(&model);
        let integers = quantize::integers(&plain, &fakes);
        let mut real = plain.clone();
        integers.dequantize_into(&mut real);
        let rounded = fake_classes(&with_fake_quantization(&real, &fakes), &samples);
        let logits = Executable::new(&TrainedModel::Integer(integers)).logits(count, &samples).to_vec();
        let differ =
            |classes: &[usize]| logits.chunks(2).zip(classes).filter(|(z, class)| arg_max(z) != **class).count();
        let counts = [differ(&trained), differ(&rounded)];
        println!("{settings}: {counts:?} of {count} differ");
        assert!(counts[0] <= most && counts[1] <= 2, "{settings}: {counts:?} of {count} samples differ");
    }
}

fn train_on(model: &mut Model, dataset: &mut Dataset) {
    let training = Training { epochs: 4, batch: 32, learning_rate: 0.003, ..Training::default() };
    let mut progress = Progress::default();
    let mut pupils = [Pupil { model, key: Key::new(4), progress: &mut progress }];
    now(train(&Cpu::new(), &mut pupils, dataset, &Nothing, &training, &mut CrossEntropy, &mut Quiet)).unwrap();
}

/// What the network in training says of each sample.
fn fake_classes(model: &Model, samples: &[f32]) -> Vec<usize> {
    let (cpu, count) = (Cpu::new(), samples.len() / 2);
    let mut network = Network::new(&cpu, &[model], count);
    network.quantize_aware(&cpu, count);
    cpu.write(network.input(), samples);
    network.forward(&cpu, count, Mode::Infer);
    now(cpu.read(network.logits(), 2 * count)).unwrap().chunks(2).map(arg_max).collect()
}

/// The same bits on every target, natively and on wasm.
#[test]
fn quantization_aware_training_gives_the_same_bits_everywhere() {
    let plan = plan();
    let mut log = Log::default();
    let mut dataset = plan.recipe.data.open().unwrap();
    assert!(!now(run_trial(&plan, 0, &mut dataset, &Nothing, &mut Engines::cpu(), &mut log)).unwrap());
    assert_eq!(report(&plan, &log).digest, "7a86287bdd7a6823b2b0518e569bb3d1");
}
