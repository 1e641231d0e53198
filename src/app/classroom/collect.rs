//! Many answers as one table and one chart. Nothing leaves the page.

use super::super::charts::{Axis, Dot, Scatter};
use super::super::state::{Shared, State};
use super::super::text::{self, classroom as words};
use super::super::{actions, browser, format};
use super::add_links;
use crate::experiment::teaching::{Answer, Class, Figures, Row};
use crate::experiment::{BackendName, Link, Plan};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// The links, the table and the chart.
#[component]
pub(super) fn Collect(state: State) -> impl IntoView {
    let class = Memo::new(move |_| Shared(Arc::new(state.class_links.with(|links| Class::read(links)))));
    let answered = Memo::new(move |_| class.with(|c| !c.answers.is_empty()));
    let add_file = move |file: web_sys::Blob| {
        spawn_local(async move {
            let text = browser::read_text(file).await.unwrap_or_default();
            add_links(state, &text);
        });
    };
    let drop = move |ev: web_sys::DragEvent| {
        if let Some(file) = browser::dropped_file(&ev) {
            ev.prevent_default();
            add_file(file);
        }
    };
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        if let Some(file) = browser::first_file(&ev.target()) {
            add_file(file);
        }
        ev.target().set_value("");
    };
    let clear = move |_| {
        state.class_links.set(String::new());
        state.tell(words::CLEARED);
    };
    let csv = move |_| {
        // With a mark, so that spreadsheets read it as UTF-8.
        let text = format!("\u{feff}{}", class.with_untracked(|class| class.to_csv()));
        browser::download("answers.csv", "text/csv", text);
    };
    let counted = move || {
        class.with(|class| {
            let asked = class.assignment.as_ref().is_some_and(|a| !a.goal.conditions.is_empty());
            let met = || class.answers.iter().filter(|answer| class.row(answer).judged.all()).count();
            (!class.answers.is_empty()).then(|| words::counted(class.answers.len(), asked.then(met)))
        })
    };
    view! {
        <section class="card collect" aria-labelledby="collect-title" data-testid="collect" on:dragover=|ev| ev.prevent_default() on:drop=drop>
            <h2 id="collect-title">{words::COLLECT}</h2>
            <p class="hint">{words::COLLECT_HELP}</p>
            <label class="field">
                <span>{words::LINKS}</span>
                <textarea
                    rows="5"
                    dir="ltr"
                    spellcheck="false"
                    data-testid="class-links"
                    prop:value=move || state.class_links.get()
                    on:input:target=move |ev| state.class_links.set(ev.target().value())
                ></textarea>
            </label>
            <div class="buttons">
                <label class="file">{text::OPEN_FILE}<input type="file" accept=".txt,text/plain" data-testid="class-file" on:change:target=choose/></label>
                <button data-testid="class-csv" disabled=move || !answered.get() on:click=csv>{words::CSV}</button>
                <button disabled=move || state.class_links.with(String::is_empty) on:click=clear>{words::CLEAR}</button>
            </div>
            <p role="status" data-testid="class-count">{counted}</p>
            <ul class="problems" data-testid="class-problems">
                {move || class.with(|c| c.problems.iter().map(|p| view! { <li class="wrong">{words::problem(p.line, &p.sentence)}</li> }).collect_view())}
            </ul>
            {move || answered.get().then(|| view! { <Answers state class/> })}
            {move || (!answered.get()).then(|| view! { <p class="hint">{words::NO_ANSWERS}</p> })}
        </section>
    }
    .into_any()
}

/// The table and the chart of those that there are.
#[component]
fn Answers(state: State, class: Memo<Shared<Class>>) -> impl IntoView {
    let lit = RwSignal::new(None::<String>);
    let dots = Signal::derive(move || {
        class.with(|class| {
            let dot = |(index, answer): (usize, &Answer)| {
                let row = class.row(answer);
                let figures = row.figures()?;
                Some(Dot { name: name(answer), index, x: figures.bytes as f64, y: figures.accuracy, spread: None })
            };
            class.answers.iter().enumerate().filter_map(dot).filter(|dot| dot.x > 0.0).collect::<Vec<_>>()
        })
    });
    let heads = move || {
        class.with(|class| {
            let asked = class.assignment.as_ref().map(|a| a.questions.clone()).unwrap_or_default();
            let head = |i: usize| asked.get(i).map_or_else(|| words::answer(i + 1), |question| question.text.clone());
            let heads = (0..class.questions()).map(|i| view! { <th scope="col" dir="auto">{head(i)}</th> });
            heads.collect_view()
        })
    };
    let rows = move || {
        class.with(|class| {
            let rows = class.answers.iter().map(|answer| {
                let (row, questions) = (class.row(answer), class.questions());
                let asked = class.assignment.as_ref().map(|a| !a.goal.conditions.is_empty());
                view! { <Given state answer=answer.clone() row questions asked lit/> }
            });
            rows.collect_view()
        })
    };
    view! {
        <div data-slide="">
            <h3 id="answers-title">{words::TABLE}</h3>
            <div class="scroll" tabindex="0" role="group" aria-labelledby="answers-title">
                <table class="plain-table answers" data-testid="class-table">
                    <thead>
                        <tr>
                            <th scope="col">{words::STUDENT}</th>
                            <th scope="col">{words::GOAL}</th>
                            <th scope="col">{text::VARIANT}</th>
                            <th scope="col">{text::ACCURACY}</th>
                            <th scope="col">{text::BYTES}</th>
                            {heads}
                            <th scope="col">{words::REPRODUCES}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
        <div data-slide="" data-testid="class-chart">
            <h3>{words::CHART}</h3>
            <Scatter
                label=Signal::stored(words::CHART.to_string())
                dots
                x_axis=Signal::derive(|| Axis { title: text::BYTES.into(), write: format::bytes })
                y_axis=Axis { title: text::ACCURACY.into(), write: format::short_percent }
                lit
                chosen=lit
            />
        </div>
    }
    .into_any()
}

/// One answer.
#[component]
fn Given(
    state: State,
    answer: Answer,
    row: Row,
    questions: usize,
    /// Whether a goal is set, where the assignment is known.
    asked: Option<bool>,
    lit: RwSignal<Option<String>>,
) -> impl IntoView {
    let name = name(&answer);
    let goal = match (asked, row.other) {
        (None, _) => ("", words::NO_ASSIGNMENT),
        (_, true) => ("", words::OTHER),
        (Some(false), _) => ("", words::NO_GOAL),
        _ if row.judged.all() => ("yes", words::MET),
        _ => ("no", words::NOT_MET),
    };
    let changed = (!row.changed.is_empty()).then(|| words::changed_short(&row.changed));
    let figure = |read: fn(&Figures) -> String| row.figures().map(read).unwrap_or_default();
    let cells = (0..questions).map(|i| answer.answers.get(i).cloned().unwrap_or_default());
    let cells = cells.map(|words| view! { <td class="words" dir="auto">{words}</td> }).collect_view();
    let link = link(&answer);
    let (own, run) = (answer.clone(), answer.clone());
    let verdict = Memo::new(move |_| verdict(state, &own));
    let check = move |_| reproduce(state, &run);
    let lit_name = name.clone();
    view! {
        <tr class:lit=move || lit.with(|l| l.as_ref() == Some(&lit_name)) data-testid="class-row">
            <th scope="row" dir="auto">{name.clone()}</th>
            <td data-testid="class-goal" data-met=goal.0>{goal.1}{changed.map(|sentence| view! { <small class="bad">{sentence}</small> })}</td>
            <td dir="auto">{figure(|f| f.name.clone())}</td>
            <td>{figure(|f| format::percent(f.accuracy))}</td>
            <td>{figure(|f| format::bytes(f.bytes as f64))}</td>
            {cells}
            <td>
                <span data-testid="class-verdict" role="status">{move || verdict.get().told()}</span>
                <span class="buttons">
                    <button
                        data-testid="class-check"
                        aria-label=words::check_of(&name)
                        disabled=move || state.occupied() || matches!(verdict.get(), Verdict::NoDigest)
                        on:click=check
                    >{words::CHECK}</button>
                    <a href=link aria-label=words::open_of(&name)>{words::OPEN_IT}</a>
                </span>
            </td>
        </tr>
    }
}

fn name(answer: &Answer) -> String {
    if answer.name.is_empty() { words::NAMELESS.into() } else { answer.name.clone() }
}

/// Whether a run here came to what was handed in.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    NoDigest,
    NotRun,
    Running,
    Same,
    Differs(Vec<String>),
}

impl Verdict {
    fn told(&self) -> String {
        match self {
            Self::NoDigest => words::NO_DIGEST.into(),
            Self::NotRun => words::NOT_CHECKED.into(),
            Self::Running => words::CHECKING.into(),
            Self::Same => words::SAME.into(),
            Self::Differs(what) => words::differs(what),
        }
    }
}

/// Judged by the runs that this device has made of the same recipe, whoever asked for them.
fn verdict(state: State, answer: &Answer) -> Verdict {
    if answer.digest.is_empty() || answer.recipe.backend == BackendName::Gpu {
        return Verdict::NoDigest;
    }
    let live = state.busy() && state.live.with(|l| l.as_ref().is_some_and(|l| l.report.recipe == answer.recipe));
    if live {
        return Verdict::Running;
    }
    state.runs.with(|runs| {
        let mine = runs.iter().find(|run| run.report.recipe == answer.recipe && !run.report.digest.is_empty());
        let Some(mine) = mine else { return Verdict::NotRun };
        let here = Figures::all(&mine.report);
        // A digest stands for files and predictions; the figures beside it are only as true as they are the run's.
        let counts = |f: &Figures| (f.name.clone(), f.bytes, f.macs, f.nonzero);
        let same = |a: &Figures, b: &Figures| counts(a) == counts(b) && (a.accuracy - b.accuracy).abs() < 1e-9;
        let mut what: Vec<String> = here
            .iter()
            .filter(|figures| !answer.figures.iter().any(|other| same(figures, other)))
            .map(|figures| figures.name.clone())
            .collect();
        if mine.report.digest != answer.digest {
            what.push(words::DIGEST_DIFFERS.into());
        }
        if what.is_empty() { Verdict::Same } else { Verdict::Differs(what) }
    })
}

fn as_link(answer: &Answer) -> Link {
    Link { recipe: answer.recipe.clone(), digest: Some(answer.digest.clone()).filter(|digest| !digest.is_empty()) }
}

fn link(answer: &Answer) -> String {
    format!("{}{}", actions::LINK, as_link(answer).to_text())
}

/// Runs an answer here, on the processor, as its link would.
fn reproduce(state: State, answer: &Answer) {
    if let Err(error) = Plan::new(&answer.recipe) {
        return state.complain(text::bad_link(&error.0));
    }
    actions::lay_out_other(state, answer.recipe.clone());
    state.opened.set(Some(as_link(answer)));
    state.parts.with_engine(move |engine| (engine.run)(state));
}
