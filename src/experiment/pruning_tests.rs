//! What a pruning step does to a network in an experiment: rewinding, schedules, units, what comes back.

use super::tests::{Log, report, trial, variant};
use super::{Plan, Recipe, Report};
use crate::export;
use crate::network::{Model, Role, TrainedModel};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Runs variants of a small network on points, given as JSON; the report, and each variant's network.
fn run(training: &str, variants: &str) -> (Report, impl Fn(&str) -> Model + use<>) {
    let json = format!(
        r#"{{"version":1,"data":{{"dataset":"moons","samples":320}},"network":{{"architecture":"mlp","widths":[16,12]}},
        "training":{training},"variants":[{variants}]}}"#
    );
    let plan = Plan::new(&Recipe::from_json(&json).unwrap()).unwrap();
    let mut log = Log::default();
    assert!(!trial(&plan, 0, &mut log));
    let report = report(&plan, &log);
    (report, move |name: &str| match export::decode(log.file(name)) {
        Ok(TrainedModel::Float(model)) => model,
        other => panic!("{name}: {other:?}"),
    })
}

const DRAWN: &str = r#"{"name":"drawn","training":{"epochs":0}}"#;
const CONSTANT: &str = r#"{"epochs":6,"learning_rate":0.01,"schedule":"constant"}"#;

/// Every parameter of `pruned` is that of `earlier`, or a weight that was removed. How many were.
fn removed_from(pruned: &Model, earlier: &Model) -> usize {
    let mut removed = 0;
    for (p, e) in pruned.parameters.iter().zip(&earlier.parameters) {
        for (a, b) in p.slice().iter().zip(e.slice()) {
            if a != b {
                assert!(*a == 0.0 && p.role == Role::Weight, "{a} stands where {b} stood");
                removed += 1;
            }
        }
    }
    removed
}

/// Which weights are there, matrix by matrix.
fn there(model: &Model) -> Vec<bool> {
    model.weights().flat_map(|p| p.slice()).map(|w| *w != 0.0).collect()
}

#[test]
fn a_ticket_is_what_was_drawn_under_a_mask_that_training_chose() {
    let prune = r#""sparsity":0.75,"rounds":2,"epochs":0"#;
    let (_, model) = run(
        CONSTANT,
        &format!(
            r#"{DRAWN},{{"name":"dense"}},
            {{"name":"ticket","from":"dense","steps":[{{"prune":{{{prune},"rewind":"initialization"}}}}]}},
            {{"name":"fine","from":"dense","steps":[{{"prune":{{{prune},"schedule":"one-shot"}}}}]}},
            {{"name":"one shot","from":"dense","steps":[{{"prune":{{{prune},"rewind":"initialization","schedule":"one-shot"}}}}]}},
            {{"name":"random","from":"dense","steps":[{{"prune":{{{prune},"rewind":"random","schedule":"one-shot"}}}}]}}"#
        ),
    );
    assert_eq!(removed_from(&model("ticket"), &model("drawn")), 186);
    assert_eq!(removed_from(&model("one shot"), &model("drawn")), 186);
    assert_eq!(removed_from(&model("fine"), &model("dense")), 186);
    let masks = |name: &str| there(&model(name));
    // The mask is of the trained weights, and the same whatever the weights go back to.
    assert_eq!(masks("one shot"), masks("fine"));
    assert_eq!(masks("random"), masks("fine"));
    let (random, drawn) = (model("random"), model("drawn"));
    let same = random
        .weights()
        .zip(drawn.weights())
        .flat_map(|(a, b)| a.slice().iter().zip(b.slice()).map(|(a, b)| a == b).collect::<Vec<_>>());
    assert_eq!(same.filter(|same| *same).count(), 0, "fresh weights are other weights");
}

/// Rewinding to a step means the very bits that the training went through.
#[test]
fn late_rewinding_goes_back_to_the_step_it_names() {
    // 320 samples at 32 a batch: 10 steps an epoch. With a constant rate, 2 epochs are the first 20 steps of 6.
    let training = r#"{"epochs":6,"batch":32,"learning_rate":0.01,"schedule":"constant"}"#;
    let (_, model) = run(
        training,
        r#"{"name":"dense"},
        {"name":"after 20","training":{"epochs":2,"batch":32,"learning_rate":0.01,"schedule":"constant"}},
        {"name":"late","from":"dense","steps":[{"prune":{"sparsity":0.5,"rounds":1,"epochs":0,"rewind":"step","rewind_step":20}}]},
        {"name":"last","from":"dense","steps":[{"prune":{"sparsity":0.5,"rounds":1,"epochs":0,"rewind":"step","rewind_step":60}}]}"#,
    );
    assert_eq!(removed_from(&model("late"), &model("after 20")), 124);
    assert_eq!(removed_from(&model("last"), &model("dense")), 124);
}

#[test]
fn every_schedule_ends_at_the_sparsity_and_still_knows_the_classes() {
    let schedules = ["one-shot", "iterative", "exponential", "polynomial", "gradual"];
    let variants: Vec<String> = schedules
        .iter()
        .map(|schedule| {
            format!(
                r#"{{"name":"{schedule}","from":"dense","steps":[{{"prune":{{"sparsity":0.6,"schedule":"{schedule}","rounds":4,"epochs":8,"learning_rate":0.01}}}}]}}"#
            )
        })
        .chain([r#"{"name":"surgery","from":"dense","steps":[{"prune":{"method":"surgery","sparsity":0.6,"schedule":"gradual","rounds":20,"epochs":8,"learning_rate":0.01}}]}"#.into()])
        .collect();
    let (report, _) = run(
        r#"{"epochs":16,"learning_rate":0.01,"batch":32}"#,
        &format!(r#"{{"name":"dense"}},{}"#, variants.join(",")),
    );
    for name in schedules.into_iter().chain(["surgery"]) {
        let result = &variant(&report, name).trials[0];
        assert_eq!(result.layers.iter().map(|l| l.nonzero).sum::<usize>(), 248 - 149, "{name}");
        assert!(result.accuracy > 0.9, "{name}: {}", result.accuracy);
    }
}

/// Guo et al.: what was removed and proves to matter comes back. Gradual magnitude pruning under the same settings brings nothing back.
#[test]
fn surgery_brings_back_what_was_removed_and_magnitude_does_not() {
    let step = |method: &str| {
        format!(
            r#"{{"name":"{method}","from":"halved","steps":[{{"prune":{{"method":"{method}","sparsity":0.5,"schedule":"gradual","rounds":20,"epochs":12,"learning_rate":0.02}}}}]}}"#
        )
    };
    let (_, model) = run(
        CONSTANT,
        &format!(
            r#"{DRAWN},{{"name":"halved","from":"drawn","steps":[{{"prune":{{"method":"random","sparsity":0.5,"schedule":"one-shot","epochs":0}}}}]}},{},{}"#,
            step("surgery"),
            step("magnitude")
        ),
    );
    let halved = there(&model("halved"));
    let back = |name: &str| there(&model(name)).iter().zip(&halved).filter(|(now, then)| **now && !**then).count();
    assert_eq!(halved.iter().filter(|there| **there).count(), 124);
    assert!(back("surgery") > 0);
    assert_eq!(back("magnitude"), 0);
}

/// A shuffled mask lets weights back in: they have the values that they had before.
#[test]
fn shuffled_in_weights_are_those_that_were_there() {
    let (_, model) = run(
        CONSTANT,
        &format!(
            r#"{DRAWN},{{"name":"shuffled","from":"drawn","steps":[{{"prune":{{"sparsity":0.75,"ablation":"shuffled","schedule":"one-shot","epochs":0}}}}]}},
            {{"name":"chosen","from":"drawn","steps":[{{"prune":{{"sparsity":0.75,"schedule":"one-shot","epochs":0}}}}]}}"#
        ),
    );
    // Exactly three quarters are gone: none that the shuffle let in is zero.
    assert_eq!(removed_from(&model("shuffled"), &model("drawn")), 186);
    assert_ne!(there(&model("shuffled")), there(&model("chosen")));
}

#[test]
fn what_is_foretold_is_told_beside_what_came() {
    let (report, _) = run(
        r#"{"epochs":60,"learning_rate":0.01,"batch":320}"#,
        r#"{"name":"dense"},
        {"name":"few","from":"dense","steps":[{"prune":{"method":"obd","sparsity":0.05,"samples":320,"schedule":"one-shot","epochs":0}}]},
        {"name":"many","from":"dense","steps":[{"prune":{"method":"obd","sparsity":0.9,"samples":320,"schedule":"one-shot","epochs":0}}]},
        {"name":"trained","from":"dense","steps":[{"prune":{"method":"obd","sparsity":0.05,"schedule":"one-shot","epochs":1}}]}"#,
    );
    let told = |name: &str| {
        let trial = &variant(&report, name).trials[0];
        (trial.predicted_rise, trial.measured_rise)
    };
    let ((Some(_), Some(few)), (Some(_), Some(many))) = (told("few"), told("many")) else {
        panic!("{:?} {:?}", told("few"), told("many"))
    };
    assert!(few < 0.1 * many && many > 0.1, "{few} {many}");
    assert_eq!((told("dense"), told("trained")), ((None, None), (None, None)));
}

#[test]
fn n_of_4_goes_by_the_budgets_where_there_are_any() {
    let (report, _) = run(
        CONSTANT,
        r#"{"name":"sparse","steps":[{"prune":{"granularity":"n-of-4","budgets":[0.5,0.75,0],"schedule":"one-shot","epochs":0}}]}"#,
    );
    let left: Vec<usize> = variant(&report, "sparse").trials[0].layers.iter().map(|l| l.nonzero).collect();
    assert_eq!(left, [16, 48, 24]);
}

#[test]
fn units_are_gone_after_a_step_and_the_rest_trains_quantizes_and_teaches_on() {
    let (report, model) = run(
        r#"{"epochs":16,"learning_rate":0.01,"batch":32}"#,
        r#"{"name":"dense"},
        {"name":"units","from":"dense","steps":[{"prune":{"sparsity":0.5,"granularity":"unit","scope":"layerwise","rounds":2,"epochs":8,"learning_rate":0.01}}]},
        {"name":"ticket","from":"dense","steps":[{"prune":{"sparsity":0.5,"granularity":"unit","scope":"layerwise","rewind":"initialization","rounds":2,"epochs":8,"learning_rate":0.01}}]},
        {"name":"int8","from":"units","steps":[{"prune":{"sparsity":0.5}},{"quantize":{}}]},
        {"name":"taught","from":"units","steps":[{"distill":{"teacher":"dense"}}]}"#,
    );
    assert_eq!(variant(&report, "units").parameters, 2 * 8 + 8 + 8 * 6 + 6 + 6 * 2 + 2);
    for name in ["units", "ticket", "int8", "taught"] {
        assert!(variant(&report, name).accuracy > 0.85, "{name}: {}", variant(&report, name).accuracy);
    }
    assert_eq!(model("taught").parameter_count(), variant(&report, "units").parameters);
}

#[test]
fn steps_that_do_not_go_together_are_refused_with_a_sentence() {
    let cases: [(&str, &[&str]); 13] = [
        (r#""method":"surgery""#, &["surgery", "gradual"]),
        (r#""schedule":"gradual","epochs":0"#, &["epochs 0", "at least 1"]),
        (r#""schedule":"gradual","rewind":"initialization""#, &["rewind", "gradual", "rounds"]),
        (r#""schedule":"gradual","granularity":"unit""#, &["gradual", "units"]),
        (r#""budgets":[0.5]"#, &["budgets", "1 entries", "3 weight matrices"]),
        (r#""budgets":[0.5,2,0.1]"#, &["budgets: 2", "0.9999"]),
        (r#""exclude":[4]"#, &["exclude", "matrix 4", "1 to 3"]),
        (r#""exclude":[1,2,3]"#, &["exclude", "every matrix"]),
        (r#""granularity":"n-of-4","sparsity":0.9"#, &["sparsity 0.9", "0.25, 0.5 or 0.75"]),
        (r#""granularity":"n-of-4","sparsity":0.5,"budgets":[0.5,0.9,0]"#, &["budgets: 0.9", "0, 0.25, 0.5 or 0.75"]),
        (r#""granularity":"block","ablation":"shuffled""#, &["shuffled", "weight"]),
        (r#""rewind":"step","rewind_step":5000"#, &["rewind_step 5000", "4300 steps"]),
        (r#""iterations":1000"#, &["iterations 1000", "between 1 and 200"]),
    ];
    for (fields, words) in cases {
        let json = format!(r#"{{"version":1,"variants":[{{"name":"a","steps":[{{"prune":{{{fields}}}}}]}}]}}"#);
        let plan = Plan::new(&Recipe::from_json(&json).unwrap());
        let sentence = plan.map(|_| ()).expect_err(&json).to_string();
        for word in words {
            assert!(sentence.contains(word), "\"{sentence}\" does not say {word}");
        }
    }
}
