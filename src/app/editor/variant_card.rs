//! One variant: its name, where it starts, what is done to it. Folded it is part of the first view, its form is not.

use super::super::language::{Value, said};
use super::super::state::State;
use super::super::{actions, fields, text};
use super::ensemble_form::{EnsembleForm, MemberFields, started_elsewhere};
use super::inputs::{CheckField, SelectField};
use super::locks::{At, Within, lock, reason};
use super::network_form::NetworkForm;
use super::step_card::StepCard;
use super::sweep_form::SweepForm;
use super::training_form::TrainingForm;
use crate::experiment::Variant;
use leptos::prelude::*;

/// The card of the variant with this key.
#[component]
pub(super) fn VariantCard(state: State, key: u32) -> impl IntoView {
    let variant = Memo::new(move |_| state.draft.with(|d| d.variant(key).cloned()).unwrap_or_default());
    let depth = move || state.draft.with(|d| d.depth(key)).min(4).to_string();
    let chain = move || {
        variant.with(|v| {
            let start = v.from.clone().or_else(|| v.network.as_ref().map(|n| said(&n.label())));
            let start = start.or_else(|| (!v.ensemble.is_empty()).then(|| text::mean_of(&v.ensemble)));
            let members = (v.members > 0).then(|| text::members(v.members));
            let all = members.into_iter().chain(start).chain(v.steps.iter().map(fields::summary));
            all.map(|part| part.written()).collect::<Vec<_>>().join(text::THEN.tr())
        })
    };
    let wrong = move || {
        let place = format!("variants[{}].", state.draft.with(|d| d.index(key))?);
        state.plan.with(|p| p.as_ref().err().and_then(|e| e.0.strip_prefix(&place).map(String::from)))
    };
    let open = state.fresh_variant.get_untracked() == Some(key);
    let (toggled, form) = state.parts.fold(open, move |rest| (rest.variant_form)(state, key));
    view! {
        <li class="variant" data-depth=depth data-testid="variant">
            <details open=open on:toggle=toggled>
                <summary>
                    <strong><bdi>{move || variant.with(|v| v.name.clone())}</bdi></strong>
                    <span class="chain">{chain}</span>
                </summary>
                {form}
            </details>
            {move || wrong().map(|e| view! { <p class="wrong" role="alert" data-testid="recipe-error">{said(&e)}</p> })}
        </li>
    }
}

/// What the card holds unfolded.
#[component]
pub(super) fn VariantForm(state: State, key: u32) -> impl IntoView {
    let variant = Memo::new(move |_| state.draft.with(|d| d.variant(key).cloned()).unwrap_or_default());
    let edit = move |change: &dyn Fn(&mut Variant)| state.draft.update(|d| d.edit_variant(key, change));
    let bases = Signal::derive(move || {
        let names = state.draft.with(|d| d.names_before(key));
        let averages = variant.with(|v| !v.ensemble.is_empty());
        let fresh = if averages { text::ensemble::FROM_ENSEMBLE } else { text::FROM_FRESH };
        let fresh = (String::new(), fresh.to_string(), "");
        std::iter::once(fresh).chain(names.into_iter().map(|n| (n.clone(), n, ""))).collect::<Vec<_>>()
    });
    let set_base = Callback::new(move |name: String| {
        edit(&|v| {
            v.from = (!name.is_empty()).then(|| name.clone());
            if v.from.is_some() {
                *v = started_elsewhere(v);
                v.ensemble.clear();
            }
        });
    });
    let name_locked = lock("name");
    let list_locked = move || state.locked("variants");
    view! {
        <div class="field">
            <label>
                <span>{text::VARIANT_NAME}{reason(name_locked)}</span>
                <input
                    type="text"
                    disabled=name_locked
                    maxlength="80"
                    prop:value=move || variant.with(|v| v.name.clone())
                    on:change:target=move |ev| state.draft.update(|d| d.rename(key, ev.target().value()))
                />
            </label>
        </div>
        <SelectField
            label=text::FROM
            options=bases
            value=Signal::derive(move || variant.with(|v| v.from.clone().unwrap_or_default()))
            set=set_base
            field="from"
        />
        <OwnStart state key variant/>
        <EnsembleForm state key variant/>
        <Steps state key/>
        <SweepForm state key variant/>
        <div class="buttons">
            <button
                aria-label=move || format!("{}: {}", text::UP, variant.with(|v| v.name.clone()))
                disabled=move || list_locked() || state.draft.with(|d| !d.can_move(key, false))
                on:click=move |_| state.draft.update(|d| d.move_variant(key, false))
            >"↑"</button>
            <button
                aria-label=move || format!("{}: {}", text::DOWN, variant.with(|v| v.name.clone()))
                disabled=move || list_locked() || state.draft.with(|d| !d.can_move(key, true))
                on:click=move |_| state.draft.update(|d| d.move_variant(key, true))
            >"↓"</button>
            <button disabled=list_locked on:click=move |_| actions::remove_from_draft(state, |d| d.remove_variant(key))>{text::REMOVE}</button>
        </div>
    }
}

/// Network and training of a variant that starts afresh, where they are not the experiment's.
#[component]
fn OwnStart(state: State, key: u32, variant: Memo<Variant>) -> impl IntoView {
    let edit = move |change: &dyn Fn(&mut Variant)| state.draft.update(|d| d.edit_variant(key, change));
    let fresh = Memo::new(move |_| variant.with(|v| v.from.is_none() && v.ensemble.is_empty()));
    let own_network = Memo::new(move |_| variant.with(|v| v.network.is_some()));
    let own_training = Memo::new(move |_| variant.with(|v| v.training.is_some()));
    let toggle_network = Callback::new(move |on: bool| {
        let network = state.draft.with_untracked(|d| d.recipe.network.clone());
        edit(&|v| v.network = on.then(|| network.clone()));
    });
    let toggle_training = Callback::new(move |on: bool| {
        let training = state.draft.with_untracked(|d| d.recipe.training.clone());
        edit(&|v| v.training = on.then(|| training.clone()));
    });
    move || {
        fresh.get().then(|| view! {
            <CheckField label=text::OWN_NETWORK value=own_network set=toggle_network field="network"/>
            {move || own_network.get().then(|| view! {
                <Within field="network">
                    <NetworkForm
                        network=Signal::derive(move || variant.with(|v| v.network.clone().unwrap_or_default()))
                        set=Callback::new(move |n| state.draft.update(|d| d.edit_variant(key, |v| v.network = Some(n))))
                    />
                </Within>
            })}
            <CheckField label=text::OWN_TRAINING value=own_training set=toggle_training field="training"/>
            {move || own_training.get().then(|| view! {
                <Within field="training">
                    <TrainingForm
                        training=Signal::derive(move || variant.with(|v| v.training.clone().unwrap_or_default()))
                        set=Callback::new(move |t| state.draft.update(|d| d.edit_variant(key, |v| v.training = Some(t))))
                    />
                </Within>
            })}
            <MemberFields state key variant/>
        })
    }
}

/// What is done to a variant.
#[component]
fn Steps(state: State, key: u32) -> impl IntoView {
    let keys = Memo::new(move |_| state.draft.with(|d| d.step_keys(key)));
    let locked = lock("steps");
    view! {
        <fieldset class="steps">
            <legend>{text::STEPS}</legend>
            {move || keys.with(Vec::is_empty).then(|| view! { <p class="hint">{text::NO_STEPS}</p> })}
            <For each=move || keys.get() key=|step| *step let:step>
                <At state path=Signal::derive(move || state.draft.with(|d| d.step_path(step)).unwrap_or_default())>
                    <StepCard state variant=key step fixed=locked/>
                </At>
            </For>
            <div class="buttons">
                <span>{text::ADD_STEP}</span>
                {text::STEP_KINDS.iter().map(|(kind, title, help)| view! {
                    <button title=*help disabled=locked on:click=move |_| state.draft.update(|d| d.add_step(key, fields::new_step(kind)))>
                        {*title}
                    </button>
                }).collect_view()}
            </div>
        </fieldset>
    }
}
