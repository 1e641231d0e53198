//! The plane of a toy in the colours of the classes that each network gives it.

use super::super::browser::paint;
use super::super::charts::plane_numbers;
use super::super::curve::Boundary;
use super::super::format;
use super::super::language::{class, said};
use super::super::state::State;
use super::super::text::{self, agreement::CLASS};
use crate::data::DatasetInfo;
use crate::experiment::BOUNDARY_EXTENT;
use crate::experiment::compare::{Cell, Table};
use leptos::html::Canvas;
use leptos::prelude::*;

/// Class colours: Okabe and Ito's, told apart by colour-blind eyes too.
const COLOURS: [[u8; 3]; 7] =
    [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0], [240, 228, 66]];

/// Whether the samples are points of a plane, and each class has a colour.
pub(super) fn is_drawn(info: &DatasetInfo) -> bool {
    info.is_plane() && info.classes() <= COLOURS.len()
}

/// One picture for each stage that has been trained.
#[component]
pub(super) fn Boundaries(state: State) -> impl IntoView {
    let boundaries = Signal::derive(move || state.boundaries());
    let stages =
        Memo::new(move |_| boundaries.with(|b| b.iter().map(|b| (b.stage, b.label.clone())).collect::<Vec<_>>()));
    let labels = Signal::derive(move || {
        let info = state.report.with(|r| r.as_ref().map(|r| r.recipe.data.info()));
        info.map(|i| i.labels).unwrap_or_default()
    });
    view! {
        <section class="card" aria-labelledby="boundary-title" data-testid="boundary">
            <h3 id="boundary-title">{text::BOUNDARY}</h3>
            <p class="hint">{text::BOUNDARY_HELP}</p>
            <ul class="legend">
                {move || labels.get().iter().enumerate().map(|(i, label)| view! {
                    <li><span class=format!("swatch class{i}") aria-hidden="true"></span>{class(label)}</li>
                }).collect_view()}
            </ul>
            <div class="planes">
                <For each=move || stages.get() key=|(stage, _)| *stage let((stage, label))>
                    <Plane label=said(&label) labels boundary=Signal::derive(move || boundaries.with(|b| b.iter().find(|b| b.stage == stage).cloned()))/>
                </For>
            </div>
        </section>
    }
}

/// One picture: as a network divides the plane; its numbers and files beneath, where the classes' names are given.
#[component]
pub(in crate::app) fn Plane(
    label: String,
    #[prop(into)] boundary: Signal<Option<Boundary>>,
    #[prop(into, optional)] labels: Option<Signal<&'static [&'static str]>>,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        if let (Some(canvas), Some(b)) = (canvas.get(), boundary.get()) {
            let colour = |class: &u8| COLOURS[usize::from(*class) % COLOURS.len()];
            let pixels: Vec<u8> = b.classes.iter().flat_map(|c| colour(c).into_iter().chain([255])).collect();
            if pixels.len() == b.side * b.side * 4 {
                paint(&canvas, b.side, b.side, &pixels);
            }
        }
    });
    let title = format!("{}: {label}", text::BOUNDARY);
    let files = labels.map(|labels| {
        let table = move || boundary.with(|b| b.as_ref().map(|b| table(b, labels.get()))).unwrap_or_default();
        plane_numbers(Signal::stored(title.clone()), table)
    });
    view! {
        <figure class="plane">
            <canvas node_ref=canvas role="img" aria-label=title></canvas>
            <figcaption>{label}</figcaption>
            {files}
        </figure>
    }
}

/// The points of the grid, row by row from the top, and the class of each.
fn table(boundary: &Boundary, labels: &'static [&'static str]) -> Table {
    let side = boundary.side.max(1);
    let extent = f64::from(BOUNDARY_EXTENT);
    let place = |i: usize| (i as f64 + 0.5) / side as f64 * 2.0 * extent - extent;
    let number = |value: f64| Cell::number(value, format::trimmed(value, 4));
    let row = |(i, at): (usize, &u8)| {
        let name = labels.get(usize::from(*at)).map(|label| class(label)).unwrap_or_default();
        vec![number(place(i % side)), number(-place(i / side)), Cell::text(name)]
    };
    let rows = boundary.classes.iter().enumerate().map(row).collect();
    Table { heads: vec!["x".into(), "y".into(), CLASS.into()], rows }
}
