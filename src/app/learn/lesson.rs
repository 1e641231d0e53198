//! An experiment of the course, run in its chapter: a button, how far it is, and what it came to.

use super::charts;
use super::drag::Drag;
use super::words;
use crate::app::curve::Boundary;
use crate::app::results::Plane;
use crate::app::state::{Shared, State};
use crate::app::{actions, browser, format, text};
use crate::experiment::gallery::Lesson;
use crate::experiment::{Recipe, Report};
use leptos::prelude::*;

/// A way to show what an experiment came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    /// Loss against computing, a curve for each network, and their front.
    Computing,
    /// Accuracy, bytes and latency side by side.
    Compare,
    /// A handle over the sparsities, with the mask.
    Drag,
    /// Accuracy against weights left.
    Left,
    /// Accuracy against bits.
    Bits,
    /// Accuracies, one beneath another.
    Ranked,
    /// The plane in the colours of its classes.
    Planes,
}

/// How each lesson is shown.
const SHOWS: &[(&str, &[Show])] = &[
    ("ladder", &[Show::Computing]),
    ("side-by-side", &[Show::Compare]),
    ("how-far", &[Show::Drag, Show::Left]),
    ("at-initialization", &[Show::Left]),
    ("few-bits", &[Show::Bits, Show::Planes]),
    ("without-labels", &[Show::Ranked]),
    ("transformer", &[Show::Compare]),
    ("orders", &[Show::Ranked]),
];

/// A run of the lesson: the one under way, else the newest that was kept.
#[derive(Clone, PartialEq)]
pub(super) struct Seen {
    pub report: Shared<Report>,
    /// The number of a run that has ended.
    pub id: Option<u32>,
    /// It was stopped, or is under way.
    partly: bool,
}

/// The lesson of this name.
#[component]
pub(super) fn LessonRun(state: State, name: String) -> impl IntoView {
    match Lesson::find(&name) {
        Some(lesson) => view! { <Runner state lesson/> }.into_any(),
        None => view! { <p class="wrong">{words::NO_LESSON}</p> }.into_any(),
    }
}

#[component]
fn Runner(state: State, lesson: &'static Lesson) -> impl IntoView {
    // What trains is the visitor's choice and does not change what is shown.
    let mine = move |recipe: &Recipe| Recipe { backend: recipe.backend, ..(lesson.recipe)() } == *recipe;
    let runs_here = Memo::new(move |_| {
        state.busy() && state.live.with(|live| live.as_ref().is_some_and(|live| mine(&live.report.recipe)))
    });
    let seen = Memo::new(move |_| {
        if runs_here.get() {
            return state.live.with(|l| l.as_ref().map(|l| Seen { report: l.report.clone(), id: None, partly: true }));
        }
        state.runs.with(|runs| {
            let of = runs.iter().find(|record| mine(&record.report.recipe))?;
            Some(Seen { report: of.report.clone(), id: Some(of.notes.id), partly: of.notes.stopped })
        })
    });
    let start = move |_| {
        actions::lay_out_other(state, (lesson.recipe)());
        state.parts.with_engine(move |engine| (engine.run)(state));
    };
    let open = move |_| {
        actions::lay_out_other(state, (lesson.recipe)());
        browser::go("#playground");
    };
    let told = move || seen.get().map(|seen| words::measured(seen.report.recipe.seeds.len(), seen.partly));
    view! {
        <div class="lesson" data-testid=format!("lesson-{}", lesson.name)>
            <div class="buttons">
                <button class="primary" data-testid="lesson-run" disabled=move || state.occupied() on:click=start>{words::RUN_HERE}</button>
                <button data-testid="lesson-open" disabled=move || state.busy() on:click=open>{words::OPEN}</button>
            </div>
            {move || runs_here.get().then(|| view! { <Progress state/> })}
            {move || match seen.get() {
                None => view! { <p class="hint">{words::NOT_YET}</p> }.into_any(),
                Some(seen) => {
                    let shows = SHOWS.iter().find(|(name, _)| *name == lesson.name).map_or(&[Show::Compare][..], |(_, shows)| shows);
                    shows.iter().map(|show| drawn(state, *show, &seen)).collect_view().into_any()
                }
            }}
            <p class="hint" data-testid="lesson-told">{told}</p>
        </div>
    }
    .into_any()
}

fn drawn(state: State, show: Show, seen: &Seen) -> AnyView {
    match show {
        Show::Computing => charts::computing(&seen.report),
        Show::Compare => charts::compare(&seen.report),
        Show::Left => charts::against_left(&seen.report),
        Show::Bits => charts::against_bits(&seen.report),
        Show::Ranked => charts::ranked(&seen.report),
        Show::Drag => view! { <Drag state seen=seen.clone()/> }.into_any(),
        Show::Planes => view! { <Planes state id=seen.id labels=seen.report.recipe.data.info().labels/> }.into_any(),
    }
}

/// How far the run is, and a way to end it.
#[component]
fn Progress(state: State) -> impl IntoView {
    let share = move || state.live.with(|l| l.as_ref().map_or(0.0, |t| t.share()));
    let stop = move |_| state.parts.with_engine(move |engine| (engine.stop)(state));
    view! {
        <div class="exhibit-progress">
            <progress max="1" prop:value=share aria-label=text::PROGRESS></progress>
            <span>{move || format::short_percent(share())}</span>
            <button class="quiet" on:click=stop>{text::STOP}</button>
        </div>
    }
}

/// The planes of the networks that were trained: of the run under way, or of one that has ended.
#[component]
fn Planes(state: State, id: Option<u32>, labels: &'static [&'static str]) -> impl IntoView {
    let all = Signal::derive(move || -> Vec<Boundary> {
        match id {
            None => state.live.with(|live| live.as_ref().map(|live| live.boundaries.clone())),
            Some(id) => state.runs.with(|runs| {
                runs.iter().find(|record| record.notes.id == id).map(|record| record.notes.boundaries.clone())
            }),
        }
        .unwrap_or_default()
    });
    let stages = Memo::new(move |_| all.with(|all| all.iter().map(|b| (b.stage, b.label.clone())).collect::<Vec<_>>()));
    view! {
        <h4>{words::PLANES}</h4>
        <div class="planes">
            <For each=move || stages.get() key=|(stage, _)| *stage let((stage, label))>
                <Plane label labels=Signal::stored(labels) boundary=Signal::derive(move || all.with(|all| all.iter().find(|b| b.stage == stage).cloned()))/>
            </For>
        </div>
    }
    .into_any()
}
