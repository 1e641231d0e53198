//! The translations: fetched when they are wanted, kept as long as the page is open.

use super::super::browser;
use crate::phrase;
use js_sys::Array;
use std::cell::{Cell, OnceCell, RefCell};
use std::hint::black_box;
use std::sync::OnceLock;
use wasm_bindgen::JsValue;

/// English and its translation.
type Pair = (String, String);

/// What is looked up, sorted by the English; and templates of what lower modules say with values in their holes.
pub(super) struct Catalogue(Vec<Pair>, Vec<Pair>);

/// The most sentences that are remembered.
const MOST_SAID: usize = 100;

/// Beside the page.
const FILE: &str = "./texts/fa.json";

thread_local! {
    static PERSIAN: OnceCell<&'static Catalogue> = const { OnceCell::new() };
    static CURRENT: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
    /// What was said last: a run says the names of its stages many times a second.
    static SAID: RefCell<Vec<(String, Option<String>)>> = const { RefCell::new(Vec::new()) };
}

/// The catalogue of the page's language; none for English.
pub(super) fn current() -> Option<&'static Catalogue> {
    CURRENT.get()
}

/// Begins in the language that `www/start.js` chose. Where its texts do not come, the page is English.
pub(in crate::app) async fn begin() {
    let persian = browser::language().starts_with("fa");
    if persian && !choose(true).await {
        choose(false).await;
    }
}

/// Turns to Persian, or back to English; false where the texts did not come.
pub(super) async fn choose(persian: bool) -> bool {
    if persian && PERSIAN.with(|kept| kept.get().is_none()) {
        let Some(catalogue) = fetch().await else { return false };
        // Once in the page's life, so that what is looked up may be held like a literal.
        let catalogue: &'static Catalogue = Box::leak(Box::new(catalogue));
        PERSIAN.with(|kept| {
            kept.get_or_init(|| catalogue);
        });
    }
    CURRENT.set(PERSIAN.with(|kept| kept.get().copied()).filter(|_| persian));
    browser::set_language(if persian { "fa" } else { "en" }, if persian { "rtl" } else { "ltr" });
    true
}

async fn fetch() -> Option<Catalogue> {
    let [texts, sentences] = [0, 1].map({
        let lists = Array::from(&browser::fetch_json(FILE).await?);
        move |at| pairs(&lists.get(at))
    });
    Some(Catalogue(texts?, sentences?))
}

/// The browser reads JSON itself; a reader of our own would be kilobytes of the first view.
fn pairs(list: &JsValue) -> Option<Vec<Pair>> {
    let pair = |pair: JsValue| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    Array::from(list).iter().map(pair).collect()
}

fn find(english: &str) -> Option<&'static str> {
    let catalogue = current()?;
    let place = catalogue.0.binary_search_by(|(key, _)| key.as_str().cmp(english)).ok()?;
    Some(catalogue.0[place].1.as_str())
}

/// A text of a table, in the page's language.
pub(in crate::app) fn tr(english: &'static str) -> &'static str {
    find(english).unwrap_or(english)
}

/// What another module has said, in the page's language: a text, or one that was filled with values. What no text is known for,
/// such as a name, stays as it is.
pub(in crate::app) fn said(sentence: &str) -> String {
    translated(sentence).unwrap_or_else(|| super::isolated(sentence))
}

/// How sentences with values in them are translated, once the part is there that knows ([`bring_templates`]).
static TEMPLATES: OnceLock<fn(&str) -> Option<String>> = OnceLock::new();

/// From here on sentences with values in them are translated. Before, they are rare, and the first view goes without the code.
pub(in crate::app) fn bring_templates() {
    // Seen through, the call would become a direct one, and this code part of the first view.
    TEMPLATES.get_or_init(|| black_box(remembered));
}

/// The same as [`said`], or nothing where no text is known.
fn translated(sentence: &str) -> Option<String> {
    match find(sentence) {
        Some(found) => Some(found.into()),
        None => TEMPLATES.get()?(sentence),
    }
}

fn remembered(sentence: &str) -> Option<String> {
    let catalogue = current()?;
    if let Some(known) = SAID.with_borrow(|said| said.iter().find(|(of, _)| of == sentence).cloned()) {
        return known.1;
    }
    let told = told(catalogue, sentence);
    SAID.with_borrow_mut(|said| {
        if said.len() >= MOST_SAID {
            said.remove(0);
        }
        said.push((sentence.into(), told.clone()));
    });
    told
}

fn told(catalogue: &Catalogue, sentence: &str) -> Option<String> {
    if sentence.is_empty() {
        return None;
    }
    let mut best: Option<(usize, String)> = None;
    for (english, translation) in &catalogue.1 {
        let length = english.len() - phrase::holes(english).map(|name| name.len() + 2).sum::<usize>();
        // The template with the most words of its own says the most exact thing.
        if best.as_ref().is_some_and(|(most, _)| *most >= length) {
            continue;
        }
        if let Some((before, values)) = phrase::captures(english, sentence) {
            let values: Vec<_> = values.into_iter().map(value).collect();
            let before = if before.is_empty() { String::new() } else { told_before(before) };
            best = Some((length, before + &phrase::fill(english, translation, &values)));
        }
    }
    best.map(|(_, text)| text).or_else(|| {
        // A layer is called by its number and its kind.
        if let Some((number, kind)) = sentence.split_once(' ')
            && number.parse::<u32>().is_ok()
        {
            return Some(format!("{} {}", super::digits(number.into()), translated(kind)?));
        }
        let (what, why) = sentence.split_once(": ")?;
        Some(format!("{}: {}", said(what), translated(why)?))
    })
}

/// What was in a hole: a number, something said, or a name.
fn value(text: &str) -> String {
    if super::is_number(text) { super::digits(text.into()) } else { said(text) }
}

/// The place in a recipe that stands before a sentence.
fn told_before(place: &str) -> String {
    match place.strip_suffix(": ").and_then(translated) {
        Some(told) => told + ": ",
        None => format!("\u{2066}{place}\u{2069} "),
    }
}
