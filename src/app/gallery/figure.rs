//! A chart of the gallery: lines with the spread of their trials, controls dashed, collapsed networks crossed out.

use super::super::charts::{Axis as Drawn, Kind, Mark, Marked, MarkedChart, RankedChart, Spotted};
use super::super::format;
use crate::app::language::said;
use crate::experiment::gallery::{Axis, Chart, Quantity, Spot};
use leptos::prelude::*;

/// One chart and its legend.
#[component]
pub(super) fn Figure(chart: Chart) -> impl IntoView {
    let of_names = chart.is_of_names();
    let Chart { title, x, y, mut lines } = chart;
    let title = said(&title);
    for line in &mut lines {
        line.name = said(&line.name);
    }
    let kind = |axis: &Axis| if axis.log { Kind::Log } else { Kind::Linear };
    let (x_kind, y_kind) = (kind(&x), kind(&y));
    let legend: Vec<(usize, String)> = lines.iter().enumerate().map(|(i, line)| (i, line.name.clone())).collect();
    let spotted =
        |s: Spot| Spotted { x: s.x, y: s.y, spread: (s.low < s.high).then_some((s.low, s.high)), crossed: s.collapsed };
    if of_names {
        let rows = lines.into_iter().filter_map(|l| Some((l.dashed, l.name, spotted(*l.spots.first()?)))).collect();
        return view! {
            <div class="gallery-chart">
                <h4>{title.clone()}</h4>
                <RankedChart label=title rows axis=drawn(y) kind=y_kind/>
            </div>
        }
        .into_any();
    }
    let lines: Vec<Marked> = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| Marked {
            name: line.name,
            index,
            dashed: line.dashed,
            spots: line.spots.into_iter().map(spotted).collect(),
        })
        .collect();
    view! {
        <div class="gallery-chart">
            <h4>{title.clone()}</h4>
            <ul class="legend">
                {legend.into_iter().map(|(i, name)| view! { <li><Mark index=i/><bdi>{name}</bdi></li> }).collect_view()}
            </ul>
            <MarkedChart label=title lines x_axis=drawn(x) y_axis=drawn(y) x_kind y_kind/>
        </div>
    }
    .into_any()
}

fn drawn(axis: Axis) -> Drawn {
    let write: fn(f64) -> String = match axis.quantity {
        Quantity::Share => |v| format::of_hundred(v * 100.0, 2),
        Quantity::Count => |v| if v.fract() == 0.0 { format::count(v) } else { String::new() },
        Quantity::Number => {
            |v| if v.abs() >= 100.0 { format::count(v) } else { format::trimmed(v, Quantity::places(v)) }
        }
        Quantity::Factor => |v| format::trimmed(v, 1) + "×",
        Quantity::Bytes => format::bytes,
    };
    Drawn { title: said(axis.title), write }
}
