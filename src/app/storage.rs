//! The browser's database: what was run, the encoded models of each run's first trial, and files that the visitor supplied.

use super::device::Figures;
use super::record::{Kept, Record};
use crate::worker::ModelFile;
use idb::{Database, DatabaseEvent, Error, Factory, ObjectStoreParams, TransactionMode};
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "featherweight";
/// 2 added [`FIGURES`], 3 [`FILES`].
const VERSION: u32 = 3;
/// Reports and notes by run.
const RUNS: &str = "runs";
/// Lists of model files by run.
const MODELS: &str = "models";
/// The latest figures of this device, under [`LATEST`].
const FIGURES: &str = "figures";
const LATEST: u32 = 1;
/// Files that the visitor supplied, by their paths, as a worker takes them.
const FILES: &str = "files";

async fn open() -> Result<Database, Error> {
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = event.database() else { return };
        let there = database.store_names();
        for store in [RUNS, MODELS, FIGURES, FILES].into_iter().filter(|store| !there.iter().any(|name| name == store))
        {
            // A store that cannot be made shows when it is first used.
            let _ = database.create_object_store(store, ObjectStoreParams::new());
        }
    });
    request.await
}

async fn put(store: &str, key: &JsValue, value: &JsValue) -> Result<(), Error> {
    let database = open().await?;
    let transaction = database.transaction(&[store], TransactionMode::ReadWrite)?;
    transaction.object_store(store)?.put(value, Some(key))?.await?;
    transaction.commit()?.await?;
    database.close();
    Ok(())
}

/// Keeps a run. False where the database is full or withheld.
pub(super) async fn save_run(record: &Record) -> bool {
    match serde_wasm_bindgen::to_value(&record.to_kept()) {
        Ok(value) => put(RUNS, &record.notes.id.into(), &value).await.is_ok(),
        Err(_) => false,
    }
}

/// Keeps a run's models. False where the database is full or withheld.
pub(super) async fn save_models(run: u32, models: &[ModelFile]) -> bool {
    match serde_wasm_bindgen::to_value(models) {
        Ok(value) => put(MODELS, &run.into(), &value).await.is_ok(),
        Err(_) => false,
    }
}

/// All kept runs, the newest first, and how many could not be read; `None` where there is no database.
pub(super) async fn load_runs() -> Option<(Vec<Record>, usize)> {
    let values = read_all().await.ok()?;
    let count = values.len();
    let mut runs: Vec<Record> =
        values.into_iter().filter_map(|v| serde_wasm_bindgen::from_value::<Kept>(v).ok()).map(Record::from).collect();
    runs.sort_by_key(|r| std::cmp::Reverse(r.notes.id));
    let unread = count - runs.len();
    Some((runs, unread))
}

async fn read_all() -> Result<Vec<JsValue>, Error> {
    let database = open().await?;
    let transaction = database.transaction(&[RUNS], TransactionMode::ReadOnly)?;
    let values = transaction.object_store(RUNS)?.get_all(None, None)?.await?;
    database.close();
    Ok(values)
}

async fn read(store: &str, key: JsValue) -> Result<Option<JsValue>, Error> {
    let database = open().await?;
    let transaction = database.transaction(&[store], TransactionMode::ReadOnly)?;
    let value = transaction.object_store(store)?.get(key)?.await?;
    database.close();
    Ok(value)
}

/// A run's models.
pub(super) async fn load_models(run: u32) -> Option<Vec<ModelFile>> {
    serde_wasm_bindgen::from_value(read(MODELS, run.into()).await.ok()??).ok()
}

/// Keeps the figures of this device in place of earlier ones. False where the database is full or withheld.
pub(super) async fn save_figures(figures: &Figures) -> bool {
    match serde_wasm_bindgen::to_value(figures) {
        Ok(value) => put(FIGURES, &LATEST.into(), &value).await.is_ok(),
        Err(_) => false,
    }
}

/// The figures of this device that were kept; none if they are of another version.
pub(super) async fn load_figures() -> Option<Figures> {
    serde_wasm_bindgen::from_value(read(FIGURES, LATEST.into()).await.ok()??).ok()
}

/// Forgets a run. False where the database is withheld.
pub(super) async fn delete_run(run: u32) -> bool {
    let delete = async {
        let database = open().await?;
        let transaction = database.transaction(&[RUNS, MODELS], TransactionMode::ReadWrite)?;
        for store in [RUNS, MODELS] {
            transaction.object_store(store)?.delete(JsValue::from(run))?.await?;
        }
        transaction.commit()?.await?;
        database.close();
        Ok::<_, Error>(())
    };
    delete.await.is_ok()
}

/// Keeps a file that the visitor supplied. False where the database is full or withheld.
pub(super) async fn save_file(path: &str, file: &[u8]) -> bool {
    put(FILES, &path.into(), &js_sys::Uint8Array::from(file)).await.is_ok()
}

/// A file that the visitor supplied.
pub(super) async fn load_file(path: &str) -> Option<Vec<u8>> {
    let value = read(FILES, path.into()).await.ok()??;
    value.dyn_into::<js_sys::Uint8Array>().ok().map(|bytes| bytes.to_vec())
}

/// The paths of all files that the visitor supplied.
pub(super) async fn file_paths() -> Vec<String> {
    let list = async {
        let database = open().await?;
        let transaction = database.transaction(&[FILES], TransactionMode::ReadOnly)?;
        let keys = transaction.object_store(FILES)?.get_all_keys(None, None)?.await?;
        database.close();
        Ok::<_, Error>(keys)
    };
    list.await.unwrap_or_default().iter().filter_map(JsValue::as_string).collect()
}

/// Forgets a file that the visitor supplied. False where the database is withheld.
pub(super) async fn delete_file(path: &str) -> bool {
    let delete = async {
        let database = open().await?;
        let transaction = database.transaction(&[FILES], TransactionMode::ReadWrite)?;
        transaction.object_store(FILES)?.delete(JsValue::from(path))?.await?;
        transaction.commit()?.await?;
        database.close();
        Ok::<_, Error>(())
    };
    delete.await.is_ok()
}
