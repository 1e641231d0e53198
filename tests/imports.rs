//! The direction of imports: within one package no wall but this test keeps a module from reaching up.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};

/// From the top down: a module may use those after it, never those before it.
const ORDER: [&str; 9] =
    ["app", "worker", "benchmark", "experiment", "export", "compression", "network", "data", "backend"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The modules that a text names behind `crate::`, grouped imports included.
fn named(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for after in text.split("crate::").skip(1) {
        let group = after.strip_prefix('{').and_then(|group| group.split_once("};")).map_or(after, |(group, _)| group);
        let words = group.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        let paths = if after.starts_with('{') { words.collect::<Vec<_>>() } else { words.take(1).collect() };
        names.extend(paths.into_iter().filter_map(|path| path.split("::").next()).filter(|name| !name.is_empty()));
    }
    names
}

#[test]
fn imports_run_downward_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for (place, module) in ORDER.iter().enumerate() {
        for file in files(&source.join(module)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for name in named(&text) {
                if let Some(used) = ORDER.iter().position(|other| *other == name) {
                    assert!(used >= place, "{} uses crate::{name}, which stands above {module}", file.display());
                    seen += usize::from(used > place);
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} imports between modules were seen: this test no longer reads them");
}

#[test]
fn grouped_imports_are_read() {
    assert_eq!(named("use crate::{app::Page, data};\nuse crate::network::{Model, Layer};"), ["app", "data", "network"]);
}

/// Nothing below the page knows the browser, but the worker.
#[test]
fn the_engine_knows_no_browser() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for module in &ORDER[2..] {
        for file in files(&source.join(module)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["web_sys", "js_sys", "leptos", "wasm_bindgen::"] {
                assert!(!text.contains(word), "{} names {word}", file.display());
            }
        }
    }
}
