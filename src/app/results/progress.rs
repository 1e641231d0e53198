//! How far the run is, or how it ended.

use super::super::language::{Value, said};
use super::super::state::{Shown, State};
use super::super::text;
use leptos::prelude::*;

/// Bar, stages, speed, time left.
#[component]
pub(super) fn ProgressPanel(state: State) -> impl IntoView {
    let live = state.memo(move || state.shown.get() == Shown::Live);
    let ended = move || match state.shown.get() {
        Shown::Run(id) => state.runs.with(|runs| {
            let record = runs.iter().find(|r| r.notes.id == id)?;
            Some(text::done(record.notes.stopped, record.notes.seconds, record.report.variants.len()))
        }),
        _ => None,
    };
    move || match live.get() {
        true => view! { <Live state/> }.into_any(),
        false => view! { <p class="ended" data-testid="ended">{ended}</p> }.into_any(),
    }
}

#[component]
fn Live(state: State) -> impl IntoView {
    let read = move |read: fn(&super::super::tracker::Tracker) -> String| {
        move || state.watch(|l| l.as_ref().map(read)).unwrap_or_default()
    };
    let stage = Memo::new(move |_| {
        state.watch(|l| {
            let Some(t) = l else { return String::new() };
            let current: Vec<String> = t
                .current()
                .iter()
                .map(|(stage, trials)| {
                    let label = said(&t.plan.stages[*stage].label);
                    if t.progress.len() > 1 { text::in_trials(&label, trials) } else { label }
                })
                .collect();
            let (ended, all) = (t.stages_ended(), t.plan.stages.len() * t.progress.len());
            match (ended, current.is_empty()) {
                (0, true) => text::NO_SCRIPT_STATE.into(),
                (_, true) => text::TIMING.into(),
                _ => text::stages_at(ended, all, &current.join(" · ")),
            }
        })
    });
    // Of each stage under way that trains, the first trial's.
    let epoch = read(|t| {
        let current = t.current();
        let trained = current.iter().filter(|(stage, _)| t.plan.stages[*stage].epochs() > 0);
        let epochs = trained.map(|(stage, trials)| {
            let at = f64::from(t.progress[trials[0]][*stage].epoch);
            format!("{} / {}", super::super::format::fixed(at, 1), t.plan.stages[*stage].epochs().written())
        });
        let epochs: Vec<String> = epochs.collect();
        match (epochs.is_empty(), t.data) {
            (false, _) => format!("{} {}", text::EPOCH, epochs.join(" · ")),
            (true, Some((loaded, all))) if current.is_empty() && loaded < all => text::loading_data(loaded, all),
            _ => String::new(),
        }
    });
    let speed = read(|t| t.rate.map(text::rate).unwrap_or_default());
    let left = read(|t| t.seconds_left().filter(|_| !t.current().is_empty()).map(text::left).unwrap_or_default());
    let share = move || state.watch(|l| l.as_ref().map_or(0.0, |t| t.share()));
    view! {
        <div class="card progress" data-testid="progress">
            <p class="stage">{move || stage.get()}</p>
            <progress max="1" prop:value=share aria-label=text::PROGRESS></progress>
            <p class="facts"><span>{epoch}</span><span>{speed}</span><span>{left}</span></p>
            <Stages state/>
        </div>
    }
}

/// The stages one by one.
#[component]
fn Stages(state: State) -> impl IntoView {
    let stages = Memo::new(move |_| {
        state.watch(|l| {
            let Some(t) = l else { return Vec::new() };
            let trials = t.progress.len().max(1);
            t.plan
                .stages
                .iter()
                .enumerate()
                .map(|(i, stage)| {
                    let of = |f: fn(&super::super::tracker::Progress) -> bool| {
                        t.progress.iter().filter(|p| f(&p[i])).count()
                    };
                    let class = match (of(|p| p.ended), of(|p| p.begun && !p.lost), of(|p| p.lost)) {
                        (ended, _, _) if ended == trials => "done",
                        (ended, begun, _) if begun > ended => "now",
                        (_, _, lost) if lost > 0 => "lost",
                        (_, begun, _) if begun > 0 => "now",
                        _ => "waiting",
                    };
                    (said(&stage.label), class)
                })
                .collect::<Vec<_>>()
        })
    });
    view! {
        <ol class="stages">
            {move || stages.get().into_iter().map(|(label, class)| view! { <li class=class>{label}</li> }).collect_view()}
        </ol>
    }
}
