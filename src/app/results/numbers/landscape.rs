//! The landscape of the loss around a variant's network, in floats and with quantized weights.

use super::super::super::charts::{Axis, Kind, LineChart, Mark, Series};
use super::super::super::state::{Shared, State};
use super::super::super::text::numbers as words;
use super::super::super::{browser, format, text};
use super::heat::{Extremes, Heat, legend};
use super::{Answers, Pick, Planned, occupied};
use crate::experiment::is_quantized;
use crate::experiment::landscape::{Landscape, Size, place};
use crate::worker::Question;
use leptos::prelude::*;

/// Points of a side, on a machine with few cores and on others.
const SIDES: (usize, usize) = (17, 25);
const FEW_CORES: usize = 2;

/// The card.
#[component]
pub(super) fn LandscapePanel(state: State, answers: Answers, plan: Planned) -> impl IntoView {
    let pick = Pick::new(state, plan, |plan, name| !is_quantized(plan, name));
    let bits = RwSignal::new(2u32);
    let start = move |_| {
        let (Some(model), Some(report)) = (pick.name.get_untracked(), state.report.get_untracked()) else { return };
        let Some(macs) = report.variants.iter().find(|v| v.name == model).map(|v| v.macs) else { return };
        let side = if browser::cores() > FEW_CORES { SIDES.1 } else { SIDES.0 };
        let size = Size::affordable(macs, side);
        let data = report.recipe.data.clone();
        let question = Question::Landscape { model: model.clone(), data, size, bits: bits.get_untracked() };
        answers.landscape.ask(state, model, &question);
    };
    let drawn = Memo::new(move |_| answers.landscape.about(state, pick.name.get().as_deref()));
    let under_way = Memo::new(move |_| answers.landscape.under_way(state));
    let share = move || drawn.get().map_or(0.0, |landscape| landscape.share());
    let any = Memo::new(move |_| pick.name.with(Option::is_some));
    let card = move || {
        view! {
            <section class="card" aria-labelledby="landscape-title" data-testid="landscape">
                <h3 id="landscape-title">{words::LANDSCAPE}</h3>
                <p class="hint">{words::LANDSCAPE_ABOUT}</p>
                <div class="choosers">
                    {pick.draw(text::VARIANT, "landscape-variant")}
                    <label>
                        <span>{words::BITS}</span>
                        <select data-testid="landscape-bits" on:change:target=move |ev| bits.set(ev.target().value().parse().unwrap_or(2))>
                            {(1..=8).map(|n| view! { <option value=n selected=n == bits.get_untracked()>{n}</option> }).collect_view()}
                        </select>
                    </label>
                </div>
                <div class="buttons">
                    <button data-testid="landscape-start" disabled=move || occupied(state) on:click=start>{words::DRAW_LANDSCAPE}</button>
                    {move || under_way.get().then(|| view! {
                        <button on:click=move |_| state.with_pool(crate::worker::Pool::stop_benchmark)>{text::STOP}</button>
                        <span role="status">{words::LANDSCAPE_UNDER_WAY}</span>
                    })}
                </div>
                {move || under_way.get().then(|| view! {
                    <progress max="1" value=move || share() aria-label=words::LANDSCAPE_UNDER_WAY></progress>
                })}
                {move || drawn.get().map(|landscape| draw(&landscape))}
            </section>
        }
    };
    move || any.get().then(card)
}

fn draw(landscape: &Shared<Landscape>) -> AnyView {
    let Landscape { size, bits, float, quantized, line } = &**landscape;
    let Some(extremes) = Extremes::of(float.iter().chain(quantized)) else { return ().into_any() };
    let planes =
        [(words::in_floats(), float, "landscape-float"), (words::in_bits(*bits), quantized, "landscape-quantized")];
    let planes = planes.map(|(title, values, id)| {
        let of_this = Extremes::of(values.iter()).unwrap_or(extremes);
        let label = words::plane(&title, of_this.low, of_this.high);
        view! { <Heat title label side=size.side values=values.clone() extremes id/> }
    });
    let at = |index: usize| place(index, line.len());
    let of = |loss: fn(&(f32, f32)) -> f32, index: usize, name: String| Series {
        name,
        index,
        faint: false,
        points: line.iter().enumerate().map(|(i, losses)| (at(i), loss(losses).into())).collect(),
    };
    let series = vec![of(|l| l.0, 0, words::in_floats()), of(|l| l.1, 1, words::in_bits(*bits))];
    let along = (!line.is_empty()).then(|| {
        view! {
            <h4>{words::ALONG}</h4>
            <ul class="legend">
                {series.iter().map(|s| view! { <li><Mark index=s.index/>{s.name.clone()}</li> }).collect_view()}
            </ul>
            <LineChart
                label=Signal::stored(words::ALONG_CHART.to_string())
                series=Signal::stored(series)
                x_axis=Axis { title: words::DIRECTION.into(), write: |v| format::trimmed(v, 2) }
                y_axis=Axis { title: text::LOSS.into(), write: |v| format::significant(v, 1) }
                y_kind=Kind::Log
            />
        }
    });
    view! {
        <div class="planes two">{planes}</div>
        {legend(words::loss(extremes.low), words::loss(extremes.high))}
        <p class="hint">{words::landscape_note(size.side, size.samples)}</p>
        {along}
    }
    .into_any()
}
