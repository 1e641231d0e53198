//! A network: the experiment's, a variant's own, or a student.

use super::super::text;
use super::inputs::{CheckField, ListField, NumberField, Options, SelectField, options, parse, word};
use crate::network::{Architecture, ArchitectureName};
use leptos::prelude::*;

/// The widths that an MLP gets when it is first chosen.
const FIRST_WIDTHS: [usize; 2] = [100, 30];

/// The form of an [`Architecture`].
#[component]
pub(super) fn NetworkForm(#[prop(into)] network: Signal<Architecture>, set: Callback<Architecture>) -> impl IntoView {
    let network = Memo::new(move |_| network.get());
    let change = move |edit: &dyn Fn(&mut Architecture)| {
        let mut next = network.get_untracked();
        edit(&mut next);
        set.run(next);
    };
    let kinds: Options =
        ArchitectureName::ALL.iter().map(|(name, title, help)| (word(name), title.to_string(), *help)).collect();
    let choose = Callback::new(move |name: String| {
        let Some(kind) = parse::<ArchitectureName>(&name) else { return };
        change(&|n| {
            n.architecture = kind;
            n.widths = if kind == ArchitectureName::Mlp { FIRST_WIDTHS.to_vec() } else { Vec::new() };
        });
    });
    let kind = Memo::new(move |_| network.with(|n| n.architecture));
    let mlp = Memo::new(move |_| kind.get() == ArchitectureName::Mlp);
    let convolutional = Memo::new(move |_| kind.get().pools());
    let widths = move || {
        mlp.get().then(|| view! {
            <ListField
                label=text::WIDTHS
                help=text::WIDTHS_HELP
                value=Signal::derive(move || network.with(|n| n.widths.iter().map(|w| *w as f64).collect::<Vec<_>>()))
                set=Callback::new(move |list: Vec<f64>| change(&|n| n.widths = list.iter().map(|w| *w as usize).collect()))
            />
        })
    };
    let pooling = move || {
        convolutional.get().then(|| {
            view! {
                <SelectField
                    label=text::POOLING
                    options=options(&[("max", "maximum", ""), ("average", "average", "")])
                    value=Signal::derive(move || network.with(|n| word(&n.pooling)))
                    set=Callback::new(move |v: String| if let Some(p) = parse(&v) { change(&|n| n.pooling = p) })
                />
            }
        })
    };
    // Where it is part of the network there is nothing to choose; the kind's sentence says so.
    let normalization = move || {
        (!kind.get().always_normalizes()).then(|| {
            view! {
                <CheckField
                    label=text::BATCH_NORM
                    value=Signal::derive(move || network.with(|n| n.batch_normalization))
                    set=Callback::new(move |v| change(&|n| n.batch_normalization = v))
                />
            }
        })
    };
    view! {
        <SelectField
            label=text::NETWORK
            testid="network"
            options=kinds
            value=Signal::derive(move || network.with(|n| word(&n.architecture)))
            set=choose
        />
        {widths}
        <details class="more">
            <summary>{text::MORE}</summary>
            <SelectField
                label=text::ACTIVATION
                options=options(&[("relu", "ReLU", ""), ("tanh", "tanh", "")])
                value=Signal::derive(move || network.with(|n| word(&n.activation)))
                set=Callback::new(move |v: String| if let Some(a) = parse(&v) { change(&|n| n.activation = a) })
            />
            {pooling}
            <SelectField
                label=text::INITIALIZATION
                options=options(&[
                    ("he-normal", "He, normal", ""),
                    ("he-uniform", "He, uniform", ""),
                    ("glorot-normal", "Glorot, normal", ""),
                    ("glorot-uniform", "Glorot, uniform", ""),
                ])
                value=Signal::derive(move || network.with(|n| word(&n.initialization)))
                set=Callback::new(move |v: String| if let Some(i) = parse(&v) { change(&|n| n.initialization = i) })
            />
            <NumberField
                label=text::DROPOUT
                help=text::DROPOUT_HELP
                value=Signal::derive(move || network.with(|n| n.dropout))
                range=(0.0, 0.9)
                step=0.05
                set=Callback::new(move |v| change(&|n| n.dropout = v))
            />
            <NumberField
                label=text::teaching::INPUT_DROPOUT
                help=text::teaching::INPUT_DROPOUT_HELP
                value=Signal::derive(move || network.with(|n| n.input_dropout))
                range=(0.0, 0.9)
                step=0.05
                set=Callback::new(move |v| change(&|n| n.input_dropout = v))
            />
            {normalization}
        </details>
    }
    .into_any()
}
