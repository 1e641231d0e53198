//! The processor and the GPU side by side, and how far their results are apart.

use super::{Figure, of_kind};
use crate::app::charts::folded_table;
use crate::app::language::{said, tr};
use crate::app::state::State;
use crate::app::{format, text::device as words};
use crate::benchmark::{COMPARED, Form, Kind, SpeedTask};
use crate::experiment::BackendName;
use leptos::prelude::*;

/// A row for each network, batch and task that the GPU was measured at.
#[component]
pub(super) fn Backends(state: State) -> impl IntoView {
    let speeds = of_kind(state, |kind| matches!(kind, Kind::Speed { .. }));
    let integers = of_kind(state, |kind| matches!(kind, Kind::GpuInteger { .. }));
    let calls = of_kind(state, |kind| matches!(kind, Kind::Inference { form: Form::Int8, .. }));
    let check = of_kind(state, |kind| *kind == Kind::GpuCheck);
    let any =
        Memo::new(move |_| check.with(|c| !c.is_empty()) || speeds.with(|s| s.iter().any(|(w, _)| w.kind.on_gpu())));
    let rows = move || {
        let speeds = speeds.get();
        let tasks = [SpeedTask::Training, SpeedTask::Inference];
        let all = (0..COMPARED.len()).flat_map(|subject| tasks.map(|task| (subject, task)));
        let integers = integers.get();
        let calls = calls.get();
        (
            all.filter_map(|(subject, task)| row(&speeds, subject, task)).collect_view(),
            integers.iter().filter_map(|figure| integer_row(figure, &calls)).collect_view(),
        )
    };
    let peak = of_kind(state, |kind| *kind == Kind::GpuPeak);
    let products = of_kind(state, |kind| matches!(kind, Kind::GpuProduct { .. }));
    let peak_line = move || peak.with(|p| p.first().map(|(_, measured)| words::gpu_peak(measured.median)));
    let checked = move || {
        check.with(|check| check.first().map(|(_, measured)| words::gpu_checked(measured.windows, measured.median)))
    };
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="gpu-title" data-testid="device-gpu">
                    <h3 id="gpu-title">{words::GPU}</h3>
                    <p data-testid="gpu-checked">{checked}</p>
                    <div class="scroll" tabindex="0" role="group" aria-label=words::GPU>
                        <table class="device-table">
                            <thead><tr>
                                <th scope="col">{words::WORK}</th>
                                <th scope="col">{words::ONE_CORE}</th>
                                <th scope="col">{words::GPU_COLUMN}</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    <p class="hint">{words::GPU_HELP}</p>
                    <p>{peak_line}</p>
                    {move || products.with(|p| !p.is_empty()).then(|| folded_table(
                        words::PRODUCTS,
                        words::PRODUCT_HEADS.map(Into::into).to_vec(),
                        products.with(|products| products.iter().map(product_row).collect()),
                    ))}
                </section>
            }
        })
    }
}

/// A network in integers, beside one core with the same file.
fn integer_row((work, measured): &Figure, calls: &[Figure]) -> Option<AnyView> {
    let Kind::GpuInteger { net: of } = work.kind else { return None };
    let batch = 256;
    let cpu = calls
        .iter()
        .find(|(work, _)| matches!(work.kind, Kind::Inference { net, batch: b, .. } if net == of && b == batch));
    let cpu = cpu.map(|(_, call)| batch as f64 * 1e6 / call.median);
    let factor = cpu.map(|cpu| format!("{}×", format::fixed(measured.median / cpu, 2)));
    let row = view! {
        <tr>
            <th scope="row">{words::compared(&said(&of.title()), words::INTEGERS.tr(), batch)}</th>
            <td>{cpu.map(format::count)}</td>
            <td>{format::count(measured.median)}{factor.map(|factor| view! { <small>{factor}</small> })}</td>
        </tr>
    };
    Some(row.into_any())
}

/// A product of training: what it is, what it reaches, and the share of the device's peak.
fn product_row((work, measured): &Figure) -> Vec<String> {
    let share = measured.share_of_peak.map(format::short_percent).unwrap_or_default();
    vec![said(&work.title), format::fixed(measured.median, 1), share]
}

fn row(speeds: &[Figure], subject: usize, task: SpeedTask) -> Option<AnyView> {
    let rate = |backend| {
        let kind = Kind::Speed { subject, task, backend };
        speeds.iter().find(|(work, _)| work.kind == kind).map(|(_, measured)| measured.median)
    };
    let (cpu, gpu) = (rate(BackendName::Cpu), rate(BackendName::Gpu)?);
    let (_, architecture, batch) = COMPARED[subject];
    let factor = cpu.map(|cpu| format!("{}×", format::fixed(gpu / cpu, 2)));
    let row = view! {
        <tr>
            <th scope="row">{words::compared(&said(&architecture().label()), tr(task.title()), batch)}</th>
            <td>{cpu.map(format::count)}</td>
            <td>{format::count(gpu)}{factor.map(|factor| view! { <small>{factor}</small> })}</td>
        </tr>
    };
    Some(row.into_any())
}
