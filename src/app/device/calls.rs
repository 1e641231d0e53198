//! Time of one call of each model, and how much faster it is than its network's dense `f32`.

use super::{Figure, of_kind};
use crate::app::language::{list, said};
use crate::app::state::State;
use crate::app::{format, text::device as text};
use crate::benchmark::{Form, Kind, Net};
use leptos::prelude::*;

/// The batches of the table's columns.
const BATCHES: [usize; 3] = [1, 64, 256];

/// A row for each model.
#[component]
pub(super) fn Calls(state: State) -> impl IntoView {
    let calls = of_kind(state, |kind| matches!(kind, Kind::Inference { .. }));
    let any = Memo::new(move |_| calls.with(|c| !c.is_empty()));
    let rows = move || calls.with(|calls| models(calls).into_iter().map(|model| row(calls, model)).collect_view());
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="calls-title" data-testid="device-calls">
                    <h3 id="calls-title">{text::CALLS}</h3>
                    <div class="scroll" tabindex="0" role="group" aria-label=text::CALLS>
                        <table class="device-table">
                            <thead><tr>
                                <th scope="col">{text::MODEL}</th>
                                {BATCHES.map(|batch| view! { <th scope="col">{text::batch(batch)}</th> })}
                                <th scope="col">{text::FILE}</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    <p class="hint">{text::CALLS_HELP}</p>
                </section>
            }
        })
    }
}

type Model = (Net, Form);

/// The models that have been timed, each once.
fn models(calls: &[Figure]) -> Vec<Model> {
    let mut models: Vec<Model> = Vec::new();
    for (work, _) in calls {
        if let Kind::Inference { net, form, .. } = work.kind
            && !models.contains(&(net, form))
        {
            models.push((net, form));
        }
    }
    models
}

fn find(calls: &[Figure], (net, form): Model, batch: usize) -> Option<&Figure> {
    calls.iter().find(|(work, _)| work.kind == Kind::Inference { net, form, batch })
}

fn row(calls: &[Figure], model: Model) -> AnyView {
    let (net, form) = model;
    let cells = BATCHES.map(|batch| match find(calls, model, batch) {
        None => view! { <td></td> }.into_any(),
        Some((_, measured)) => {
            let dense = find(calls, (net, Form::F32), batch).filter(|_| form != Form::F32);
            let factor = dense.map(|(_, dense)| text::times_f32(dense.median / measured.median));
            view! { <td>{format::micros(measured.median)}{factor.map(|f| view! { <small>{f}</small> })}</td> }
                .into_any()
        }
    });
    let bytes = BATCHES.iter().find_map(|batch| find(calls, model, *batch)?.1.bytes);
    view! {
        <tr>
            <th scope="row">{list(&[said(&net.title()), said(&form.title())])}</th>
            {cells}
            <td>{bytes.map(|bytes| format::bytes(bytes as f64))}</td>
        </tr>
    }
    .into_any()
}
