//! What a lesson's report is drawn as. Variants called `line at value` form the lines of a chart.

use super::words;
use crate::app::charts::{Axis, Kind, Mark, Marked, MarkedChart, RankedChart, Spotted};
use crate::app::language::Text;
use crate::app::{format, text};
use crate::experiment::{Report, VariantReport};
use leptos::prelude::*;

/// The most points of a curve that are still marked.
const MARKS: usize = 24;

/// The lines of a report in their order: name, and of each variant its value.
pub(super) fn lines(report: &Report) -> Vec<(String, Vec<(f64, &VariantReport)>)> {
    let mut lines: Vec<(String, Vec<(f64, &VariantReport)>)> = Vec::new();
    for variant in &report.variants {
        let Some((line, value)) = variant.name.rsplit_once(" at ") else { continue };
        let Some(value) = value.split(' ').next().and_then(|value| value.parse().ok()) else { continue };
        match lines.iter_mut().find(|(name, _)| name == line) {
            Some((_, spots)) => spots.push((value, variant)),
            None => lines.push((line.into(), vec![(value, variant)])),
        }
    }
    lines
}

fn spotted(x: f64, variant: &VariantReport) -> Spotted {
    let spread = (variant.trials.len() > 1).then_some((variant.accuracy_min, variant.accuracy_max));
    let crossed = variant.trials.iter().any(|trial| trial.cut);
    Spotted { x, y: variant.accuracy, spread, crossed }
}

/// Whether a variant is only drawn and never trained: something to go on from.
fn is_untrained(report: &Report, name: &str) -> bool {
    let of = report.recipe.variants.iter().find(|variant| variant.name == name);
    of.and_then(|variant| variant.training.as_ref()).is_some_and(|training| training.epochs == 0)
}

/// Accuracy against what the lines' values say, with variants that are in no line as levels over all of it.
fn against(report: &Report, title: Text, axis: Axis, kind: Kind, place: fn(f64) -> f64) -> AnyView {
    let found = lines(report);
    if found.is_empty() {
        return ().into_any();
    }
    let places: Vec<f64> = found.iter().flat_map(|(_, spots)| spots.iter().map(|(value, _)| place(*value))).collect();
    let ends = [places.iter().copied().fold(f64::MAX, f64::min), places.iter().copied().fold(f64::MIN, f64::max)];
    let level = |v: &&VariantReport| !v.name.contains(" at ") && !is_untrained(report, &v.name);
    let levels = report.variants.iter().filter(level).map(|variant| {
        let spots = ends.map(|x| Spotted { spread: None, ..spotted(x, variant) }).to_vec();
        (variant.name.clone(), true, spots)
    });
    let rising = found.into_iter().map(|(name, spots)| {
        (name, false, spots.into_iter().map(|(value, variant)| spotted(place(value), variant)).collect())
    });
    let lines =
        rising.chain(levels).enumerate().map(|(index, (name, dashed, spots))| Marked { name, index, dashed, spots });
    let y_axis = Axis { title: words::ACCURACY.into(), write: format::short_percent };
    chart(title, lines.collect(), axis, y_axis, (kind, Kind::Linear))
}

pub(super) fn against_left(report: &Report) -> AnyView {
    let axis = Axis { title: words::WEIGHTS_LEFT.into(), write: |v| format::trimmed(v * 100.0, 1) + "\u{a0}%" };
    against(report, words::ACCURACY_AGAINST_LEFT, axis, Kind::Log, |sparsity| 1.0 - sparsity)
}

pub(super) fn against_bits(report: &Report) -> AnyView {
    let axis =
        Axis { title: words::BITS.into(), write: |v| if v.fract() == 0.0 { format::count(v) } else { String::new() } };
    against(report, words::ACCURACY_AGAINST_BITS, axis, Kind::Linear, |bits| bits)
}

/// Loss against the multiply-accumulates of training, three times those of classifying, and the front of all curves.
pub(super) fn computing(report: &Report) -> AnyView {
    let samples = report.recipe.data.samples.unwrap_or(report.recipe.data.info().train) as f64;
    let mut lines = Vec::new();
    for (index, variant) in report.variants.iter().enumerate() {
        let Some(trial) = variant.trials.first() else { continue };
        let every = trial.curve.len().div_ceil(MARKS).max(1);
        let spot = |point: &crate::experiment::CurvePoint| {
            let spent = f64::from(point.epoch) * samples * 3.0 * trial.macs as f64;
            Spotted { x: spent, y: f64::from(point.loss), spread: None, crossed: false }
        };
        let spots: Vec<Spotted> = trial.curve.iter().step_by(every).map(spot).collect();
        lines.push(Marked { name: variant.name.clone(), index, dashed: false, spots });
    }
    if lines.is_empty() {
        return ().into_any();
    }
    let mut all: Vec<Spotted> = lines.iter().flat_map(|line| line.spots.iter().copied()).collect();
    all.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut least = f64::MAX;
    all.retain(|spot| {
        let lower = spot.y < least;
        least = least.min(spot.y);
        lower
    });
    lines.push(Marked { name: words::FRONT.into(), index: lines.len(), dashed: true, spots: all });
    let x_axis = Axis { title: words::COMPUTING.into(), write: format::amount };
    let y_axis = Axis { title: words::LOSS.into(), write: |v| format::trimmed(v, 3) };
    chart(words::LOSS_AGAINST_COMPUTING, lines, x_axis, y_axis, (Kind::Log, Kind::Log))
}

fn chart(title: Text, lines: Vec<Marked>, x_axis: Axis, y_axis: Axis, kinds: (Kind, Kind)) -> AnyView {
    let legend: Vec<(usize, String)> = lines.iter().map(|line| (line.index, line.name.clone())).collect();
    view! {
        <div class="gallery-chart">
            <h4>{title}</h4>
            <ul class="legend">
                {legend.into_iter().map(|(index, name)| view! { <li><Mark index/>{name}</li> }).collect_view()}
            </ul>
            <MarkedChart label=title.into() lines x_axis y_axis x_kind=kinds.0 y_kind=kinds.1/>
        </div>
    }
    .into_any()
}

/// Accuracies, one beneath another.
pub(super) fn ranked(report: &Report) -> AnyView {
    let rows: Vec<_> = report.variants.iter().map(|v| (v.name == "teacher", v.name.clone(), spotted(0.0, v))).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let axis = Axis { title: words::ACCURACY.into(), write: format::short_percent };
    view! {
        <div class="gallery-chart">
            <h4>{words::ACCURACY_BY_VARIANT}</h4>
            <RankedChart label=words::ACCURACY_BY_VARIANT.into() rows axis kind=Kind::Linear/>
        </div>
    }
    .into_any()
}

/// Accuracy, bytes and latency side by side.
pub(super) fn compare(report: &Report) -> AnyView {
    let row = |variant: &VariantReport| {
        let latency = variant
            .latency
            .map_or_else(|| text::NOT_TIMED_YET.into(), |latency| format::micros(latency.batch1.median_us));
        view! {
            <tr>
                <th scope="row">{variant.name.clone()}</th>
                <td>{format::percent(variant.accuracy)}</td>
                <td>{format::bytes(variant.bytes as f64)}</td>
                <td>{latency}</td>
            </tr>
        }
    };
    let rows = report.variants.iter().map(row).collect_view();
    view! {
        <h4>{words::SIDE_BY_SIDE}</h4>
        <div class="scroll" tabindex="0" role="group" aria-label=words::SIDE_BY_SIDE>
            <table class="compare">
                <thead>
                    <tr>{[words::VARIANT, text::ACCURACY, words::BYTES, words::LATENCY].map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
