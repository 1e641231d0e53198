//! Link, digest, report: how someone else comes to the same bits.

use super::super::share::{Dialog, Sharing, stem};
use super::super::state::State;
use super::super::text::share as words;
use super::super::{browser, text};
use super::report_files::ReportFiles;
use crate::experiment::{BackendName, Link};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The link to the run that is shown, else to the experiment under edit.
pub(in crate::app) fn link(state: State) -> Link {
    match state.report.get() {
        Some(report) => Link::from(&*report),
        None => Link { recipe: state.draft.with(|d| d.recipe.clone()), digest: None },
    }
}

/// A link as an address.
fn address(link: &Link) -> String {
    browser::link_address(&link.to_text())
}

/// Copies the link.
pub(in crate::app) fn share(state: State) {
    let address = address(&untrack(move || link(state)));
    spawn_local(async move {
        state.tell(if browser::copy(&address).await { text::SHARE_COPIED } else { text::COPY_REFUSED });
    });
}

/// The panel "How this is reproduced".
#[component]
pub(super) fn Reproduce(state: State) -> impl IntoView {
    let link = state.memo(move || link(state));
    let address = Memo::new(move |_| link.with(address));
    let edited = move || state.report.with(|r| r.as_ref().is_some_and(|r| state.draft.with(|d| d.recipe != r.recipe)));
    let on_gpu = move || state.report.with(|r| r.as_ref().is_some_and(|r| r.backend == BackendName::Gpu));
    let why_none = move || if on_gpu() { text::DIGEST_GPU.tr() } else { text::DIGEST_NONE.tr() };
    let ended = Memo::new(move |_| !state.busy() && state.report.with(Option::is_some));
    let hand_on = move |_| {
        let link = link.get_untracked();
        state.dialog.set(Some(Dialog::Link(Sharing {
            title: words::LINK_TITLE,
            about: words::LINK_ABOUT,
            address: address.get_untracked(),
            stem: stem(&link.recipe.title),
            recipe: Some(link.recipe.to_pretty_json()),
        })));
    };
    view! {
        <section class="card reproduce" aria-labelledby="reproduce-title">
            <h3 id="reproduce-title">{text::REPRODUCE}</h3>
            <p class="hint">{text::REPRODUCE_HELP}</p>
            <dl>
                <dt>{text::DIGEST}</dt>
                <dd dir="auto">{move || match link.with(|l| l.digest.clone()) {
                    Some(digest) => view! { <code data-testid="digest">{digest}</code> }.into_any(),
                    None => view! { <span class="hint" data-testid="no-digest">{why_none}</span> }.into_any(),
                }}</dd>
            </dl>
            <div class="buttons">
                <button data-testid="share" on:click=move |_| share(state)>{text::SHARE}</button>
                <button data-testid="show-code" on:click=hand_on>{words::CODE}</button>
                <button data-testid="show-embed" on:click=move |_| state.dialog.set(Some(Dialog::Embed))>{words::EMBED}</button>
            </div>
            {move || ended.get().then(|| view! { <ReportFiles state/> })}
            <label class="field">
                <span>{text::SHARE_TEXT}</span>
                <textarea data-testid="share-text" readonly rows="2" dir="ltr" prop:value=move || address.get()></textarea>
            </label>
            <details class="more">
                <summary>{text::COMMAND}</summary>
                <pre dir="ltr" tabindex="0"><code>{move || format!("featherweight run '#x={}'", link.with(Link::to_text))}</code></pre>
            </details>
            {move || edited().then(|| view! { <p class="hint">{text::EDITED}</p> })}
        </section>
    }
}
