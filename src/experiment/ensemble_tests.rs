//! Networks drawn several times, ensembles of them, and chains of students.

use super::tests::{Log, of, report, states, trial, variant};
use super::{Plan, Recipe, Report, State};
use crate::export;
use crate::network::{Executable, TrainedModel};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn plan(json: &str) -> Plan {
    Plan::new(&Recipe::from_json(json).unwrap()).unwrap()
}

fn run(plan: &Plan) -> (Report, Log) {
    let mut log = Log::default();
    (0..plan.recipe.seeds.len()).for_each(|of| assert!(!trial(plan, of, &mut log)));
    (report(plan, &log), log)
}

/// A recipe on spirals with these variants.
fn spirals(samples: usize, epochs: usize, variants: &str) -> Plan {
    plan(&format!(
        r#"{{"version":1,"data":{{"dataset":"spirals","samples":{samples},"noise":0.1}},
        "network":{{"architecture":"mlp","widths":[12]}},
        "training":{{"epochs":{epochs},"learning_rate":0.02,"batch":16}},"variants":[{variants}]}}"#
    ))
}

fn weights(state: &State) -> Vec<f32> {
    state.model.parameters.iter().flat_map(|p| p.slice().to_vec()).collect()
}

#[test]
fn the_first_member_is_the_network_that_was_always_drawn_and_the_others_are_not() {
    let plan = spirals(
        80,
        1,
        r#"{"name":"alone"},{"name":"many","members":3},{"name":"second","member":1},
           {"name":"later","member":2,"members":2},{"name":"untrained","members":2,"training":{"epochs":0}}"#,
    );
    let names: Vec<&str> = plan.variants.iter().map(|v| v.name.as_str()).collect();
    let wanted = ["alone", "many 1", "many 2", "many 3", "second", "later 1", "later 2", "untrained 1", "untrained 2"];
    assert_eq!(names, wanted);
    let stage = |name: &str| plan.variants.iter().find(|v| v.name == name).unwrap().stage;
    // The same draw is computed once, whatever it is called.
    assert_eq!(stage("alone"), stage("many 1"));
    assert_eq!(stage("second"), stage("many 2"));
    assert_eq!(stage("later 1"), stage("many 3"));
    let states = states(&plan);
    let drawn =
        ["many 1", "many 2", "many 3", "later 2", "untrained 1", "untrained 2"].map(|n| weights(of(&plan, &states, n)));
    for (index, one) in drawn.iter().enumerate() {
        assert!(drawn[..index].iter().all(|other| other != one), "{index} is drawn twice");
    }
}

/// The order of samples is another, too: from the same weights another member would come to others.
#[test]
fn what_follows_a_draw_is_its_own() {
    let steps = r#""steps":[{"prune":{"method":"random","sparsity":0.5,"schedule":"one-shot","epochs":0}}]"#;
    let plan = spirals(80, 0, &format!(r#"{{"name":"many","members":2,{steps}}}"#));
    let states = states(&plan);
    let mask = |name| of(&plan, &states, name).model.parameters[0].mask.clone().unwrap();
    assert_ne!(mask("many 1"), mask("many 2"));
}

#[test]
fn an_ensemble_predicts_the_mean_of_what_its_members_files_predict() {
    let variants = r#"{"name":"m","members":2},{"name":"int8","from":"m 2","steps":[{"quantize":{}}]},
        {"name":"e","ensemble":["m","int8"]}"#;
    let plan = spirals(200, 2, variants);
    let (report, log) = run(&plan);
    let decoded = |name| export::decode(log.file(name)).unwrap();
    let members = ["m 1", "m 2", "int8"].map(decoded);
    let whole = decoded("e");
    let TrainedModel::Ensemble(ensemble) = &whole else { panic!("three networks were put together") };
    assert_eq!(ensemble.members, members);
    let x: Vec<f32> = (0..40).map(|i| (i as f32 * 0.37).sin() * 1.5).collect();
    let softmax = |model: &TrainedModel| -> Vec<f64> {
        let logits = Executable::new(model).logits(20, &x).to_vec();
        let row = |row: &[f32]| {
            let powers: Vec<f64> = row.iter().map(|&z| f64::from(z).exp()).collect();
            let sum: f64 = powers.iter().sum();
            powers.into_iter().map(move |power| power / sum)
        };
        logits.chunks(2).flat_map(row).collect()
    };
    let each = members.each_ref().map(softmax);
    for (place, found) in softmax(&whole).into_iter().enumerate() {
        let wanted = each.iter().map(|member| member[place]).sum::<f64>() / 3.0;
        assert!((found - wanted).abs() < 1e-6, "{found} for {wanted}");
    }
    // Its row has the sums of its members' rows.
    let results = ["m 1", "m 2", "int8"].map(|name| &variant(&report, name).trials[0]);
    let row = &variant(&report, "e").trials[0];
    assert_eq!(row.parameters, results.iter().map(|r| r.parameters).sum::<usize>());
    assert_eq!(row.macs, results.iter().map(|r| r.macs).sum::<u64>());
    let bytes: usize = results.iter().map(|r| r.bytes).sum();
    assert!((bytes..bytes + 20).contains(&row.bytes), "{} of {bytes}", row.bytes);
    assert_eq!(row.layers.len(), results.iter().map(|r| r.layers.len()).sum::<usize>());
    assert!(row.latency.is_some() && !row.digest.is_empty() && row.loss.is_finite());
}

/// Hansen and Salamon 1990, and what Hinton et al. 2015 start from.
#[test]
fn ten_networks_together_are_better_than_each_of_them_is_on_average() {
    let plan = plan(
        r#"{"version":1,"data":{"dataset":"spirals","samples":200,"noise":0.05},
        "network":{"architecture":"mlp","widths":[32]},"training":{"epochs":150,"learning_rate":0.02,"batch":16},
        "variants":[{"name":"m","members":10},{"name":"e","ensemble":["m"]}]}"#,
    );
    let (report, _) = run(&plan);
    let singles: Vec<f64> = (1..=10).map(|m| variant(&report, &format!("m {m}")).accuracy).collect();
    let mean = singles.iter().sum::<f64>() / 10.0;
    let together = variant(&report, "e");
    assert!(together.accuracy > mean + 0.03, "{} together, {mean} alone: {singles:?}", together.accuracy);
    // The loss of the mean is at most the mean of the losses, whatever the data: the logarithm is concave.
    let loss = |name: &str| variant(&report, name).trials[0].loss;
    let losses = (1..=10).map(|m| loss(&format!("m {m}"))).sum::<f64>() / 10.0;
    assert!(loss("e") < losses, "{} of {losses}", loss("e"));
}

#[test]
fn an_ensemble_teaches_as_one_network_does() {
    let variants = r#"{"name":"m","members":3,"training":{"epochs":30,"learning_rate":0.02,"batch":16}},
        {"name":"e","ensemble":["m"]},
        {"name":"behind","from":"e","steps":[{"distill":{"student":{"architecture":"mlp","widths":[6]}}}]},
        {"name":"named","from":"m 1","steps":[{"distill":{"student":{"architecture":"mlp","widths":[6]},"teacher":"e"}}]},
        {"name":"again","from":"m 1","steps":[{"distill":{"teacher":"e","alpha":1}}]}"#;
    let plan = spirals(150, 30, variants);
    let (report, log) = run(&plan);
    let agreed = |a: &str, b: &str| {
        let logits = |name| Executable::new(&export::decode(log.file(name)).unwrap()).logits(50, &points()).to_vec();
        let sure = |logits: Vec<f32>| logits.chunks(2).map(|row| row[0] > row[1]).collect::<Vec<_>>();
        sure(logits(a)).into_iter().zip(sure(logits(b))).filter(|(a, b)| a == b).count()
    };
    assert!(agreed("again", "e") > agreed("m 1", "e"), "{} and {}", agreed("again", "e"), agreed("m 1", "e"));
    assert!(variant(&report, "behind").accuracy > 0.6);
    // The student is one fresh network, of one teacher, whichever way it is said.
    assert_eq!(log.file("behind"), log.file("named"));
}

/// Fifty places in the plane.
fn points() -> Vec<f32> {
    (0..100).map(|i| ((i * 37 % 101) as f32 / 50.0 - 1.0) * 1.2).collect()
}

/// Mirzadeh et al. 2020: a teacher assistant of a size between, taught by the teacher, teaches the student. Each step's student is
/// the next one's teacher.
#[test]
fn a_chain_of_students_is_a_chain_of_teachers() {
    let student = |width: usize| format!(r#"{{"distill":{{"student":{{"architecture":"mlp","widths":[{width}]}}}}}}"#);
    let variants = format!(
        r#"{{"name":"teacher"}},{{"name":"chain","from":"teacher","steps":[{0},{1}]}},
        {{"name":"assistant","from":"teacher","steps":[{0}]}},{{"name":"student","from":"assistant","steps":[{1}]}},
        {{"name":"without","from":"teacher","steps":[{1}]}}"#,
        student(8),
        student(4)
    );
    let plan = spirals(80, 2, &variants);
    let stage = |name: &str| plan.variants.iter().find(|v| v.name == name).unwrap().stage;
    assert_eq!(stage("chain"), stage("student"), "what steps begin alike is shared");
    let needs = plan.inputs(stage("chain"));
    assert_eq!(
        (needs.parent, needs.teacher),
        (Some(stage("assistant")), None),
        "the assistant teaches, not the teacher"
    );
    let states = states(&plan);
    assert_eq!(of(&plan, &states, "chain").model.classes, 2);
    assert_ne!(weights(of(&plan, &states, "chain")), weights(of(&plan, &states, "without")));
}

/// Furlanello et al. 2018: generations of one architecture, each from another draw, which an ensemble averages.
#[test]
fn born_again_networks_start_from_another_draw() {
    let again = r#"{"distill":{"student":{"architecture":"mlp","widths":[12]},"member":1,"training":{"epochs":0}}}"#;
    let same = r#"{"distill":{"student":{"architecture":"mlp","widths":[12]},"training":{"epochs":0}}}"#;
    let variants = format!(
        r#"{{"name":"zero","training":{{"epochs":0}}}},{{"name":"one","from":"zero","steps":[{again}]}},
        {{"name":"two","from":"one","steps":[{again}]}},{{"name":"alike","from":"zero","steps":[{same}]}},
        {{"name":"drawn","members":3,"training":{{"epochs":0}}}},{{"name":"all","ensemble":["zero","one","two"]}}"#
    );
    let plan = spirals(80, 1, &variants);
    let states = states(&plan);
    let weights = |name| weights(of(&plan, &states, name));
    assert_eq!(weights("alike"), weights("zero"), "without member the student starts as its teacher did");
    // Each generation is the draw that a variant of this member starts from.
    for (generation, drawn) in [("zero", "drawn 1"), ("one", "drawn 2"), ("two", "drawn 3")] {
        assert_eq!(weights(generation), weights(drawn));
    }
    assert_ne!(weights("one"), weights("two"));
}

/// What is wrong, and words that the sentence must hold.
#[test]
fn what_cannot_be_put_together_is_refused_with_a_sentence() {
    let student = r#"{"distill":{"student":{"architecture":"mlp","widths":[4]}}}"#;
    let members = r#"{"name":"m","members":2},{"name":"e","ensemble":["m"]}"#;
    let behind = |step: &str| format!(r#"{members},{{"name":"x","from":"e","steps":[{step}]}}"#);
    let cases: [(String, &[&str]); 18] = [
        (r#"{"name":"e","ensemble":["m"]}"#.into(), &["variants[0].ensemble \"m\"", "listed before"]),
        (r#"{"name":"m"},{"name":"e","ensemble":["m"]}"#.into(), &["one network", "at least two"]),
        (r#"{"name":"m"},{"name":"n"},{"name":"e","ensemble":["m","n"]}"#.into(), &["\"n\" is the same network", "member"]),
        (format!(r#"{members},{{"name":"f","ensemble":["e","m 1"]}}"#), &["\"e\" is an ensemble itself", "members"]),
        (r#"{"name":"m","members":2},{"name":"e","ensemble":["m"],"from":"m 1"}"#.into(), &["ensemble cannot stand beside"]),
        (r#"{"name":"m","members":2},{"name":"e","ensemble":["m"],"member":1}"#.into(), &["ensemble cannot stand beside"]),
        (r#"{"name":"a"},{"name":"b","from":"a","member":1}"#.into(), &["from cannot stand beside member"]),
        (r#"{"name":"a"},{"name":"b","from":"a","members":3}"#.into(), &["from cannot stand beside member"]),
        (r#"{"name":"a","member":10000}"#.into(), &["member 10000", "0 to 9999"]),
        (r#"{"name":"a","members":65}"#.into(), &["members 65", "64"]),
        (r#"{"name":"a","members":2},{"name":"a"}"#.into(), &["\"a\" stands for all of its members"]),
        (r#"{"name":"a","members":2},{"name":"b","from":"a"}"#.into(), &["\"a\" is not a variant", "a 1, a 2"]),
        (behind(r#"{"prune":{}}"#), &["variants[2].steps[0].prune works on one network", "an ensemble has several", "student first"]),
        (behind(r#"{"distill":{"teacher":"m 1"}}"#), &["steps[0].distill", "an ensemble has several"]),
        (
            behind(r#"{"distill":{"method":"hints","student":{"architecture":"mlp","widths":[8]}}}"#),
            &["steps[0].distill.method \"hints\" looks into its teacher's layers", "soft-targets"],
        ),
        (r#"{"name":"a","steps":[{"distill":{"teacher":"a","member":1}}]}"#.into(), &["member belongs to a student"]),
        (
            r#"{"name":"a","members":2,"steps":[{"prune":{}}],"sweep":{"setting":"sparsity","values":[0.5]}}"#.into(),
            &["members cannot stand beside sweep"],
        ),
        (
            r#"{"name":"m","members":5,"network":{"architecture":"mlp","widths":[2100,2100]}},{"name":"e","ensemble":["m"]}"#
                .into(),
            &["ensemble would have", "at most 20000000"],
        ),
    ];
    for (variants, words) in cases {
        let json = format!(
            r#"{{"version":1,"data":{{"dataset":"moons"}},"network":{{"architecture":"mlp","widths":[8]}},"variants":[{variants}]}}"#
        );
        let error = Recipe::from_json(&json).and_then(|recipe| Plan::new(&recipe).map(|_| ()));
        let sentence = error.expect_err(&json).to_string();
        for word in words {
            assert!(sentence.contains(word), "\"{sentence}\" does not say {word}");
        }
    }
    // What may stand behind an ensemble, and a step behind that.
    for steps in [student.to_string(), format!(r#"{student},{{"quantize":{{}}}}"#)] {
        spirals(80, 1, &behind(&steps));
    }
}

#[test]
fn old_recipes_say_nothing_of_members_and_need_no_further_code() {
    let json = r#"{"variants":[{"name":"a","steps":[{"distill":{"student":{"architecture":"mlp","widths":[4]}}}]}],"version":1}"#;
    assert_eq!(Recipe::from_json(json).unwrap().to_compact_json(), json);
    let basic =
        |variants: &str| Recipe::from_json(&format!(r#"{{"version":1,"variants":[{variants}]}}"#)).unwrap().is_basic();
    assert!(basic(r#"{"name":"m","members":3},{"name":"n","member":7}"#));
    assert!(!basic(r#"{"name":"m","members":3},{"name":"e","ensemble":["m"]}"#));
}

/// From the same start as a variant that trains alone: bit for bit the same without weight, and another network with it.
#[test]
fn mutual_learning_without_weight_is_training_alone_and_with_it_is_not() {
    let mutual = |name: &str, more: &str| {
        format!(
            r#"{{"name":"{name}","from":"start","steps":[{{"distill":{{"method":"deep-mutual-learning","temperature":1{more}}}}}]}}"#
        )
    };
    let variants = [
        r#"{"name":"start","training":{"epochs":0}},{"name":"alone","from":"start","steps":[{"train":{"epochs":3}}]}"#
            .into(),
        mutual("quiet", r#","alpha":0,"training":{"epochs":3}"#),
        mutual("heard", r#","alpha":1,"training":{"epochs":3}"#),
        mutual("small", r#","alpha":1,"training":{"epochs":3},"peer":{"architecture":"mlp","widths":[3]}"#),
        mutual("fresh", r#","alpha":1,"training":{"epochs":3},"student":{"architecture":"mlp","widths":[12]}"#),
    ];
    let plan = spirals(80, 3, &variants.join(","));
    let states = states(&plan);
    let weights = |name| weights(of(&plan, &states, name));
    assert_eq!(weights("quiet"), weights("alone"));
    assert_ne!(weights("heard"), weights("alone"));
    assert_ne!(weights("heard"), weights("small"), "another peer says other things");
    // The network that was to be trained was drawn as a fresh student is.
    assert_eq!(weights("fresh"), weights("heard"));
    let (report, _) = run(&plan);
    assert!(report.variants.iter().all(|v| !v.digest.is_empty() && v.trials[0].loss.is_finite()));
}

#[test]
fn mutual_learning_has_a_peer_and_no_teacher() {
    let step = |step: &str| {
        let json = format!(
            r#"{{"version":1,"data":{{"dataset":"moons"}},"network":{{"architecture":"mlp","widths":[8]}},
            "variants":[{{"name":"a","training":{{"epochs":0}}}},{{"name":"b","from":"a","steps":[{{"distill":{step}}}]}}]}}"#
        );
        Recipe::from_json(&json).and_then(|recipe| Plan::new(&recipe).map(|_| recipe))
    };
    let cases = [
        (r#"{"method":"deep-mutual-learning","teacher":"a"}"#, "teacher has no place in deep-mutual-learning"),
        (r#"{"teacher":"a","peer":{"architecture":"mlp","widths":[8]}}"#, "peer belongs to deep-mutual-learning"),
        (r#"{"method":"deep-mutual-learning","peer":{"architecture":"lenet-5"}}"#, "peer.architecture lenet-5"),
    ];
    for (json, words) in cases {
        let sentence = step(json).unwrap_err().to_string();
        assert!(sentence.contains(words), "{sentence}");
    }
    let recipe = step(r#"{"method":"deep-mutual-learning","peer":{"architecture":"mlp","widths":[8]}}"#).unwrap();
    assert_eq!(Recipe::from_json(&recipe.to_compact_json()).unwrap(), recipe);
}
