//! The course: chapters in Markdown (`learn/en`, `learn/fa`) become fragments of HTML and an index, which the page fetches.

mod render;

use crate::process::root;
use render::{Chapter, render};
use serde::Serialize;
use std::fs;
use std::path::Path;

/// The languages that every chapter is written in.
const LANGUAGES: [&str; 2] = ["en", "fa"];

/// What the overview says of a chapter.
#[derive(Serialize)]
struct Entry {
    name: String,
    title: String,
    summary: String,
    minutes: usize,
}

/// Writes the course of all languages into a folder `learn` of the built page.
pub fn write(dist: &Path) -> Result<(), String> {
    LANGUAGES.iter().try_for_each(|language| {
        let to = dist.join("learn").join(language);
        fs::create_dir_all(&to).map_err(told(&to))?;
        let mut index = Vec::new();
        for (name, chapter) in chapters(language)? {
            let path = to.join(format!("{name}.html"));
            fs::write(&path, &chapter.html).map_err(told(&path))?;
            let Chapter { title, summary, minutes, .. } = chapter;
            index.push(Entry { name, title, summary, minutes });
        }
        let path = to.join("index.json");
        let json = serde_json::to_string(&index).map_err(|error| format!("the course's index: {error}"))?;
        fs::write(&path, json).map_err(told(&path))
    })
}

/// The chapters of a language by their names, in order. A file is called `NN-name.md`.
fn chapters(language: &str) -> Result<Vec<(String, Chapter)>, String> {
    let folder = root().join("learn").join(language);
    let mut files: Vec<_> = fs::read_dir(&folder).map_err(told(&folder))?.flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let place = file.strip_prefix(root()).unwrap_or(file).display();
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.split_once('-').map(|(_, name)| name.to_string());
        let name = name.ok_or_else(|| format!("{place} should be called NN-name.md, its number being its place"))?;
        let text = fs::read_to_string(file).map_err(told(file))?;
        Ok((name, render(&text).map_err(|error| format!("{place}: {error}"))?))
    };
    files.iter().map(read).collect()
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;

    #[test]
    fn every_chapter_can_be_rendered_in_every_language_under_the_same_names() {
        let all = LANGUAGES.map(|language| chapters(language).unwrap());
        let names = |of: &[(String, Chapter)]| of.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert!(all[0].len() >= 12, "{} chapters", all[0].len());
        assert_eq!(names(&all[0]), names(&all[1]));
        for ((name, english), (_, persian)) in all[0].iter().zip(&all[1]) {
            // The same sections and formulas: what differs is the words.
            for mark in ["<section", "<math", "<details>", "<table>", "data-live=", "data-recipe=", "data-exhibit="] {
                let count = |chapter: &Chapter| chapter.html.matches(mark).count();
                assert_eq!(count(english), count(persian), "{name}: {mark}");
            }
            assert!(english.minutes <= 8 && persian.minutes <= 8, "{name} takes too long");
        }
    }
}
