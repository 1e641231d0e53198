//! The form of a transfer set: what a student is shown.

use super::super::text::teaching as words;
use super::inputs::{CheckField, ListField, NumberField, SelectField, options, parse, word};
use super::locks::data_are;
use crate::compression::distill::{Transfer, TransferSource};
use crate::data::DatasetInfo;
use leptos::prelude::*;

/// The form of a [`Transfer`].
#[component]
pub(super) fn TransferForm(#[prop(into)] transfer: Signal<Transfer>, set: Callback<Transfer>) -> impl IntoView {
    let transfer = Memo::new(move |_| transfer.get());
    let change = move |edit: &dyn Fn(&mut Transfer)| {
        let mut next = transfer.get_untracked();
        edit(&mut next);
        set.run(next);
    };
    let source = Memo::new(move |_| transfer.with(|t| t.source));
    let misses = Memo::new(move |_| transfer.with(|t| !t.without.is_empty()));
    // What gives no labels has nothing to choose by.
    let choose = Callback::new(move |name: String| {
        let Some(source) = parse::<TransferSource>(&name) else { return };
        change(&|t| {
            t.source = source;
            if source != TransferSource::Training {
                (t.share, t.correct_bias) = (1.0, false);
                t.without.clear();
            }
        });
    });
    let leave_out = Callback::new(move |list: Vec<f64>| {
        change(&|t| {
            t.without = list.iter().map(|class| class.max(0.0) as usize).collect();
            t.correct_bias &= !t.without.is_empty();
        });
    });
    let correction = move || {
        misses.get().then(|| {
            view! {
                <CheckField
                    label=words::CORRECT_BIAS
                    value=Signal::derive(move || transfer.with(|t| t.correct_bias))
                    set=Callback::new(move |on| change(&|t| t.correct_bias = on))
                    field="correct_bias"
                />
                <small>{words::CORRECT_BIAS_HELP}</small>
            }
        })
    };
    let by_class = move || {
        (source.get() == TransferSource::Training).then(|| {
            view! {
                <NumberField
                    label=words::SHARE
                    help=words::SHARE_HELP
                    value=Signal::derive(move || transfer.with(|t| t.share))
                    range=(0.001, 1.0)
                    step=0.01
                    set=Callback::new(move |share| change(&|t| t.share = share))
                    field="share"
                />
                <ListField
                    label=words::WITHOUT
                    help=words::WITHOUT_HELP
                    value=Signal::derive(move || {
                        transfer.with(|t| t.without.iter().map(|class| *class as f64).collect::<Vec<_>>())
                    })
                    set=leave_out
                    field="without"
                />
                {correction}
            }
        })
    };
    let text = data_are(DatasetInfo::is_text);
    // No other data, and no noise, are texts. Where such a source is named all the same, it can be taken away.
    let sources = Signal::derive(move || {
        let fits = |name: &str| !text.get() || ["training", "unlabeled"].contains(&name) || name == word(&source.get());
        options(&words::SOURCES).into_iter().filter(|(name, ..)| fits(name)).collect::<Vec<_>>()
    });
    view! {
        <details class="more">
            <summary>{words::TRANSFER}</summary>
            <SelectField
                label=words::SOURCE
                options=sources
                value=Signal::derive(move || word(&source.get()))
                set=choose
                field="source"
            />
            {by_class}
        </details>
    }
    .into_any()
}
