//! One compression step. Its form is made from its kind's tables, so a new method or setting shows up by itself.

use super::super::language::{Text, tr};
use super::super::state::State;
use super::super::{actions, fields, text};
use super::inputs::{CheckField, ListField, NumberField, SelectField, options};
use super::locks::Within;
use super::network_form::NetworkForm;
use super::training_form::TrainingForm;
use super::transfer_form::TransferForm;
use crate::compression::Setting;
use crate::compression::distill::{Distill, Transfer};
use crate::compression::prune::Prune;
use crate::experiment::Step;
use crate::network::{Architecture, Training};
use leptos::prelude::*;

/// The card of the step with this key; `fixed` where it may neither go nor move.
#[component]
pub(super) fn StepCard(state: State, variant: u32, step: u32, fixed: Signal<bool>) -> impl IntoView {
    // A step keeps its kind, so the form is laid out once; its values are read through signals.
    let Some(first) = state.draft.with_untracked(|d| d.step(step).cloned()) else { return ().into_any() };
    let kind = first.kind();
    let (title, sentence) = text::STEP_KINDS
        .iter()
        .find(|(name, ..)| *name == kind)
        .map_or((kind, ""), |(_, title, help)| (title.tr(), help.tr()));
    let field = move |name: &'static str| {
        Signal::derive(move || state.draft.with(|d| d.step(step).map(|s| fields::get(s, name))).unwrap_or_default())
    };
    let set = move |name: &'static str, value: serde_json::Value| {
        state.draft.update(|d| d.edit_step(step, |s| fields::set(s, name, value)));
    };
    let applies = move |name: &'static str| {
        Memo::new(move |_| state.draft.with(|d| d.step(step).is_some_and(|s| fields::applies(s, name))))
    };
    let words = move |name: &'static str| {
        Signal::derive(move || field(name).with(|v| v.as_str().unwrap_or_default().to_string()))
    };
    let methods: Vec<_> =
        fields::methods(&first).iter().map(|m| (m.name.to_string(), tr(m.title).to_string(), tr(m.help))).collect();
    let papers = fields::methods(&first);
    let paper = move || papers.iter().find(|m| words("method").with(|w| w == m.name)).map(|m| m.paper);
    let number = move |s: &'static Setting| {
        let value = Signal::derive(move || field(s.name).with(|v| v.as_f64()).unwrap_or(s.default));
        move || {
            applies(s.name).get().then(|| {
                view! {
                    <NumberField
                        label=tr(s.title)
                        help=tr(s.help)
                        value=value
                        range=(*s.range.start(), *s.range.end())
                        step=s.step
                        set=Callback::new(move |v| set(s.name, fields::number(v)))
                        field=s.name
                    />
                }
            })
        }
    };
    let settings = fields::settings(&first);
    let numbers =
        |folded: bool| settings.iter().filter(|s| fields::folded(kind, s.name) == folded).map(number).collect_view();
    let (numbers, more_numbers) = (numbers(false), numbers(true));
    let choices = text::CHOICES
        .iter()
        .chain(text::quantize::CHOICES)
        .filter(|c| c.kind == kind)
        .map(|c| {
            move || {
                applies(c.name).get().then(|| {
                    view! {
                        <SelectField
                            label=c.title
                            options=options(c.options)
                            value=words(c.name)
                            set=Callback::new(move |v: String| set(c.name, v.into()))
                            field=c.name
                        />
                    }
                })
            }
        })
        .collect_view();
    let special = match first {
        Step::Train(_) => view! { <TrainOn state step/> }.into_any(),
        Step::Prune(_) => view! { <Layers state step/> }.into_any(),
        Step::Quantize(_) => view! { <Rounding state step/> }.into_any(),
        Step::Distill(_) => view! { <Teaching state variant step/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <div class="step" data-testid="step">
            <div class="step-head">
                <strong>{title}</strong>
                <button
                    aria-label=text::UP
                    disabled=move || fixed.get() || state.draft.with(|d| !d.can_move_step(step, false))
                    on:click=move |_| state.draft.update(|d| d.move_step(step, false))
                >"↑"</button>
                <button
                    aria-label=text::DOWN
                    disabled=move || fixed.get() || state.draft.with(|d| !d.can_move_step(step, true))
                    on:click=move |_| state.draft.update(|d| d.move_step(step, true))
                >"↓"</button>
                <button disabled=fixed on:click=move |_| actions::remove_from_draft(state, |d| d.remove_step(step))>{text::REMOVE}</button>
            </div>
            <p class="hint">{sentence}</p>
            {(!methods.is_empty()).then(|| view! {
                <SelectField
                    label=text::METHOD
                    options=methods
                    value=words("method")
                    set=Callback::new(move |v: String| set("method", v.into()))
                    field="method"
                />
                <p class="paper"><bdi>{paper}</bdi></p>
            })}
            {numbers}
            {match kind {
                // Pruning and quantization have more choices than a first look bears.
                "prune" | "quantize" => view! {
                    <details class="more">
                        <summary>{text::MORE}</summary>
                        {more_numbers}
                        {choices}
                        {special}
                    </details>
                }
                .into_any(),
                _ => view! { {choices} {special} }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// What a pruning step says of single layers.
#[component]
fn Layers(state: State, step: u32) -> impl IntoView {
    let prune = Memo::new(move |_| {
        state.draft.with(|d| match d.step(step) {
            Some(Step::Prune(prune)) => prune.clone(),
            _ => Prune::default(),
        })
    });
    let edit = move |change: &dyn Fn(&mut Prune)| {
        state.draft.update(|d| {
            d.edit_step(step, |s| {
                if let Step::Prune(prune) = s {
                    change(prune);
                }
            });
        });
    };
    let exclude = move || prune.with(|p| p.exclude.iter().map(|&place| place as f64).collect::<Vec<_>>());
    view! {
        <ListField
            label=text::BUDGETS
            help=text::BUDGETS_HELP
            value=Signal::derive(move || prune.with(|p| p.budgets.clone()))
            set=Callback::new(move |budgets: Vec<f64>| edit(&|p| p.budgets.clone_from(&budgets)))
            field="budgets"
        />
        <ListField
            label=text::EXCLUDE
            help=text::EXCLUDE_HELP
            value=Signal::derive(exclude)
            set=Callback::new(move |places: Vec<f64>| {
                edit(&|p| p.exclude = places.iter().map(|place| place.max(0.0) as usize).collect());
            })
            field="exclude"
        />
    }
}

/// What a quantization step turns on and off, and what it says of single layers.
#[component]
fn Rounding(state: State, step: u32) -> impl IntoView {
    let read = move |name: &'static str| {
        Memo::new(move |_| {
            state.draft.with(|d| d.step(step).is_some_and(|s| fields::get(s, name).as_bool().unwrap_or_default()))
        })
    };
    let applies = move |name: &'static str| {
        Memo::new(move |_| state.draft.with(|d| d.step(step).is_some_and(|s| fields::applies(s, name))))
    };
    let set = move |name: &'static str, value: serde_json::Value| {
        state.draft.update(|d| d.edit_step(step, |s| fields::set(s, name, value)));
    };
    let switches = text::quantize::SWITCHES.iter().map(|&(name, title)| {
        let (value, applies) = (read(name), applies(name));
        move || {
            applies.get().then(|| {
                view! { <CheckField label=title value set=Callback::new(move |on: bool| set(name, on.into())) field=name/> }
            })
        }
    });
    let bits = move || {
        state.draft.with(|d| match d.step(step) {
            Some(Step::Quantize(q)) => q.layer_bits.iter().map(|bits| *bits as f64).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    };
    let set_bits = move |bits: Vec<f64>| {
        let bits: Vec<usize> = bits.into_iter().map(|bits| bits.max(0.0) as usize).collect();
        set("layer_bits", serde_json::to_value(bits).unwrap_or_default());
    };
    view! {
        {switches.collect_view()}
        <ListField
            label=text::quantize::LAYER_BITS
            help=text::quantize::LAYER_BITS_HELP
            value=Signal::derive(bits)
            set=Callback::new(set_bits)
            field="layer_bits"
        />
    }
}

/// The form of a step that trains on.
#[component]
fn TrainOn(state: State, step: u32) -> impl IntoView {
    let training = Signal::derive(move || {
        state.draft.with(|d| match d.step(step) {
            Some(Step::Train(training)) => training.clone(),
            _ => Training::default(),
        })
    });
    let set = Callback::new(move |t| state.draft.update(|d| d.edit_step(step, |s| *s = Step::Train(t))));
    view! { <TrainingForm training set/> }
}

/// Who learns from whom, and how.
#[component]
fn Teaching(state: State, variant: u32, step: u32) -> impl IntoView {
    let distill = Memo::new(move |_| {
        state.draft.with(|d| match d.step(step) {
            Some(Step::Distill(distill)) => distill.clone(),
            _ => Distill::default(),
        })
    });
    let edit = move |change: &dyn Fn(&mut Distill)| {
        state.draft.update(|d| {
            d.edit_step(step, |s| {
                if let Step::Distill(distill) = s {
                    change(distill);
                }
            });
        });
    };
    let has_student = Memo::new(move |_| distill.with(|d| d.student.is_some()));
    let mutual = Memo::new(move |_| distill.with(Distill::is_mutual));
    // Where there is one that should not be, it can be taken away.
    let taught = Memo::new(move |_| distill.with(|d| !d.is_mutual() || d.teacher.is_some()));
    let has_peer = Memo::new(move |_| distill.with(|d| d.peer.is_some()));
    let toggle_peer = Callback::new(move |on: bool| edit(&|d| d.peer = on.then(|| Architecture::mlp(&[30]))));
    let has_training = Memo::new(move |_| distill.with(|d| d.training.is_some()));
    let teachers = Signal::derive(move || {
        let none = if has_student.get() { text::TEACHER_SELF } else { text::TEACHER_CHOOSE };
        let names = state.draft.with(|d| d.names_before(variant));
        std::iter::once((String::new(), none.to_string(), ""))
            .chain(names.into_iter().map(|n| (n.clone(), n, "")))
            .collect::<Vec<_>>()
    });
    let toggle_training = Callback::new(move |on: bool| {
        let training = state.draft.with_untracked(|d| d.recipe.training.clone());
        edit(&|d| d.training = on.then(|| training.clone()));
    });
    view! {
        <SelectField
            label=text::STUDENT
            options=options(&[("fresh", text::STUDENT_FRESH, Text("")), ("self", text::STUDENT_SELF, Text(""))])
            value=Signal::derive(move || if has_student.get() { "fresh".to_string() } else { "self".to_string() })
            set=Callback::new(move |v: String| edit(&|d| d.student = (v == "fresh").then(|| Architecture::mlp(&[30]))))
            field="student"
        />
        {move || has_student.get().then(|| view! {
            <Within field="student">
                <NetworkForm
                    network=Signal::derive(move || distill.with(|d| d.student.clone().unwrap_or_default()))
                    set=Callback::new(move |n: Architecture| edit(&|d| d.student = Some(n.clone())))
                />
            </Within>
            <NumberField
                label=text::ensemble::STUDENT_MEMBER
                help=text::ensemble::STUDENT_MEMBER_HELP
                value=Signal::derive(move || distill.with(|d| d.member as f64))
                range=(0.0, 9999.0)
                step=1.0
                set=Callback::new(move |n: f64| edit(&|d| d.member = n.max(0.0) as usize))
                field="member"
            />
        })}
        {move || (mutual.get() || has_peer.get()).then(|| view! {
            <CheckField label=text::ensemble::OWN_PEER value=has_peer set=toggle_peer field="peer"/>
            {move || has_peer.get().then(|| view! {
                <Within field="peer">
                    <NetworkForm
                        network=Signal::derive(move || distill.with(|d| d.peer.clone().unwrap_or_default()))
                        set=Callback::new(move |n: Architecture| edit(&|d| d.peer = Some(n.clone())))
                    />
                </Within>
            })}
        })}
        {move || taught.get().then(|| view! {
            <SelectField
                label=text::TEACHER
                options=teachers
                value=Signal::derive(move || distill.with(|d| d.teacher.clone().unwrap_or_default()))
                set=Callback::new(move |v: String| edit(&|d| d.teacher = (!v.is_empty()).then(|| v.clone())))
                field="teacher"
            />
        })}
        <Within field="transfer">
            <TransferForm
                transfer=Signal::derive(move || distill.with(|d| d.transfer.clone()))
                set=Callback::new(move |t: Transfer| edit(&|d| d.transfer = t.clone()))
            />
        </Within>
        <CheckField label=text::OWN_TRAINING value=has_training set=toggle_training field="training"/>
        {move || has_training.get().then(|| view! {
            <Within field="training">
                <TrainingForm
                    training=Signal::derive(move || distill.with(|d| d.training.clone().unwrap_or_default()))
                    set=Callback::new(move |t: Training| edit(&|d| d.training = Some(t.clone())))
                />
            </Within>
        })}
    }
}
