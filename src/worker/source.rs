//! Data from the page's own server, where all shards are asked for at once and taken as they are needed, and files that the
//! visitor supplied, which the page has sent before.

use super::ModelFile;
use crate::data::{DataError, Dataset, Source};
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStream, Response, WorkerGlobalScope};

/// Fetches under way; what was not asked for ahead is asked for when it is wanted.
#[derive(Default)]
pub(super) struct Fetch {
    under_way: RefCell<Vec<(String, Promise)>>,
}

impl Fetch {
    /// Asks for every shard that the data set still lacks.
    pub fn start(dataset: &Dataset) -> Self {
        let lacking = dataset.loaded() < dataset.total();
        let paths = if lacking { dataset.shard_paths() } else { Vec::new() };
        let under_way = paths.into_iter().map(|path| {
            let promise = request(&path);
            // A failure is told when the shard is wanted; until then the browser need not complain of it.
            let watched = promise.clone();
            spawn_local(async move {
                let _ = JsFuture::from(watched).await;
            });
            (path, promise)
        });
        Self { under_way: RefCell::new(under_way.collect()) }
    }
}

thread_local! {
    /// What the page has sent, by path, for every [`Fetch`] of this worker.
    static KEPT: RefCell<Vec<ModelFile>> = const { RefCell::new(Vec::new()) };
}

/// Keeps these files; an empty one is forgotten.
pub(super) fn keep(files: Vec<ModelFile>) {
    KEPT.with_borrow_mut(|kept| {
        kept.retain(|old| files.iter().all(|new| new.name != old.name));
        kept.extend(files);
    });
}

/// Takes a file out of those kept, as it was sent.
pub(super) fn take(path: &str) -> Option<Vec<u8>> {
    KEPT.with_borrow_mut(|kept| {
        let at = kept.iter().position(|file| file.name == path)?;
        Some(kept.swap_remove(at).file)
    })
}

fn request(path: &str) -> Promise {
    // A body of bytes is read as an answer of the server is.
    let kept = KEPT.with_borrow_mut(|kept| {
        let file = kept.iter_mut().find(|file| file.name == path)?;
        Response::new_with_opt_u8_array(Some(&mut file.file)).ok()
    });
    if let Some(kept) = kept {
        return Promise::resolve(&JsValue::from(kept));
    }
    // The worker's script lies at the site's root, and so does data/.
    js_sys::global().unchecked_into::<WorkerGlobalScope>().fetch_with_str(path)
}

#[wasm_bindgen]
extern "C" {
    /// Of the Compression Streams standard, which web-sys counts as unstable; a pair of a readable and a writable stream.
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// Has the browser undo the compression, so that the engine need not know how.
fn unpack(body: &ReadableStream) -> Result<Promise, JsValue> {
    let gunzip = DecompressionStream::new("gzip")?;
    let unpacked = body.pipe_through(gunzip.unchecked_ref());
    Response::new_with_opt_readable_stream(Some(&unpacked))?.array_buffer()
}

impl Source for Fetch {
    async fn fetch(&self, path: &str) -> Result<Vec<u8>, DataError> {
        let unreadable = |reason: String| DataError::Unreadable { path: path.into(), reason };
        let begun = {
            let mut under_way = self.under_way.borrow_mut();
            under_way.iter().position(|(of, _)| of == path).map(|at| under_way.swap_remove(at).1)
        };
        let promise = begun.unwrap_or_else(|| request(path));
        let said =
            |error: JsValue| error.dyn_ref::<js_sys::Error>().map_or("no answer".into(), |e| String::from(e.message()));
        let response = JsFuture::from(promise).await.map_err(|e| unreadable(said(e)))?;
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(unreadable(format!("the server answered {}", response.status())));
        }
        let unpacked = response.body().ok_or("it is empty".into()).and_then(|body| unpack(&body).map_err(said));
        let body = unpacked.map_err(unreadable)?;
        let body = JsFuture::from(body).await.map_err(|e| unreadable(said(e)))?;
        Ok(Uint8Array::new(&body.unchecked_into::<ArrayBuffer>()).to_vec())
    }
}
