//! Weight sharing in an experiment: what shares a value goes on sharing it.

use super::engines::Engines;
use super::event::Event;
use super::plan::Plan;
use super::recipe::Recipe;
use super::run::run_trial;
use super::state::PackedState;
use super::tests::{Log, Nothing, now, of, report, states};
use std::collections::BTreeSet;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Sharing, and every step after it.
const SHARED: &str = r#"{"version":1,"data":{"dataset":"moons","samples":300},"network":{"architecture":"mlp","widths":[16,12]},
    "training":{"epochs":16,"learning_rate":0.01,"batch":32,"weight_decay":0.001},"variants":[{"name":"dense"},
    {"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.5}}]},
    {"name":"shared","from":"pruned","steps":[{"share":{"bits":2,"epochs":3}}]},
    {"name":"untrained","from":"pruned","steps":[{"share":{"bits":2,"epochs":0,"initialization":"density"}}]},
    {"name":"trained on","from":"shared","steps":[{"train":{"epochs":2,"optimizer":"sgd","learning_rate":0.01,"nesterov":true}}]},
    {"name":"pruned again","from":"shared","steps":[{"prune":{"sparsity":0.8,"rounds":2}}]},
    {"name":"distilled","from":"shared","steps":[{"distill":{"teacher":"dense","training":{"epochs":1}}}]},
    {"name":"int8","from":"shared","steps":[{"quantize":{}}]}]}"#;

fn plan() -> Plan {
    Plan::new(&Recipe::from_json(SHARED).unwrap()).unwrap()
}

#[test]
fn weights_that_share_a_value_are_equal_to_the_last_bit_after_all_training() {
    let plan = plan();
    let states = states(&plan);
    for name in ["untrained", "shared", "trained on", "pruned again", "distilled"] {
        for parameter in of(&plan, &states, name).model.weights() {
            let clusters = parameter.sharing().unwrap();
            for cluster in 0..=4 {
                let members = clusters.iter().zip(parameter.slice()).filter(|(c, _)| **c == cluster);
                let values: BTreeSet<u32> = members.map(|(_, w)| w.to_bits()).collect();
                assert!(values.len() <= 1, "{name}: cluster {cluster} has the values {values:?}");
                assert!(cluster > 0 || values.iter().all(|bits| *bits == 0), "{name}: a zero is {values:?}");
            }
        }
    }
    let values = |name: &str| of(&plan, &states, name).model.parameters[0].slice().to_vec();
    assert_ne!(values("shared"), values("trained on"), "values are trained");
    assert_ne!(values("shared"), values("untrained"));
    let left = |name: &str| {
        of(&plan, &states, name).model.weights().map(|p| p.slice().iter().filter(|w| **w != 0.0).count()).sum::<usize>()
    };
    assert_eq!((left("shared"), left("pruned again")), (124, 50));
    assert!(of(&plan, &states, "int8").model.parameters.iter().all(|p| p.clusters.is_none()), "integers share nothing");
}

#[test]
fn sharing_survives_packing_and_bad_clusters_are_refused() {
    let plan = plan();
    let states = states(&plan);
    let shared = of(&plan, &states, "shared");
    let packed = shared.pack();
    assert_eq!(packed.unpack().unwrap(), *shared);
    let json = serde_json::to_value(&packed).unwrap();
    assert_eq!(serde_json::from_value::<PackedState>(json.clone()).unwrap(), packed);
    for (place, shorter) in [("/clusters", 0), ("/clusters/0", 3)] {
        let mut json = json.clone();
        json.pointer_mut(place).unwrap().as_array_mut().unwrap().truncate(shorter);
        let sentence = serde_json::from_value::<PackedState>(json).unwrap().unpack().unwrap_err().to_string();
        assert!(sentence.contains("cannot be read"), "{sentence}");
    }
    let mut json = json;
    json["clusters"][0][1] = 7.into();
    let sentence = serde_json::from_value::<PackedState>(json).unwrap().unpack().unwrap_err().to_string();
    assert!(sentence.contains("above the limit of 256"), "{sentence}");
}

#[test]
fn a_sharing_step_is_planned_labelled_and_written_like_others() {
    let plan = plan();
    let stage = &plan.stages[plan.variants[2].stage];
    assert_eq!((stage.label.as_str(), stage.epochs()), ("share weights, 2 bits", 3));
    assert_eq!(Recipe::from_json(&plan.recipe.to_compact_json()).unwrap(), plan.recipe);
    assert!(plan.recipe.to_compact_json().contains(r#"{"share":{"bits":2,"epochs":3}}"#));
    for (step, words) in [
        (r#"{"share":{"bits":9}}"#, ["steps[0].share", "bits 9 is not allowed"]),
        (r#"{"share":{"convolution_bits":0}}"#, ["convolution_bits 0", "between 1 and 8"]),
        (r#"{"share":{"method":"guess"}}"#, ["guess", "k-means"]),
        (r#"{"share":{"initialization":"guess"}}"#, ["initialization", "linear"]),
    ] {
        let json = format!(r#"{{"version":1,"variants":[{{"name":"a","steps":[{step}]}}]}}"#);
        let sentence = Recipe::from_json(&json).and_then(|r| Plan::new(&r)).unwrap_err().to_string();
        assert!(words.iter().all(|word| sentence.contains(word)), "{sentence}");
    }
}

/// The same bits on every target, natively and on wasm.
#[test]
fn sharing_gives_the_same_bits_everywhere() {
    let plan = plan();
    let mut log = Log::default();
    let mut dataset = plan.recipe.data.open().unwrap();
    assert!(!now(run_trial(&plan, 0, &mut dataset, &Nothing, &mut Engines::cpu(), &mut log)).unwrap());
    let shared = log.events.iter().find_map(|event| match event {
        Event::Variant { result, .. } if result.name == "shared" => Some(result),
        _ => None,
    });
    for layer in &shared.unwrap().layers {
        assert!(!layer.encoding.is_empty());
        assert!(
            layer.bytes > layer.codebook_bytes + layer.position_bytes + layer.value_bytes,
            "the tag is not counted"
        );
    }
    assert_eq!(report(&plan, &log).digest, "5828859ded26046515afc1987a33d987");
}
