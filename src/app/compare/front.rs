//! The Pareto front of what is listed, in any two figures.

use super::super::charts::{Axis, Front, FrontDot, Kind, Side};
use super::super::text::compare as words;
use super::list::List;
use super::{Entry, Results, figures, short, title};
use crate::app::language::Text;
use crate::experiment::compare::{Quantity, front};
use leptos::prelude::*;

/// What may stand at an axis.
const AXES: [Quantity; 7] = [
    Quantity::Accuracy,
    Quantity::Loss,
    Quantity::Bytes,
    Quantity::Macs,
    Quantity::Latency1,
    Quantity::Latency64,
    Quantity::Memory,
];

/// The chart and its two choices.
#[component]
pub(super) fn FrontCard(results: Results, list: List) -> impl IntoView {
    let (across, up) = (RwSignal::new(Quantity::Bytes), RwSignal::new(Quantity::Accuracy));
    // Of those that have both figures: the result and its point.
    let points = Memo::new(move |_| {
        let (across, up) = (across.get(), up.get());
        let usable = |value: &f64, of: Quantity| !of.by_ratio() || *value > 0.0;
        let point = |e: &Entry| {
            let x = across.of(e.variant()).filter(|x| usable(x, across))?;
            let y = up.of(e.variant()).filter(|y| usable(y, up))?;
            Some((e.clone(), x, y))
        };
        list.listed.with(|listed| listed.iter().filter_map(point).collect::<Vec<_>>())
    });
    let left_out = move || list.listed.with(Vec::len) - points.with(Vec::len);
    let dots = Signal::derive(move || {
        let (across, up) = (across.get(), up.get());
        points.with(|points| {
            let dot = |(e, x, y): &(Entry, f64, f64)| {
                let chosen = results.place(&e.key);
                // Those that are ticked are all named at once.
                let name = if chosen.is_some() { short(&e.name) } else { words::of_run(&e.name, &e.run) };
                FrontDot { name, chosen, x: *x, y: *y, across: across.spread(e.variant()), up: up.spread(e.variant()) }
            };
            points.iter().map(dot).collect::<Vec<_>>()
        })
    });
    let label = Signal::derive(move || {
        let (across, up) = (across.get(), up.get());
        points.with(|points| {
            let places: Vec<(f64, f64)> = points.iter().map(|(_, x, y)| (*x, *y)).collect();
            let best = front(&places, (across.more_is_better(), up.more_is_better()));
            let names: Vec<String> = best.into_iter().map(|i| points[i].0.name.clone()).collect();
            words::front_label(title(up), title(across), points.len(), &names)
        })
    });
    let choose = Callback::new(move |at: usize| {
        if let Some(key) = points.with_untracked(|points| points.get(at).map(|(e, ..)| e.key.clone())) {
            let on = results.ticked.with_untracked(|ticked| ticked.iter().all(|e| e.key != key));
            results.set(&key, on);
        }
    });
    view! {
        <section class="card" aria-labelledby="front-title">
            <h3 id="front-title">{words::FRONT}</h3>
            <p class="hint">{words::FRONT_HELP}</p>
            <div class="choosers">
                {axis(words::UP, "front-up", up)}
                {axis(words::ACROSS, "front-across", across)}
            </div>
            <Front label dots x_side=side(across) y_side=side(up) choose/>
            {move || Some(left_out()).filter(|count| *count > 0).map(|count| view! { <p class="hint">{words::left_out(count)}</p> })}
        </section>
    }
}

fn side(of: RwSignal<Quantity>) -> Signal<Side> {
    Signal::derive(move || {
        let quantity = of.get();
        Side {
            axis: Axis { title: title(quantity).into(), write: figures::write_short(quantity) },
            kind: if quantity.by_ratio() { Kind::Log } else { Kind::Linear },
            more_is_better: quantity.more_is_better(),
        }
    })
}

fn axis(label: Text, id: &'static str, of: RwSignal<Quantity>) -> impl IntoView {
    let choose = move |ev: web_sys::Event| {
        if let Some(quantity) = Quantity::named(&event_target_value(&ev)) {
            of.set(quantity);
        }
    };
    let options = AXES.map(|quantity| {
        view! { <option value=quantity.name() prop:selected=move || of.get() == quantity>{title(quantity)}</option> }
    });
    view! {
        <label>
            <span>{label}</span>
            <select data-testid=id on:change=choose>{options.collect_view()}</select>
        </label>
    }
}
