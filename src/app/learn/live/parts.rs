//! What the drawings have in common: a frame, a slider, rows of bars, a line that says what has changed.

use leptos::prelude::*;

/// The frame of a drawing.
pub(super) fn frame(name: &'static str, inner: impl IntoView) -> AnyView {
    view! { <div class="live" role="group" data-testid=format!("live-{name}")>{inner.into_any()}</div> }.into_any()
}

/// A slider with its value beside its name.
#[component]
pub(super) fn Slider(
    #[prop(into)] title: &'static str,
    /// For tests.
    id: &'static str,
    /// From, to, and by how much at a time.
    range: (f64, f64, f64),
    value: RwSignal<f64>,
    write: fn(f64) -> String,
) -> impl IntoView {
    let (low, high, step) = range;
    view! {
        <label class="field">
            <span>{title}" "<output>{move || write(value.get())}</output></span>
            <input
                type="range" min=low max=high step=step data-testid=id aria-valuetext=move || write(value.get())
                prop:value=move || value.get().to_string()
                on:input:target=move |ev| {
                    if let Ok(chosen) = ev.target().value().parse() {
                        value.set(chosen);
                    }
                }
            />
        </label>
    }
    .into_any()
}

/// A bar with its name and figure: name, figure, and the share of the row that it fills.
pub(super) type Row = (String, String, f64);

/// Bars, one beneath another.
#[component]
pub(super) fn Rows(#[prop(into)] title: &'static str, rows: Signal<Vec<Row>>) -> impl IntoView {
    let draw = |(name, figure, share): Row| {
        view! {
            <li>
                <span>{name}</span>
                <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="whole" width="100" height="4"></rect>
                    <rect width=share.clamp(0.0, 1.0) * 100.0 height="4"></rect>
                </svg>
                <b>{figure}</b>
            </li>
        }
    };
    view! {
        <h4>{title}</h4>
        <ul class="bar-rows">{move || rows.get().into_iter().map(draw).collect_view()}</ul>
    }
    .into_any()
}

/// The sentence that says what the drawing shows now.
#[component]
pub(super) fn Verdict(
    /// For tests.
    id: &'static str,
    text: Signal<String>,
) -> impl IntoView {
    view! { <p role="status" class="live-verdict" data-testid=id>{move || text.get()}</p> }.into_any()
}
