//! Distillation from a transfer set, and trainings that change their samples, in an experiment on a few digits.

use super::engines::Engines;
use super::plan::{Action, Plan};
use super::recipe::Recipe;
use super::report::{Report, VariantReport};
use super::run::run_trial;
use super::tests::{Log, now, report, variant};
use crate::data::Folder;
use crate::export;
use crate::network::TrainedModel;

fn plan(json: &str) -> Result<Plan, String> {
    Plan::new(&Recipe::from_json(json).map_err(|e| e.to_string())?).map_err(|e| e.to_string())
}

/// Runs variants beside a `teacher` that learned from 3,000 digits.
fn run(variants: &str) -> (Report, Log) {
    run_whole(&format!(
        r#"{{"version":1,"data":{{"samples":3000}},"network":{{"architecture":"mlp","widths":[100]}},
        "training":{{"epochs":6,"learning_rate":0.003}},"variants":[{{"name":"teacher"}},{variants}]}}"#
    ))
}

fn run_whole(recipe: &str) -> (Report, Log) {
    let plan = plan(recipe).unwrap();
    let (mut log, mut dataset) = (Log::default(), plan.recipe.data.open().unwrap());
    let source = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/www").into());
    for trial in 0..plan.recipe.seeds.len() {
        assert!(!now(run_trial(&plan, trial, &mut dataset, &source, &mut Engines::cpu(), &mut log)).unwrap());
    }
    (report(&plan, &log), log)
}

/// A student of 40 units.
fn student(name: &str, settings: &str, epochs: usize) -> String {
    format!(
        r#"{{"name":"{name}","from":"teacher","steps":[{{"distill":{{{settings},
        "student":{{"architecture":"mlp","widths":[40]}},"training":{{"epochs":{epochs},"learning_rate":0.003}}}}}}]}}"#
    )
}

/// The share of a class that is found right.
fn right(variant: &VariantReport, class: usize) -> f64 {
    let row = &variant.trials[0].confusion[class];
    f64::from(row[class]) / f64::from(row.iter().sum::<u32>())
}

/// Hinton et al. 2015, section 3: of a class that is not in the transfer set a student knows little until its bias is corrected, and
/// most of it then.
#[test]
fn a_student_knows_a_class_that_it_has_never_seen() {
    let settings = r#""temperature":8,"alpha":1,"transfer":{"without":[3]}"#;
    let corrected = settings.replace("[3]", r#"[3],"correct_bias":true"#);
    let (report, _) = run(&[student("as it is", settings, 8), student("corrected", &corrected, 8)].join(","));
    let [as_it_is, corrected] = ["as it is", "corrected"].map(|name| variant(&report, name));
    let (before, after) = (right(as_it_is, 3), right(corrected, 3));
    assert!(after > 0.8 && after > before + 0.05, "{before} of the threes, and {after} with the bias corrected");
    assert!(corrected.accuracy > as_it_is.accuracy);
    assert_eq!(as_it_is.trials[0].bias_offset, None);
    assert!(corrected.trials[0].bias_offset.unwrap() > 0.0);
    // Labels alone say nothing of what is not there.
    let (report, _) = run(&student("labels", r#""alpha":0,"transfer":{"without":[3],"correct_bias":true}"#, 8));
    assert!(right(variant(&report, "labels"), 3) < after - 0.2);
}

/// Hinton et al. 2015, table 5: soft targets of few samples teach what their labels do not.
#[test]
fn few_samples_teach_more_by_soft_targets_than_by_labels() {
    let few = |name: &str, alpha: f64| student(name, &format!(r#""alpha":{alpha},"transfer":{{"share":0.05}}"#), 40);
    let (report, _) = run(&[few("labels", 0.0), few("soft targets", 1.0)].join(","));
    let [labels, soft] = ["labels", "soft targets"].map(|name| variant(&report, name).accuracy);
    assert!(soft > labels + 0.01, "{soft} by soft targets, {labels} by labels");
}

/// What has no label can teach, and teaches something else.
#[test]
fn clothes_say_something_of_digits_and_noise_says_less() {
    let from = |name: &str| student(name, &format!(r#""alpha":1,"transfer":{{"source":"{name}"}}"#), 6);
    let (report, _) = run(&[from("training"), from("other"), from("noise")].join(","));
    let [training, other, noise] = ["training", "other", "noise"].map(|name| variant(&report, name).accuracy);
    assert!(training > other + 0.1 && other > 0.4 && other > noise, "{training}, {other}, {noise}");
}

/// Bucila et al. 2006: what an ensemble gains is handed on by samples that have no labels, and not by the few that it learned from.
#[test]
fn an_ensemble_is_handed_on_by_unlabeled_samples() {
    let from = |name: &str, transfer: &str| {
        format!(
            r#"{{"name":"{name}","from":"ensemble","steps":[{{"distill":{{"alpha":1,"temperature":1,{transfer}
            "student":{{"architecture":"mlp","widths":[40]}},"training":{{"epochs":60,"learning_rate":0.003}}}}}}]}}"#
        )
    };
    let (report, _) = run_whole(&format!(
        r#"{{"version":1,"data":{{"samples":1000}},"network":{{"architecture":"mlp","widths":[40]}},
        "training":{{"epochs":60,"learning_rate":0.003}},
        "variants":[{{"name":"single","members":4}},{{"name":"ensemble","ensemble":["single"]}},{},{}]}}"#,
        from("few", ""),
        from("all", r#""transfer":{"source":"unlabeled"},"#)
    ));
    let loss = |name: &str| variant(&report, name).loss;
    let single = (1..=4).map(|member| loss(&format!("single {member}"))).sum::<f64>() / 4.0;
    let closed = |name: &str| (single - loss(name)) / (single - loss("ensemble"));
    assert!(closed("all") > 0.7, "{} of the gap is closed", closed("all"));
    assert!(closed("few") < closed("all") - 0.1, "{} with the few, {} with all", closed("few"), closed("all"));
}

#[test]
fn methods_from_outputs_teach() {
    let methods = ["soft-targets", "logits", "annealed"];
    let students = methods.map(|method| student(method, &format!(r#""method":"{method}""#), 6)).join(",");
    let alone = r#"{"name":"teacher-free","network":{"architecture":"mlp","widths":[40]},"training":{"epochs":0},
        "steps":[{"distill":{"method":"teacher-free","alpha":0.5,"temperature":20,"training":{"epochs":6,"learning_rate":0.003}}}]}"#;
    let (report, _) = run(&[&students, alone].join(","));
    let mut digests = std::collections::BTreeSet::new();
    for name in methods.iter().chain(&["teacher-free"]) {
        let variant = variant(&report, name);
        assert!(variant.accuracy > 0.87, "{name}: {}", variant.accuracy);
        digests.insert(variant.digest.clone());
    }
    assert_eq!(digests.len(), 4, "each is something else");
}

/// Two bits have little room for what a soft teacher says beside the right class, so the temperature is 1; the teacher's doubts are
/// worth more than certain labels all the same.
#[test]
fn two_bits_learn_more_from_a_float_teacher_than_from_labels() {
    let (report, _) = run_whole(
        r#"{"version":1,"data":{"samples":2000},"network":{"architecture":"lenet-300-100","dropout":0.3},"training":{"epochs":20},
        "seeds":[1,2,3],"variants":[{"name":"teacher"},
        {"name":"student","network":{"architecture":"mlp","widths":[100]},"training":{"epochs":8},
         "steps":[{"quantize":{"method":"aware","bits":2,"epochs":1}}]},
        {"name":"labels","from":"student","steps":[{"train":{"epochs":20,"learning_rate":0.002}}]},
        {"name":"taught","from":"student","steps":[{"distill":{"teacher":"teacher","alpha":1,"temperature":1,
         "training":{"epochs":20,"learning_rate":0.002}}}]}]}"#,
    );
    let [labels, taught] = ["labels", "taught"].map(|name| variant(&report, name));
    assert_eq!(labels.bytes, taught.bytes);
    assert!(taught.accuracy > labels.accuracy, "{} taught, {} by labels", taught.accuracy, labels.accuracy);
    assert!(taught.loss < labels.loss, "{} taught, {} by labels", taught.loss, labels.loss);
}

/// Furlanello et al. 2018: each generation has the architecture of its teacher, and teaches the next.
#[test]
fn generations_are_born_again() {
    let generation = |name: &str, from: &str| {
        format!(
            r#"{{"name":"{name}","from":"{from}","steps":[{{"distill":{{"alpha":1,"temperature":1,
            "student":{{"architecture":"mlp","widths":[100]}}}}}}]}}"#
        )
    };
    let variants = [generation("second", "teacher"), generation("third", "second")].join(",");
    let (report, _) = run(&variants);
    let plan = Plan::new(&report.recipe).unwrap();
    let stage = |name: &str| plan.variants.iter().find(|v| v.name == name).unwrap().stage;
    for (name, before) in [("second", "teacher"), ("third", "second")] {
        let Action::Distill { teacher, .. } = &plan.stages[stage(name)].action else { panic!("{name} is distilled") };
        assert_eq!(*teacher, stage(before));
        let [now, then] = [name, before].map(|name| variant(&report, name));
        assert!(now.accuracy > then.accuracy - 0.01, "{name}: {} after {}", now.accuracy, then.accuracy);
        assert_ne!(now.digest, then.digest);
    }
}

/// Where samples are changed the teacher is asked about what the student is shown; both ways of asking are one where they are not.
#[test]
fn samples_that_are_changed_are_changed_for_the_teacher_too() {
    let with = |name: &str, training: &str| {
        format!(
            r#"{{"name":"{name}","from":"teacher","steps":[{{"distill":{{"alpha":1,
            "student":{{"architecture":"mlp","widths":[40]}},"training":{{"epochs":6,"learning_rate":0.003{training}}}}}}}]}}"#
        )
    };
    let (report, _) = run(&[
        with("plain", ""),
        with("moved", r#","jitter":2"#),
        with("mixed", r#","mixup":1"#),
        with("smoothed", r#","label_smoothing":0.3"#),
    ]
    .join(","));
    let of = |name: &str| variant(&report, name);
    for name in ["moved", "mixed"] {
        assert_ne!(of(name).digest, of("plain").digest);
        assert!(of(name).accuracy > 0.85, "{name}: {}", of(name).accuracy);
    }
    assert_eq!(of("smoothed").digest, of("plain").digest, "with all weight on the teacher no label counts");
}

#[test]
fn weights_stay_as_short_as_they_are_to_be() {
    let (_, log) = run(
        r#"{"name":"short","training":{"epochs":2,"max_norm":0.5},"steps":[{"prune":{"sparsity":0.3,"epochs":1}}]},
        {"name":"long","training":{"epochs":2}}"#,
    );
    let longest = |name: &str| {
        let TrainedModel::Float(model) = export::decode(log.file(name)).unwrap() else { panic!("a float network") };
        let lengths = model.weights().flat_map(|p| {
            let columns = p.matrix_dims().1;
            let length = |column| p.slice().iter().skip(column).step_by(columns).map(|w| w * w).sum::<f32>().sqrt();
            (0..columns).map(length).collect::<Vec<_>>()
        });
        lengths.fold(0.0, f32::max)
    };
    assert!(longest("short") < 0.5001 && longest("long") > 1.0);
}

#[test]
fn dropped_inputs_leave_no_trace_in_what_is_made_of_the_network() {
    let dropped = r#""network":{"architecture":"mlp","widths":[40],"input_dropout":0.2},"training":{"epochs":3}"#;
    let (report, _) = run(&format!(
        r#"{{"name":"float",{dropped}}},{{"name":"plain",{}}},
        {{"name":"int8","from":"float","steps":[{{"quantize":{{}}}}]}},
        {{"name":"aware","from":"float","steps":[{{"quantize":{{"method":"aware","bits":4,"epochs":1}}}}]}}"#,
        dropped.replace(r#","input_dropout":0.2"#, "")
    ));
    let of = |name: &str| variant(&report, name);
    assert_eq!(of("float").parameters, of("plain").parameters);
    assert_ne!(of("float").digest, of("plain").digest);
    for name in ["int8", "aware"] {
        assert!((of(name).accuracy - of("float").accuracy).abs() < 0.03, "{name}: {}", of(name).accuracy);
    }
}

#[test]
fn what_makes_no_sense_is_refused_by_a_sentence_that_says_what_does() {
    let refused = |data: &str, settings: &str| {
        plan(&format!(
            r#"{{"version":1,"data":{{"dataset":"{data}"}},"network":{{"architecture":"mlp","widths":[8]}},
            "variants":[{{"name":"t"}},{{"name":"s","from":"t","steps":[{{"distill":{{{settings},"student":{{"architecture":"mlp","widths":[4]}}}}}}]}}]}}"#
        ))
        .unwrap_err()
    };
    let cases = [
        ("mnist", r#""transfer":{"source":"noise"}"#, "alpha must be 1"),
        ("mnist", r#""transfer":{"source":"unlabeled"}"#, "alpha must be 1"),
        ("moons", r#""alpha":1,"transfer":{"source":"unlabeled"}"#, "moons has points in the plane"),
        ("mnist", r#""method":"contrastive","alpha":1,"transfer":{"source":"noise"}"#, "keeps what it last made"),
        ("mnist", r#""method":"contrastive","alpha":1,"transfer":{"source":"unlabeled"}"#, "keeps what it last made"),
        ("mnist", r#""alpha":1,"transfer":{"source":"other","share":0.5}"#, "leave share and without out"),
        ("moons", r#""alpha":1,"transfer":{"source":"other"}"#, "moons has points in the plane"),
        ("moons", r#""transfer":{"without":[2]}"#, "the classes 0 to 1"),
        ("moons", r#""transfer":{"without":[0,1]}"#, "every class"),
        ("moons", r#""transfer":{"correct_bias":true}"#, "without names none"),
        ("moons", r#""transfer":{"share":0}"#, "share 0 is not allowed"),
        ("moons", r#""training":{"jitter":1}"#, "moons has points in the plane"),
        ("mnist", r#""training":{"jitter":5}"#, "between 0 and 4"),
        ("mnist", r#""method":"teacher-free","teacher":"t""#, "nothing to say"),
    ];
    for (data, settings, expected) in cases {
        let error = refused(data, settings);
        assert!(error.contains(expected), "{settings}: {error}");
    }
}

#[test]
fn contrastive_takes_samples_that_keep_their_numbers() {
    for source in ["training", "other"] {
        let step = format!(
            r#"{{"method":"contrastive","alpha":1,"transfer":{{"source":"{source}"}},"student":{{"architecture":"mlp","widths":[4]}}}}"#
        );
        let variants = format!(r#"[{{"name":"t"}},{{"name":"s","from":"t","steps":[{{"distill":{step}}}]}}]"#);
        plan(&format!(r#"{{"version":1,"variants":{variants}}}"#)).unwrap();
    }
}

#[test]
fn what_is_not_said_is_not_written() {
    let text = r#"{"variants":[{"name":"t"},{"from":"t","name":"s","steps":[{"distill":{"teacher":"t","transfer":{"share":0.5}}}]}],"version":1}"#;
    assert_eq!(Recipe::from_json(text).unwrap().to_compact_json(), text);
    let basic = |training: &str| {
        Recipe::from_json(&format!(r#"{{"version":1,"training":{{{training}}},"variants":[{{"name":"t"}}]}}"#))
            .unwrap()
            .is_basic()
    };
    assert!(basic("") && basic(r#""epochs":9"#));
    for setting in [r#""jitter":1"#, r#""max_norm":2"#, r#""label_smoothing":0.1"#, r#""mixup":0.2"#] {
        assert!(!basic(setting), "{setting} comes with the workers' later part");
    }
}
