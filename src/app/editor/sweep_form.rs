//! One variant repeated with other values of a setting.

use super::super::language::{Value, tr};
use super::super::state::State;
use super::super::{fields, text};
use super::inputs::{ListField, SelectField};
use crate::experiment::{Sweep, Variant};
use leptos::prelude::*;

/// The form of a variant's sweep.
#[component]
pub(super) fn SweepForm(state: State, key: u32, variant: Memo<Variant>) -> impl IntoView {
    let edit = move |sweep: Option<Sweep>| state.draft.update(|d| d.edit_variant(key, |v| v.sweep = sweep));
    let has_steps = Memo::new(move |_| variant.with(|v| v.steps.iter().any(|s| !fields::settings(s).is_empty())));
    let active = Memo::new(move |_| variant.with(|v| v.sweep.is_some()));
    // A setting is offered as `step:name`.
    let settings = Signal::derive(move || {
        let mut list = vec![(String::new(), text::SWEEP_NONE.to_string(), "")];
        variant.with(|v| {
            for (i, step) in v.steps.iter().enumerate() {
                for setting in fields::settings(step) {
                    list.push((
                        format!("{i}:{}", setting.name),
                        format!("{}. {}", (i + 1).written(), tr(setting.title)),
                        "",
                    ));
                }
            }
        });
        list
    });
    let chosen = Signal::derive(move || {
        variant.with(|v| v.sweep.as_ref().map(|s| format!("{}:{}", s.step, s.setting))).unwrap_or_default()
    });
    let choose = Callback::new(move |name: String| {
        let Some((step, setting)) = name.split_once(':') else { return edit(None) };
        let step = step.parse().unwrap_or(0);
        let now = variant.with_untracked(|v| v.steps.get(step).and_then(|s| fields::get(s, setting).as_f64()));
        edit(Some(Sweep { step, setting: setting.into(), values: now.into_iter().collect() }));
    });
    let values =
        Signal::derive(move || variant.with(|v| v.sweep.as_ref().map(|s| s.values.clone())).unwrap_or_default());
    let set_values = Callback::new(move |values: Vec<f64>| {
        edit(variant.with_untracked(|v| v.sweep.clone().map(|s| Sweep { values, ..s })));
    });
    move || {
        has_steps.get().then(|| {
            view! {
                <details class="more" open=active.get_untracked()>
                    <summary>{text::SWEEP}</summary>
                    <SelectField label=text::SWEEP_SETTING options=settings value=chosen set=choose field="sweep"/>
                    {move || active.get().then(|| view! {
                        <ListField label=text::SWEEP_VALUES help=text::SWEEP_HELP value=values set=set_values field="sweep"/>
                    })}
                </details>
            }
        })
    }
}
