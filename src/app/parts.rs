//! The parts of the page that come after its first view: what they do, and how they are come by.
//!
//! The page's code is parted after linking (see ARCHITECTURE.md): what is reached from [`Engine::new`] or [`Rest::new`] alone
//! travels in a file of its own. So the first view calls nothing of theirs by name, but through these tables.

use super::editor::forms;
use super::language::bring_templates;
use super::places::Place;
use super::record::Record;
use super::state::{Phase, State, Typed};
use super::turns::turn;
use super::{
    actions, announce, browser, budget, classroom, compare, demo, device, gallery, importing, learn, offline, present,
    results, share, supplied, text,
};
use crate::benchmark::Measurement;
use crate::experiment::bring_checks;
use crate::worker::{Coming, ModelFile};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How to ask for the parts. The page's binary knows: whatever contains such a request also contains what it leads to.
#[derive(Clone, Copy)]
pub struct Sources {
    /// For [`Engine`].
    pub engine: fn() -> Coming<Engine>,
    /// For [`Rest`].
    pub rest: fn() -> Coming<Rest>,
}

/// What a run needs: the pool of workers, the protocol, what follows from news.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Takes the worker that was started early.
    pub(super) start: fn(State),
    /// Runs the experiment under edit.
    pub(super) run: fn(State),
    /// Stops the run.
    pub(super) stop: fn(State),
}

/// Everything else: results, forms, links, the database, the other places.
#[derive(Clone, Copy)]
pub struct Rest {
    /// Reads what the browser keeps and what the address says, and follows both from now on.
    pub(super) start: fn(State),
    pub(super) undo: fn(State),
    pub(super) share: fn(State),
    pub(super) save: fn(State, Record, Option<Vec<ModelFile>>),
    pub(super) save_figures: fn(State, device::Figures),
    pub(super) supply: fn(State),
    pub(super) open_file: fn(State, Typed, web_sys::Blob),
    pub(super) hand_over: fn(State, ModelFile, &str),
    pub(super) import: fn(State) -> AnyView,
    pub(super) runs: fn(State) -> AnyView,
    pub(super) results: fn(State) -> AnyView,
    pub(super) device: fn(State) -> AnyView,
    pub(super) gallery: fn(State) -> AnyView,
    pub(super) compare: fn(State) -> AnyView,
    pub(super) demo: fn(State) -> AnyView,
    pub(super) new_version: fn(State) -> AnyView,
    pub(super) announced: fn(State) -> AnyView,
    pub(super) budget: fn(State) -> AnyView,
    pub(super) learn: fn(State) -> AnyView,
    pub(super) paced: fn(State, &Measurement),
    pub(super) data_form: fn(State) -> AnyView,
    pub(super) network_form: fn(State) -> AnyView,
    pub(super) training_form: fn(State) -> AnyView,
    pub(super) variant_form: fn(State, u32) -> AnyView,
    pub(super) recipe_form: fn(State, Typed) -> AnyView,
    pub(super) assignment: fn(State) -> AnyView,
    pub(super) class: fn(State) -> AnyView,
    pub(super) dialog: fn(State) -> AnyView,
    pub(super) embed: fn(State) -> AnyView,
    pub(super) preview: fn(State) -> AnyView,
    pub(super) present: fn(State),
    pub(super) presenter: fn(State) -> AnyView,
}

impl Engine {
    /// The table. To be called in the engine's part alone.
    #[allow(clippy::new_without_default)] // a default might be called from anywhere
    pub fn new() -> Self {
        Self { start: actions::start_pool, run: actions::run, stop: actions::stop }
    }
}

impl Rest {
    /// The table. To be called in its part alone.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        bring_checks();
        bring_templates();
        Self {
            start: actions::restore,
            undo: actions::undo,
            share: results::share,
            save: actions::save,
            save_figures: device::save,
            supply: supplied::run,
            open_file: forms::open_file,
            hand_over: results::made,
            import: importing::button,
            runs: results::runs,
            results: results::all,
            device: device::place,
            gallery: gallery::place,
            compare: compare::place,
            demo: demo::show,
            new_version: offline::new_version,
            announced: announce::announced,
            budget: supplied::before_run,
            learn: learn::place,
            paced: budget::measured,
            data_form: forms::data,
            network_form: forms::network,
            training_form: forms::training,
            variant_form: forms::variant,
            recipe_form: forms::recipe,
            assignment: classroom::assignment,
            class: classroom::place,
            dialog: share::dialog,
            embed: share::embed,
            preview: share::preview,
            present: present::begin,
            presenter: present::bar,
        }
    }
}

/// The parts as far as they are there, and what waits for them.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    sources: Sources,
    engine: RwSignal<Option<Engine>>,
    rest: RwSignal<Option<Rest>>,
    /// A part did not come; nothing is under way until the visitor tries again.
    pub failed: RwSignal<bool>,
    loading: StoredValue<bool>,
    /// How many of those that waited for the rest may be drawn by now, and how many have waited.
    served: RwSignal<usize>,
    queued: RwSignal<usize>,
    /// What the visitor has asked of parts that were not there.
    waiting: StoredValue<Waiting, LocalStorage>,
}

#[derive(Default)]
struct Waiting {
    engine: Vec<Box<dyn FnOnce(Engine)>>,
    rest: Vec<Box<dyn FnOnce(Rest)>>,
}

impl Parts {
    pub fn new(sources: Sources) -> Self {
        Self {
            sources,
            engine: RwSignal::new(None),
            rest: RwSignal::new(None),
            failed: RwSignal::new(false),
            loading: StoredValue::new(false),
            served: RwSignal::new(0),
            queued: RwSignal::new(0),
            waiting: StoredValue::new_local(Waiting::default()),
        }
    }

    /// Whether everything has come.
    pub fn all_there(&self) -> bool {
        self.rest.with(Option::is_some)
    }

    /// Whether all that waited for the rest has been drawn.
    pub fn settled(&self) -> bool {
        self.rest.with_untracked(Option::is_some) && self.served.get_untracked() == self.queued.get_untracked()
    }

    /// Whether the rest is there and it is this one's turn to be drawn by it.
    fn in_turn(self) -> Memo<bool> {
        let mut turn = 0;
        if self.rest.with_untracked(Option::is_none) {
            self.queued.update(|queued| {
                *queued += 1;
                turn = *queued;
            });
        }
        Memo::new(move |_| self.all_there() && self.served.get() >= turn)
    }

    /// Does something with the engine's part, as soon as it is there.
    pub fn with_engine(&self, act: impl FnOnce(Engine) + 'static) {
        match self.engine.get_untracked() {
            Some(engine) => act(engine),
            None => self.waiting.update_value(|waiting| waiting.engine.push(Box::new(act))),
        }
    }

    /// Does something with the rest, as soon as it is there.
    pub fn with_rest(&self, act: impl FnOnce(Rest) + 'static) {
        match self.rest.get_untracked() {
            Some(rest) => act(rest),
            None => self.waiting.update_value(|waiting| waiting.rest.push(Box::new(act))),
        }
    }

    /// What the rest draws beside something; nothing until it is there.
    pub fn add(self, view: impl Fn(Rest) -> AnyView + Send + 'static) -> impl IntoView {
        let due = self.in_turn();
        move || due.get().then(|| self.rest.get_untracked()).flatten().map(&view)
    }

    /// What the rest draws; until it is there, a line that says so.
    pub fn draw(self, view: impl Fn(Rest) -> AnyView + Send + 'static) -> impl IntoView {
        let due = self.in_turn();
        move || {
            match due.get().then(|| self.rest.get_untracked()).flatten() {
            Some(rest) => view(rest),
            None => view! { <p class="hint">{move || if self.failed.get() { text::PART_MISSING.tr() } else { text::PART_COMING.tr() }}</p> }
                .into_any(),
        }
        }
    }

    /// What the rest draws in something that is folded, and what is to be told when it is unfolded: it is drawn from then on, since
    /// the forms of an experiment come by the dozen, and hardly any is looked at.
    pub fn fold(
        self,
        open: bool,
        view: impl Fn(Rest) -> AnyView + Send + Copy + 'static,
    ) -> (impl Fn(web_sys::Event), impl IntoView) {
        let unfolded = RwSignal::new(open);
        (move |_| unfolded.set(true), move || unfolded.get().then(|| self.draw(view)))
    }
}

/// Loads the parts one after another: the engine's at once, the rest when the worker has started or the visitor does
/// something, so that it does not compete with what the first run needs. After a failure, when the visitor says so.
pub(super) fn keep_loading(state: State) {
    let parts = state.parts;
    let wanted = RwSignal::new(actions::needs_rest());
    let want = move || {
        if !wanted.get_untracked() {
            wanted.set(true);
        }
    };
    let _ = window_event_listener(leptos::ev::pointerdown, move |_| want());
    let _ = window_event_listener(leptos::ev::keydown, move |_| want());
    Effect::new(move |_| {
        let (failed, engine, rest) = (parts.failed.get(), parts.engine.get(), parts.rest.get());
        let due = wanted.get() || state.place.get() != Place::Playground || state.phase.get() != Phase::Loading;
        if failed || parts.loading.get_value() || rest.is_some() || engine.is_some() && !due {
            return;
        }
        parts.loading.set_value(true);
        spawn_local(async move {
            let come = if engine.is_none() { load_engine(state).await } else { load_rest(state).await };
            parts.loading.set_value(false);
            parts.failed.set(!come); // also lets this be looked at again
        });
    });
}

async fn load_engine(state: State) -> bool {
    let parts = state.parts;
    let Some(engine) = (parts.sources.engine)().await else { return false };
    (engine.start)(state);
    parts.engine.set(Some(engine));
    let waiting = parts.waiting.try_update_value(|waiting| std::mem::take(&mut waiting.engine));
    waiting.into_iter().flatten().for_each(|act| act(engine));
    true
}

async fn load_rest(state: State) -> bool {
    let parts = state.parts;
    let Some(rest) = (parts.sources.rest)().await else { return false };
    turn().await;
    (rest.start)(state);
    turn().await;
    parts.rest.set(Some(rest));
    let waiting = parts.waiting.try_update_value(|waiting| std::mem::take(&mut waiting.rest));
    waiting.into_iter().flatten().for_each(|act| act(rest));
    while !(parts.settled() && state.drawn.get_untracked()) {
        turn().await;
        if !parts.settled() {
            parts.served.update(|served| *served += 1);
        }
    }
    browser::set_root("parts", "all");
    true
}
