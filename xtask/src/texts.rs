//! The page's texts in other languages: `texts/fa.po`, in the format of gettext, so that translators can use their own tools.

mod collect;

use crate::process::root;
use collect::Found;
use polib::catalog::Catalog;
use polib::message::{Message, MessageView};
use polib::po_file;
use std::path::PathBuf;

/// Where the Persian texts stand.
fn file() -> PathBuf {
    root().join("texts").join("fa.po")
}

fn read() -> Result<Catalog, String> {
    po_file::parse(&file()).map_err(|e| format!("texts/fa.po cannot be read: {e}"))
}

/// Adds texts that are new, without a translation, and drops those that no longer stand in the source.
pub fn update() -> Result<(), String> {
    let found = collect::collect(&root())?;
    let catalog = read()?;
    let mut ordered: Vec<_> = found.iter().collect();
    ordered.sort_by_key(|(_, place)| *place);
    let mut updated = Catalog::new(catalog.metadata.clone());
    updated.preheader.clone_from(&catalog.preheader);
    for (text, (path, _)) in ordered {
        let known = catalog.find_message(None, text, None);
        let comments = known.map(MessageView::translator_comments).unwrap_or_default();
        let translation = known.and_then(|message| message.msgstr().ok()).unwrap_or_default();
        let message = Message::build_singular()
            .with_msgid(text.clone())
            .with_msgstr(translation.into())
            .with_source(path.clone())
            .with_translator_comments(comments.into())
            .done();
        updated.append_or_update(message);
    }
    po_file::write_to_file(&updated, &file()).map_err(|e| format!("texts/fa.po cannot be written: {e}"))?;
    println!("{} texts", found.len());
    for complaint in complaints(&found, &updated) {
        println!("{complaint}");
    }
    Ok(())
}

/// Writes what the page loads: pairs of English and Persian, sorted by the English. First what it looks up, then templates of
/// sentences that reach it with values in their holes.
pub fn build() -> Result<(), String> {
    let catalog = read()?;
    let mut pairs = Vec::new();
    for message in catalog.messages() {
        let translation = message.msgstr().map_err(|e| format!("texts/fa.po: {e:?}"))?;
        if !translation.is_empty() {
            pairs.push((message.source(), message.msgid(), translation));
        }
    }
    // What lower modules fill with values comes to the page filled, and is told by its template.
    let (sentences, texts): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(from, text, _)| !from.starts_with("src/app") && text.contains('{'));
    let without_place = |list: Vec<(&str, &str, &str)>| -> Vec<_> {
        let mut pairs: Vec<_> =
            list.into_iter().map(|(_, text, translation)| (text.to_string(), translation.to_string())).collect();
        pairs.sort_unstable();
        pairs
    };
    let text = serde_json::to_string(&(without_place(texts), without_place(sentences)))
        .map_err(|e| format!("texts/fa.json: {e}"))?;
    let folder = root().join("dist").join("texts");
    std::fs::create_dir_all(&folder).map_err(|e| format!("dist/texts: {e}"))?;
    std::fs::write(folder.join("fa.json"), text).map_err(|e| format!("dist/texts/fa.json: {e}"))
}

/// What is missing, stale, or has other holes than its English.
fn complaints(found: &Found, catalog: &Catalog) -> Vec<String> {
    let mut wrong = Vec::new();
    for (text, (place, _)) in found {
        let translation = catalog.find_message(None, text, None).and_then(|m| m.msgstr().ok()).unwrap_or_default();
        if translation.trim().is_empty() {
            wrong.push(format!("no Persian for \"{text}\" ({place})"));
        } else if holes(text) != holes(translation) {
            wrong.push(format!("other holes in the Persian of \"{text}\" ({place}): {translation}"));
        }
    }
    for message in catalog.messages().filter(|message| !found.contains_key(message.msgid())) {
        wrong.push(format!("stands in no source any more: \"{}\"", message.msgid()));
    }
    wrong
}

/// The names of a text's holes, sorted: a language may want them in another order.
fn holes(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = text
        .split('{')
        .skip(1)
        .filter_map(|after| after.split_once('}'))
        .map(|(hole, _)| hole.split(':').next().unwrap_or_default())
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;

    #[test]
    fn every_text_has_a_translation_with_its_holes() {
        let found = collect::collect(&root()).unwrap();
        assert!(found.len() > 900, "only {} texts were found: this test no longer reads them", found.len());
        let wrong = complaints(&found, &read().unwrap());
        assert!(wrong.is_empty(), "`cargo xtask texts` brings texts/fa.po up to date; then:\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_first_words_are_those_of_the_catalogue() {
        let words = collect::first_words(&root()).unwrap();
        assert_eq!(words.len(), 3);
        let catalog = read().unwrap();
        for (text, persian) in words {
            assert_eq!(catalog.find_message(None, &text, None).unwrap().msgstr().unwrap(), persian, "index.html");
        }
    }

    #[test]
    fn texts_of_all_kinds_are_found() {
        let found = collect::collect(&root()).unwrap();
        for text in ["Run again", "Magnitude", "The page is loading…"] {
            assert!(found.contains_key(text), "{text}");
        }
        assert!(found.keys().any(|text| text.starts_with("training diverged in epoch {epoch}")));
        assert!(!found.contains_key("card part"), "a class is no text");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let found = Found::from([("{a} of {b:.1}".into(), ("x.rs".into(), 1)), ("new".into(), ("x.rs".into(), 2))]);
        let mut catalog = Catalog::new(Default::default());
        for (text, translation) in [("{a} of {b:.1}", "{b} / {a}"), ("old", "alt")] {
            let message = Message::build_singular().with_msgid(text.into()).with_msgstr(translation.into()).done();
            catalog.append_or_update(message);
        }
        let wrong = complaints(&found, &catalog);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("\"new\"") && wrong[1].contains("\"old\""));
    }
}
