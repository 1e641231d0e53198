//! What quantization does, made visible: the grid over the weights, the width of sums, the noise of each layer, the landscape of
//! the loss; and what a teacher knows. Some of it can be tried without a run.

mod agreement;
mod heat;
mod landscape;
mod noise;
mod number_line;
mod overflow;

use super::super::browser;
use super::super::language::Text;
use super::super::state::{Analysis, Shared, Shown, State};
use crate::compression::quantize::number_line::Histogram;
use crate::experiment::landscape::Landscape;
use crate::experiment::{Agreement, Example, LayerNoise, Plan};
use crate::worker::{Answer, Question};
use agreement::AgreementPanel;
pub(in crate::app) use agreement::differences;
use landscape::LandscapePanel;
use leptos::prelude::*;
use noise::NoisePanel;
use number_line::NumberLine;
pub(in crate::app) use overflow::Overflow;
use std::sync::Arc;

/// The cards.
#[component]
pub(super) fn Numbers(state: State) -> impl IntoView {
    let answers = Answers::new(state);
    let plan = Memo::new(move |_| {
        let report = state.report.get().filter(|report| !report.variants.is_empty())?;
        Plan::new(&report.recipe).ok().map(|plan| Shared(Arc::new(plan)))
    });
    let measured = Memo::new(move |_| plan.with(Option::is_some));
    view! {
        <NumberLine state answers/>
        {move || measured.get().then(|| view! {
            <AgreementPanel state answers plan/>
            <NoisePanel state answers plan/>
            <LandscapePanel state answers plan/>
        })}
    }
}

/// The plan of what is shown, as far as there are results.
type Planned = Memo<Option<Shared<Plan>>>;

thread_local! {
    /// What was said stays when the page is drawn anew, as in another language.
    static KEPT: Kept = Kept {
        weights: ArcRwSignal::new(None),
        noise: ArcRwSignal::new(None),
        landscape: ArcRwSignal::new(None),
        agreement: ArcRwSignal::new(None),
        example: ArcRwSignal::new(None),
    };
}

/// See [`Answers`].
struct Kept {
    weights: ArcRwSignal<Option<(String, usize, Shared<Histogram>)>>,
    noise: ArcRwSignal<Option<Asked<Vec<LayerNoise>>>>,
    landscape: ArcRwSignal<Option<Asked<Landscape>>>,
    agreement: ArcRwSignal<Option<Asked<Agreement>>>,
    example: ArcRwSignal<Option<Asked<Example>>>,
}

/// What workers have said to the questions of these cards.
#[derive(Clone, Copy)]
struct Answers {
    /// Of a model's weight matrix.
    weights: RwSignal<Option<(String, usize, Shared<Histogram>)>>,
    noise: Told<Vec<LayerNoise>>,
    landscape: Told<Landscape>,
    agreement: Told<Agreement>,
    /// A sample of it that was asked for by its number.
    example: Told<Example>,
}

impl Answers {
    /// Listens from now on.
    fn new(state: State) -> Self {
        let answers = KEPT.with(|kept| Self {
            weights: kept.weights.clone().into(),
            noise: Told(kept.noise.clone().into()),
            landscape: Told(kept.landscape.clone().into()),
            agreement: Told(kept.agreement.clone().into()),
            example: Told(kept.example.clone().into()),
        });
        Effect::new(move |_| {
            let said = state.answer.with(|said| said.as_deref().and_then(|said| serde_json::from_str(said).ok()));
            match said {
                Some(Answer::Weights { model, matrix, histogram }) => {
                    answers.weights.set(Some((model, matrix, Shared(Arc::new(histogram)))));
                }
                Some(Answer::Sensitivity { run, layers }) => hear(state.sensitivity, run, layers),
                Some(Answer::Precision { run, layers }) => hear(state.precision, run, layers),
                Some(Answer::Noise { run, layers }) => answers.noise.take(run, layers),
                Some(Answer::Landscape { run, landscape }) => answers.landscape.take(run, landscape),
                Some(Answer::Agreement { run, agreement }) => answers.agreement.take(run, agreement),
                Some(Answer::Example { run, example }) => answers.example.take(run, example),
                // Those who asked listen for themselves.
                Some(Answer::Network { .. } | Answer::Import(_) | Answer::Own { .. }) | None => {}
            }
        });
        answers
    }
}

/// A question that takes a while, and what was said to it.
struct Told<T: Send + Sync + 'static>(RwSignal<Option<Asked<T>>>);

// Derived, these would ask that `T` can be copied.
impl<T: Send + Sync + 'static> Clone for Told<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Told<T> {}

#[derive(Clone)]
struct Asked<T> {
    run: u32,
    shown: Shown,
    variant: String,
    said: Option<Shared<T>>,
}

impl<T: Send + Sync + 'static> Told<T> {
    /// Asks about a variant of what is shown.
    fn ask(self, state: State, variant: String, question: &Question) {
        let run = (browser::date_ms() / 1000.0) as u32;
        state.notice.set(None);
        self.0.set(Some(Asked { run, shown: state.shown.get_untracked(), variant, said: None }));
        state.asking.set(Some(run));
        state.with_pool(|pool| pool.inspect(Some(run), question.to_json()));
    }

    fn take(self, run: u32, said: T) {
        self.0.update(|asked| {
            if let Some(asked) = asked.as_mut().filter(|asked| asked.run == run) {
                asked.said = Some(Shared(Arc::new(said)));
            }
        });
    }

    /// What was said about this variant of what is shown.
    fn about(self, state: State, variant: Option<&str>) -> Option<Shared<T>> {
        let shown = state.shown.get();
        let mine = |asked: &&Asked<T>| asked.shown == shown && Some(asked.variant.as_str()) == variant;
        self.0.with(|asked| asked.as_ref().filter(mine).and_then(|asked| asked.said.clone()))
    }

    /// Whether it is being worked on.
    fn under_way(self, state: State) -> bool {
        let run = self.0.with(|asked| asked.as_ref().map(|asked| asked.run));
        run.is_some() && state.asking.get() == run
    }
}

/// Takes what an analysis has come to.
fn hear<L: Send + Sync + 'static>(analysis: RwSignal<Option<Analysis<L>>>, run: u32, layers: Vec<L>) {
    analysis.update(|mine| {
        if let Some(mine) = mine.as_mut().filter(|mine| mine.run == run) {
            mine.layers = layers;
        }
    });
}

/// Asks what is answered at once.
fn ask(state: State, question: &Question) {
    state.with_pool(|pool| pool.inspect(None, question.to_json()));
}

/// Whether a question that takes a while cannot be asked: the first worker is at something, or has not been given the models yet.
fn occupied(state: State) -> bool {
    state.occupied() || state.models_loaded.get() == 0
}

/// A choice of one of some variants: the one that the page looks into if it is among them, until another is chosen.
#[derive(Clone, Copy)]
struct Pick {
    names: Memo<Vec<String>>,
    chosen: RwSignal<Option<String>>,
    /// The one that counts; none if there are none.
    name: Memo<Option<String>>,
}

impl Pick {
    fn new(state: State, plan: Planned, suits: impl Fn(&Plan, &str) -> bool + Send + Sync + 'static) -> Self {
        let names = Memo::new(move |_| {
            let (Some(plan), Some(report)) = (plan.get(), state.report.get()) else { return Vec::new() };
            report.variants.iter().map(|v| v.name.clone()).filter(|name| suits(&plan, name)).collect()
        });
        let chosen = RwSignal::new(None::<String>);
        let name = Memo::new(move |_| {
            let names = names.get();
            let wanted = [chosen.get(), state.variant.get()].into_iter().flatten();
            wanted.into_iter().find(|name| names.contains(name)).or_else(|| names.first().cloned())
        });
        Self { names, chosen, name }
    }

    fn draw(self, title: Text, id: &'static str) -> AnyView {
        view! {
            <label>
                <span>{title}</span>
                <select data-testid=id on:change:target=move |ev| self.chosen.set(Some(ev.target().value()))>
                    {move || self.names.get().into_iter().map(|name| {
                        let (mine, title) = (name.clone(), name.clone());
                        view! {
                            <option value=name prop:selected=move || self.name.with(|n| n.as_ref() == Some(&mine))>{title}</option>
                        }
                    }).collect_view()}
                </select>
            </label>
        }
        .into_any()
    }
}
