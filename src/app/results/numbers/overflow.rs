//! Sums of products in registers of several widths, step by step.

use super::super::super::format;
use super::super::super::language::{Text, Value};
use super::super::super::text::numbers as words;
use crate::compression::quantize::overflow::{Step, WIDTHS, first_overflow, rows, steps};
use leptos::prelude::*;

/// The most products: the inputs of a layer that sees a digit of 28 x 28 pixels.
const MOST: usize = 784;
/// Steps that are shown whatever happens at them.
const FIRST: usize = 8;

/// Folded away beneath its heading, unless it is to stand open.
#[component]
pub(in crate::app) fn Overflow(#[prop(optional)] open: bool) -> impl IntoView {
    let terms = RwSignal::new(16usize);
    let sizes = [RwSignal::new(100u8), RwSignal::new(100u8)];
    let extreme = RwSignal::new(false);
    let all = Memo::new(move |_| {
        let [inputs, weights] = rows(terms.get(), sizes.map(|size| size.get()), extreme.get());
        steps(&inputs, &weights)
    });
    let slider = |title: Text, id: &'static str, value: Signal<usize>, most: usize, set: Box<dyn Fn(usize)>| {
        view! {
            <label class="field">
                <span>{title}" "<output>{move || value.get().written()}</output></span>
                <input
                    type="range" min="1" max=most step="1" data-testid=id
                    prop:value=move || value.get().to_string()
                    on:input:target=move |ev| set(ev.target().value().parse().unwrap_or(1))
                />
            </label>
        }
        .into_any()
    };
    let size = |which: usize| Signal::derive(move || usize::from(sizes[which].get()));
    view! {
        <details class="more" data-testid="overflow" open=open>
            <summary><h4>{words::OVERFLOW}</h4></summary>
            <p>{words::OVERFLOW_ABOUT}</p>
            <div class="three">
                {slider(words::TERMS, "overflow-terms", terms.into(), MOST, Box::new(move |n| terms.set(n)))}
                {slider(words::INPUTS, "overflow-inputs", size(0), 128, Box::new(move |n| sizes[0].set(n.min(128) as u8)))}
                {slider(words::FACTORS, "overflow-weights", size(1), 128, Box::new(move |n| sizes[1].set(n.min(128) as u8)))}
            </div>
            <div class="buttons">
                <button data-testid="overflow-largest" on:click=move |_| {
                    sizes.iter().for_each(|size| size.set(128));
                    extreme.set(true);
                }>{words::LARGEST}</button>
                <button data-testid="overflow-drawn" on:click=move |_| extreme.set(false)>{words::DRAWN}</button>
            </div>
            <p role="status" data-testid="overflow-verdict">
                {move || all.with(|all| words::overflows([0, 1, 2].map(|width| first_overflow(all, width))))}
            </p>
            <div class="scroll" tabindex="0" role="group" aria-label=words::OVERFLOW_TABLE>
                <table class="sums">
                    <thead>
                        <tr>
                            <th scope="col">{words::STEP}</th>
                            <th scope="col">{words::PRODUCT}</th>
                            {WIDTHS.map(|bits| view! { <th scope="col">{words::sum_in(bits)}</th> })}
                        </tr>
                    </thead>
                    <tbody>{move || all.with(|all| table(all))}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// The first steps, those about an overflow that had not happened before, and the last.
fn table(all: &[Step]) -> Vec<AnyView> {
    let firsts: Vec<usize> = (0..WIDTHS.len()).filter_map(|width| first_overflow(all, width)).collect();
    let told = |at: usize| at < FIRST || at + 1 == all.len() || firsts.iter().any(|first| first.abs_diff(at) <= 1);
    let mut rows = Vec::new();
    let mut left_out = false;
    for (at, step) in all.iter().enumerate() {
        if told(at) {
            if left_out {
                rows.push(view! { <tr aria-hidden="true"><td colspan="5" class="gap">"⋮"</td></tr> }.into_any());
            }
            rows.push(row(at, step));
        }
        left_out = !told(at);
    }
    rows
}

fn row(at: usize, step: &Step) -> AnyView {
    let [a, b] = step.factors;
    let sums = (0..WIDTHS.len()).map(|width| {
        let (held, over) = (step.held[width], step.overflows[width]);
        let class = if over {
            "over"
        } else if held != step.sum {
            "off"
        } else {
            ""
        };
        view! { <td class=class>{signed(held)}{over.then(|| view! { <small>{words::OVERFLOWS}</small> })}</td> }
    });
    view! {
        <tr>
            <th scope="row">{(at + 1).written()}</th>
            <td dir="ltr">{format!("{} × {} = {}", signed(a.into()), signed(b.into()), signed(step.product))}</td>
            {sums.collect_view()}
        </tr>
    }
    .into_any()
}

/// With a sign that is as wide as a digit, and not broken from it.
fn signed(value: i64) -> String {
    format::count(value as f64).replace('-', "−")
}
