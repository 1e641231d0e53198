//! Assignments, answers and classes: there and back, and everything that is neither.

use super::*;
use crate::experiment::{Link, Recipe};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const RECIPE: &str = r#"{"version":1,"title":"Toy","data":{"dataset":"blobs","samples":200},
    "network":{"architecture":"mlp","widths":[8]},"training":{"epochs":3},
    "variants":[{"name":"dense"},{"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.5}}]}]}"#;

fn recipe() -> Recipe {
    Recipe::from_json(RECIPE).unwrap()
}

pub(super) fn assignment() -> Assignment {
    Assignment {
        title: "Lighter — سبک‌تر".into(),
        text: "Prune as much as you can.\n\nThen answer.".into(),
        recipe: recipe(),
        locks: Locks { all_but: true, paths: vec!["variants[1].steps[0].prune.sparsity".into(), "training".into()] },
        goal: Goal {
            variant: None,
            conditions: vec![
                Condition { figure: Figure::Bytes, bound: Bound::AtMost, value: 200.0 },
                Condition { figure: Figure::Accuracy, bound: Bound::AtLeast, value: 0.97 },
            ],
        },
        questions: vec![
            Question { text: "Why does it survive?".into(), choices: Vec::new() },
            Question { text: "Which is faster?".into(), choices: vec!["dense".into(), "pruned".into()] },
        ],
    }
}

fn figures(name: &str, accuracy: f64, bytes: usize) -> Figures {
    Figures { name: name.into(), accuracy, bytes, macs: 48, nonzero: 40, latency: None }
}

pub(super) fn answer() -> Answer {
    Answer {
        assignment: assignment().hash(),
        name: "Ada".into(),
        recipe: recipe(),
        figures: vec![figures("dense", 0.99, 400), figures("pruned", 0.975, 190)],
        digest: "00112233445566778899aabbccddeeff".into(),
        answers: vec!["Because, as \"they\" say,\nredundancy".into(), "pruned".into()],
    }
}

/// Links that were shared. They must open for ever, and hold what they held.
const GOLDEN_ASSIGNMENT: &str = "#a=Aa2VTU7DMBCFrzLyOlgBCfGz6QVYsKjEoo2QM3Ubq6ld4rgQIaQegCWHAHaIy0QsexI0dolTQF11Natn-T2_-fzIZkb4V0ejJ4q2MEhyCoJYWB8tjK1ZwqZqFizkTS0t2242uzxJU7pRT1BKsasQiK4S2ERRyi_OKEFWGpzb0LryNid8BWQuRehVl8PoOOPe0SjNuDfEe7jpUqQz75y00UktH4heN0UDEyMtqBqsq1ZqJQc-SiyMQk-oLs5ti7IkihUWoCxMBZF9wCjGSqJa-gIRI39mYGXAaRKZ6VPa04tf63Se9WAzNDsWD1aU_7eh3_vTv43pMrkmAQgLC4cFzcY4QKH5WI_1sJAahLb3suIsOrmib09WsFm_QPvZvn69bdbP7Xv7wZ6-AQ";
const GOLDEN_ANSWER: &str = "#s=Aa2UzW6DMBCEXwXteQ_mx4CP7TPkCIdlvVAOMZUdVNEo7x4Z2oSmUU892ZZHI3n9zZyBXPgQH3XwKkxzEEwoJA2c3mRpIAm0YOO82NlZchyz_TXkFoFCGAd3XAkBlWZ5ocuqNtSxlf7xDAh2HCSsWpWmWZbnRaF1WVZVXRtD1HXM1or0UduPw-xlewAxz554-wuD0C2neFMohXAkjtsaf04JwU3uU_wUZWt-9h6Vvpmk5pnJHaSdS3u7frEECF54fF8Rii35vW5tuRUq3lszU-ryFxkPgarbXd0cpjj3_0fleR725OvfzFyu";

#[test]
fn links_from_before_keep_opening() {
    assert_eq!(Assignment::from_text(GOLDEN_ASSIGNMENT).unwrap(), assignment());
    let given = Answer { assignment: "0123456789abcdef0123456789abcdef".into(), ..answer() };
    assert_eq!(Answer::from_text(GOLDEN_ANSWER).unwrap(), given);
    // Answers name their assignment by it, so it never changes.
    assert_eq!(assignment().hash(), "ca4b333f567dadb7c66423ceefd65d67");
}

#[test]
fn both_come_back_from_their_links_as_they_were() {
    let (set, given) = (assignment(), answer());
    let (set_text, given_text) = (set.to_text().unwrap(), given.to_text().unwrap());
    for head in ["", "#a=", "http://localhost:8080/a/?b=c#a="] {
        assert_eq!(Assignment::from_text(&format!("{head}{set_text}\n")).unwrap(), set);
    }
    for head in ["", "#s=", "https://example.org/#s="] {
        assert_eq!(Answer::from_text(&format!(" {head}{given_text}")).unwrap(), given);
    }
    assert_eq!(set.hash(), Assignment::from_text(&set_text).unwrap().hash());
}

#[test]
fn what_is_cut_off_or_newer_is_refused_with_a_sentence() {
    let (set, given) = (assignment().to_text().unwrap(), answer().to_text().unwrap());
    for end in 0..set.len() {
        assert!(Assignment::from_text(&set[..end]).unwrap_err().0.contains("copy it again"));
    }
    for end in 0..given.len() {
        assert!(Answer::from_text(&given[..end]).unwrap_err().0.contains("copy it again"));
    }
    for sentence in [Assignment::from_text("#a=AgAA").unwrap_err().0, Answer::from_text("#s=AgAA").unwrap_err().0] {
        assert!(sentence.contains("version 2") && sentence.contains("newer"), "{sentence}");
    }
    // Each is refused where the other is asked for.
    assert!(Assignment::from_text(&given).unwrap_err().0.contains("cannot be used"));
    assert!(Answer::from_text(&set).unwrap_err().0.contains("cannot be used"));
}

#[test]
fn an_assignment_that_cannot_be_set_names_the_place() {
    type Change = fn(&mut Assignment);
    let cases: [(&str, Change); 7] = [
        ("text is longer than 8000", |a| a.text = "x".repeat(8001)),
        ("questions[0].text is empty", |a| a.questions[0].text = "  ".into()),
        ("questions has 21 entries", |a| a.questions = vec![Question { text: "?".into(), choices: Vec::new() }; 21]),
        ("questions[1].choices has 13", |a| a.questions[1].choices = vec!["x".into(); 13]),
        ("goal.conditions[1].value -1", |a| a.goal.conditions[1].value = -1.0),
        ("locks.paths names \"variants[2]\"", |a| a.locks.paths.push("variants[2]".into())),
        ("questions[0] has a text longer", |a| a.questions[0].text = "x".repeat(401)),
    ];
    for (words, change) in cases {
        let mut bad = assignment();
        change(&mut bad);
        let sentence = bad.to_text().unwrap_err().0;
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[test]
fn locks_hold_what_they_name_and_all_that_is_under_it() {
    let listed = Locks { all_but: false, paths: vec!["training".into(), "variants[1].steps".into()] };
    for (path, held) in [
        ("training", true),
        ("training.epochs", true),
        ("trainings", false),
        ("variants[1].steps[0].prune.sparsity", true),
        ("variants[10].steps", false),
        ("variants", false),
        ("backend", false),
    ] {
        assert_eq!(listed.hold(path), held, "{path}");
        let rest = Locks { all_but: true, ..listed.clone() };
        assert_eq!(rest.hold(path), !held && path != "backend", "all but: {path}");
    }
    assert!(!Locks::default().any() && !Locks::default().hold("training"));
}

#[test]
fn what_was_changed_under_a_lock_is_found() {
    let set = assignment();
    let mut now = recipe();
    now.title = "Mine".into();
    now.training.epochs = 9;
    assert!(set.changed(&now).is_empty());
    now.seeds = vec![1, 2];
    now.network.widths = vec![9];
    now.variants.pop();
    assert_eq!(set.changed(&now), ["network.widths", "seeds", "variants"]);
    assert!(Assignment { locks: Locks::default(), ..set }.changed(&now).is_empty());
}

#[test]
fn a_goal_is_met_by_one_variant_alone() {
    let goal = assignment().goal;
    let both = [figures("dense", 0.99, 400), figures("pruned", 0.95, 190)];
    let judged = goal.judge(&both);
    assert!(!judged.all(), "one is light, the other is right, and neither is both");
    assert_eq!(judged.variant.unwrap().name, "dense");
    assert!(goal.judge(&answer().figures).all());
    let named = Goal { variant: Some("dense".into()), ..goal.clone() };
    assert_eq!(named.judge(&answer().figures).met, [false, true]);
    assert_eq!(named.judge(&[]).met, [false, false]);
    assert_eq!(Goal::default().judge(&both).variant.unwrap().name, "pruned");
    let fast = Condition { figure: Figure::Latency, bound: Bound::AtMost, value: 1e9 };
    assert!(!fast.met(&both[0]), "what was not timed meets nothing");
}

#[test]
fn a_class_is_read_line_by_line() {
    let (set, given) = (assignment().to_text().unwrap(), answer().to_text().unwrap());
    let other = Answer { name: "=cmd()".into(), assignment: "0".repeat(32), ..answer() }.to_text().unwrap();
    let cheat = {
        let mut cheat = Answer { name: "Bob".into(), ..answer() };
        cheat.recipe.network.widths = vec![64];
        cheat.to_text().unwrap()
    };
    let text = format!(
        "https://example.org/#a={set}\r\nAda: https://example.org/#s={given} (thanks)\n\n#s={given}\n#s={other}\n#s={cheat}\nhello\n#s={}\n",
        &given[..40]
    );
    let class = Class::read(&text);
    assert_eq!(class.assignment.as_ref(), Some(&assignment()));
    assert_eq!(class.answers.len(), 3, "one that is there twice counts once");
    assert_eq!(class.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [7, 8]);
    assert!(class.problems[1].sentence.contains("copy it again"), "{}", class.problems[1].sentence);
    let rows: Vec<Row> = class.answers.iter().map(|answer| class.row(answer)).collect();
    assert!(rows[0].judged.all() && !rows[0].other && rows[0].changed.is_empty());
    assert!(rows[1].other && rows[1].judged.met.is_empty());
    assert_eq!(rows[2].changed, ["network.widths"]);
    let csv = class.to_csv();
    assert!(csv.starts_with("name,variant,accuracy,bytes,macs,nonzero,latency_us,goal_met,changed_locks,digest,Why does it survive?,Which is faster?,link\r\n"));
    assert!(csv.contains("Ada,pruned,0.975,190,48,40,,yes,,00112233445566778899aabbccddeeff,\"Because, as \"\"they\"\" say,\nredundancy\",pruned,#x="));
    assert!(csv.contains("\r\n'=cmd(),"), "a name is no formula: {csv}");
    // The link in the last column runs the answer again.
    let link = csv.lines().last().unwrap().rsplit(',').next().unwrap();
    assert_eq!(Link::from_text(link).unwrap().digest.as_deref(), Some("00112233445566778899aabbccddeeff"));
}

#[test]
fn figures_that_no_run_comes_to_are_refused() {
    for (accuracy, latency) in [(1.5, None), (-0.1, None), (0.5, Some(-1.0))] {
        let mut forged = answer();
        (forged.figures[0].accuracy, forged.figures[0].latency) = (accuracy, latency);
        let json = serde_json::to_string(&forged).unwrap();
        let sentence = Answer::from_text(&crate::experiment::packing::seal(1, &json)).unwrap_err().0;
        assert!(sentence.contains("figures[0]"), "{sentence}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod hostile {
    use super::*;
    use crate::experiment::packing::seal;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    fn refused(text: &str) {
        for sentence in [Assignment::from_text(text).err(), Answer::from_text(text).err()] {
            let sentence = sentence.expect("random input is neither").0;
            assert!(!sentence.is_empty() && sentence.lines().count() == 1, "{sentence}");
        }
    }

    proptest! {
        #[test]
        fn random_bytes_are_refused_with_a_sentence(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            refused(&URL_SAFE_NO_PAD.encode(&bytes));
            refused(&String::from_utf8_lossy(&bytes));
            let mut versioned = vec![1];
            versioned.extend(&bytes);
            refused(&URL_SAFE_NO_PAD.encode(&versioned));
        }

        #[test]
        fn random_text_that_unpacks_is_refused_with_a_sentence(text in "\\PC{0,200}") {
            refused(&seal(1, &text));
            let quoted = serde_json::to_string(&text).unwrap();
            refused(&seal(1, &format!(r#"{{"recipe":{RECIPE},"assignment":{quoted},"title":{quoted},"locks":{quoted}}}"#)));
            let class = Class::read(&format!("{text}\n#s={text}\n#a={text}"));
            prop_assert!(class.answers.is_empty() && class.assignment.is_none());
        }

        #[test]
        fn one_damaged_byte_is_refused_or_stays_readable(place in 0usize..1000, bit in 0u8..8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(answer().to_text().unwrap()).unwrap();
            let place = place % bytes.len();
            bytes[place] ^= 1 << bit;
            // Either is well; neither may panic.
            if let Ok(read) = Answer::from_text(&URL_SAFE_NO_PAD.encode(&bytes)) {
                Class { assignment: Some(assignment()), answers: vec![read], problems: Vec::new() }.to_csv();
            }
        }
    }

    #[test]
    fn a_stream_that_unpacks_to_far_more_is_refused() {
        refused(&seal(1, &" ".repeat(50_000_000)));
        refused(&seal(1, &"[".repeat(60_000)));
    }
}
