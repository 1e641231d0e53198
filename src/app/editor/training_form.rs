//! A training: the experiment's, a variant's own, a step's, or a student's.

use super::super::language::Text;
use super::super::text;
use super::super::text::fields as words;
use super::inputs::{CheckField, NumberField, SelectField, options, parse, word};
use super::regularizing::Regularizing;
use crate::network::{OptimizerName, Schedule, Training};
use leptos::prelude::*;

/// The form of a [`Training`].
#[component]
pub(super) fn TrainingForm(#[prop(into)] training: Signal<Training>, set: Callback<Training>) -> impl IntoView {
    let training = Memo::new(move |_| training.get());
    let change = move |edit: &dyn Fn(&mut Training)| {
        let mut next = training.get_untracked();
        edit(&mut next);
        set.run(next);
    };
    let number = move |read: fn(&Training) -> f64| Signal::derive(move || training.with(read));
    let write = move |edit: fn(&mut Training, f64)| Callback::new(move |v: f64| change(&|t| edit(t, v)));
    let sgd = Memo::new(move |_| training.with(|t| t.optimizer == OptimizerName::Sgd));
    let steps = Memo::new(move |_| training.with(|t| matches!(t.schedule, Schedule::Step { .. })));
    let momentum = move || {
        sgd.get().then(|| {
            view! {
                <NumberField
                    label=text::MOMENTUM
                    help=text::MOMENTUM_HELP
                    value=number(|t| t.momentum)
                    range=(0.0, 0.999)
                    step=0.01
                    set=write(|t, v| t.momentum = v)
                    field="momentum"
                />
                <CheckField
                    label=text::NESTEROV
                    help=words::NESTEROV
                    value=Signal::derive(move || training.with(|t| t.nesterov))
                    set=Callback::new(move |v| change(&|t| t.nesterov = v))
                    field="nesterov"
                />
            }
        })
    };
    let drops = move || {
        steps.get().then(|| {
            view! {
                <NumberField
                    label=text::EVERY
                    help=words::EVERY
                    value=number(|t| if let Schedule::Step { every, .. } = t.schedule { every as f64 } else { 1.0 })
                    range=(1.0, 200.0)
                    step=1.0
                    set=write(|t, v| if let Schedule::Step { every, .. } = &mut t.schedule { *every = v as usize })
                    field="schedule"
                />
                <NumberField
                    label=text::FACTOR
                    help=words::FACTOR
                    value=number(|t| if let Schedule::Step { factor, .. } = t.schedule { factor } else { 1.0 })
                    range=(0.0, 1.0)
                    step=0.05
                    set=write(|t, v| if let Schedule::Step { factor, .. } = &mut t.schedule { *factor = v })
                    field="schedule"
                />
            }
        })
    };
    let schedule = Signal::derive(move || {
        training.with(|t| match t.schedule {
            Schedule::Step { .. } => "step".to_string(),
            other => word(&other),
        })
    });
    let set_schedule = Callback::new(move |name: String| {
        let schedule = if name == "step" { Some(Schedule::Step { every: 2, factor: 0.5 }) } else { parse(&name) };
        if let Some(schedule) = schedule {
            change(&|t| t.schedule = schedule);
        }
    });
    view! {
        <NumberField
            label=text::EPOCHS
            help=text::EPOCHS_HELP
            value=number(|t| t.epochs as f64)
            range=(0.0, 200.0)
            step=1.0
            set=write(|t, v| t.epochs = v as usize)
            field="epochs"
        />
        <NumberField
            label=text::RATE
            help=text::RATE_HELP
            value=number(|t| t.learning_rate)
            range=(1e-6, 10.0)
            step=0.0001
            set=write(|t, v| t.learning_rate = v)
            field="learning_rate"
        />
        <details class="more">
            <summary>{text::MORE}</summary>
            <SelectField
                label=text::OPTIMIZER
                options=options(&[
                    ("adam", Text("Adam"), words::ADAM),
                    ("sgd", Text("SGD"), Text("One learning rate for all weights, with momentum.")),
                ])
                value=Signal::derive(move || training.with(|t| word(&t.optimizer)))
                set=Callback::new(move |v: String| if let Some(o) = parse(&v) { change(&|t| t.optimizer = o) })
                field="optimizer"
            />
            {momentum}
            <NumberField
                label=text::BATCH
                help=text::BATCH_HELP
                value=number(|t| t.batch as f64)
                range=(1.0, 1024.0)
                step=1.0
                set=write(|t, v| t.batch = v as usize)
                field="batch"
            />
            <SelectField
                label=text::SCHEDULE
                options=options(&[
                    ("cosine", Text("cosine"), Text("Falls to zero along half a cosine.")),
                    ("constant", Text("constant"), Text("Stays as it is.")),
                    ("step", Text("steps"), Text("Drops every few epochs.")),
                ])
                value=schedule
                set=set_schedule
                field="schedule"
            />
            {drops}
            <NumberField
                label=text::DECAY
                help=text::DECAY_HELP
                value=number(|t| t.weight_decay)
                range=(0.0, 1.0)
                step=0.0001
                set=write(|t, v| t.weight_decay = v)
                field="weight_decay"
            />
            <NumberField
                label=text::PATIENCE
                help=text::PATIENCE_HELP
                value=number(|t| t.early_stopping as f64)
                range=(0.0, 200.0)
                step=1.0
                set=write(|t, v| t.early_stopping = v as usize)
                field="early_stopping"
            />
            <Regularizing training set/>
        </details>
    }
    .into_any()
}
