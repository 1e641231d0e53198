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

/// What has come of a landscape.
type Drawn = Memo<Option<Shared<Landscape>>>;

/// Points of a side, on a machine with few cores and on others.
const SIDES: (usize, usize) = (17, 25);
const FEW_CORES: usize = 2;

/// The card.
#[component]
pub(super) fn LandscapePanel(state: State, answers: Answers, plan: Planned) -> impl IntoView {
    let pick = Pick::new(state, plan, |plan, name| !is_quantized(plan, name) && !plan.is_ensemble(name));
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
    let drawn: Drawn = Memo::new(move |_| answers.landscape.about(state, pick.name.get().as_deref()));
    // What is drawn grows row by row within a form that stays.
    let form = Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().map(|drawn| (drawn.size, drawn.bits))));
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
                    <progress max="1" value=share aria-label=words::LANDSCAPE_UNDER_WAY></progress>
                })}
                {move || form.get().map(|(size, bits)| draw(size, bits, drawn))}
            </section>
        }
    };
    move || any.get().then(card)
}

fn draw(size: Size, bits: u32, drawn: Drawn) -> AnyView {
    let of = move |values: fn(&Landscape) -> &Vec<f32>| {
        Signal::derive(move || drawn.with(|d| d.as_ref().map(|d| values(d).clone()).unwrap_or_default()))
    };
    let all = [of(|landscape| &landscape.float), of(|landscape| &landscape.quantized)];
    let extremes = Signal::derive(move || Extremes::of(&all.map(|values| values.get()).concat()));
    let plane = |title: String, values: Signal<Vec<f32>>, id: &'static str| {
        let name = title.clone();
        let label = Signal::derive(move || {
            let ends = values.with(|values| Extremes::of(values));
            ends.map(|ends| words::plane(&name, ends.low, ends.high)).unwrap_or_default()
        });
        view! { <Heat title label side=size.side values extremes id/> }
    };
    view! {
        <div class="planes two">
            {plane(words::in_floats(), all[0], "landscape-float")}
            {plane(words::in_bits(bits), all[1], "landscape-quantized")}
        </div>
        {move || extremes.get().map(|ends| legend(words::loss(ends.low), words::loss(ends.high)))}
        <p class="hint">{words::landscape_note(size.side, size.samples)}</p>
        {move || drawn.with(|d| d.as_ref().filter(|d| !d.line.is_empty()).map(|d| line(d)))}
    }
    .into_any()
}

/// The losses along the line, at last.
fn line(landscape: &Landscape) -> AnyView {
    let Landscape { line, bits, .. } = landscape;
    let of = |loss: fn(&(f32, f32)) -> f32, index: usize, name: String| Series {
        name,
        index,
        faint: false,
        points: line.iter().enumerate().map(|(i, losses)| (place(i, line.len()), loss(losses).into())).collect(),
    };
    let series = vec![of(|l| l.0, 0, words::in_floats()), of(|l| l.1, 1, words::in_bits(*bits))];
    view! {
        <h4>{words::ALONG}</h4>
        <ul class="legend">
            {series.iter().map(|s| view! { <li><Mark index=s.index/>{s.name.clone()}</li> }).collect_view()}
        </ul>
        <LineChart
            label=Signal::stored(words::ALONG_CHART.to_string())
            series=Signal::stored(series)
            x_axis=Axis { title: words::DIRECTION.into(), write: |v| format::trimmed(v, 2) }
            y_axis=Axis { title: text::LOSS.into(), write: |v| format::trimmed(v, 2) }
            y_kind=Kind::Linear
        />
    }
    .into_any()
}
