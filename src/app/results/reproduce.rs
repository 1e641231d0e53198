//! Link, digest, verdict, report: how someone else comes to the same bits.

use super::super::state::State;
use super::super::{browser, text};
use super::verdict::verdict;
use crate::experiment::Link;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The panel "How this is reproduced".
#[component]
pub(super) fn Reproduce(state: State) -> impl IntoView {
    // The run that is shown, else the experiment under edit.
    let link = Memo::new(move |_| match state.report.get() {
        Some(report) => {
            let digest = (!report.digest.is_empty()).then(|| report.digest.clone());
            Link { recipe: report.recipe.clone(), digest }
        }
        None => Link { recipe: state.draft.with(|d| d.recipe.clone()), digest: None },
    });
    let address = Memo::new(move |_| format!("{}#x={}", browser::address(), link.with(Link::to_text)));
    let verdict = Memo::new(move |_| verdict(state));
    let edited = move || state.report.with(|r| r.as_ref().is_some_and(|r| state.draft.with(|d| d.recipe != r.recipe)));
    let ended = Memo::new(move |_| !state.busy() && state.report.with(Option::is_some));
    let shared = RwSignal::new(false);
    let share = move |_| {
        shared.set(true);
        let address = address.get_untracked();
        spawn_local(async move {
            state.tell(if browser::copy(&address).await { text::SHARE_COPIED } else { text::COPY_REFUSED });
        });
    };
    let report = move |_| {
        if let Some(json) = state.report.get_untracked().and_then(|r| serde_json::to_string_pretty(&*r.0).ok()) {
            browser::download("report.json", "application/json", &json);
        }
    };
    view! {
        <section class="card reproduce" aria-labelledby="reproduce-title">
            <h3 id="reproduce-title">{text::REPRODUCE}</h3>
            <div role="status">
                {move || verdict.get().map(|v| view! {
                    <p class=format!("verdict {}", v.kind) data-testid="verdict" data-verdict=v.kind>{v.text}</p>
                })}
            </div>
            <p class="hint">{text::REPRODUCE_HELP}</p>
            <dl>
                <dt>{text::DIGEST}</dt>
                <dd dir="auto">{move || match link.with(|l| l.digest.clone()) {
                    Some(digest) => view! { <code data-testid="digest">{digest}</code> }.into_any(),
                    None => view! { <span class="hint">{text::DIGEST_NONE}</span> }.into_any(),
                }}</dd>
            </dl>
            <div class="buttons">
                <button data-testid="share" on:click=share>{text::SHARE}</button>
                {move || ended.get().then(|| view! { <button data-testid="report" on:click=report>{text::REPORT_JSON}</button> })}
            </div>
            {move || shared.get().then(|| view! {
                <label class="field">
                    <span>{text::SHARE_TEXT}</span>
                    <textarea data-testid="share-text" readonly rows="3" dir="ltr" prop:value=move || address.get()></textarea>
                </label>
                <p>{text::COMMAND}</p>
                <pre dir="ltr"><code>{move || format!("featherweight run '#x={}'", link.with(Link::to_text))}</code></pre>
            })}
            {move || edited().then(|| view! { <p class="hint">{text::EDITED}</p> })}
        </section>
    }
}
