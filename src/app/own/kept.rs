//! The data that this browser keeps.

use super::super::text::{NOT_DELETED, own as words};
use super::super::{browser, storage};
use super::Desk;
use crate::data::{Own, own_path};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Where the browser keeps what a recipe says of the data with this digest.
pub(super) fn about(digest: &str) -> String {
    format!("own/{digest}.json")
}

/// All data that are kept with their files.
async fn all() -> Vec<Own> {
    let paths = storage::file_paths().await;
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.starts_with("own/") && path.ends_with(".json")) {
        let json = storage::load_file(path).await.unwrap_or_default();
        // What another version has written is left alone.
        if let Ok(own) = serde_json::from_slice::<Own>(&json)
            && own.check().is_ok()
            && paths.contains(&own.path())
        {
            found.push(own);
        }
    }
    found.sort_by(|a, b| a.title.cmp(&b.title).then(a.digest.cmp(&b.digest)));
    found
}

/// A row for each; nothing where there are none.
#[component]
pub(super) fn KeptData(desk: Desk) -> impl IntoView {
    let found = RwSignal::new(Vec::<Own>::new());
    Effect::new(move |_| {
        desk.stored.track();
        desk.state.missing.track(); // shorter by what was supplied
        spawn_local(async move { found.set(all().await) });
    });
    let some = Memo::new(move |_| found.with(|found| !found.is_empty()));
    move || {
        some.get().then(|| view! {
            <section class="kept" aria-labelledby="own-kept">
                <h4 id="own-kept">{words::KEPT}</h4>
                <ul data-testid="own-kept">
                    <For each=move || found.get() key=|own| (own.digest.clone(), own.title.clone()) let(own)>{row(desk, own)}</For>
                </ul>
            </section>
        })
    }
}

fn row(desk: Desk, own: Own) -> impl IntoView {
    let own = StoredValue::new(own);
    let used = move || {
        let used = desk.state.draft.with(|d| d.recipe.data.described().map(|o| o.digest.clone()));
        used.is_some_and(|digest| own.with_value(|own| own.digest == digest))
    };
    let save = move |_| {
        spawn_local(async move {
            let own = own.get_value();
            match storage::load_file(&own.path()).await {
                Some(file) => {
                    browser::download(&format!("{}.fwdata", browser::file_name(&own.title)), "application/gzip", file);
                }
                None => desk.state.complain(words::GONE),
            }
        });
    };
    let delete = move |_| {
        spawn_local(async move {
            let digest = own.with_value(|own| own.digest.clone());
            // The description last: without it, a file that stays would not be listed.
            let gone = storage::delete_file(&own_path(&digest)).await && storage::delete_file(&about(&digest)).await;
            desk.stored.update(|n| *n += 1);
            match gone {
                true => desk.state.tell(words::DELETED),
                false => desk.state.complain(NOT_DELETED),
            }
        });
    };
    let (title, line) = own.with_value(|own| (own.title.clone(), words::kept_line(own)));
    view! {
        <li>
            <span><bdi>{title}</bdi> {move || used().then(|| view! { <em>{words::IN_USE}</em> })}<small>{line}</small></span>
            <span class="buttons">
                <button disabled=used data-testid="own-kept-use" on:click=move |_| desk.lay_out(own.get_value())>{words::USE_KEPT}</button>
                <button title=words::SAVE_HELP.tr() data-testid="own-kept-save" on:click=save>{words::SAVE_KEPT}</button>
                <button data-testid="own-kept-delete" on:click=delete>{words::DELETE_KEPT}</button>
            </span>
        </li>
    }
}
