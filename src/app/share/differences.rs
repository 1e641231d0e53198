//! What differs where a run came to other bits than a link says, or than an earlier run.

use super::super::record::Record;
use super::super::state::{Shared, State};
use super::super::text::{self, share as words};
use super::super::{browser, format};
use crate::experiment::difference::{VariantDifference, cause, variants};
use crate::experiment::teaching::Figures;
use crate::experiment::{BackendName, Report};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// The panel, there only where something differs.
#[component]
pub(in crate::app) fn Differences(state: State) -> impl IntoView {
    // A report that the visitor chose: what someone else's run came to.
    let chosen = RwSignal::new(None::<Shared<Report>>);
    let other = Memo::new(move |_| chosen.get().or_else(|| counterpart(state)));
    let differs = Memo::new(move |_| differs_from_link(state) || other.with(Option::is_some));
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let file = browser::first_file(&ev.target());
        ev.target().set_value("");
        let Some(file) = file else { return };
        spawn_local(async move {
            let text = browser::read_text(file).await.unwrap_or_default();
            match serde_json::from_str::<Report>(&text) {
                Ok(report) => chosen.set(Some(Shared(Arc::new(report)))),
                Err(error) => state.complain(words::other_bad(&error.to_string())),
            }
        });
    };
    let body = move || match (state.report.get(), other.get()) {
        (Some(here), Some(there)) => view! { <Beside here there/> }.into_any(),
        _ => view! { <p class="hint">{words::NO_OTHER}</p> }.into_any(),
    };
    move || {
        differs.get().then(|| {
            view! {
                <section class="card" aria-labelledby="differences-title" data-testid="differences">
                    <h3 id="differences-title">{words::DIFFERENCES}</h3>
                    {body}
                    <div class="buttons">
                        <label class="file">
                            {words::OTHER_REPORT}
                            <input type="file" accept=".json,application/json" data-testid="other-report" on:change:target=choose/>
                        </label>
                    </div>
                </section>
            }
        })
    }
}

/// The run that is shown and has come to a digest.
fn shown(state: State) -> Option<Shared<Report>> {
    state.report.get().filter(|report| !report.digest.is_empty())
}

fn differs_from_link(state: State) -> bool {
    let Some(link) = state.opened.get() else { return false };
    let Some(digest) = link.digest else { return false };
    shown(state).is_some_and(|report| report.recipe == link.recipe && report.digest != digest)
}

/// A kept run that says more of what the shown one differs from: the one with the link's digest, else an earlier one of the
/// same recipe that came to something else.
fn counterpart(state: State) -> Option<Shared<Report>> {
    let report = shown(state)?;
    let from_link = differs_from_link(state);
    let wanted = state.opened.get().and_then(|link| link.digest).filter(|_| from_link);
    let fits = |run: &&Record| match &wanted {
        Some(digest) => run.report.digest == *digest,
        None => {
            let ended = !run.report.digest.is_empty();
            ended && run.report.recipe == report.recipe && run.report.digest != report.digest
        }
    };
    state.runs.with(|runs| runs.iter().find(fits).map(|run| run.report.clone()))
}

/// The two, variant by variant, and the likeliest cause.
#[component]
fn Beside(here: Shared<Report>, there: Shared<Report>) -> impl IntoView {
    let rows = variants(&here, &there);
    let why = words::cause(cause(&here, &there));
    let name = |backend: BackendName| {
        let word = if backend == BackendName::Gpu { "gpu" } else { "cpu" };
        text::BACKENDS.iter().find(|(value, ..)| *value == word).map_or("", |(_, title, _)| title.tr())
    };
    let trained = words::trained_by(name(here.backend), name(there.backend));
    let versions = (here.engine != there.engine).then(|| words::versions(&here.engine, &there.engine));
    let two = |row: &VariantDifference, read: fn(&Figures) -> String| {
        let [mine, other] = [&row.here, &row.there].map(|f| f.as_ref().map_or(words::ABSENT.into(), read));
        view! { <td>{mine}</td><td>{other}</td> }
    };
    let row = |row: VariantDifference| {
        let said = match (row.same, row.predictions) {
            (true, _) => words::SAME_BITS.to_string(),
            (false, Some(count)) => words::predictions(count),
            (false, None) => words::UNKNOWN.into(),
        };
        view! {
            <tr>
                <th scope="row">{row.name.clone()}</th>
                {two(&row, |f| format::percent(f.accuracy))}
                {two(&row, |f| format::bytes(f.bytes as f64))}
                {two(&row, |f| format::count(f.nonzero as f64))}
                <td>{said}</td>
            </tr>
        }
    };
    let heads = || view! { <th scope="col">{words::HERE}</th><th scope="col">{words::THERE}</th> };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-labelledby="differences-title">
            <table class="plain-table" data-testid="differences-table">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="colgroup" colspan="2">{text::ACCURACY}</th>
                        <th scope="colgroup" colspan="2">{text::BYTES}</th>
                        <th scope="colgroup" colspan="2">{text::NONZERO}</th>
                        <td></td>
                    </tr>
                    <tr><th scope="col">{text::VARIANT}</th>{heads()}{heads()}{heads()}<th scope="col">{words::DIFFERS_IN}</th></tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <p><strong>{words::CAUSE}</strong>": "{why}</p>
        <p class="hint">{trained}{versions.map(|sentence| format!(" {sentence}"))}</p>
    }
    .into_any()
}
