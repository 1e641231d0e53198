//! Which controls an assignment locks: each knows the path of what it sets, from the forms around it. From there it also knows
//! what the experiment's data are.

use super::super::state::State;
use super::super::text::classroom as words;
use crate::data::DatasetInfo;
use leptos::context::Provider;
use leptos::prelude::*;

/// Where in the recipe the controls of a form set something.
#[derive(Clone, Copy)]
struct Scope {
    state: State,
    path: Signal<String>,
}

/// The controls in here set what is at this path of the recipe.
#[component]
pub(super) fn At(state: State, #[prop(into)] path: Signal<String>, children: Children) -> impl IntoView {
    view! { <Provider value=Scope { state, path }>{children()}</Provider> }.into_any()
}

/// The controls in here set what is under this field of where the form around it is.
#[component]
pub(super) fn Within(field: &'static str, children: Children) -> impl IntoView {
    match use_context::<Scope>() {
        None => children().into_any(),
        Some(Scope { state, path }) => {
            let path = Signal::derive(move || join(&path.read(), field));
            view! { <Provider value=Scope { state, path }>{children()}</Provider> }.into_any()
        }
    }
}

/// Whether the control of this field is locked.
pub(super) fn lock(field: &'static str) -> Signal<bool> {
    match use_context::<Scope>() {
        None => Signal::stored(false),
        Some(Scope { state, path }) => Signal::derive(move || state.locked(&join(&path.read(), field))),
    }
}

/// Whether the data of the experiment that a form belongs to are such.
pub(super) fn data_are(such: fn(&DatasetInfo) -> bool) -> Signal<bool> {
    match use_context::<Scope>() {
        None => Signal::stored(false),
        Some(Scope { state, .. }) => Memo::new(move |_| state.draft.with(|d| such(d.recipe.data.info()))).into(),
    }
}

/// The reason, beside the label of a control that is locked.
pub(super) fn reason(locked: Signal<bool>) -> impl IntoView {
    move || locked.get().then(|| view! { <em class="locked">{words::LOCKED}</em> })
}

fn join(path: &str, field: &str) -> String {
    match (path, field) {
        ("", path) | (path, "") => path.into(),
        (path, field) => format!("{path}.{field}"),
    }
}
