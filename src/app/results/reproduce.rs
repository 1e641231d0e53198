//! Link, digest, report: how someone else comes to the same bits.

use super::super::state::State;
use super::super::{browser, text};
use crate::experiment::{BackendName, Link};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The link to the run that is shown, else to the experiment under edit.
fn link(state: State) -> Link {
    match state.report.get() {
        Some(report) => {
            let digest = (!report.digest.is_empty()).then(|| report.digest.clone());
            Link { recipe: report.recipe.clone(), digest }
        }
        None => Link { recipe: state.draft.with(|d| d.recipe.clone()), digest: None },
    }
}

/// A link as an address.
fn address(link: &Link) -> String {
    format!("{}#x={}", browser::address(), link.to_text())
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
    let link = Memo::new(move |_| link(state));
    let address = Memo::new(move |_| link.with(address));
    let edited = move || state.report.with(|r| r.as_ref().is_some_and(|r| state.draft.with(|d| d.recipe != r.recipe)));
    let on_gpu = move || state.report.with(|r| r.as_ref().is_some_and(|r| r.backend == BackendName::Gpu));
    let why_none = move || if on_gpu() { text::DIGEST_GPU.tr() } else { text::DIGEST_NONE.tr() };
    let ended = Memo::new(move |_| !state.busy() && state.report.with(Option::is_some));
    let report = move |_| {
        if let Some(json) = state.report.get_untracked().and_then(|r| serde_json::to_string_pretty(&*r.0).ok()) {
            browser::download("report.json", "application/json", &json);
        }
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
                {move || ended.get().then(|| view! { <button data-testid="report" on:click=report>{text::REPORT_JSON}</button> })}
            </div>
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
