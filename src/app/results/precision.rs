//! How much each of a variant's layers needs its bits, and the slider that chooses them within a budget.

use super::super::charts::{Axis, Kind, LineChart, Mark, Series};
use super::super::state::{Analysis, State};
use super::super::{actions, browser, format, text};
use crate::compression::quantize::mixed::{Assignment, Choice, front, no_worse, within};
use crate::compression::quantize::{Clip, Quantize};
use crate::experiment::{LayerPrecision, Step, Variant};
use crate::worker::Question;
use leptos::prelude::*;
use text::precision as words;

/// How the analysis rounds, and the variant that is made of it.
fn settings() -> Quantize {
    Quantize { clip: Clip::Mse, correct_bias: true, ..Quantize::default() }
}

/// All layers at the same bits, the most that this one's size allows.
fn uniform(layers: &[LayerPrecision], bytes: usize) -> Option<(usize, usize, f64)> {
    let at = |place: usize| -> Option<(usize, usize, f64)> {
        let all: Option<Vec<&Choice>> = layers.iter().map(|layer| layer.choices.get(place)).collect();
        let all = all?;
        Some((all.first()?.bits, all.iter().map(|c| c.bytes).sum(), all.iter().map(|c| c.rise).sum()))
    };
    let count = layers.first()?.choices.len();
    (0..count).rev().filter_map(at).find(|(_, taken, _)| *taken <= bytes)
}

/// Where the slider of the rise that is allowed starts, of 100.
const RISE_PLACE: f64 = 30.0;

/// The rise at a place of its slider, between that of the best bits and that of the fewest: finely where it is small.
fn rise_at(place: f64, low: f64, high: f64) -> f64 {
    low + (high - low) * (place / 100.0).powi(4)
}

/// The analysis of the chosen variant.
#[component]
pub(super) fn PrecisionPanel(state: State) -> impl IntoView {
    let mine = Memo::new(move |_| {
        let variant = state.variant.get()?;
        state.precision.with(|p| p.clone()).filter(|p| p.variant == variant && p.shown == state.shown.get())
    });
    let under_way = move || state.precision.with(|p| p.as_ref().is_some_and(|p| !p.ended));
    let start = move |_| {
        let (Some(variant), shown) = (state.variant.get_untracked(), state.shown.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        if state.model_file(&variant).is_none() {
            return state.complain(words::NO_FILE);
        }
        let model = variant.clone();
        let run = (browser::date_ms() / 1000.0) as u32;
        state.notice.set(None);
        state.precision.set(Some(Analysis { run, shown, variant, layers: Vec::new(), ended: false }));
        let data = report.recipe.data.clone();
        let question = Question::Precision { model, data, settings: settings() };
        state.asking.set(Some(run));
        state.with_pool(|pool| pool.inspect(Some(run), question.to_json()));
    };
    let series = Signal::derive(move || {
        let layers = mine.get().map(|p| p.layers).unwrap_or_default();
        let of = |(index, layer): (usize, LayerPrecision)| Series {
            name: layer.name,
            index,
            faint: false,
            points: layer.choices.iter().map(|c| (c.bits as f64, c.rise)).collect(),
        };
        layers.into_iter().enumerate().map(of).collect::<Vec<_>>()
    });
    let names = move || mine.get().map(|p| p.layers.into_iter().map(|l| l.name).enumerate().collect::<Vec<_>>());
    let all = Memo::new(move |_| {
        let layers = mine.get().filter(|p| p.ended)?.layers;
        Some(front(&layers.into_iter().map(|layer| layer.choices).collect::<Vec<_>>()))
    });
    let ends = move || all.with(|all| all.as_ref().and_then(|all| Some((all.first()?.bytes, all.last()?.bytes))));
    let budget = RwSignal::new(None::<usize>);
    // Until the visitor says so, half of what the best takes.
    let wanted = move || budget.get().or_else(|| ends().map(|(low, high)| (high / 2).clamp(low, high)));
    // The other way round: the rise that is allowed, as a place on its slider.
    let by_rise = RwSignal::new(false);
    let place = RwSignal::new(RISE_PLACE);
    let allowed = move || {
        all.with(|all| all.as_ref().and_then(|all| Some(rise_at(place.get(), all.last()?.rise, all.first()?.rise))))
    };
    let chosen = Memo::new(move |_| -> Option<Assignment> {
        let (by_rise, allowed, wanted) = (by_rise.get(), allowed()?, wanted()?);
        all.with(|all| {
            let all = all.as_ref()?;
            if by_rise { no_worse(all, allowed) } else { within(all, wanted) }.cloned()
        })
    });
    let same = move || {
        let found = chosen.get()?.bytes;
        let bytes = if by_rise.get() { found } else { found.max(wanted()?) };
        mine.with(|p| p.as_ref().and_then(|p| uniform(&p.layers, bytes)))
    };
    let adopt = move |_| {
        let (Some(found), Some(variant)) = (chosen.get_untracked(), state.variant.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        let mut recipe = report.recipe.clone();
        let taken = |name: &str| recipe.variants.iter().any(|v| v.names().iter().any(|n| n == name));
        let name = (1..).map(|n| words::new_name(&variant, n)).find(|name| !taken(name)).unwrap_or_default();
        let from = taken(&variant).then_some(variant);
        let step = Step::Quantize(Quantize { layer_bits: found.bits, ..settings() });
        recipe.variants.push(Variant { name: name.clone(), from, steps: vec![step], ..Variant::default() });
        actions::lay_out(state, recipe);
        state.tell(text::sensitivity::adopted(&name));
    };
    view! {
        <section class="card" aria-labelledby="precision-title" data-testid="precision">
            <h3 id="precision-title">{words::TITLE}</h3>
            <p class="hint">{words::ABOUT}</p>
            <div class="buttons">
                <button data-testid="precision-start" disabled=move || state.occupied() on:click=start>{words::START}</button>
                <span role="status">{move || under_way().then_some(words::UNDER_WAY.tr())}</span>
            </div>
            {move || mine.with(|p| p.as_ref().is_some_and(|p| !p.layers.is_empty())).then(|| view! {
                <ul class="legend">
                    {move || names().unwrap_or_default().into_iter().map(|(i, name)| view! { <li><Mark index=i/>{name}</li> }).collect_view()}
                </ul>
                <LineChart
                    label=Signal::stored(words::CHART.to_string())
                    series
                    x_axis=Axis { title: words::BITS.into(), write: |v| if v.fract() == 0.0 { format::count(v) } else { String::new() } }
                    y_axis=Axis { title: words::RISE.into(), write: |v| format::trimmed(v, 3) }
                    y_kind=Kind::Linear
                />
            })}
            {move || ends().map(|(low, high)| view! {
                <label class="field">
                    <span>{words::SEARCH}</span>
                    <select data-testid="precision-goal" on:change:target=move |ev| by_rise.set(ev.target().value() == "rise")>
                        <option value="bytes" prop:selected=move || !by_rise.get()>{words::LEAST_RISE}</option>
                        <option value="rise" prop:selected=move || by_rise.get()>{words::FEWEST_BYTES}</option>
                    </select>
                </label>
                <label class="field" hidden=move || !by_rise.get()>
                    <span>{words::ALLOWED}" "{move || allowed().map(|rise| format::trimmed(rise, 4))}</span>
                    <input
                        type="range"
                        data-testid="precision-rise"
                        min="0"
                        max="100"
                        aria-valuetext=move || allowed().map(|rise| format::trimmed(rise, 4))
                        prop:value=move || place.get().to_string()
                        on:input:target=move |ev| place.set(ev.target().value().parse().unwrap_or(RISE_PLACE))
                    />
                </label>
                <label class="field" hidden=move || by_rise.get()>
                    <span>{words::BUDGET}" "{move || wanted().map(|bytes| format::bytes(bytes as f64))}</span>
                    <input
                        type="range"
                        data-testid="precision-budget"
                        min=low.to_string()
                        max=high.to_string()
                        prop:value=move || wanted().unwrap_or(low).to_string()
                        on:input:target=move |ev| budget.set(ev.target().value().parse().ok())
                    />
                </label>
                <p data-testid="precision-found" aria-live="polite">
                    {move || chosen.get().map(|c| words::found(&c.bits, c.bytes, c.rise))}" "
                    {move || same().map(|(bits, bytes, rise)| words::uniform(bits, bytes, rise))}
                </p>
                <div class="buttons"><button data-testid="adopt-bits" on:click=adopt>{words::ADOPT}</button></div>
            })}
        </section>
    }
    .into_any()
}
