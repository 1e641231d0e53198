//! The built course, as it is fetched: the index of a language, and one chapter.

use leptos::prelude::window;
use serde::Deserialize;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Something that is fetched.
#[derive(Clone, PartialEq)]
pub(super) enum Loaded<T> {
    Coming,
    Missing,
    There(T),
}

/// What the index says of a chapter.
#[derive(Deserialize, PartialEq)]
pub(super) struct Entry {
    pub name: String,
    pub title: String,
    pub summary: String,
    pub minutes: usize,
}

/// All chapters of a language, in order.
#[derive(Clone, PartialEq)]
pub(super) struct Course(Arc<Vec<Entry>>);

impl Course {
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|entry| entry.name == name)
    }
}

/// The chapters of a language.
pub(super) async fn index(language: &str) -> Loaded<Course> {
    let text = fetched(&format!("./learn/{language}/index.json")).await;
    match text.and_then(|text| serde_json::from_str::<Vec<Entry>>(&text).ok()) {
        Some(entries) => Loaded::There(Course(Arc::new(entries))),
        None => Loaded::Missing,
    }
}

/// A chapter's HTML.
pub(super) async fn chapter(language: &str, name: &str) -> Loaded<String> {
    fetched(&format!("./learn/{language}/{name}.html")).await.map_or(Loaded::Missing, Loaded::There)
}

/// One of our own files as text.
async fn fetched(path: &str) -> Option<String> {
    let answer: Response = JsFuture::from(window().fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
