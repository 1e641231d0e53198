//! What keeps a network from learning its samples by heart: part of the form of a training.

use super::super::language::Text;
use super::super::text::teaching as words;
use super::inputs::NumberField;
use crate::network::Training;
use leptos::prelude::*;

/// A numeric setting: its name in recipes, its title and sentence, its range and step, and how it is read and written.
type Field = (&'static str, Text, Text, (f64, f64), f64, fn(&Training) -> f64, fn(&mut Training, f64));

const FIELDS: [Field; 4] = [
    (
        "jitter",
        words::JITTER,
        words::JITTER_HELP,
        (0.0, 4.0),
        1.0,
        |t| t.jitter as f64,
        |t, v| t.jitter = v.max(0.0) as usize,
    ),
    ("max_norm", words::MAX_NORM, words::MAX_NORM_HELP, (0.0, 100.0), 0.1, |t| t.max_norm, |t, v| t.max_norm = v),
    (
        "label_smoothing",
        words::SMOOTHING,
        words::SMOOTHING_HELP,
        (0.0, 0.9),
        0.05,
        |t| t.label_smoothing,
        |t, v| t.label_smoothing = v,
    ),
    ("mixup", words::MIXUP, words::MIXUP_HELP, (0.0, 10.0), 0.1, |t| t.mixup, |t, v| t.mixup = v),
];

/// These settings of a [`Training`].
#[component]
pub(super) fn Regularizing(training: Memo<Training>, set: Callback<Training>) -> impl IntoView {
    let fields = FIELDS.map(|(field, label, help, range, step, read, write)| {
        let value = Signal::derive(move || training.with(read));
        let set = Callback::new(move |value: f64| {
            let mut next = training.get_untracked();
            write(&mut next, value);
            set.run(next);
        });
        view! { <NumberField label help value range step set field/> }
    });
    fields.collect_view().into_any()
}
