//! What a teacher knows beside the right answers, and where a student says something else, picture by picture.

use super::super::super::browser::paint;
use super::super::super::editor::inputs::unique;
use super::super::super::language::{Value, class as class_name};
use super::super::super::state::{Shared, State};
use super::super::super::text::agreement as words;
use super::super::super::{format, text};
use super::{Answers, Pick, Planned, occupied};
use crate::data::DatasetInfo;
use crate::experiment::{Agreement, Example, TEMPERATURES, mentor, soft_targets};
use crate::worker::Question;
use leptos::html::Canvas;
use leptos::prelude::*;

/// Where the slider of the soft targets starts.
const TEMPERATURE: f64 = 4.0;

/// The card; nothing where no variant was taught by another or made from one.
#[component]
pub(super) fn AgreementPanel(state: State, answers: Answers, plan: Planned) -> impl IntoView {
    let pick = Pick::new(state, plan, |plan, name| mentor(plan, name).is_some());
    let teacher = Memo::new(move |_| {
        let (plan, name) = (plan.get()?, pick.name.get()?);
        mentor(&plan, &name)
    });
    let start = move |_| {
        let (Some(student), Some(teacher)) = (pick.name.get_untracked(), teacher.get_untracked()) else { return };
        let Some(report) = state.report.get_untracked() else { return };
        let data = report.recipe.data.clone();
        answers.agreement.ask(state, student.clone(), &Question::Agreement { teacher, student, data });
    };
    let info = Memo::new(move |_| state.report.with(|report| report.as_ref().map(|r| r.recipe.data.info())));
    let told = move || answers.agreement.about(state, pick.name.get().as_deref());
    let any = Memo::new(move |_| teacher.with(Option::is_some));
    move || {
        any.get().then(|| {
            view! {
                <section class="card" aria-labelledby="agreement-title" data-testid="agreement">
                    <h3 id="agreement-title">{words::TITLE}</h3>
                    <p class="hint">{words::ABOUT}</p>
                    <div class="choosers">{pick.draw(text::VARIANT, "agreement-variant")}</div>
                    <div class="buttons">
                        <button data-testid="agreement-start" disabled=move || occupied(state) on:click=start>
                            {move || words::compare_with(&teacher.get().unwrap_or_default())}
                        </button>
                        <span role="status">{move || answers.agreement.under_way(state).then_some(words::UNDER_WAY.tr())}</span>
                    </div>
                    {move || {
                        let names = [teacher.get_untracked()?, pick.name.get_untracked()?];
                        Some(draw(state, answers, told()?, info.get_untracked()?, names))
                    }}
                </section>
            }
        })
    }
}

fn draw(
    state: State,
    answers: Answers,
    told: Shared<Agreement>,
    info: &'static DatasetInfo,
    names: [String; 2],
) -> AnyView {
    let chosen = RwSignal::new(told.examples.first().or(told.disagreements.first()).cloned());
    view! {
        {counts(&told, &names)}
        {alike(told.clone(), info)}
        <h4>{words::DOUBTS}</h4>
        <p class="hint">{words::DOUBTS_ABOUT}</p>
        {row(&told.examples, info, &names, chosen)}
        {disagreements(&told, info, &names, chosen)}
        {by_number(state, answers, &told, &names, chosen)}
        {move || chosen.get().map(|example| bars(&example, info, &names))}
    }
    .into_any()
}

/// Any test sample, chosen by its number; what the two say of it a worker knows.
fn by_number(
    state: State,
    answers: Answers,
    told: &Agreement,
    names: &[String; 2],
    chosen: RwSignal<Option<Example>>,
) -> AnyView {
    let last = (told.both_right + told.teacher_alone + told.student_alone + told.both_wrong).saturating_sub(1);
    let [teacher, student] = names.clone();
    let variant = student.clone();
    Effect::new(move |_| {
        if let Some(example) = answers.example.about(state, Some(&variant)) {
            chosen.set(Some(Example::clone(&example)));
        }
    });
    let shown = move || chosen.with(|c| c.as_ref().map(|c| c.index.to_string()).unwrap_or_default());
    let ask = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let index = ev.target().value().parse().ok().filter(|index| *index as usize <= last);
        match (index, state.report.get_untracked().filter(|_| !occupied(state))) {
            (Some(index), Some(report)) => {
                let (teacher, data) = (teacher.clone(), report.recipe.data.clone());
                let question = Question::Example { teacher, student: student.clone(), data, index };
                answers.example.ask(state, student.clone(), &question);
            }
            _ => ev.target().set_value(&shown()),
        }
    };
    let help = unique("help");
    // Not disabled while it is asked: that would take the keyboard's place away.
    view! {
        <label class="field">
            <span>{words::BY_NUMBER}</span>
            <input
                type="number" inputmode="numeric" min="0" max=last step="1" data-testid="sample-number"
                readonly=move || occupied(state) aria-describedby=help.clone()
                prop:value=shown on:change:target=ask
            />
        </label>
        <p class="hint" id=help>{words::by_number_about(last)}</p>
    }
    .into_any()
}

/// How often which of the two is right, and the samples on which they say different things.
pub(in crate::app) fn differences(told: Shared<Agreement>, info: &'static DatasetInfo, names: [String; 2]) -> AnyView {
    let chosen = RwSignal::new(told.disagreements.first().cloned());
    view! {
        {counts(&told, &names)}
        {disagreements(&told, info, &names, chosen)}
        {move || chosen.get().map(|example| bars(&example, info, &names))}
    }
    .into_any()
}

/// Whether the samples are pictures.
fn pictured(info: &'static DatasetInfo) -> bool {
    !info.is_points() && !info.is_text()
}

fn counts(told: &Agreement, [teacher, student]: &[String; 2]) -> AnyView {
    let counts = [
        (words::BOTH_RIGHT.to_string(), told.both_right),
        (words::alone(teacher), told.teacher_alone),
        (words::alone(student), told.student_alone),
        (words::BOTH_WRONG.to_string(), told.both_wrong),
    ];
    let counts = counts.into_iter().map(|(name, count)| {
        view! { <div><dt>{name}</dt><dd>{format::count(count as f64)}</dd></div> }
    });
    view! { <dl class="counts" data-testid="agreement-counts">{counts.collect_view()}</dl> }.into_any()
}

fn row(
    examples: &[Example],
    info: &'static DatasetInfo,
    names: &[String; 2],
    chosen: RwSignal<Option<Example>>,
) -> AnyView {
    let buttons = examples.iter().map(|example| picture_button(example, info, names, chosen)).collect_view();
    view! { <div class="pictures" tabindex="0" role="group" data-testid="samples">{buttons}</div> }.into_any()
}

fn disagreements(
    told: &Agreement,
    info: &'static DatasetInfo,
    names: &[String; 2],
    chosen: RwSignal<Option<Example>>,
) -> AnyView {
    match told.disagreeing {
        0 => view! { <p class="hint">{words::NO_DISAGREEMENT}</p> }.into_any(),
        all => view! {
            <h4>{words::disagreements(all, told.disagreements.len())}</h4>
            {row(&told.disagreements, info, names, chosen)}
        }
        .into_any(),
    }
}

/// The mean soft targets of each class, at a temperature to be chosen.
fn alike(told: Shared<Agreement>, info: &'static DatasetInfo) -> AnyView {
    let at = RwSignal::new(2usize);
    let last = TEMPERATURES.len() - 1;
    let temperature = move || TEMPERATURES[at.get().min(last)];
    let cell = move |share: f32, most: f32| {
        let percent = f64::from(share) * 100.0;
        let depth = format::plain(f64::from(share / most.max(1e-9)).min(1.0) * 100.0, 1);
        view! { <td style=format!("--depth: {depth}%")>{format::fixed(percent, u8::from(percent < 9.95))}</td> }
    };
    let rows = move || {
        let rows = told.alike.get(at.get()).cloned().unwrap_or_default();
        // The wrong class that is most alike has the full colour, and so have all right ones above it.
        let wrong = rows.iter().enumerate().flat_map(|(class, shares)| {
            shares.iter().enumerate().filter(move |(other, _)| *other != class).map(|(_, share)| *share)
        });
        let most = wrong.fold(0.0, f32::max);
        let row = |(class, shares): (usize, Vec<f32>)| {
            let cells = shares.into_iter().map(|share| cell(share, most)).collect_view();
            view! { <tr><th scope="row">{class_name(info.labels[class])}</th>{cells}</tr> }
        };
        rows.into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <h4>{words::ALIKE}</h4>
        <p class="hint">{words::ALIKE_ABOUT}</p>
        <label class="field">
            <span>{words::TEMPERATURE}" "<output>{move || format::trimmed(temperature(), 1)}</output></span>
            <input
                type="range" min="0" max=last step="1" data-testid="alike-temperature"
                aria-valuetext=move || format::trimmed(temperature(), 1)
                prop:value=move || at.get().to_string()
                on:input:target=move |ev| at.set(ev.target().value().parse().unwrap_or(0))
            />
        </label>
        <div class="scroll" tabindex="0" role="group" aria-label=words::ALIKE>
            <table class="alike" data-testid="alike">
                <thead>
                    <tr><th scope="col">{words::CLASS}</th>{info.labels.iter().map(|label| view! { <th scope="col">{class_name(label)}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The class with the largest logit.
fn says(logits: &[f32], info: &'static DatasetInfo) -> &'static str {
    let largest = |best: usize, (i, z): (usize, &f32)| if *z > logits[best] { i } else { best };
    info.labels[logits.iter().enumerate().fold(0, largest)]
}

fn caption(example: &Example, info: &'static DatasetInfo, names: &[String; 2]) -> String {
    let said = [&example.teacher, &example.student].map(|logits| says(logits, info));
    let label = info.labels[usize::from(example.label)];
    words::example(
        example.index,
        &class_name(label),
        (&names[0], &class_name(said[0])),
        (&names[1], &class_name(said[1])),
    )
}

fn picture(example: &Example, info: &'static DatasetInfo) -> AnyView {
    let canvas = NodeRef::<Canvas>::new();
    let [height, width, channels] = info.shape;
    // Grey values are ink on paper, as on the pad.
    let pixel = |values: &[u8]| match *values {
        [red, green, blue] => [red, green, blue, 255],
        _ => values.first().map_or([0; 4], |grey| [255 - grey, 255 - grey, 255 - grey, 255]),
    };
    let pixels: Vec<u8> = example.pixels.chunks_exact(channels.max(1)).flat_map(pixel).collect();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            paint(&canvas, width, height, &pixels);
        }
    });
    view! { <canvas node_ref=canvas width=width height=height aria-hidden="true"></canvas> }.into_any()
}

fn picture_button(
    example: &Example,
    info: &'static DatasetInfo,
    names: &[String; 2],
    chosen: RwSignal<Option<Example>>,
) -> AnyView {
    let (mine, index) = (example.clone(), example.index);
    let caption = caption(example, info, names);
    view! {
        <button
            class="picture" title=caption.clone() aria-label=caption
            aria-pressed=move || chosen.with(|c| c.as_ref().is_some_and(|c| c.index == index)).to_string()
            on:click=move |_| chosen.set(Some(mine.clone()))
        >{match pictured(info) {
            true => picture(example, info),
            false => view! { <span>{index.written()}</span> }.into_any(),
        }}</button>
    }
    .into_any()
}

/// What both say of one sample, softened by a temperature that can be moved.
fn bars(example: &Example, info: &'static DatasetInfo, names: &[String; 2]) -> AnyView {
    let temperature = RwSignal::new(TEMPERATURE);
    let caption = caption(example, info, names);
    let (teacher, student) = (example.teacher.clone(), example.student.clone());
    let label = usize::from(example.label);
    let bar = |share: f64| {
        view! {
            <td>
                {format::percent(share)}
                <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="whole" width="100" height="4"></rect>
                    <rect width=format::plain(share * 100.0, 1) height="4"></rect>
                </svg>
            </td>
        }
    };
    let rows = move || {
        let said = [&teacher, &student].map(|logits| soft_targets(logits, temperature.get()));
        let row = |class: usize| {
            view! {
                <tr class:right=class == label>
                    <th scope="row">{class_name(info.labels[class])}</th>
                    {said.iter().map(|said| bar(said[class])).collect_view()}
                </tr>
            }
        };
        (0..info.labels.len()).map(row).collect_view()
    };
    view! {
        <div class="soft-targets">
            <div class="chosen">{pictured(info).then(|| picture(example, info))}<p>{caption}</p></div>
            <div>
                <label class="field">
                    <span>{words::TEMPERATURE}" "<output>{move || format::trimmed(temperature.get(), 1)}</output></span>
                    <input
                        type="range" min="0.5" max="20" step="0.5" data-testid="soft-temperature"
                        prop:value=move || temperature.get().to_string()
                        on:input:target=move |ev| temperature.set(ev.target().value().parse().unwrap_or(TEMPERATURE))
                    />
                </label>
                <table class="noise-table" data-testid="soft-targets" aria-label=words::SOFT_TARGETS>
                    <thead>
                        <tr>
                            <th scope="col">{words::CLASS}</th>
                            {names.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}
