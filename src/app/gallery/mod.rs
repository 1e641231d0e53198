//! The place "Gallery": the papers' figures, each with what the paper reports and a button that runs it here.

mod figure;

use super::charts::Origin;
use super::language::tr;
use super::record::Record;
use super::state::{Shared, State};
use super::turns::in_turn;
use super::{actions, budget, format, text};
use crate::experiment::gallery::{Chart, EXHIBITS, Exhibit, Setup, Size};
use crate::experiment::{Data, Link, Recipe, Report};
use figure::Figure;
use leptos::prelude::*;
use text::gallery as words;

/// The place, as the page's first part asks for it.
pub(super) fn place(state: State) -> AnyView {
    let turn = in_turn(Memo::new(|_| true), EXHIBITS.len(), state.parts.settled());
    let all = turn(EXHIBITS.len() - 1);
    // Behind `=` the address may name an exhibit; it can be gone to once it stands.
    Effect::new(move |_| {
        if all.get() {
            request_animation_frame(|| {
                if let Some((_, name)) = super::browser::fragment().split_once('=') {
                    super::browser::reveal(name);
                }
            });
        }
    });
    view! {
        <div class="gallery">
            <ul class="contents">
                {EXHIBITS.iter().map(|exhibit| view! {
                    <li><button class="quiet" on:click=move |_| super::browser::lead_to(exhibit.name)>{tr(exhibit.title)}</button></li>
                }).collect_view()}
            </ul>
            <div id="exhibits" class="exhibits" tabindex="-1">
                {EXHIBITS.iter().enumerate().map(|(n, exhibit)| {
                    let due = turn(n);
                    move || due.get().then(|| view! { <Hung state exhibit/> })
                }).collect_view()}
            </div>
        </div>
    }
    .into_any()
}

/// Whether a recipe is this one, whatever trains.
fn same(recipe: &Recipe, other: Recipe) -> bool {
    Recipe { backend: recipe.backend, ..other } == *recipe
}

/// Which of a setup's recipes this is, in full or quick; quick also on fewer samples, as it is fitted to a slow device.
fn size_of(recipe: &Recipe, setup: &Setup) -> Option<Size> {
    let exact = [Size::Full, Size::Quick].into_iter().find(|&size| same(recipe, (setup.recipe)(size)));
    let fitted = || {
        let quick = (setup.recipe)(Size::Quick);
        let fewer = recipe.data.samples.is_some_and(|few| quick.data.samples.is_none_or(|all| few < all));
        let data = Data { samples: recipe.data.samples, ..quick.data };
        (fewer && same(recipe, Recipe { data, ..quick })).then_some(Size::Quick)
    };
    exact.or_else(fitted)
}

/// As many charts an exhibit draws in turns; what more there are come with the last of them.
const CHARTS: usize = 4;

/// One exhibit.
#[component]
fn Hung(state: State, exhibit: &'static Exhibit) -> impl IntoView {
    let setup = RwSignal::new(0usize);
    let chosen = move || -> &'static Setup { &exhibit.setups[setup.get()] };
    // Of what was run of it, the run under way comes first, then what was run in full, then the newest.
    // The last says whether anything is missing: a run may stop between two variants, and then none of them was cut short.
    // The run under way changes many times a second; which exhibit it is of does not, and takes long to find out.
    let live_run = Memo::new(move |_| state.live.with(|l| l.as_ref().map(|l| l.run)));
    let live_size = Memo::new(move |_| {
        live_run.get()?;
        let setup = chosen();
        state.live.with_untracked(|l| l.as_ref().and_then(|l| size_of(&l.report.recipe, setup)))
    });
    let kept = Memo::new(move |_| -> Option<(Shared<Report>, Size, bool)> {
        let setup = chosen();
        let of = |run: &Record| Some((run.report.clone(), size_of(&run.report.recipe, setup)?, run.notes.stopped));
        state.runs.with(|runs| {
            let mut mine: Vec<_> = runs.iter().filter_map(of).collect();
            // In full before quick, and quick before what was fitted to the device.
            mine.sort_by_key(|(report, size, _)| (*size != Size::Full, !same(&report.recipe, (setup.recipe)(*size))));
            mine.into_iter().next()
        })
    });
    let newest = Memo::new(move |_| -> Option<(Shared<Report>, Size, bool)> {
        match live_size.get().filter(|_| state.busy()) {
            Some(size) => state.live.with(|l| l.as_ref().map(|l| (l.report.clone(), size, true))),
            None => kept.get(),
        }
    });
    let origin = move || newest.with(|n| n.as_ref().map(|(report, ..)| Link::from(&**report)));
    provide_context(Origin(Signal::derive(origin)));
    let runs_here = move || state.busy() && live_size.get().is_some();
    let start = move |size: Size| {
        actions::lay_out_other(state, (chosen().recipe)(size));
        state.parts.with_engine(move |engine| (engine.run)(state));
    };
    let title_id = format!("{}-title", exhibit.name);
    let told = move || {
        newest.get().map(|(report, size, partial)| {
            let told = words::drawn_from(size == Size::Full, report.recipe.seeds.len(), partial);
            let fitted = !same(&report.recipe, (chosen().recipe)(size));
            let samples = report.recipe.data.samples.filter(|_| fitted);
            samples.map_or(told.clone(), |samples| format!("{told} {}", text::budget::fitted(samples)))
        })
    };
    let recipe = move |size: Size| Signal::derive(move || (chosen().recipe)(size));
    // The first time they are drawn one after another.
    let turn = in_turn(Memo::new(move |_| newest.with(Option::is_some)), CHARTS, false);
    let turns: [Memo<bool>; CHARTS] = std::array::from_fn(turn);
    let collapse = move || {
        newest.with(|n| {
            n.as_ref().is_some_and(|(report, ..)| report.variants.iter().any(|v| v.trials.iter().any(|t| t.cut)))
        })
    };
    view! {
        <section class="card exhibit" id=exhibit.name tabindex="-1" aria-labelledby=title_id data-testid="exhibit">
            <div class="exhibit-text">
                <h3 id=format!("{}-title", exhibit.name)>{tr(exhibit.title)}</h3>
                <p class="paper"><bdi>{exhibit.paper}</bdi></p>
                <p>{tr(exhibit.about)}</p>
                {(exhibit.setups.len() > 1).then(|| view! {
                    <label class="field">
                        <span>{words::SETUP}</span>
                        <select on:change:target=move |ev| setup.set(ev.target().value().parse().unwrap_or(0))>
                            {exhibit.setups.iter().enumerate().map(|(i, s)| view! { <option value=i.to_string()>{tr(s.title)}</option> }).collect_view()}
                        </select>
                    </label>
                })}
                <div class="buttons">
                    <button class="primary" data-testid="run-quick" disabled=move || state.busy() on:click=move |_| start(Size::Quick)>{words::QUICK}</button>
                    <button data-testid="run-full" disabled=move || state.busy() on:click=move |_| start(Size::Full)>{words::FULL}</button>
                    <button class="quiet" disabled=move || state.busy() on:click=move |_| {
                        actions::lay_out_other(state, (chosen().recipe)(Size::Quick));
                        super::browser::go("#playground");
                    }>{words::OPEN}</button>
                </div>
                {budget::of_exhibit(state, recipe(Size::Quick), recipe(Size::Full))}
                <p class="hint">{words::SHORTENED}" "{tr(exhibit.shortened)}</p>
                {move || runs_here().then(|| view! { <Progress state/> })}
            </div>
            <div class="exhibit-text">
                <h4>{words::REPORTED}</h4>
                <ul class="reported">{exhibit.reported.iter().map(|sentence| view! { <li>{tr(sentence)}</li> }).collect_view()}</ul>
                <h4>{words::NOTICE}</h4>
                <p>{tr(exhibit.notice)}</p>
            </div>
            <div class="exhibit-charts" data-testid="exhibit-charts">
                {move || match newest.get() {
                    None => view! { <p class="hint">{words::NOT_YET}</p> }.into_any(),
                    Some((report, ..)) => {
                        let charts = (exhibit.charts)(&report).into_iter().filter(|c| c.lines.iter().any(|l| !l.spots.is_empty()));
                        let draw = |(n, chart): (usize, Chart)| {
                            let due = turns[n.min(CHARTS - 1)];
                            move || due.get().then(|| view! { <Figure chart=chart.clone()/> })
                        };
                        charts.enumerate().map(draw).collect_view().into_any()
                    }
                }}
            </div>
            <p class="hint exhibit-told">{told}{move || collapse().then(|| format!(" {}", words::COLLAPSED))}</p>
        </section>
    }
    .into_any()
}

/// How far the run is, and a way to end it.
#[component]
fn Progress(state: State) -> impl IntoView {
    let share = move || state.live.with(|l| l.as_ref().map_or(0.0, |t| t.share()));
    let left = move || {
        let seconds = state.live.with(|l| l.as_ref().and_then(|t| t.seconds_left()));
        seconds.map(text::left).unwrap_or_else(|| format::percent(share()))
    };
    view! {
        <div class="exhibit-progress">
            <progress max="1" prop:value=share aria-label=text::PROGRESS></progress>
            <span>{left}</span>
            <button class="quiet" on:click=move |_| state.parts.with_engine(move |engine| (engine.stop)(state))>{text::STOP}</button>
        </div>
    }
}
