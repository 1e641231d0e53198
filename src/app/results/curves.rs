//! Loss and accuracy over epochs, training and validation.

use super::super::charts::{Axis, Kind, LineChart, Mark, Series};
use super::super::curve::{Curve, Point};
use super::super::language::{Text, said};
use super::super::state::State;
use super::super::{format, text};
use leptos::prelude::*;

/// Both learning curves and their legend.
#[component]
pub(super) fn Curves(state: State) -> impl IntoView {
    let curves = Signal::derive(move || state.curves());
    let loss = Signal::derive(move || curves.with(|c| series(c, |p| f64::from(p.loss))));
    let accuracy = Signal::derive(move || curves.with(|c| series(c, |p| f64::from(p.accuracy))));
    let legend = Memo::new(move |_| {
        let mut stages: Vec<(usize, String)> = curves.with(|c| c.iter().map(|c| (c.stage, c.label.clone())).collect());
        stages.sort();
        stages.dedup();
        stages
    });
    let trained = Memo::new(move |_| !legend.with(Vec::is_empty));
    let last = move |of: fn(&Point) -> String, name: Text| {
        Signal::derive(move || {
            let point = curves.with(|c| c.last().and_then(|c| c.validation.last().or(c.training.last()).map(of)));
            format!("{name}: {}", point.unwrap_or_default())
        })
    };
    let axis = |title: Text, write: fn(f64) -> String| Axis { title: title.into(), write };
    move || {
        trained.get().then(|| view! {
            <section class="card" aria-labelledby="curves-title">
                <h3 id="curves-title">{text::CURVES}</h3>
                <ul class="legend">
                    {move || legend.get().into_iter().map(|(i, label)| view! { <li><Mark index=i/><bdi>{said(&label)}</bdi></li> }).collect_view()}
                </ul>
                <div class="pair">
                    <div>
                        <h4>{text::LOSS}</h4>
                        <LineChart
                            label=last(|p| format::fixed(f64::from(p.loss), 4), text::LOSS)
                            series=loss
                            x_axis=axis(text::EPOCH, |v| format::trimmed(v, 1))
                            y_axis=axis(text::LOSS, |v| format::trimmed(v, 4))
                            y_kind=Kind::Log
                        />
                    </div>
                    <div>
                        <h4>{text::ACCURACY}</h4>
                        <LineChart
                            label=last(|p| format::percent(f64::from(p.accuracy)), text::ACCURACY)
                            series=accuracy
                            x_axis=axis(text::EPOCH, |v| format::trimmed(v, 1))
                            y_axis=axis(text::ACCURACY, format::short_percent)
                            y_kind=Kind::Linear
                        />
                    </div>
                </div>
                <p class="hint">{text::CURVES_HELP}</p>
            </section>
        })
    }
}

/// A faint line of training and a marked one of validation for each curve.
fn series(curves: &[Curve], read: fn(&Point) -> f64) -> Vec<Series> {
    let of = |points: &[Point]| points.iter().map(|p| (f64::from(p.epoch), read(p))).collect::<Vec<_>>();
    curves
        .iter()
        .flat_map(|c| {
            [
                Series { name: said(&c.label), index: c.stage, faint: true, points: of(&c.training) },
                Series { name: said(&c.label), index: c.stage, faint: false, points: of(&c.validation) },
            ]
        })
        .collect()
}
