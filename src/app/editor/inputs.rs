//! The kinds of input: a number, a choice, a yes or no, a list of numbers. Each carries its label and its sentence.

use super::super::language::Text;
use super::super::text::no_list;
use super::locks::{lock, reason};
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// An id that no other element has.
pub(in crate::app) fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The shortest text of a number.
fn plain(value: f64) -> String {
    value.to_string()
}

/// A number: a box, and a slider where the range is short enough to slide over.
#[component]
pub(in crate::app) fn NumberField(
    #[prop(into)] label: &'static str,
    #[prop(optional, into)] help: &'static str,
    #[prop(into)] value: Signal<f64>,
    range: (f64, f64),
    step: f64,
    set: Callback<f64>,
    #[prop(optional)] field: &'static str,
) -> impl IntoView {
    let locked = lock(field);
    let (low, high) = range;
    let steps = (high - low) / step;
    let slider = (2.0..=200.0).contains(&steps) && step != 1.0 || (2.0..=50.0).contains(&steps);
    let help_id = unique("help");
    let described = (!help.is_empty()).then(|| help_id.clone());
    let typed = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| match ev
        .target()
        .value()
        .parse::<f64>()
    {
        Ok(number) if number.is_finite() => set.run(number),
        _ => ev.target().set_value(&plain(value.get_untracked())),
    };
    let slid = move |text: &str| {
        if let Ok(number) = text.parse() {
            set.run(number);
        }
    };
    view! {
        <div class="field">
            <label>
                <span>{label}{reason(locked)}</span>
                <input
                    type="number"
                    inputmode="decimal"
                    disabled=locked
                    min=plain(low)
                    max=plain(high)
                    step="any"
                    aria-describedby=described
                    prop:value=move || plain(value.get())
                    on:change:target=typed
                />
            </label>
            {slider.then(|| view! {
                <input
                    type="range"
                    disabled=locked
                    aria-label=label
                    min=plain(low)
                    max=plain(high)
                    step=plain(step)
                    prop:value=move || plain(value.get())
                    on:input:target={move |ev| slid(&ev.target().value())}
                />
            })}
            {(!help.is_empty()).then(|| view! { <small id=help_id>{help}</small> })}
        </div>
    }
    .into_any()
}

/// What a choice offers: a value, its title, and a sentence shown while it is chosen.
pub(in crate::app) type Options = Vec<(String, String, &'static str)>;

/// Options that stand in a table.
pub(in crate::app) fn options(list: &[(&'static str, Text, Text)]) -> Options {
    list.iter().map(|(value, title, help)| (value.to_string(), title.to_string(), help.tr())).collect()
}

/// One of a few.
#[component]
pub(in crate::app) fn SelectField(
    #[prop(into)] label: &'static str,
    #[prop(into)] options: Signal<Options>,
    #[prop(into)] value: Signal<String>,
    set: Callback<String>,
    #[prop(optional)] testid: &'static str,
    #[prop(optional)] field: &'static str,
) -> impl IntoView {
    let locked = lock(field);
    let sentence = move || {
        options.with(|o| {
            value.with(|v| o.iter().find(|(name, ..)| name == v).map(|(_, _, help)| *help).unwrap_or_default())
        })
    };
    view! {
        <div class="field">
            <label>
                <span>{label}{reason(locked)}</span>
                <select
                    disabled=locked
                    data-testid=(!testid.is_empty()).then_some(testid)
                    on:change:target=move |ev| set.run(ev.target().value())
                >
                    {move || options.get().into_iter().map(|(name, title, _)| {
                        let mine = name.clone();
                        view! { <option value=name prop:selected=move || value.with(|v| *v == mine)>{title}</option> }
                    }).collect_view()}
                </select>
            </label>
            {move || Some(sentence()).filter(|s| !s.is_empty()).map(|s| view! { <small>{s}</small> })}
        </div>
    }
    .into_any()
}

/// Yes or no.
#[component]
pub(in crate::app) fn CheckField(
    #[prop(into)] label: &'static str,
    #[prop(optional, into)] help: &'static str,
    #[prop(into)] value: Signal<bool>,
    set: Callback<bool>,
    #[prop(optional)] field: &'static str,
) -> impl IntoView {
    let help_id = unique("help");
    let described = (!help.is_empty()).then(|| help_id.clone());
    let locked = lock(field);
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-describedby=described
                disabled=locked
                prop:checked=move || value.get()
                on:change:target=move |ev| set.run(ev.target().checked())
            />
            <span>{label}{reason(locked)}</span>
        </label>
        {(!help.is_empty()).then(|| view! { <small id=help_id>{help}</small> })}
    }
    .into_any()
}

/// Numbers with commas between.
#[component]
pub(in crate::app) fn ListField(
    #[prop(into)] label: &'static str,
    #[prop(into)] help: &'static str,
    #[prop(into)] value: Signal<Vec<f64>>,
    set: Callback<Vec<f64>>,
    #[prop(optional)] field: &'static str,
) -> impl IntoView {
    let locked = lock(field);
    let shown = Memo::new(move |_| value.with(|v| v.iter().map(|n| plain(*n)).collect::<Vec<_>>().join(", ")));
    let unread = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        shown.track();
        unread.set(None);
    });
    let typed = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let text = ev.target().value();
        let Some(numbers) = list(&text) else { return unread.set(Some(text)) };
        set.run(numbers);
        unread.set(None);
        ev.target().set_value(&shown.get_untracked());
    };
    let id = unique("help");
    view! {
        <div class="field">
            <label>
                <span>{label}{reason(locked)}</span>
                <input
                    type="text"
                    inputmode="numeric"
                    disabled=locked
                    aria-describedby=id.clone()
                    aria-invalid=move || unread.with(Option::is_some).then_some("true")
                    prop:value=shown
                    on:change:target=typed
                />
            </label>
            <small id=id>{help}</small>
            {move || unread.get().map(|text| view! { <p class="wrong" role="alert" data-testid="list-unread">{no_list(&text)}</p> })}
        </div>
    }
    .into_any()
}

/// The numbers of a list as English or Persian keyboards write it; nothing where one cannot be read.
fn list(text: &str) -> Option<Vec<f64>> {
    let latin = text.chars().filter(|c| !matches!(c, '٬' | '\u{200e}' | '\u{200f}')).map(|c| match c {
        '۰'..='۹' => (b'0' + (c as u32 - '۰' as u32) as u8).into(),
        '٠'..='٩' => (b'0' + (c as u32 - '٠' as u32) as u8).into(),
        '٫' => '.',
        '−' => '-',
        '،' | '؛' | ';' => ',',
        _ => c,
    });
    let latin: String = latin.collect();
    let parts = latin.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok().filter(|number: &f64| number.is_finite())).collect()
}

/// The name by which a recipe spells a value that is one word.
pub(in crate::app) fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(Into::into)).unwrap_or_default()
}

/// The value that a recipe spells so.
pub(in crate::app) fn parse<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}
