//! The gallery's documents: each links to the experiment that its title and its settings name.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use featherweight::experiment::Link;
use featherweight::experiment::gallery::{Exhibit, Size};
use std::path::Path;

/// What is said behind a mark at the beginning of a line.
fn behind<'a>(text: &'a str, mark: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(mark)).unwrap()
}

/// Those made of a recipe that was changed on purpose say so, and are left out.
#[test]
fn documents_link_to_what_they_show() {
    let (mut stale, mut looked_at) = (Vec::new(), 0);
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gallery")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let size = match behind(&text, "**Settings**: ").split(';').next().unwrap() {
            "quick" => Size::Quick,
            "in full" => Size::Full,
            "changed" => continue,
            other => panic!("{}: {other}", path.display()),
        };
        looked_at += 1;
        let link = behind(&text, "Experiment: `").trim_end_matches('`');
        let recipe = Link::from_text(link).unwrap().recipe;
        let shown =
            Exhibit::of(&recipe).map(|(exhibit, setup, size)| (format!("{}: {}", exhibit.title, setup.title), size));
        if shown != Some((behind(&text, "# ").to_string(), size)) {
            stale.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(looked_at > 10, "only {looked_at} documents were looked at");
    stale.sort();
    assert!(stale.is_empty(), "made of other recipes than the gallery's; make them anew: {}", stale.join(", "));
}
