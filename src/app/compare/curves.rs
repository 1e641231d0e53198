//! Learning curves over one another, and the planes of toys side by side.

use super::super::charts::{Axis, Kind, LineChart, Series};
use super::super::curve::{Boundary, Curve, Point};
use super::super::results::boundary::Plane;
use super::super::text::compare as words;
use super::super::{format, text};
use super::{Entry, Results};
use crate::app::language::Text;
use crate::experiment::{Action, Plan};
use leptos::prelude::*;

/// Both curves of all that is ticked.
#[component]
pub(super) fn CurvesCard(results: Results) -> impl IntoView {
    let curves = Memo::new(move |_| {
        let names = results.names.get();
        results.ticked.with(|ticked| {
            let of = |(index, entry): (usize, &Entry)| (index, names[index].clone(), points(results, entry));
            ticked.iter().enumerate().map(of).filter(|(.., points)| !points.is_empty()).collect::<Vec<_>>()
        })
    });
    let any = Memo::new(move |_| curves.with(|curves| !curves.is_empty()));
    let series = move |read: fn(&Point) -> f32| {
        Signal::derive(move || {
            curves.with(|curves| {
                let line = |(index, name, points): &(usize, String, Vec<Point>)| Series {
                    name: name.clone(),
                    index: *index,
                    faint: false,
                    points: points.iter().map(|p| (f64::from(p.epoch), f64::from(read(p)))).collect(),
                };
                curves.iter().map(line).collect::<Vec<_>>()
            })
        })
    };
    let (loss, accuracy) = (series(|p| p.loss), series(|p| p.accuracy));
    let axis = |title: Text, write: fn(f64) -> String| Axis { title: title.into(), write };
    // Each line's name and where it ends.
    let label = move |title: Text, of: Signal<Vec<Series>>, write: fn(f64) -> String| {
        Signal::derive(move || {
            let ends = of.with(|series| {
                let end =
                    |s: &Series| format!("{} {}", s.name, s.points.last().map(|p| write(p.1)).unwrap_or_default());
                series.iter().map(end).collect::<Vec<_>>().join("; ")
            });
            format!("{title}: {ends}")
        })
    };
    let whole: fn(f64) -> String = |v| format::trimmed(v, 1);
    view! {
        <section class="card" aria-labelledby="compare-curves" data-testid="compare-curves">
            <h3 id="compare-curves">{text::CURVES}</h3>
            {move || if any.get() {
                view! {
                    <div class="pair">
                        <div>
                            <h4>{text::LOSS}</h4>
                            <LineChart
                                label=label(text::LOSS, loss, |v| format::fixed(v, 4)) series=loss
                                x_axis=axis(text::EPOCH, whole) y_axis=axis(text::LOSS, |v| format::trimmed(v, 4)) y_kind=Kind::Log
                            />
                        </div>
                        <div>
                            <h4>{text::ACCURACY}</h4>
                            <LineChart
                                label=label(text::ACCURACY, accuracy, format::percent) series=accuracy
                                x_axis=axis(text::EPOCH, whole) y_axis=axis(text::ACCURACY, format::short_percent) y_kind=Kind::Linear
                            />
                        </div>
                    </div>
                    <p class="hint">{words::CURVES_HELP}</p>
                }.into_any()
            } else {
                view! { <p class="hint">{words::NO_CURVES}</p> }.into_any()
            }}
        </section>
    }
}

/// The stages that a variant's network went through since it was fresh, the first first.
fn stages(plan: &Plan, variant: &str) -> Vec<usize> {
    let mut stages = Vec::new();
    let mut at = plan.variants.iter().find(|v| v.name == variant).map(|v| v.stage);
    while let Some(stage) = at {
        stages.push(stage);
        // A student is a fresh network, whatever taught it.
        let fresh = matches!(&plan.stages[stage].action, Action::Distill { distill, .. } if distill.student.is_some());
        at = plan.stages[stage].parent.filter(|_| !fresh);
    }
    stages.reverse();
    stages
}

/// The validation curve of a result's first trial; of a run kept with none, what its report holds of its last step.
fn points(results: Results, entry: &Entry) -> Vec<Point> {
    let Ok(plan) = Plan::new(&entry.report.recipe) else { return Vec::new() };
    let stages = stages(&plan, &entry.key.variant);
    let of_stage = |curves: &[Curve], stage: usize| {
        let curve = curves.iter().find(|c| c.trial == 0 && c.stage == stage);
        curve.map(|c| c.validation.clone()).unwrap_or_default()
    };
    results.state.runs.with_untracked(|runs| {
        let record = runs.iter().find(|r| r.notes.id == entry.key.run);
        record.map(|r| stages.iter().flat_map(|&stage| of_stage(&r.notes.curves, stage)).collect()).unwrap_or_default()
    })
}

/// The planes of those that are of toys.
#[component]
pub(super) fn PlanesCard(results: Results) -> impl IntoView {
    let planes = Memo::new(move |_| {
        let names = results.names.get();
        results.ticked.with(|ticked| {
            let plane = |(index, entry): (usize, &Entry)| {
                Some((names[index].clone(), boundary(results, entry)?, entry.report.recipe.data.info().labels))
            };
            ticked.iter().enumerate().filter_map(plane).collect::<Vec<_>>()
        })
    });
    move || {
        let planes = planes.get();
        (!planes.is_empty()).then(|| {
            let planes = planes.into_iter().map(|(label, boundary, labels)| {
                view! { <Plane label labels=Signal::stored(labels) boundary=Signal::stored(Some(boundary))/> }
            });
            view! {
                <section class="card" aria-labelledby="compare-planes" data-testid="compare-planes">
                    <h3 id="compare-planes">{text::BOUNDARY}</h3>
                    <div class="planes">{planes.collect_view()}</div>
                    <p class="hint">{words::BOUNDARIES_HELP}</p>
                </section>
            }
        })
    }
}

/// Of the last of its stages that was trained.
fn boundary(results: Results, entry: &Entry) -> Option<Boundary> {
    let plan = Plan::new(&entry.report.recipe).ok()?;
    let stages = stages(&plan, &entry.key.variant);
    results.state.runs.with_untracked(|runs| {
        let record = runs.iter().find(|r| r.notes.id == entry.key.run)?;
        let of_stage = |stage: &usize| record.notes.boundaries.iter().find(|b| b.stage == *stage).cloned();
        stages.iter().rev().find_map(of_stage)
    })
}
