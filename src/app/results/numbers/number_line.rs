//! The grid of integers over a matrix's weights, to be moved by hand, and what it costs.

use super::super::super::charts::{Rule, Ruled, Spread};
use super::super::super::language::Value;
use super::super::super::state::{Shared, Shown, State};
use super::super::super::{format, text};
use super::super::choosers::{Choosers, Matrix};
use super::overflow::Overflow;
use super::{Answers, ask};
use crate::compression::quantize::number_line::{Histogram, LineError, Ruler};
use crate::worker::Question;
use leptos::prelude::*;
use std::sync::Arc;
use text::numbers as words;

/// Bins that are drawn, of few weights and of many.
const DRAWN: (usize, usize) = (48, 128);
const FEW: f64 = 1000.0;
/// The scale in percent of the one at which nothing is clipped.
const SCALES: (f64, f64, f64) = (4.0, 150.0, 0.25);

/// The card. Without a run it shows weights as they might be.
#[component]
pub(super) fn NumberLine(state: State, answers: Answers) -> impl IntoView {
    let matrix = Matrix::new(state);
    // Weights are asked for by who looks at them: the answer comes from a part of the worker that few runs need.
    let open = RwSignal::new(false);
    // The best grid of each width takes a moment to find, so nothing of it is drawn before.
    let unfolded = Memo::new(move |was: Option<&bool>| open.get() || was == Some(&true));
    let example = Memo::new(move |_| state.shown.get() == Shown::Nothing);
    Effect::new(move |_| {
        let loaded = state.models_loaded.get();
        if let Some(model) = state.variant.get().filter(|_| loaded > 0 && open.get()) {
            ask(state, &Question::Weights { model, matrix: matrix.at.get() });
        }
    });
    let subject = Memo::new(move |_| {
        if example.get() {
            return Some(Shared(Arc::new(Histogram::example())));
        }
        let variant = state.variant.get().filter(|_| state.models_loaded.get() > 0)?;
        answers.weights.with(|w| {
            w.as_ref().filter(|(model, at, _)| *model == variant && *at == matrix.at.get()).map(|(.., h)| h.clone())
        })
    });
    view! {
        <details class="card" data-testid="number-line" on:toggle:target=move |ev| open.set(ev.target().open())>
            <summary><h3>{words::LINE}</h3></summary>
            {move || unfolded.get().then(|| view! {
                <p class="hint">{words::LINE_ABOUT}</p>
                {move || if example.get() {
                    view! { <p class="hint">{words::LINE_EXAMPLE}</p> }.into_any()
                } else {
                    view! { <Choosers state matrix id="line"/> }.into_any()
                }}
                {move || match subject.get() {
                    Some(histogram) => view! { <Grid histogram/> }.into_any(),
                    None => view! { <p class="hint">{words::LINE_WAIT}</p> }.into_any(),
                }}
                <Overflow/>
            })}
        </details>
    }
    .into_any()
}

thread_local! {
    /// Kept while the histogram changes beneath.
    static BITS: std::cell::Cell<u32> = const { std::cell::Cell::new(4) };
}

/// The drawing, its handles and its figures.
#[component]
fn Grid(histogram: Shared<Histogram>) -> impl IntoView {
    let bits = RwSignal::new(BITS.get());
    let histogram = StoredValue::new(histogram);
    let best = Memo::new(move |_| histogram.with_value(|h| Ruler::best(bits.get(), h)));
    let widest = move || histogram.with_value(|h| Ruler::widest(bits.get(), h)).scale;
    let ruler = RwSignal::new(best.get_untracked());
    Effect::new(move |_| ruler.set(best.get()));
    let error = Memo::new(move |_| histogram.with_value(|h| ruler.get().error(h)));
    let rule = Signal::derive(move || {
        let ruler = ruler.get();
        let (least, most) = ruler.integers();
        let levels = ruler.levels();
        let names = (least..=most).filter(|name| ruler.bits > 1 || *name != 0).collect();
        let half = (levels[1] - levels[0]) / 2.0;
        let ends = ruler.ends();
        Rule { levels, names, ends: (ends.0 - half, ends.1 + half) }
    });
    let bins = |h: &Histogram| if h.len() < FEW { DRAWN.0 } else { DRAWN.1 };
    let spread = histogram.with_value(|h| Spread { extent: h.extent, counts: h.drawn(bins(h)) });
    let (low, high, step) = SCALES;
    let one_bit = move || bits.get() < 2;
    let scale_text = move || format::significant(ruler.get().scale, 3);
    let zeros = histogram.with_value(|h| h.zeros);
    view! {
        <div class="line-parts">
            <Ruled label=Signal::derive(move || words::line_label(bits.get(), error.get().clipped)) spread rule x_title=text::WEIGHT.into() y_title=text::HOW_MANY.into()/>
            <div class="handles">
                <label class="field">
                    <span>{words::BITS}" "<output>{move || bits.get().written()}</output></span>
                    <input
                        type="range" min="1" max="8" step="1" data-testid="line-bits"
                        prop:value=move || bits.get().to_string()
                        on:input:target=move |ev| {
                            let chosen = ev.target().value().parse().unwrap_or(4);
                            BITS.set(chosen);
                            bits.set(chosen);
                        }
                    />
                </label>
                <label class="field">
                    <span>{words::SCALE}" "<output>{scale_text}</output></span>
                    <input
                        type="range" min=low max=high step=step data-testid="line-scale" aria-valuetext=scale_text
                        prop:value=move || (ruler.get().scale / widest() * 100.0).to_string()
                        on:input:target=move |ev| {
                            let Ok(percent) = ev.target().value().parse::<f64>() else { return };
                            ruler.update(|r| r.scale = widest() * percent / 100.0);
                        }
                    />
                </label>
                <label class="field">
                    <span>{words::ZERO_POINT}" "<output>{move || if one_bit() { "–".to_string() } else { ruler.get().zero_point.written() }}</output></span>
                    <input
                        type="range" step="1" data-testid="line-zero" disabled=one_bit
                        min=move || best.get().integers().0 max=move || best.get().integers().1
                        prop:value=move || ruler.get().zero_point.to_string()
                        on:input:target=move |ev| {
                            let Ok(zero_point) = ev.target().value().parse() else { return };
                            ruler.update(|r| r.zero_point = zero_point);
                        }
                    />
                </label>
                <div class="buttons">
                    <button data-testid="line-best" on:click=move |_| ruler.set(best.get_untracked())>{words::BEST}</button>
                    <span>{move || if ruler.get() == best.get() { words::IS_BEST.tr() } else { "" }}</span>
                </div>
            </div>
        </div>
        <Figures error/>
        <p class="hint">{words::line_note(zeros)}</p>
    }
    .into_any()
}

/// What the grid costs.
#[component]
fn Figures(error: Memo<LineError>) -> impl IntoView {
    let share = move || {
        let error = error.get();
        if error.mse() > 0.0 { error.clipping / error.mse() } else { 0.0 }
    };
    view! {
        <dl class="tiles" data-testid="line-figures">
            <div>
                <dt>{words::MSE}</dt>
                <dd data-testid="line-mse">{move || format::significant(error.get().mse(), 3)}</dd>
            </div>
            <div>
                <dt>{words::SQNR}</dt>
                <dd data-testid="line-sqnr">{move || words::decibels(error.get().sqnr_db)}</dd>
            </div>
            <div>
                <dt>{words::CLIPPED}</dt>
                <dd data-testid="line-clipped">{move || format::percent(error.get().clipped)}</dd>
            </div>
            <div>
                <dt>{words::SPLIT}</dt>
                <dd>
                    <svg class="split" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="rounding" width="100" height="6"></rect>
                        <rect class="clipping" x=move || 100.0 * (1.0 - share()) width=move || 100.0 * share() height="6"></rect>
                    </svg>
                    <small data-testid="line-split">{move || words::split(share())}</small>
                </dd>
            </div>
        </dl>
    }
    .into_any()
}
