//! What was dropped on the page: files, and folders with all that is in them.

use super::super::browser;
use js_sys::{Array, Function, Promise, Reflect};
use std::future::Future;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DragEvent};

/// The most files of a folder that are looked at; what is more is told by whoever reads them.
const MOST: usize = 300_000;

/// The files of a drop. Folders are asked for at once, since the browser forgets them when the event has passed.
pub(super) fn files(drop: &DragEvent) -> impl Future<Output = Vec<(String, Blob)>> + 'static {
    let data = get(drop, "dataTransfer");
    let items = Array::from(&get(&data, "items"));
    let entries: Vec<JsValue> = items.iter().filter_map(|item| call(&item, "webkitGetAsEntry", &[])).collect();
    let plain = browser::files(&data);
    async move {
        // A browser without entries has no folders, either.
        if !entries.iter().any(|entry| entry.is_object()) {
            return plain;
        }
        let (mut open, mut found) = (entries, Vec::new());
        while let Some(entry) = open.pop() {
            if get(&entry, "isDirectory").is_truthy() {
                let Some(reader) = call(&entry, "createReader", &[]) else { continue };
                // A reader gives some at a time, and none at the end.
                loop {
                    let some = Array::from(&told(&reader, "readEntries").await.unwrap_or(JsValue::NULL));
                    if some.length() == 0 || open.len() + found.len() > MOST {
                        break;
                    }
                    open.extend(some.iter());
                }
            } else if let Some(file) = told(&entry, "file").await
                && let Ok(file) = file.dyn_into()
            {
                let path = get(&entry, "fullPath").as_string().unwrap_or_default();
                found.push((path.trim_start_matches('/').to_string(), file));
            }
        }
        found
    }
}

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn call(on: &JsValue, name: &str, with: &[&JsValue]) -> Option<JsValue> {
    let arguments: Array = with.iter().copied().collect();
    get(on, name).dyn_into::<Function>().ok()?.apply(on, &arguments).ok()
}

/// What a function says to the first of the two that it is given to tell; nothing if it tells the other.
async fn told(on: &JsValue, name: &str) -> Option<JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let failing = failed.clone();
        let no = Closure::once_into_js(move |why: JsValue| drop(failing.call1(&JsValue::NULL, &why)));
        if call(on, name, &[&done, &no]).is_none() {
            drop(failed.call0(&JsValue::NULL));
        }
    });
    JsFuture::from(promise).await.ok()
}
