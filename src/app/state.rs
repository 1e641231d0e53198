//! All that the page remembers: one plain struct of signals.

use super::backend::BackendState;
use super::budget::BudgetState;
use super::classroom::Lesson;
use super::curve::{Boundary, Curve};
use super::device::DeviceState;
use super::draft::Draft;
use super::offline::OfflineState;
use super::parts::{Parts, Sources};
use super::places::Place;
use super::present::At;
use super::presets;
use super::record::Record;
use super::share::Dialog;
use super::tracker::Tracker;
use crate::experiment::teaching::Assignment;
use crate::experiment::{LayerPrecision, LayerSensitivity, Link, Plan, Recipe, RecipeError, Report};
use crate::worker::{FirstWorker, ModelFile, Picture, Pool, Prediction};
use leptos::prelude::*;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

/// A shared value that is equal to itself alone, so that comparing costs nothing.
pub(super) struct Shared<T>(pub Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// What the page is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The engine has not started yet; a run waits for it.
    Loading,
    /// Nothing has been run.
    Ready,
    /// A run goes on.
    Running,
    /// It was asked to stop.
    Stopping,
    /// A run has ended.
    Done,
}

/// Whose results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// There are none.
    Nothing,
    /// The run under way.
    Live,
    /// A run that has ended.
    Run(u32),
}

/// One result: a variant of a run that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ResultKey {
    pub run: u32,
    pub variant: String,
}

/// The experiment under edit as it was.
#[derive(Clone)]
pub(super) struct Before {
    pub draft: Draft,
    /// The assignment that it was work on.
    pub assignment: Option<Shared<Assignment>>,
    /// What came in its place.
    pub after: Recipe,
}

/// What can be taken back.
#[derive(Clone)]
pub(super) enum Undo {
    /// The experiment before something was removed from it.
    Removed(Box<Before>),
    /// The experiment before another was laid out in its place.
    Replaced(Box<Before>),
    /// A deleted run and its models.
    Run(Box<Record>, Vec<ModelFile>),
}

/// A sentence for the visitor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Notice {
    pub text: String,
    /// Something went wrong, as against merely worth knowing.
    pub error: bool,
}

/// A recipe that the visitor has typed and not applied yet.
pub(super) type Typed = RwSignal<Option<String>>;

/// A weight matrix that was asked for.
pub(super) type PictureAnswer = (String, usize, Picture);

/// An analysis of a variant, layer by layer, as far as it has come.
#[derive(Clone, PartialEq)]
pub(super) struct Analysis<L> {
    /// Its number.
    pub run: u32,
    /// Whose variant.
    pub shown: Shown,
    pub variant: String,
    pub layers: Vec<L>,
    pub ended: bool,
}

/// All signals; copies are the same signals.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub parts: Parts,
    /// Until the pool takes it.
    pub first_worker: StoredValue<Option<Result<FirstWorker, String>>, LocalStorage>,
    /// Counts up when the page speaks another language, and is drawn anew.
    pub language_changed: RwSignal<u32>,
    pub place: RwSignal<Place>,
    /// Whether the address names something within the place: a chapter, an exhibit.
    pub within: RwSignal<bool>,
    /// Whether the visitor has been in the playground, which stays as it is from then on.
    pub played: RwSignal<bool>,
    /// Whether the place that the page was opened at is drawn, as far as it can be without the rest.
    pub drawn: RwSignal<bool>,
    pub device: DeviceState,
    /// Which backend trains.
    pub backend: BackendState,
    /// How fast this device is.
    pub budget: BudgetState,
    /// What of the site the browser keeps.
    pub offline: OfflineState,
    pub phase: RwSignal<Phase>,
    pub typed: Typed,
    /// The experiment under edit.
    pub draft: RwSignal<Draft>,
    /// The draft checked.
    pub plan: Memo<Result<Arc<Plan>, RecipeError>>,
    /// The variant whose form stands open after it was added.
    pub fresh_variant: RwSignal<Option<u32>>,
    pub live: RwSignal<Option<Tracker>>,
    /// The newest first.
    pub runs: RwSignal<Vec<Record>>,
    pub shown: RwSignal<Shown>,
    /// The variant pointed at.
    pub lit: RwSignal<Option<String>>,
    /// The variant chosen for a closer look.
    pub chosen: RwSignal<Option<String>>,
    /// The results that are compared, in the order in which they were ticked.
    pub compared: RwSignal<Vec<ResultKey>>,
    pub notice: RwSignal<Option<Notice>>,
    pub undo: RwSignal<Option<Undo>>,
    /// The link that the page was opened with.
    pub opened: RwSignal<Option<Link>>,
    /// The assignment that is worked on.
    pub assignment: RwSignal<Option<Shared<Assignment>>>,
    /// The assignment that a teacher is writing.
    pub lesson: RwSignal<Lesson>,
    /// The links that a teacher collected, one a line; kept over a reload.
    pub class_links: RwSignal<String>,
    /// What the dialog over the page shows.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The slide that is presented.
    pub presenting: RwSignal<Option<At>>,
    /// Another number whenever the first worker has been given a run's models; 0 while it has none.
    pub models_loaded: RwSignal<u32>,
    pub predictions: RwSignal<Vec<Prediction>>,
    /// The question last answered.
    pub answered: RwSignal<u32>,
    pub picture: RwSignal<Option<PictureAnswer>>,
    pub sensitivity: RwSignal<Option<Analysis<LayerSensitivity>>>,
    pub precision: RwSignal<Option<Analysis<LayerPrecision>>>,
    /// What a worker last said to a question, as JSON: what it means is known to who asks.
    pub answer: RwSignal<Option<String>>,
    /// The question that the first worker is busy with.
    pub asking: RwSignal<Option<u32>>,
    /// Encoded files of each run's first trial, in this session.
    pub models: StoredValue<HashMap<u32, Vec<ModelFile>>>,
    /// Runs that the database had no room for; tried again when one is deleted.
    pub unkept: StoredValue<Vec<u32>>,
    pub pool: StoredValue<Option<Pool>, LocalStorage>,
    /// The paths of files that the experiment under edit needs and that are not in this browser.
    pub missing: RwSignal<Vec<String>>,
    /// The report shown.
    pub report: Memo<Option<Shared<Report>>>,
    /// The variant looked at: the chosen one, else the first of the report.
    pub variant: Memo<Option<String>>,
}

impl State {
    pub fn new(sources: Sources) -> Self {
        let draft = RwSignal::new(Draft::new(presets::tradeoff(), 0));
        let live = RwSignal::new(None::<Tracker>);
        let runs = RwSignal::new(Vec::<Record>::new());
        let shown = RwSignal::new(Shown::Nothing);
        let chosen = RwSignal::new(None::<String>);
        let place = RwSignal::new(Place::Playground);
        let report = Memo::new(move |before: Option<&Option<Shared<Report>>>| match shown.get() {
            Shown::Nothing => None,
            Shown::Live if place.get() != Place::Playground => before.cloned().flatten(),
            Shown::Live => live.with(|l| l.as_ref().map(|l| l.report.clone())),
            Shown::Run(id) => runs.with(|r| r.iter().find(|r| r.notes.id == id).map(|r| r.report.clone())),
        });
        let variant = Memo::new(move |_| {
            let report = report.get()?;
            let named = chosen.get().filter(|name| report.variants.iter().any(|v| v.name == *name));
            named.or_else(|| report.variants.first().map(|v| v.name.clone()))
        });
        let parts = Parts::new(sources);
        Self {
            parts,
            first_worker: StoredValue::new_local(None),
            language_changed: RwSignal::new(0),
            place,
            within: RwSignal::new(false),
            played: RwSignal::new(false),
            drawn: RwSignal::new(false),
            device: DeviceState::new(),
            backend: BackendState::new(),
            budget: BudgetState::new(),
            offline: OfflineState::new(),
            phase: RwSignal::new(Phase::Loading),
            typed: Typed::new(None),
            draft,
            plan: Memo::new(move |_| {
                // With the rest come the checks, of which what is laid out before has no need.
                parts.all_there();
                draft.with(|d| Plan::new(&d.recipe).map(Arc::new))
            }),
            fresh_variant: RwSignal::new(None),
            live,
            runs,
            shown,
            lit: RwSignal::new(None),
            chosen,
            compared: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            undo: RwSignal::new(None),
            opened: RwSignal::new(None),
            assignment: RwSignal::new(None),
            lesson: RwSignal::new(Lesson::default()),
            class_links: RwSignal::new(String::new()),
            dialog: RwSignal::new(None),
            presenting: RwSignal::new(None),
            models_loaded: RwSignal::new(0),
            predictions: RwSignal::new(Vec::new()),
            answered: RwSignal::new(0),
            picture: RwSignal::new(None),
            sensitivity: RwSignal::new(None),
            precision: RwSignal::new(None),
            answer: RwSignal::new(None),
            asking: RwSignal::new(None),
            models: StoredValue::new(HashMap::new()),
            unkept: StoredValue::new(Vec::new()),
            pool: StoredValue::new_local(None),
            missing: RwSignal::new(Vec::new()),
            report,
            variant,
        }
    }

    /// Goes to the place in the address.
    pub fn go_to_address(&self) {
        if let Some(place) = Place::of_address() {
            self.within.set(super::browser::fragment().contains('='));
            self.place.set(place);
        }
        if self.place.get_untracked() == Place::Playground {
            self.played.set(true);
        }
    }

    /// Reads the run under way for what the playground draws, which does not follow it while the visitor is elsewhere.
    pub fn watch<T>(&self, read: impl FnOnce(&Option<Tracker>) -> T) -> T {
        match self.place.get() {
            Place::Playground => self.live.with(read),
            _ => self.live.with_untracked(read),
        }
    }

    /// A memo for what the playground draws: while the visitor is elsewhere it stays as it is.
    pub fn memo<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        compute: impl Fn() -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |before: Option<&T>| match before {
            Some(before) if self.place.get() != Place::Playground => before.clone(),
            _ => compute(),
        })
    }

    /// Whether a run goes on.
    pub fn busy(&self) -> bool {
        matches!(self.phase.get(), Phase::Running | Phase::Stopping)
    }

    /// As [`State::busy`], to be asked once.
    pub fn busy_untracked(&self) -> bool {
        matches!(self.phase.get_untracked(), Phase::Running | Phase::Stopping)
    }

    /// Whether the first worker is at something that takes a while.
    pub fn occupied(&self) -> bool {
        let sensitivity = self.sensitivity.with(|s| s.as_ref().is_some_and(|s| !s.ended));
        let precision = self.precision.with(|p| p.as_ref().is_some_and(|p| !p.ended));
        let measuring =
            self.device.busy() || self.backend.run.with(Option::is_some) || self.budget.run.with(Option::is_some);
        self.busy() || measuring || sensitivity || precision || self.asking.with(Option::is_some)
    }

    /// Whether an assignment locks the setting at this path of the recipe.
    pub fn locked(&self, path: &str) -> bool {
        self.assignment.with(|a| a.as_ref().is_some_and(|assignment| assignment.locks.hold(path)))
    }

    /// Says something went wrong.
    pub fn complain(&self, text: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), error: true }));
    }

    /// Says something worth knowing.
    pub fn tell(&self, text: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), error: false }));
    }

    /// Uses the pool, once it is there.
    pub fn with_pool(&self, action: impl FnOnce(&Pool)) {
        if let Some(pool) = self.pool.get_value() {
            action(&pool);
        }
    }

    /// A variant's encoded file, of the run that is shown, if it is at hand.
    pub fn model_file(&self, variant: &str) -> Option<ModelFile> {
        let id = match self.shown.get_untracked() {
            Shown::Run(id) => id,
            _ => return None,
        };
        self.models.with_value(|m| m.get(&id).and_then(|files| files.iter().find(|f| f.name == variant).cloned()))
    }

    /// Curves and boundaries of what is shown; `curves` follows the live run.
    pub fn curves(&self) -> Vec<Curve> {
        match self.shown.get() {
            Shown::Nothing => Vec::new(),
            Shown::Live => self.watch(|l| l.as_ref().map(|l| l.curves.clone())).unwrap_or_default(),
            Shown::Run(id) => self.note(id, |n| n.notes.curves.clone()),
        }
    }

    /// See [`State::curves`].
    pub fn boundaries(&self) -> Vec<Boundary> {
        match self.shown.get() {
            Shown::Nothing => Vec::new(),
            Shown::Live => self.watch(|l| l.as_ref().map(|l| l.boundaries.clone())).unwrap_or_default(),
            Shown::Run(id) => self.note(id, |n| n.notes.boundaries.clone()),
        }
    }

    fn note<T: Default>(&self, id: u32, read: impl Fn(&Record) -> T) -> T {
        self.runs.with(|runs| runs.iter().find(|r| r.notes.id == id).map(read)).unwrap_or_default()
    }
}
