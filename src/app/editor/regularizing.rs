//! What keeps a network from learning its samples by heart: part of the form of a training.

use super::super::language::Text;
use super::super::text::teaching as words;
use super::inputs::NumberField;
use super::locks::data_are;
use crate::data::DatasetInfo;
use crate::network::Training;
use leptos::prelude::*;

/// A numeric setting: its name in recipes, its title and sentence, its range and step, how it is read and written, and the data for
/// which it means nothing.
type Field =
    (&'static str, Text, Text, (f64, f64), f64, fn(&Training) -> f64, fn(&mut Training, f64), fn(&DatasetInfo) -> bool);

const FIELDS: [Field; 4] = [
    (
        "jitter",
        words::JITTER,
        words::JITTER_HELP,
        (0.0, 4.0),
        1.0,
        |t| t.jitter as f64,
        |t, v| t.jitter = v.max(0.0) as usize,
        |data| data.is_points() || data.is_text(),
    ),
    (
        "max_norm",
        words::MAX_NORM,
        words::MAX_NORM_HELP,
        (0.0, 100.0),
        0.1,
        |t| t.max_norm,
        |t, v| t.max_norm = v,
        |_| false,
    ),
    (
        "label_smoothing",
        words::SMOOTHING,
        words::SMOOTHING_HELP,
        (0.0, 0.9),
        0.05,
        |t| t.label_smoothing,
        |t, v| t.label_smoothing = v,
        |_| false,
    ),
    ("mixup", words::MIXUP, words::MIXUP_HELP, (0.0, 10.0), 0.1, |t| t.mixup, |t, v| t.mixup = v, DatasetInfo::is_text),
];

/// These settings of a [`Training`].
#[component]
pub(super) fn Regularizing(training: Memo<Training>, set: Callback<Training>) -> impl IntoView {
    let fields = FIELDS.map(|(field, label, help, range, step, read, write, meaningless)| {
        let value = Signal::derive(move || training.with(read));
        let set = Callback::new(move |value: f64| {
            let mut next = training.get_untracked();
            write(&mut next, value);
            set.run(next);
        });
        let meaningless = data_are(meaningless);
        // Where there is one that should not be, it can be taken away.
        let shown = Memo::new(move |_| !meaningless.get() || value.get() != 0.0);
        move || shown.get().then(|| view! { <NumberField label help value range step set field/> })
    });
    fields.collect_view().into_any()
}
