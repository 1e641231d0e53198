//! Transformers in an experiment: what they learn, what can be done to them, and what is refused.

use super::engines::Engines;
use super::plan::Plan;
use super::recipe::Recipe;
use super::run::run_trial;
use super::tests::{Log, now, report, variant};
use crate::data::{DataError, Key, Source};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Texts in which one word tells the class, somewhere among words that tell nothing.
struct Words;

impl Source for Words {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        let count = if path.contains("train") {
            5000
        } else if path.contains("test") {
            2000
        } else {
            1000
        };
        let mut rng = Key::new(5).fold(path).rng();
        let mut below = |most: usize| (rng.uniform() * most as f32) as usize;
        let labels: Vec<u8> = (0..count).map(|i| (i % 10) as u8).collect();
        let mut file = b"FWSH\x01\0\0\0".to_vec();
        file.extend((count as u32).to_le_bytes());
        file.extend([1, 0, 48, 0]);
        file.extend(&labels);
        for label in labels {
            let mut text = [0; 48];
            text[..12].fill_with(|| 20 + below(230) as u8);
            text[below(12)] = 10 + label;
            file.extend(text);
        }
        Ok(file)
    }
}

fn plan(backend: &str, variants: &str) -> Result<Plan, String> {
    let recipe = format!(
        r#"{{"version":1,"backend":"{backend}","data":{{"dataset":"glosses","samples":1500}},
        "network":{{"architecture":"transformer","widths":[16],"depth":1,"heads":2}},
        "training":{{"epochs":4,"learning_rate":0.005,"batch":32}},"variants":[{variants}]}}"#
    );
    Plan::new(&Recipe::from_json(&recipe).map_err(|e| e.to_string())?).map_err(|e| e.to_string())
}

fn run(plan: &Plan) -> Log {
    let (mut dataset, mut log) = (plan.recipe.data.open().unwrap(), Log::default());
    now(run_trial(plan, 0, &mut dataset, &Words, &mut Engines::cpu(), &mut log)).unwrap();
    log
}

#[test]
fn a_transformer_learns_words_and_goes_through_the_steps_of_compression() {
    let plan = plan(
        "cpu",
        r#"{"name":"dense"},
        {"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.7,"epochs":1,"schedule":"one-shot","learning_rate":0.003}}]},
        {"name":"dynamic","from":"dense","steps":[{"quantize":{"scheme":"dynamic-range"}}]},
        {"name":"4 bits","from":"dense","steps":[{"quantize":{"scheme":"weight-only","bits":4,"granularity":"per-group"}}]},
        {"name":"student","from":"dense","steps":[{"distill":{"student":{"architecture":"transformer","widths":[8],"depth":1,"heads":1}}}]}"#,
    )
    .unwrap();
    assert!(!plan.recipe.is_basic(), "the workers' first part does not know it");
    let log = run(&plan);
    let report = report(&plan, &log);
    let of = |name| variant(&report, name).clone();
    assert!(of("dense").accuracy > 0.9, "{}", of("dense").accuracy);
    for name in ["pruned", "dynamic", "4 bits", "student"] {
        assert!(of(name).accuracy > 0.7, "{name}: {}", of(name).accuracy);
    }
    assert!(of("4 bits").bytes < of("dynamic").bytes && of("dynamic").bytes < of("dense").bytes);
    assert_eq!(of("dense").digest, variant(&self::report(&plan, &run(&plan)), "dense").digest);
}

#[cfg(not(target_arch = "wasm32"))]
fn report_of(log: &Log) -> Option<&String> {
    log.events.iter().find_map(|event| match event {
        super::event::Event::Backend { message, .. } => Some(message),
        _ => None,
    })
}

#[test]
fn what_a_transformer_has_no_form_for_is_refused_with_a_way_out() {
    let step = |step: &str| plan("cpu", &format!(r#"{{"name":"a","steps":[{step}]}}"#)).unwrap_err();
    for (of, wanted) in [
        (r#"{"quantize":{}}"#, ["full-integer", "dynamic-range"]),
        (r#"{"quantize":{"method":"aware"}}"#, ["full-integer", "weight-only"]),
        (r#"{"prune":{"granularity":"unit"}}"#, ["granularity unit", "block"]),
        (r#"{"prune":{"method":"synflow"}}"#, ["\"synflow\"", "magnitude"]),
        (r#"{"prune":{"method":"taylor"}}"#, ["\"taylor\"", "magnitude"]),
    ] {
        let error = step(of);
        assert!(wanted.iter().all(|word| error.contains(word)), "{error}");
    }
    let distill =
        |settings: &str| format!(r#"{{"distill":{{"student":{{"architecture":"transformer"}},{settings}}}}}"#);
    for (of, wanted) in [
        (r#"{"train":{"jitter":2}}"#.to_string(), ["train.jitter 2", "glosses has texts"]),
        (r#"{"train":{"mixup":0.2}}"#.to_string(), ["train.mixup 0.2", "set it to 0"]),
        (distill(r#""training":{"mixup":1}"#), ["distill.training.mixup 1", "has texts"]),
        (distill(r#""alpha":1,"transfer":{"source":"noise"}"#), ["\"noise\" gives images", "training or unlabeled"]),
        (distill(r#""alpha":1,"transfer":{"source":"other"}"#), ["\"other\" gives images", "training or unlabeled"]),
    ] {
        let error = step(&of);
        assert!(wanted.iter().all(|word| error.contains(word)), "{error}");
    }
    let unlabeled = distill(r#""alpha":1,"transfer":{"source":"unlabeled"}"#);
    plan("cpu", &format!(r#"{{"name":"a","steps":[{unlabeled}]}}"#)).unwrap();
    let network = |network: &str, data: &str| {
        let recipe =
            format!(r#"{{"version":1,"data":{{"dataset":"{data}"}},"network":{network},"variants":[{{"name":"a"}}]}}"#);
        Plan::new(&Recipe::from_json(&recipe).unwrap()).unwrap_err().to_string()
    };
    for (of, data, wanted) in [
        (r#"{"architecture":"lenet-300-100"}"#, "glosses", ["text", "choose transformer"]),
        (r#"{"architecture":"transformer"}"#, "moons", ["points", "choose an mlp"]),
        (r#"{"architecture":"transformer","heads":5}"#, "mnist", ["heads 5", "32 channels"]),
        (r#"{"architecture":"transformer","depth":9}"#, "mnist", ["depth 9", "at most 4"]),
        (r#"{"architecture":"transformer","patch":30}"#, "mnist", ["30 x 30", "28 x 28"]),
        (r#"{"architecture":"transformer","widths":[8,8]}"#, "mnist", ["2 values", "takes 1"]),
        (r#"{"architecture":"lenet-5","widths":[8]}"#, "mnist", ["1 values", "[20, 50, 500]"]),
        (r#"{"architecture":"lenet-5","depth":2}"#, "mnist", ["depth", "transformer alone"]),
    ] {
        let error = network(of, data);
        assert!(wanted.iter().all(|word| error.contains(word)), "{error}");
    }
}

/// The GPU has no form for attention: the processor trains, says so, and comes to its own digest.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_transformer_stays_with_the_processor() {
    let [here, there] = ["cpu", "gpu"].map(|backend| plan(backend, r#"{"name":"a"}"#).unwrap());
    let mut log = Log::default();
    let mut dataset = there.recipe.data.open().unwrap();
    now(run_trial(&there, 0, &mut dataset, &Words, &mut Engines::without_gpu("there is none"), &mut log)).unwrap();
    assert!(report_of(&log).is_some_and(|message| message.contains("attention")), "{:?}", report_of(&log));
    let digest = |plan: &Plan, log: &Log| report(plan, log).variants[0].digest.clone();
    assert_eq!(digest(&there, &log), digest(&here, &run(&here)));
}

#[test]
fn narrower_networks_are_named_by_their_widths() {
    use crate::network::{Architecture, ArchitectureName, Shape};
    let shape = Shape { height: 28, width: 28, channels: 1 };
    for (architecture, widths, label) in [
        (ArchitectureName::LeNet5, vec![6, 16, 120], "LeNet-5 6-16-120"),
        (ArchitectureName::VggSmall, vec![8, 16, 32], "VGG-small 8-16-32"),
        (ArchitectureName::ResNetSmall, vec![8, 16, 32], "ResNet-small 8-16-32"),
    ] {
        let usual = Architecture { architecture, ..Architecture::default() };
        let named = Architecture { widths: architecture.default_widths().to_vec(), ..usual.clone() };
        assert_eq!(usual.layers(shape, 10), named.layers(shape, 10), "the usual widths may be named");
        let narrow = Architecture { widths, ..usual.clone() };
        assert_eq!(narrow.label(), label);
        let count =
            |spec: &Architecture| spec.layers(shape, 10).unwrap().iter().map(|l| l.parameter_count()).sum::<usize>();
        assert!(count(&narrow) < count(&usual) / 2);
    }
}
