//! What students may change: the settings of the experiment under edit, to be ticked.

use super::super::editor::inputs::{SelectField, options};
use super::super::fields;
use super::super::state::State;
use super::super::text::{self, classroom as words};
use crate::app::language::{Text, tr};
use crate::experiment::Recipe;
use leptos::prelude::*;

/// The part of the form.
#[component]
pub(super) fn LocksForm(state: State) -> impl IntoView {
    let lesson = state.lesson;
    let mode = Memo::new(move |_| lesson.with(|l| if l.locks.is_empty() { "none".into() } else { l.locks.clone() }));
    let rows = Memo::new(move |_| state.draft.with(|d| lockable(&d.recipe)));
    let tick = move |path: String, on: bool| {
        lesson.update(|l| {
            l.ticked.retain(|other| *other != path);
            if on {
                l.ticked.push(path);
            }
        });
    };
    // What was ticked of another experiment, and this one has not, goes.
    Effect::new(move |_| {
        let gone =
            rows.with(|rows| lesson.with(|l| l.ticked.iter().any(|path| rows.iter().all(|(other, _)| other != path))));
        if gone {
            lesson.update(|l| {
                l.ticked.retain(|path| rows.with_untracked(|rows| rows.iter().any(|(other, _)| other == path)))
            });
        }
    });
    let row = move |(path, label): (String, String)| {
        let mine = path.clone();
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    value=path.clone()
                    prop:checked=move || lesson.with(|l| l.ticked.contains(&mine))
                    on:change:target=move |ev| tick(path.clone(), ev.target().checked())
                />
                <span dir="auto">{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choices" data-testid="locks-form">
            <legend>{words::LOCKS_TITLE}</legend>
            <SelectField
                label=words::LOCKS
                testid="locks-mode"
                options=options(&words::LOCKS_CHOICES)
                value=mode
                set=Callback::new(move |mode| lesson.update(|l| l.locks = mode))
            />
            {move || (mode.get() != "none").then(|| view! {
                <div class="ticks">{move || rows.get().into_iter().map(row).collect_view()}</div>
                <label class="field">
                    <span>{words::PATHS}</span>
                    <input
                        type="text"
                        dir="ltr"
                        spellcheck="false"
                        data-testid="locks-paths"
                        prop:value=move || lesson.with(|l| l.paths.clone())
                        on:input:target=move |ev| lesson.update(|l| l.paths = ev.target().value())
                    />
                    <small>{words::PATHS_HELP}</small>
                </label>
            })}
        </fieldset>
    }
    .into_any()
}

/// The settings that are offered, by path and label; others can be named.
fn lockable(recipe: &Recipe) -> Vec<(String, String)> {
    let under = |part: Text, name: Text| format!("{part}: {name}");
    let mut rows: Vec<(String, String)> = vec![
        ("data".into(), text::DATASET.into()),
        ("data.samples".into(), under(text::DATASET, text::SAMPLES)),
        ("seeds".into(), text::SEEDS.into()),
        ("network".into(), text::NETWORK.into()),
        ("network.widths".into(), under(text::NETWORK, text::WIDTHS)),
        ("training".into(), text::TRAINING.into()),
        ("training.epochs".into(), under(text::TRAINING, text::EPOCHS)),
        ("training.learning_rate".into(), under(text::TRAINING, text::RATE)),
        ("variants".into(), words::VARIANT_LIST.into()),
    ];
    for (v, variant) in recipe.variants.iter().enumerate() {
        rows.push((format!("variants[{v}]"), words::whole_variant(&variant.name)));
        for (s, step) in variant.steps.iter().enumerate() {
            let kind = step.kind();
            let title =
                text::STEP_KINDS.iter().find(|(name, ..)| *name == kind).map_or(kind, |(_, title, _)| title.tr());
            let shown = |name: &&str| !fields::folded(kind, name) && fields::applies(step, name);
            for setting in fields::settings(step).iter().filter(|setting| shown(&setting.name)) {
                let path = format!("variants[{v}].steps[{s}].{kind}.{}", setting.name);
                rows.push((path, words::step_setting(&variant.name, title, tr(setting.title))));
            }
        }
    }
    rows
}
