//! Data of the visitor's own: brought as files or drawn here, made by a worker, looked at, and laid out; kept in this browser.

mod bring;
mod drawing;
mod dropped;
mod kept;
mod look;

use super::language::said;
use super::state::{Shared, State};
use super::text::own as words;
use super::text::supplied::NO_ROOM;
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
    asked: ArcRwSignal<u32>,
    reading: ArcRwSignal<Option<u32>>,
    taking: ArcRwSignal<Option<u32>>,
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
    /// How many questions were asked.
    asked: RwSignal<u32>,
    /// The question whose answer is waited for; what is said to earlier ones is of other files or settings.
    reading: RwSignal<Option<u32>>,
    /// The question whose answer is to be laid out.
    taking: RwSignal<Option<u32>>,
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
            <p class="hint" role="status">{move || desk.waits().then(|| words::READING.tr())}</p>
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
            asked: kept.asked.clone().into(),
            reading: kept.reading.clone().into(),
            taking: kept.taking.clone().into(),
            fault: kept.fault.clone().into(),
            made: kept.made.clone().into(),
            names: kept.names.clone().into(),
            stored: kept.stored.clone().into(),
        });
        Effect::new(move |_| {
            let said = state.answer.with(|said| Answer::of_kind("own", said.as_deref()));
            if let Some(Answer::Own { number, made }) = said {
                desk.hear(number, made);
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
        self.taking.set(None);
        self.read();
    }

    /// Hands what was chosen to a worker, which makes data of it.
    fn read(self) {
        let chosen = CHOSEN.with_borrow(Clone::clone);
        let bytes: f64 = chosen.iter().map(|file| file.content.size()).sum();
        self.files.set((chosen.len(), bytes));
        self.fault.set(None);
        self.made.set(None);
        self.reading.set(None);
        if chosen.is_empty() {
            return;
        }
        let most = crate::data::import::MAX_INPUT as f64;
        if bytes > most {
            return self.fault.set(Some(words::too_large(bytes, most)));
        }
        let number = self.number();
        self.reading.set(Some(number));
        let files = chosen.iter().map(|file| (file.path.clone(), file.content.size() as usize)).collect();
        // A name of its own, or a question would take the files of the next.
        let name = format!("own files {number}");
        let question = self.question(number, Some(name.clone()), files);
        // By then the desk may be off the page.
        let (fault, reading) = DESK.with(|kept| (kept.fault.clone(), kept.reading.clone()));
        let state = self.state;
        spawn_local(async move {
            let bundle = browser::read_together(chosen.iter().map(|file| &file.content)).await;
            if reading.get_untracked() != Some(number) {
                return; // asked anew meanwhile
            }
            let Some(file) = bundle else {
                reading.set(None);
                return fault.set(Some(words::UNREAD.tr().into()));
            };
            state.with_pool(|pool| {
                pool.hand(ModelFile { name, file });
                pool.inspect(None, question.to_json());
            });
        });
    }

    /// Has what was made laid out, with its classes named as they are now.
    fn take(self) {
        let number = self.number();
        self.taking.set(Some(number));
        let question = self.question(number, None, Vec::new());
        self.state.with_pool(|pool| pool.inspect(None, question.to_json()));
    }

    /// Whether a worker has yet to answer.
    fn waits(self) -> bool {
        self.reading.with(Option::is_some) || self.taking.with(Option::is_some)
    }

    /// The next question's number.
    fn number(self) -> u32 {
        self.asked.update(|asked| *asked += 1);
        self.asked.get_untracked()
    }

    /// What is asked: of a bundle of files what they make, of what was made last that it be taken.
    fn question(self, number: u32, bundle: Option<String>, files: Vec<(String, usize)>) -> Question {
        let take = bundle.is_none();
        let labels = take.then(|| self.names.get_untracked());
        let settings = Settings { labels, ..self.settings.get_untracked() };
        Question::Own { number, bundle, files, title: self.title.get_untracked(), settings, take }
    }

    fn hear(self, number: u32, made: Result<Made, String>) {
        let (reading, taking) = (self.reading.get_untracked(), self.taking.get_untracked());
        if reading == Some(number) {
            self.reading.set(None);
        } else if taking == Some(number) {
            self.taking.set(None);
        } else {
            return;
        }
        match made {
            Err(fault) => self.fault.set(Some(fault)),
            Ok(made) if taking == Some(number) => {
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
        remember(self.state, own.clone());
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
fn remember(state: State, own: Own) {
    if browser::embedded().is_some() {
        return; // what comes into a frame is gone with it
    }
    let stored = DESK.with(|kept| kept.stored.clone());
    spawn_local(async move {
        let json = serde_json::to_vec(&own).unwrap_or_default(); // plain data: cannot fail
        if !storage::save_file(&kept::about(&own.digest), &json).await {
            state.tell(NO_ROOM);
        }
        stored.update(|n| *n += 1);
    });
}

/// Keeps the description of the data under edit, whose file was supplied.
pub(super) fn supplied(state: State, path: &str) {
    let own = state.draft.with_untracked(|d| d.recipe.data.described().cloned());
    if let Some(own) = own.filter(|own| own.path() == path) {
        remember(state, own);
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
