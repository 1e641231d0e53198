//! Whole experiments on toys: what they come to, and that they come to the same everywhere.

use super::{
    Clock, Engines, Event, Flow, Inputs, Link, Plan, Recipe, Report, Results, Sink, State, VariantReport, run_stage,
    run_trial,
};
use crate::data::{DataError, Source};
use crate::export;
use crate::network::TrainedModel;
use std::collections::HashMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A source without files: toys need none.
pub(super) struct Nothing;

impl Source for Nothing {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        Err(DataError::Missing { path: path.into() })
    }
}

/// Keeps everything; stops at the given pause.
#[derive(Default)]
pub(super) struct Log {
    pub(super) events: Vec<Event>,
    files: HashMap<(usize, String), Vec<u8>>,
    pauses: usize,
    stop_at: Option<usize>,
    clock: std::cell::Cell<f64>,
}

impl Log {
    /// A variant's file, of the first trial.
    pub(super) fn file(&self, variant: &str) -> &[u8] {
        &self.files[&(0, variant.to_string())]
    }
}

impl Sink for Log {
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn model(&mut self, trial: usize, variant: &str, file: &[u8]) {
        self.files.insert((trial, variant.into()), file.to_vec());
    }
}

impl Clock for Log {
    async fn pause(&mut self) -> Flow {
        self.pauses += 1;
        if self.stop_at.is_some_and(|at| self.pauses > at) { Flow::Stop } else { Flow::Continue }
    }

    /// A clock that runs fast, so that latencies take no time to measure.
    fn now_us(&self) -> f64 {
        self.clock.set(self.clock.get() + 5000.0);
        self.clock.get()
    }
}

/// The result of a future that never waits.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// Runs a trial; whether it was stopped.
pub(super) fn trial(plan: &Plan, trial: usize, log: &mut Log) -> bool {
    let mut dataset = plan.recipe.data.open().unwrap();
    now(run_trial(plan, trial, &mut dataset, &Nothing, &mut Engines::cpu(), log)).unwrap()
}

/// What each stage leaves behind in the first trial, each handed on as bytes, as from one worker to another.
pub(super) fn states(plan: &Plan) -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    for stage in 0..plan.stages.len() {
        let handed: Vec<State> = states.iter().map(|state| state.pack().unpack().unwrap()).collect();
        let inputs = [Inputs::of(0, &plan.inputs(stage), &handed)];
        let mut dataset = plan.recipe.data.open().unwrap();
        let (engines, log) = (&mut Engines::cpu(), &mut Log::default());
        let mut reached = now(run_stage(plan, stage, &inputs, &mut dataset, &Nothing, engines, log)).unwrap();
        let state = reached.remove(0).unwrap().state;
        assert_eq!(state.pack().unpack().unwrap(), state, "every bit is handed on");
        states.push(state);
    }
    states
}

/// What a variant leaves behind.
pub(super) fn of<'a>(plan: &Plan, states: &'a [State], name: &str) -> &'a State {
    &states[plan.variants.iter().find(|v| v.name == name).unwrap().stage]
}

pub(super) fn report(plan: &Plan, log: &Log) -> Report {
    let mut results = Results::default();
    for event in &log.events {
        results.take(plan, event);
    }
    results.report(plan)
}

fn run(json: &str) -> (Report, Log) {
    let plan = Plan::new(&Recipe::from_json(json).unwrap()).unwrap();
    let mut log = Log::default();
    for index in 0..plan.recipe.seeds.len() {
        assert!(!trial(&plan, index, &mut log));
    }
    (report(&plan, &log), log)
}

pub(super) fn variant<'a>(report: &'a Report, name: &str) -> &'a VariantReport {
    report.variants.iter().find(|v| v.name == name).unwrap()
}

/// Every layer, optimizer, schedule and step there is, on points.
pub(super) const EVERYTHING: &str = r#"{"version":1,"data":{"dataset":"moons","samples":300},
    "network":{"architecture":"mlp","widths":[16,12]},"training":{"epochs":16,"learning_rate":0.01,"batch":32},"seeds":[1,2],
    "variants":[{"name":"dense"},
    {"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.6}}]},
    {"name":"int8","from":"dense","steps":[{"quantize":{"calibration":200}}]},
    {"name":"both","from":"pruned","steps":[{"quantize":{"granularity":"per-tensor"}}]},
    {"name":"student","from":"dense","steps":[{"distill":{"student":{"architecture":"mlp","widths":[8],"activation":"tanh"}}}]},
    {"name":"order","from":"int8","steps":[{"prune":{"sparsity":0.5,"schedule":"one-shot","scope":"layerwise"}},{"distill":{"teacher":"dense"}}]},
    {"name":"other","network":{"architecture":"mlp","widths":[16],"activation":"tanh","batch_normalization":true,"dropout":0.1,"initialization":"glorot-uniform"},
     "training":{"epochs":4,"optimizer":"sgd","nesterov":true,"weight_decay":0.001,"learning_rate":0.1,"schedule":{"step":{"every":2,"factor":0.5}},"early_stopping":2},
     "steps":[{"quantize":{}},{"train":{"epochs":1}}]}]}"#;

/// The bits that every processor, browser and build must come to. A change here breaks every link that was ever shared
/// with a digest; it is right only together with a new version of the recipe.
#[test]
fn the_same_recipe_gives_the_same_bits_everywhere() {
    assert_eq!(run(EVERYTHING).0.digest, "99721f9d90d31f055dd4f720c520f3c8");
}

#[test]
fn trials_and_data_sets_do_not_depend_on_what_ran_before_them() {
    let plan = Plan::new(&Recipe::from_json(EVERYTHING).unwrap()).unwrap();
    let mut log = Log::default();
    trial(&plan, 1, &mut log);
    trial(&plan, 0, &mut log);
    assert_eq!(report(&plan, &log).digest, run(EVERYTHING).0.digest);
}

#[test]
fn every_variant_is_what_its_steps_say() {
    let (report, log) = run(EVERYTHING);
    let dense = variant(&report, "dense");
    assert!(dense.accuracy > 0.95, "{}", dense.accuracy);
    // 2 x 16 + 16 x 12 + 12 x 2 weights; biases are kept.
    assert_eq!((dense.parameters, dense.macs), (248 + 30, 248));
    let weights = |v: &VariantReport| v.trials[0].layers.iter().map(|l| l.nonzero).sum::<usize>();
    assert_eq!(weights(variant(&report, "pruned")), 248 - 149);
    assert!(weights(variant(&report, "both")) <= 248 - 149);
    assert!(variant(&report, "both").macs <= 248 - 149);
    let kernels = |v: &VariantReport| v.trials[0].layers.iter().map(|l| l.kernel.clone()).collect::<Vec<_>>();
    assert!(kernels(dense).iter().all(|k| k == "dense f32"));
    assert!(kernels(variant(&report, "int8")).iter().all(|k| k.ends_with("int8")));
    assert!(kernels(variant(&report, "both")).contains(&"sparse int8".to_string()));
    assert_eq!(variant(&report, "student").parameters, 2 * 8 + 8 + 8 * 2 + 2);
    for report in &report.variants {
        for result in &report.trials {
            let file = &log.files[&(usize::from(result.seed == 2), report.name.clone())];
            assert_eq!(file.len(), result.bytes);
            let right: u32 = (0..2).map(|c| result.confusion[c][c]).sum();
            let all: u32 = result.confusion.iter().flatten().sum();
            assert_eq!(result.accuracy, f64::from(right) / f64::from(all));
            for layer in &result.layers {
                assert_eq!(layer.histogram.iter().sum::<u32>() as usize, layer.nonzero);
            }
        }
        let integer = matches!(export::decode(&log.files[&(0, report.name.clone())]), Ok(TrainedModel::Integer(_)));
        assert_eq!(integer, ["int8", "both", "order", "other"].contains(&report.name.as_str()), "{}", report.name);
    }
}

#[test]
fn steps_in_any_order_leave_what_each_of_them_made() {
    let steps = [r#"{"prune":{"sparsity":0.5}}"#, r#"{"quantize":{}}"#, r#"{"distill":{"teacher":"t"}}"#];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let variants = orders
        .map(|order| format!(r#"{{"name":"{order:?}","from":"t","steps":[{}]}}"#, order.map(|i| steps[i]).join(",")));
    let recipe = format!(
        r#"{{"version":1,"data":{{"dataset":"blobs","samples":200}},"network":{{"architecture":"mlp","widths":[12]}},
        "training":{{"epochs":12,"learning_rate":0.02}},"variants":[{{"name":"t"}},{}]}}"#,
        variants.join(",")
    );
    let (report, _) = run(&recipe);
    for order in orders {
        let result = &variant(&report, &format!("{order:?}")).trials[0];
        let (weights, left) = result.layers.iter().fold((0, 0), |(p, n), l| (p + l.parameters, n + l.nonzero));
        assert!(left * 2 <= weights, "{order:?} left {left} of {weights}");
        assert!(result.layers.iter().all(|l| l.kernel.ends_with("int8")), "{order:?}");
        assert!(result.accuracy > 0.9, "{order:?}: {}", result.accuracy);
    }
}

#[test]
fn shared_beginnings_are_computed_once() {
    let (_, log) = run(EVERYTHING);
    let begun = |t| log.events.iter().filter(|e| matches!(e, Event::Stage { trial, .. } if *trial == t)).count();
    // dense, pruned, int8, both, student, two of `order`, three of `other`
    assert_eq!((begun(0), begun(1)), (10, 10));
}

#[test]
fn a_stopped_run_keeps_what_it_reached() {
    let plan = Plan::new(&Recipe::from_json(EVERYTHING).unwrap()).unwrap();
    let whole = {
        let mut log = Log::default();
        trial(&plan, 0, &mut log);
        log.pauses
    };
    for stop_at in [0, 1, 10, whole / 4, whole / 2, 3 * whole / 4] {
        let mut log = Log { stop_at: Some(stop_at), ..Log::default() };
        assert!(trial(&plan, 0, &mut log));
        let report = report(&plan, &log);
        assert!(!report.variants.is_empty(), "nothing was kept of a run stopped at {stop_at}");
        assert!(report.variants.iter().all(|v| log.files.contains_key(&(0, v.name.clone()))));
        assert_eq!(report.digest, "", "a stopped run has no digest");
    }
}

#[test]
fn a_missing_file_is_told_with_its_name() {
    let plan = Plan::new(&Recipe::from_json(r#"{"version":1,"variants":[{"name":"dense"}]}"#).unwrap()).unwrap();
    let mut dataset = plan.recipe.data.open().unwrap();
    let outcome = now(run_trial(&plan, 0, &mut dataset, &Nothing, &mut Engines::cpu(), &mut Log::default()));
    let sentence = outcome.unwrap_err().to_string();
    assert!(sentence.contains("data/mnist/train-00.shard"), "{sentence}");
}

#[test]
fn training_that_diverges_says_so() {
    let recipe = r#"{"version":1,"data":{"dataset":"moons"},"network":{"architecture":"mlp","widths":[64,64]},
        "training":{"optimizer":"sgd","learning_rate":10,"weight_decay":1,"momentum":0.99,"schedule":"constant","epochs":50},
        "variants":[{"name":"dense"}]}"#;
    let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
    let mut dataset = plan.recipe.data.open().unwrap();
    let outcome = now(run_trial(&plan, 0, &mut dataset, &Nothing, &mut Engines::cpu(), &mut Log::default()));
    let sentence = outcome.unwrap_err().to_string();
    assert!(sentence.contains("lower the learning rate (now 10)"), "{sentence}");
}

/// What is wrong, and words that the sentence must hold: the place, the value, the way out.
#[test]
fn bad_recipes_are_refused_with_a_sentence() {
    let recipe = |rest: &str| format!(r#"{{"version":1,"variants":[{{"name":"a"}}]{rest}}}"#);
    let steps = |steps: &str| format!(r#"{{"version":1,"variants":[{{"name":"a","steps":[{steps}]}}]}}"#);
    let cases: [(String, &[&str]); 21] = [
        ("{".into(), &["not valid JSON"]),
        (r#"{"variants":[]}"#.into(), &["version is missing", "\"version\": 1"]),
        (r#"{"version":2,"variants":[]}"#.into(), &["version 2", "newer"]),
        (r#"{"version":0,"variants":[]}"#.into(), &["version 0"]),
        (r#"{"version":1,"variants":[]}"#.into(), &["variants is empty"]),
        (recipe(r#","colour":1"#), &["colour"]),
        (recipe(r#","network":{"architecture":"resnet"}"#), &["network", "resnet", "lenet-300-100"]),
        (recipe(r#","network":{"architecture":"mlp","widths":[0]}"#), &["widths", "0", "between 1 and 4096"]),
        (recipe(r#","network":{"architecture":"mlp","widths":[4096,4096]}"#), &["parameters", "5000000"]),
        (recipe(r#","network":{"architecture":"mlp"}"#), &["widths is missing"]),
        (recipe(r#","network":{"architecture":"lenet-5"},"data":{"dataset":"moons"}"#), &["lenet-5", "choose an mlp"]),
        (recipe(r#","training":{"epochs":1000}"#), &["training.epochs 1000", "between 0 and 200"]),
        (recipe(r#","training":{"learning_rate":-1}"#), &["learning_rate -1"]),
        (recipe(r#","seeds":[]"#), &["seeds"]),
        (recipe(r#","data":{"samples":100000}"#), &["data", "100000"]),
        (recipe(r#","data":{"dataset":"cifar"}"#), &["data.dataset", "cifar", "mnist"]),
        (steps(r#"{"prune":{"sparsity":1.2}}"#), &["variants[0].steps[0].prune", "sparsity 1.2", "0.99"]),
        (steps(r#"{"prune":{"method":"guess"}}"#), &["guess", "magnitude"]),
        (steps(r#"{"quantize":{"bits":9}}"#), &["bits 9"]),
        (steps(r#"{"distill":{}}"#), &["teacher is missing"]),
        (steps(r#"{"distill":{"teacher":"b"}}"#), &["teacher \"b\"", "listed before"]),
    ];
    for (json, words) in cases {
        let error = Recipe::from_json(&json).and_then(|recipe| Plan::new(&recipe).map(|_| ()));
        let sentence = error.expect_err(&json).to_string();
        for word in words {
            assert!(sentence.contains(word), "\"{sentence}\" does not say {word}");
        }
    }
}

#[test]
fn a_sweep_is_one_variant_for_each_value() {
    let recipe = r#"{"version":1,"variants":[{"name":"dense"},{"name":"p","from":"dense","steps":[{"prune":{}}],
        "sweep":{"setting":"sparsity","values":[0.5,0.9]}}]}"#;
    let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
    let names: Vec<&str> = plan.variants.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["dense", "p sparsity 0.5", "p sparsity 0.9"]);
    assert_eq!(plan.stages.len(), 3);
}

/// Links that were shared. They must open for ever, and say what they said.
const GOLDEN_LINKS: [(&str, &str, Option<&str>); 2] = [
    (
        "#x=AQCrhqfokKLElFTd_LQ0hfw8BV8_z-AQJfo6DpFBqJoWYBYSkSBwmoTmBFimwJF_SMozmFECAA",
        r#"{"title":"Trade-off on MNIST","training":{"epochs":3},"variants":[{"name":"dense"},{"from":"dense","name":"pruned 90 %","steps":[{"prune":{"epochs":2}}]},{"from":"dense","name":"int8","steps":[{"quantize":{}}]},{"from":"pruned 90 %","name":"pruned and int8","steps":[{"quantize":{}}]},{"from":"dense","name":"student","steps":[{"distill":{"student":{"architecture":"mlp","widths":[30]}}}]}],"version":1}"#,
        None,
    ),
    (
        "#x=ARBw7NYKroFIF2OwwbBrLwP5g-RvkN1I-RxaOOggigFQToFnfxMDg1pUL2KUNjrYUwvOwksHufQyQkpWRiY6RiaglAXLM8Y6prGIbBgMcarCo4YpCulFh7cdng9O8djC1Ahrpgb6C7MswVPMmyKX86BUS2ZEYU-I2EoQHSxFTS0oFskrf81NY2vR0gAA",
        r#"{"data":{"dataset":"spirals","noise":0.05,"samples":400},"network":{"activation":"tanh","architecture":"mlp","batch_normalization":true,"dropout":0.2,"widths":[24,24]},"seeds":[3,5],"title":"Spirals — größer","training":{"epochs":20,"learning_rate":0.05,"optimizer":"sgd","schedule":{"step":{"every":5,"factor":0.5}}},"variants":[{"name":"dense"},{"from":"dense","name":"p","steps":[{"prune":{"schedule":"one-shot","scope":"layerwise"}}],"sweep":{"setting":"sparsity","step":0,"values":[0.5,0.75]}}],"version":1}"#,
        Some("70ecd60aae81481763b0c1b06b2f03f9"),
    ),
];

#[test]
fn links_from_before_keep_opening() {
    for (text, json, digest) in GOLDEN_LINKS {
        let link = Link::from_text(text).unwrap();
        assert_eq!((link.recipe.to_compact_json().as_str(), link.digest.as_deref()), (json, digest));
        Plan::new(&link.recipe).unwrap();
    }
}

#[test]
fn a_link_carries_the_whole_recipe() {
    let recipe = Recipe::from_json(EVERYTHING).unwrap();
    for digest in [None, Some("00112233445566778899aabbccddeeff".to_string())] {
        let link = Link { recipe: recipe.clone(), digest };
        for text in [link.to_text(), format!("http://localhost:8080/a/#x={}", link.to_text())] {
            assert_eq!(Link::from_text(&text).unwrap(), link);
        }
    }
    assert_eq!(Recipe::from_json(&recipe.to_compact_json()).unwrap(), recipe);
    assert_eq!(Recipe::from_json(&recipe.to_pretty_json()).unwrap(), recipe);
}

#[test]
fn damaged_links_are_refused_with_a_sentence() {
    let recipe = Recipe::from_json(EVERYTHING).unwrap();
    let text = Link { recipe, digest: Some("00112233445566778899aabbccddeeff".into()) }.to_text();
    for end in 0..text.len() {
        let sentence = Link::from_text(&text[..end]).unwrap_err().to_string();
        assert!(sentence.contains("copy it again"), "{sentence}");
    }
    assert!(Link::from_text("no link!").unwrap_err().to_string().contains("copy it again"));
    let newer = Link::from_text("AgAAAA").unwrap_err().to_string();
    assert!(newer.contains("version 2") && newer.contains("newer"), "{newer}");
}
