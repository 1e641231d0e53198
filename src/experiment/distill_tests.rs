//! Distillation in an experiment: what every method that looks further than at predictions does, and what it does not.

use super::State;
use super::engines::Engines;
use super::plan::Plan;
use super::recipe::Recipe;
use super::stage::{Inputs, Work};
use super::tests::{Log, now};
use crate::compression::distill::{BY_GRADIENT, LOSSES};
use crate::data::Folder;

/// What the variants leave behind, trained on a few digits and not tested. The first is `teacher`.
fn states(variants: &[String]) -> Vec<State> {
    let json = format!(
        r#"{{"version":1,"data":{{"samples":96}},"network":{{"architecture":"lenet-5"}},
        "training":{{"epochs":1,"batch":32}},"variants":[{{"name":"teacher"}},{}]}}"#,
        variants.join(",")
    );
    let plan = Plan::new(&Recipe::from_json(&json).unwrap()).unwrap();
    let (mut log, mut dataset) = (Log::default(), plan.recipe.data.open().unwrap());
    let source = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/www").into());
    let mut states: Vec<State> = Vec::new();
    for stage in 0..plan.stages.len() {
        let inputs = [Inputs::of(0, &plan.inputs(stage), &states)];
        let mut engines = Engines::cpu();
        let mut work = Work::new(&plan, stage, &inputs, &mut dataset, &source, &mut engines, &mut log);
        let state = now(work.run()).unwrap().remove(0);
        states.push(state);
    }
    plan.variants.iter().map(|variant| states[variant.stage].clone()).collect()
}

#[test]
fn what_a_method_adds_counts_as_much_as_it_is_given_weight() {
    let student = |name: &str, method: &str, weight: f64| {
        format!(
            r#"{{"name":"{name}","from":"teacher","steps":[{{"distill":{{"method":"{method}","weight":{weight},
            "alpha":0.5,"student":{{"architecture":"lenet-5"}}}}}}]}}"#
        )
    };
    let methods: Vec<&str> =
        LOSSES.iter().map(|(name, _)| *name).chain(BY_GRADIENT.iter().map(|(name, _)| *name)).collect();
    for methods in methods.chunks(16) {
        let mut variants = vec![student("plain", "soft-targets", 1.0)];
        for method in methods {
            variants.push(student(&format!("without {method}"), method, 0.0));
            variants.push(student(&format!("with {method}"), method, 1.0));
        }
        let states = states(&variants);
        for (method, pair) in methods.iter().zip(states[2..].chunks(2)) {
            assert_eq!(pair[0].model, states[1].model, "{method} with a weight of nothing is soft targets alone");
            assert_ne!(pair[1].model, states[1].model, "{method} changes the student");
            let finite = |state: &State| state.model.weights().all(|w| w.slice().iter().all(|v| v.is_finite()));
            assert!(finite(&pair[1]), "{method}");
        }
    }
}
