//! The course: its chapters say the same in every language, name only what there is, and leave nothing out.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use featherweight::experiment::gallery::{Exhibit, LESSONS, Lesson};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each chapter teaches, by the numbers of what the course has to cover.
const COVERS: [(&str, &[usize]); 15] = [
    ("01-why-compress", &[1]),    // size costs: loss against compute
    ("02-side-by-side", &[2]),    // accuracy, bytes and milliseconds on this device
    ("03-prune", &[3]),           // how far connections can be removed
    ("04-damage", &[4]),          // Optimal Brain Damage
    ("05-lottery", &[5]),         // the lottery ticket hypothesis
    ("06-flow", &[6]),            // SynFlow, layer collapse, conservation
    ("07-no-free-lunch", &[7]),   // each method wins somewhere
    ("08-integers", &[8]),        // from floats to int8, accumulators
    ("09-rounding", &[9]),        // after training or aware of it
    ("10-hardware", &[10]),       // it depends on the hardware
    ("11-soft-targets", &[11]),   // teacher, soft targets, student
    ("12-dark-knowledge", &[12]), // why not train the small network at once
    ("13-ensemble", &[11, 13]),   // single model, ensemble, one distilled
    ("14-other-ways", &[14]),     // other ways and other architectures
    ("15-together", &[15]),       // methods combined, and their order
];

fn folder(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("learn").join(language)
}

fn chapter(language: &str, name: &str) -> String {
    let path = folder(language).join(format!("{name}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a chapter asks the page to put into it: kind and name.
fn places(text: &str) -> Vec<(&str, &str)> {
    let inner = text.lines().filter_map(|line| line.strip_prefix("{{")?.strip_suffix("}}"));
    inner.map(|inner| inner.split_once(": ").unwrap()).collect()
}

/// The formulas, which are the same in every language.
fn formulas(text: &str) -> BTreeSet<&str> {
    text.split('$').skip(1).step_by(2).filter(|formula| !formula.is_empty()).collect()
}

#[test]
fn the_chapters_are_these_and_together_they_cover_everything() {
    for language in ["en", "fa"] {
        let mut found: Vec<String> = std::fs::read_dir(folder(language))
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        found.sort();
        assert_eq!(found, COVERS.map(|(name, _)| name), "{language}");
    }
    let covered: BTreeSet<usize> = COVERS.iter().flat_map(|(_, lines)| lines.iter().copied()).collect();
    assert_eq!(covered, (1..=15).collect());
}

#[test]
fn both_languages_have_the_same_places_and_formulas() {
    for (name, _) in COVERS {
        let (english, persian) = (chapter("en", name), chapter("fa", name));
        assert_eq!(places(&english), places(&persian), "{name}");
        assert_eq!(formulas(&english), formulas(&persian), "{name}");
        assert!(!places(&english).is_empty(), "{name} has nothing to try");
        for (language, text) in [("en", &english), ("fa", &persian)] {
            let words = text.split_whitespace().count();
            assert!((150..=420).contains(&words), "{language} {name}: {words} words");
            assert_eq!(text.matches("<summary>").count(), 1, "{language} {name}: one question with an answer");
        }
        let letters = |text: &str| text.chars().filter(|c| ('\u{600}'..='\u{6ff}').contains(c)).count();
        assert!(letters(&persian) > 500 && letters(&english) == 0, "{name}: languages are mixed up");
    }
}

#[test]
fn what_chapters_name_is_there_and_no_lesson_is_left_over() {
    let drawn =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/learn/live/mod.rs")).unwrap();
    let mut lessons = BTreeSet::new();
    let mut live = BTreeSet::new();
    for (name, _) in COVERS {
        let text = chapter("en", name);
        for (kind, asked) in places(&text) {
            match kind {
                "live" => {
                    live.insert(asked.to_string());
                    assert!(drawn.contains(&format!("(\"{asked}\", ")), "{name}: nothing draws {asked}");
                }
                "exhibit" => drop(Exhibit::find(asked).unwrap()),
                "recipe" => {
                    assert!(Lesson::find(asked).is_some(), "{name}: there is no lesson {asked}");
                    lessons.insert(asked.to_string());
                }
                other => panic!("{name}: {other}"),
            }
        }
    }
    assert_eq!(lessons, LESSONS.iter().map(|lesson| lesson.name.to_string()).collect());
    assert_eq!(live.len(), drawn.lines().filter(|line| line.trim_start().starts_with("(\"")).count());
}
