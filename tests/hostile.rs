//! What a stranger may send is read, or refused with a sentence: recipes, links, assignments, answers, model files, networks of
//! other tools, supplied files. Nothing panics, and nothing claims memory that its bytes do not pay for.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use featherweight::data::{Key, pack, unpack};
use featherweight::experiment::gallery::{EXHIBITS, Size};
use featherweight::experiment::teaching::{Answer, Assignment, Class, Goal, Locks};
use featherweight::experiment::{Link, Plan, Preview, Recipe, Variant, digest, imported_path, supplied};
use featherweight::export::{self, FormName, ImportSettings, LONGEST_IMPORT, summary};
use featherweight::network::{Architecture, ArchitectureName, Executable, Model, Shape, TrainedModel};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const IMAGE: Shape = Shape { height: 28, width: 28, channels: 1 };

/// A refusal is one sentence that a person can read.
fn one_sentence(told: &str) -> Result<(), TestCaseError> {
    prop_assert!(told.len() > 10 && told.len() < 4000, "{}", told);
    prop_assert!(!told.contains("panicked") && !told.contains('\n'), "{}", told);
    Ok(())
}

/// Reads and plans, as the page does with what it is given.
fn read(json: &str) -> Result<(), TestCaseError> {
    match Recipe::from_json(json) {
        Err(error) => one_sentence(&error.to_string()),
        Ok(recipe) => planned(&recipe),
    }
}

fn planned(recipe: &Recipe) -> Result<(), TestCaseError> {
    // What the page asks of a recipe before it is checked.
    let _ = (recipe.files(), recipe.is_basic(), recipe.to_compact_json().len(), recipe.network.label());
    prop_assert!(recipe.variants.iter().map(|variant| variant.names().len()).sum::<usize>() < 1_000_000);
    match Plan::new(recipe) {
        Err(error) => one_sentence(&error.to_string()),
        Ok(plan) => {
            let preview = Preview::of(&plan);
            prop_assert!(preview.work.is_finite() && plan.training_samples() < usize::MAX / 2);
            Ok(())
        }
    }
}

/// Recipes with everything in them.
static RECIPES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut all: Vec<Value> = EXHIBITS
        .iter()
        .flat_map(|exhibit| exhibit.setups.iter().map(|setup| (setup.recipe)(Size::Quick)))
        .map(|recipe| serde_json::from_str(&recipe.to_compact_json()).unwrap())
        .collect();
    all.push(json!({
        "version": 1,
        "title": "All of it",
        "data": { "dataset": "moons", "samples": 400, "noise": 0.2 },
        "network": { "architecture": "mlp", "widths": [12, 8], "dropout": 0.1, "activation": "tanh" },
        "training": { "epochs": 4, "learning_rate": 0.02, "batch": 32, "optimizer": "sgd", "momentum": 0.9 },
        "seeds": [1, 2],
        "variants": [
            { "name": "dense", "members": 3 },
            { "name": "brought", "imported": "0".repeat(64) },
            { "name": "all", "ensemble": ["dense"] },
            { "name": "pruned", "from": "dense 1", "steps": [{ "prune": { "sparsity": 0.5, "rounds": 2 } }] },
            { "name": "swept", "from": "dense 2", "steps": [{ "prune": {} }], "sweep": { "setting": "sparsity", "values": [0.1, 0.9] } },
            { "name": "shared", "from": "pruned", "steps": [{ "share": { "bits": 3 } }, { "train": { "epochs": 1 } }] },
            { "name": "int", "from": "pruned", "steps": [{ "quantize": { "bits": 4 } }] },
            { "name": "student", "from": "dense 1", "steps": [{ "distill": { "student": { "architecture": "mlp", "widths": [4] } } }] },
        ],
    }));
    all.push(json!({
        "version": 1,
        "data": {
            "dataset": "own",
            "own": {
                "title": "Leaves",
                "digest": "0".repeat(64),
                "shape": [16, 16, 3],
                "labels": ["elm", "oak"],
                "train": 80,
                "validation": 10,
                "test": 20,
            },
        },
        "network": { "architecture": "lenet-5" },
        "variants": [{ "name": "dense" }, { "name": "pruned", "from": "dense", "steps": [{ "prune": {} }] }],
    }));
    all
});

/// Any JSON, the numbers among it as far out as they go.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![0.0, -0.0, 1.0, -1.0, 1e308, 1e-308, 4294967296.0, 0.999_999_999])
            .prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "mlp",
            "lenet-5",
            "vgg-small",
            "transformer",
            "dense",
            "pruned",
            "mnist",
            "moons",
            "glosses",
            "sparsity",
            "\u{0}",
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(
                (
                    prop::sample::select(vec![
                        "version", "name", "from", "steps", "prune", "quantize", "values", "widths", "x"
                    ]),
                    inner
                ),
                0..5
            )
            .prop_map(|pairs| Value::Object(
                pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<Map<_, _>>()
            )),
        ]
    })
}

/// How many values a JSON has within.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(count).sum(),
        Value::Object(all) => all.values().map(count).sum(),
        _ => 0,
    }
}

/// Puts another value in place of the one at this place, counted from 0; or takes it out.
fn replace(value: &mut Value, at: &mut usize, by: &Option<Value>) -> bool {
    if *at == 0 {
        *value = by.clone().unwrap_or(Value::Null);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(all) => {
            for index in 0..all.len() {
                if *at == 0 && by.is_none() {
                    all.remove(index);
                    return true;
                }
                if replace(&mut all[index], at, by) {
                    return true;
                }
            }
            false
        }
        Value::Object(all) => {
            let names: Vec<String> = all.keys().cloned().collect();
            for name in names {
                if *at == 0 && by.is_none() {
                    all.remove(&name);
                    return true;
                }
                if all.get_mut(&name).is_some_and(|inner| replace(inner, at, by)) {
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn recipes_with_something_changed(which in any::<Index>(), changes in prop::collection::vec((any::<Index>(), prop::option::of(any_json())), 1..4)) {
        let mut recipe = which.get(&RECIPES).clone();
        for (at, by) in changes {
            let mut at = at.index(count(&recipe));
            replace(&mut recipe, &mut at, &by);
        }
        read(&recipe.to_string())?;
    }

    #[test]
    fn any_json_as_a_recipe(value in any_json(), text in ".{0,80}") {
        read(&value.to_string())?;
        read(&text)?;
    }

    #[test]
    fn links_of_any_kind(noise in "[A-Za-z0-9_-]{0,200}", flips in prop::collection::vec((any::<Index>(), any::<char>()), 0..3), cut in any::<Index>()) {
        let recipe = Recipe::from_json(&RECIPES.last().unwrap().to_string()).unwrap();
        let link = format!("#x={}", Link { recipe: recipe.clone(), digest: None }.to_text());
        let assignment = Assignment {
            title: "a".into(),
            text: String::new(),
            recipe,
            locks: Locks::default(),
            goal: Goal::default(),
            questions: Vec::new(),
        };
        let assignment = format!("#a={}", assignment.to_text().unwrap());
        for (mark, whole) in [("#x=", link), ("#a=", assignment), ("#s=", noise.clone())] {
            let mut changed: Vec<char> = whole.chars().collect();
            for (at, by) in &flips {
                let at = at.index(changed.len().max(1));
                if let Some(c) = changed.get_mut(at) {
                    *c = *by;
                }
            }
            changed.truncate(if flips.is_empty() { cut.index(changed.len() + 1) } else { changed.len() });
            let changed: String = changed.into_iter().collect();
            for text in [changed, format!("{mark}{noise}"), noise.clone()] {
                match Link::from_text(&text) {
                    Err(error) => one_sentence(&error.to_string())?,
                    Ok(link) => planned(&link.recipe)?,
                }
                match Assignment::from_text(&text) {
                    Err(error) => one_sentence(&error.to_string())?,
                    Ok(assignment) => planned(&assignment.recipe)?,
                }
                if let Err(error) = Answer::from_text(&text) {
                    one_sentence(&error.to_string())?;
                }
                let _ = Class::read(&text);
            }
        }
    }
}

/// Small networks of each kind as the engine's own files, and as those of other tools.
static FILES: LazyLock<Vec<(Vec<u8>, Architecture)>> = LazyLock::new(|| {
    let small = |architecture, widths: &[usize]| Architecture {
        architecture,
        widths: widths.to_vec(),
        ..Architecture::default()
    };
    let networks = [
        small(ArchitectureName::Mlp, &[6]),
        small(ArchitectureName::LeNet5, &[2, 3, 4]),
        small(ArchitectureName::ResNetSmall, &[2, 2, 2]),
        Architecture { depth: 1, heads: 2, ..small(ArchitectureName::Transformer, &[8]) },
    ];
    let mut files = Vec::new();
    for network in networks {
        let model = TrainedModel::Float(Model::initialize(&network, IMAGE, 10, &Key::new(3)).unwrap());
        for form in [FormName::Featherweight, FormName::Safetensors, FormName::Onnx] {
            files.push((export::write(form, &model).unwrap(), network.clone()));
        }
    }
    files
});

/// What is done to a file's bytes.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    /// Four bytes that are not a number, or larger than any.
    Strange(Index, bool),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, by)| Damage::Set(at, by)),
        2 => (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => (any::<Index>(), prop::collection::vec(any::<u8>(), 1..12)).prop_map(|(at, by)| Damage::Insert(at, by)),
        1 => (any::<Index>(), 1usize..40).prop_map(|(at, count)| Damage::Remove(at, count)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(at, nan)| Damage::Strange(at, nan)),
    ]
}

fn damaged(file: &[u8], damages: &[Damage], head: bool) -> Vec<u8> {
    let mut file = file.to_vec();
    for damage in damages {
        // What says how long everything is stands at the front.
        let place = |at: &Index| at.index(if head { file.len().clamp(1, 160) } else { file.len().max(1) });
        match damage {
            Damage::Set(at, by) => {
                let at = place(at);
                file.get_mut(at).into_iter().for_each(|byte| *byte = *by);
            }
            Damage::Flip(at, bit) => {
                let at = place(at);
                file.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
            }
            Damage::Insert(at, by) => {
                let at = place(at).min(file.len());
                file.splice(at..at, by.iter().copied());
            }
            Damage::Remove(at, count) => {
                let at = place(at).min(file.len());
                file.drain(at..(at + count).min(file.len()));
            }
            Damage::Cut(at) => file.truncate(at.index(file.len() + 1)),
            Damage::Strange(at, nan) => {
                let at = place(at);
                let by = if *nan { f32::NAN } else { f32::INFINITY }.to_le_bytes();
                file.iter_mut().skip(at).zip(by).for_each(|(byte, by)| *byte = by);
            }
        }
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn damaged_networks(which in any::<Index>(), damages in prop::collection::vec(damage(), 1..4), head in any::<bool>()) {
        let (file, network) = which.get(&FILES);
        let hostile = damaged(file, &damages, head);
        match export::decode(&hostile) {
            Err(error) => one_sentence(&error.to_string())?,
            // What is read can be looked into and run.
            Ok(model) => {
                let told = summary(&model);
                prop_assert!(told.iter().all(|network| !network.layers.is_empty()));
                if model.macs() < 1 << 20 && model.shape().len() < 1 << 16 {
                    let sample = vec![0.5; model.shape().len()];
                    prop_assert_eq!(Executable::new(&model).logits(1, &sample).len(), model.classes());
                }
            }
        }
        for network in [None, Some(network.clone())] {
            let settings = ImportSettings { network, ..ImportSettings::default() };
            if let Err(told) = export::import(&hostile, IMAGE, 10, &settings) {
                one_sentence(&told)?;
            }
        }
    }

    #[test]
    fn noise_as_a_network(noise in prop::collection::vec(any::<u8>(), 0..300), begin in 0usize..5) {
        let begins: [&[u8]; 5] = [b"", b"FWM1", b"\x08\0\0\0\0\0\0\0{", b"\x08\x07\x12", b"FWM1\x02"];
        let file = [begins[begin], &noise].concat();
        if let Err(error) = export::decode(&file) {
            one_sentence(&error.to_string())?;
        }
        if let Err(told) = export::import(&file, IMAGE, 10, &ImportSettings::default()) {
            one_sentence(&told)?;
        }
    }

    /// A file is what its path says, or it is not taken.
    #[test]
    fn supplied_files(content in prop::collection::vec(any::<u8>(), 0..400), damages in prop::collection::vec(damage(), 1..3)) {
        let path = imported_path(&digest(&content));
        let packed = pack(&content).unwrap();
        prop_assert_eq!(supplied(&path, &content), Some(packed.clone()));
        let hostile = damaged(&packed, &damages, false);
        if let Some(taken) = supplied(&path, &hostile) {
            prop_assert_eq!(unpack(&taken).unwrap(), content);
        }
    }
}

#[test]
fn a_variant_of_endless_members_has_no_endless_names() {
    let variant = Variant { name: "many".into(), members: usize::MAX, ..Variant::default() };
    assert!(variant.names().len() < 1000);
    let recipe = r#"{"version":1,"network":{"architecture":"lenet-300-100"},"variants":[{"name":"many","members":18446744073709551615}]}"#;
    assert!(Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap_err().to_string().contains("members"));
}

/// What is short when packed and long when not is refused before it has been unpacked in full.
#[test]
fn bombs_are_bounded() {
    let bomb = pack(&vec![0; 70 << 20]).unwrap();
    assert!(bomb.len() < 100_000);
    assert!(unpack(&bomb).is_err());
    assert_eq!(supplied(&imported_path(&"0".repeat(64)), &bomb), None);
    let told = export::import(&vec![0; LONGEST_IMPORT + 1], IMAGE, 10, &ImportSettings::default()).unwrap_err();
    assert!(told.contains("80 MB"), "{told}");
}
