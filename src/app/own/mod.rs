//! Data of the visitor's own: brought as files or drawn here, made by a worker, looked at, and laid out; kept in this browser.

mod bring;
mod drawing;
mod dropped;
mod kept;
mod look;

use super::language::said;
use super::state::{Shared, State};
use super::text::own as words;
use super::{browser, storage};
use crate::data::import::Settings;
use crate::data::{DatasetName, Own};
use crate::experiment::Data;
use crate::network::{Architecture, Shape};
use crate::worker::{Answer, Made, ModelFile, Question};
use bring::Bring;
use kept::KeptData;
use leptos::prelude::*;
use look::LookAt;
use std::cell::RefCell;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// Under which path the worker is handed the files.
const BUNDLE: &str = "own files";

/// A file that was chosen.
#[derive(Clone)]
struct Chosen {
    /// With its folders.
    path: String,
    content: Blob,
}

thread_local! {
    /// What was chosen stays when the page is drawn anew, as in another language.
    static CHOSEN: RefCell<Vec<Chosen>> = const { RefCell::new(Vec::new()) };
    static DESK: Kept = Kept::default();
}

/// See [`Desk`].
#[derive(Default)]
struct Kept {
    title: ArcRwSignal<String>,
    settings: ArcRwSignal<Settings>,
    files: ArcRwSignal<(usize, f64)>,
    under_way: ArcRwSignal<bool>,
    taking: ArcRwSignal<bool>,
    fault: ArcRwSignal<Option<String>>,
    made: ArcRwSignal<Option<Shared<Made>>>,
    names: ArcRwSignal<Vec<String>>,
    stored: ArcRwSignal<u32>,
}

/// What lies on the desk: files, how they become data, and what has become of them.
#[derive(Clone, Copy)]
struct Desk {
    state: State,
    title: RwSignal<String>,
    settings: RwSignal<Settings>,
    /// How many files were chosen, and their bytes.
    files: RwSignal<(usize, f64)>,
    /// A worker is reading.
    under_way: RwSignal<bool>,
    /// What comes next is to be laid out.
    taking: RwSignal<bool>,
    /// Why nothing has become of them.
    fault: RwSignal<Option<String>>,
    made: RwSignal<Option<Shared<Made>>>,
    /// What the classes are to be called.
    names: RwSignal<Vec<String>>,
    /// Counts up when the browser keeps other data than before.
    stored: RwSignal<u32>,
}

/// What belongs to own data, below the choice of the data set.
#[component]
pub(super) fn OwnData(state: State) -> impl IntoView {
    let desk = Desk::new(state);
    view! {
        <div class="own" data-testid="own">
            {move || state.draft.with(|d| d.recipe.data.described().is_none()).then(|| view! { <p class="hint">{words::NONE_YET}</p> })}
            <KeptData desk/>
            <Bring desk/>
            <p class="hint" role="status">{move || desk.under_way.get().then(|| words::READING.tr())}</p>
            {move || desk.fault.get().map(|fault| view! { <p class="wrong" role="alert" data-testid="own-fault">{said(&fault)}</p> })}
            {move || desk.made.get().map(|made| view! { <LookAt desk made/> })}
        </div>
    }
}

impl Desk {
    /// Hears what workers say from now on.
    fn new(state: State) -> Self {
        let desk = DESK.with(|kept| Self {
            state,
            title: kept.title.clone().into(),
            settings: kept.settings.clone().into(),
            files: kept.files.clone().into(),
            under_way: kept.under_way.clone().into(),
            taking: kept.taking.clone().into(),
            fault: kept.fault.clone().into(),
            made: kept.made.clone().into(),
            names: kept.names.clone().into(),
            stored: kept.stored.clone().into(),
        });
        Effect::new(move |_| {
            let said = state.answer.with(|said| Answer::of_kind("own", said.as_deref()));
            if let Some(Answer::Own(result)) = said {
                desk.hear(result);
            }
        });
        desk
    }

    /// Adds files to those chosen, and has them read.
    fn choose(self, files: Vec<Chosen>) {
        let first = files.first().map(|file| file.path.clone()).unwrap_or_default();
        if files.is_empty() {
            return;
        }
        if self.title.with_untracked(|title| title.trim().is_empty()) {
            // The outermost folder, or the file without its ending.
            let name = first.split('/').next().unwrap_or_default();
            self.title.set(name.split('.').next().unwrap_or_default().chars().take(crate::data::MAX_TITLE).collect());
        }
        CHOSEN.with_borrow_mut(|chosen| chosen.extend(files));
        self.read();
    }

    /// Begins anew.
    fn clear(self) {
        CHOSEN.with_borrow_mut(Vec::clear);
        self.title.set(String::new());
        self.read();
    }

    /// Hands what was chosen to a worker, which makes data of it.
    fn read(self) {
        let chosen = CHOSEN.with_borrow(Clone::clone);
        let bytes: f64 = chosen.iter().map(|file| file.content.size()).sum();
        self.files.set((chosen.len(), bytes));
        self.fault.set(None);
        self.made.set(None);
        if chosen.is_empty() {
            return;
        }
        let most = crate::data::import::MAX_INPUT as f64;
        if bytes > most {
            return self.fault.set(Some(words::too_large(bytes, most)));
        }
        self.under_way.set(true);
        spawn_local(async move {
            let files = chosen.iter().map(|file| (file.path.clone(), file.content.size() as usize)).collect();
            let Some(bundle) = browser::read_together(chosen.iter().map(|file| &file.content)).await else {
                self.under_way.set(false);
                return self.fault.set(Some(words::UNREAD.tr().into()));
            };
            self.state.with_pool(|pool| pool.hand(ModelFile { name: BUNDLE.into(), file: bundle }));
            self.ask(Some(BUNDLE.into()), files, false);
        });
    }

    /// Has what was made laid out, with its classes named as they are now.
    fn take(self) {
        self.taking.set(true);
        self.under_way.set(true);
        self.ask(None, Vec::new(), true);
    }

    fn ask(self, bundle: Option<String>, files: Vec<(String, usize)>, take: bool) {
        let mut settings = self.settings.get_untracked();
        settings.labels = take.then(|| self.names.get_untracked());
        let title = self.title.get_untracked();
        let question = Question::Own { bundle, files, title, settings, take };
        self.state.with_pool(|pool| pool.inspect(None, question.to_json()));
    }

    fn hear(self, result: Result<Made, String>) {
        if !self.under_way.get_untracked() {
            return; // said to another page before
        }
        self.under_way.set(false);
        let taking = self.taking.get_untracked();
        self.taking.set(false);
        match result {
            Err(fault) => self.fault.set(Some(fault)),
            Ok(made) if taking => {
                self.fault.set(None);
                self.lay_out(made.own);
                self.state.tell(words::TAKEN);
            }
            Ok(made) => {
                self.names.set(made.own.labels.clone());
                self.made.set(Some(Shared(Arc::new(made))));
            }
        }
    }

    /// The experiment under edit is on these data from now on.
    fn lay_out(self, own: Own) {
        remember(own.clone(), self.stored);
        self.state.draft.update(|draft| {
            let recipe = &mut draft.recipe;
            recipe.data = Data::of(own);
            let info = recipe.data.info();
            let [height, width, channels] = info.shape;
            // A network that cannot take such samples gives way to one that can.
            if recipe.network.layers(Shape { height, width, channels }, info.classes()).is_err() {
                recipe.network = match info.is_points() {
                    true => Architecture::mlp(&[64, 32]),
                    false => Architecture::default(),
                };
            }
        });
    }
}

/// Keeps what a recipe says of own data, beside their file, so that they can be laid out again.
pub(super) fn remember(own: Own, stored: RwSignal<u32>) {
    spawn_local(async move {
        let json = serde_json::to_vec(&own).unwrap_or_default(); // plain data: cannot fail
        storage::save_file(&kept::about(&own.digest), &json).await;
        stored.update(|n| *n += 1);
    });
}

/// Keeps the description of the data under edit, whose file was supplied.
pub(super) fn supplied(state: State, path: &str) {
    let own = state.draft.with_untracked(|d| d.recipe.data.described().cloned());
    if let Some(own) = own.filter(|own| own.path() == path) {
        remember(own, DESK.with(|kept| kept.stored.clone().into()));
    }
}

/// Chooses own data, which has yet to be brought.
pub(super) fn begin(state: State) {
    state.draft.update(|draft| {
        if draft.recipe.data.dataset != DatasetName::Own {
            draft.recipe.data = Data { dataset: DatasetName::Own, ..Data::default() };
        }
    });
}
