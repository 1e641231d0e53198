//! A network: the experiment's, a variant's own, or a student.

use super::super::language::{Text, tr};
use super::super::text;
use super::super::text::fields as words;
use super::inputs::{CheckField, ListField, NumberField, Options, SelectField, options, parse, word};
use crate::network::{Architecture, ArchitectureName};
use leptos::prelude::*;

/// The widths that an MLP gets when it is first chosen.
const FIRST_WIDTHS: [usize; 2] = [100, 30];

/// The form of an [`Architecture`].
#[component]
pub(in crate::app) fn NetworkForm(
    #[prop(into)] network: Signal<Architecture>,
    set: Callback<Architecture>,
) -> impl IntoView {
    let network = Memo::new(move |_| network.get());
    let change = move |edit: &dyn Fn(&mut Architecture)| {
        let mut next = network.get_untracked();
        edit(&mut next);
        set.run(next);
    };
    let kinds: Options =
        ArchitectureName::ALL.iter().map(|(name, title, help)| (word(name), tr(title).to_string(), tr(help))).collect();
    let choose = Callback::new(move |name: String| {
        let Some(kind) = parse::<ArchitectureName>(&name) else { return };
        change(&|n| {
            n.architecture = kind;
            (n.depth, n.heads, n.patch) = (0, 0, 0);
            n.widths = if kind == ArchitectureName::Mlp { FIRST_WIDTHS.to_vec() } else { Vec::new() };
        });
    });
    let kind = Memo::new(move |_| network.with(|n| n.architecture));
    let convolutional = Memo::new(move |_| kind.get().pools());
    // Where there are usual widths, they are what stands there, and what a recipe need not name.
    let widths = move || {
        let usual = kind.get().default_widths();
        let (label, help) = match kind.get() {
            ArchitectureName::Mlp => (text::WIDTHS, text::WIDTHS_HELP),
            ArchitectureName::Transformer => (text::FILTERS, text::CHANNELS_HELP),
            _ => (text::FILTERS, text::FILTERS_HELP),
        };
        let shown = move |n: &Architecture| {
            let widths = if n.widths.is_empty() { usual } else { &n.widths };
            widths.iter().map(|w| *w as f64).collect::<Vec<_>>()
        };
        let set = move |list: Vec<f64>| {
            let widths: Vec<usize> = list.iter().map(|w| *w as usize).collect();
            change(&|n| n.widths = if widths == usual { Vec::new() } else { widths.clone() });
        };
        (kind.get() == ArchitectureName::Mlp || !usual.is_empty()).then(|| {
            view! {
                <ListField label help value=Signal::derive(move || network.with(shown)) set=Callback::new(set) field="widths"/>
            }
        })
    };
    let transformer = Memo::new(move |_| kind.get() == ArchitectureName::Transformer);
    let sizes = move || {
        let field = move |field,
                          label: Text,
                          help: Text,
                          usual: usize,
                          (low, high): (f64, f64),
                          of: fn(&mut Architecture) -> &mut usize| {
            let value = Signal::derive(move || match network.with(|n| *of(&mut n.clone())) {
                0 => usual as f64,
                size => size as f64,
            });
            let set = Callback::new(move |v: f64| {
                let size = v as usize;
                change(&|n| *of(n) = if size == usual { 0 } else { size });
            });
            view! { <NumberField label help value range=(low, high) step=1.0 set field/> }
        };
        transformer.get().then(|| {
            view! {
                {field("depth", text::DEPTH, words::DEPTH, 2, (1.0, 4.0), |n| &mut n.depth)}
                {field("heads", text::HEADS, words::HEADS, 4, (1.0, 16.0), |n| &mut n.heads)}
                {field("patch", text::PATCH, text::PATCH_HELP, 7, (2.0, 14.0), |n| &mut n.patch)}
            }
        })
    };
    // Its nonlinearity is always the same.
    let activation = move || {
        (!transformer.get()).then(|| {
            view! {
                <SelectField
                    label=text::ACTIVATION
                    options=options(&[("relu", Text("ReLU"), words::RELU), ("tanh", Text("tanh"), words::TANH)])
                    value=Signal::derive(move || network.with(|n| word(&n.activation)))
                    set=Callback::new(move |v: String| if let Some(a) = parse(&v) { change(&|n| n.activation = a) })
                    field="activation"
                />
            }
        })
    };
    let pooling = move || {
        convolutional.get().then(|| {
            view! {
                <SelectField
                    label=text::POOLING
                    options=options(&[("max", Text("maximum"), words::MAXIMUM), ("average", Text("average"), words::AVERAGE)])
                    value=Signal::derive(move || network.with(|n| word(&n.pooling)))
                    set=Callback::new(move |v: String| if let Some(p) = parse(&v) { change(&|n| n.pooling = p) })
                    field="pooling"
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
                    help=words::BATCH_NORM
                    value=Signal::derive(move || network.with(|n| n.batch_normalization))
                    set=Callback::new(move |v| change(&|n| n.batch_normalization = v))
                    field="batch_normalization"
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
            field="architecture"
        />
        {widths}
        {sizes}
        <details class="more">
            <summary>{text::MORE}</summary>
            {activation}
            {pooling}
            <SelectField
                label=text::INITIALIZATION
                options=options(&[
                    ("he-normal", Text("He, normal"), words::HE_NORMAL),
                    ("he-uniform", Text("He, uniform"), words::HE_UNIFORM),
                    ("glorot-normal", Text("Glorot, normal"), words::GLOROT_NORMAL),
                    ("glorot-uniform", Text("Glorot, uniform"), words::GLOROT_UNIFORM),
                ])
                value=Signal::derive(move || network.with(|n| word(&n.initialization)))
                set=Callback::new(move |v: String| if let Some(i) = parse(&v) { change(&|n| n.initialization = i) })
                field="initialization"
            />
            <NumberField
                label=text::DROPOUT
                help=text::DROPOUT_HELP
                value=Signal::derive(move || network.with(|n| n.dropout))
                range=(0.0, 0.9)
                step=0.05
                set=Callback::new(move |v| change(&|n| n.dropout = v))
                field="dropout"
            />
            <NumberField
                label=text::teaching::INPUT_DROPOUT
                help=text::teaching::INPUT_DROPOUT_HELP
                value=Signal::derive(move || network.with(|n| n.input_dropout))
                range=(0.0, 0.9)
                step=0.05
                set=Callback::new(move |v| change(&|n| n.input_dropout = v))
                field="input_dropout"
            />
            {normalization}
        </details>
    }
    .into_any()
}
