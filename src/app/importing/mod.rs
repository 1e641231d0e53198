//! Networks of other tools: a file is handed to the worker, which reads it as often as a setting changes; what is adopted becomes
//! a variant, and the model that was made of the file a supplied file ([`super::supplied`]).

mod panel;

use super::language::said;
use super::places::Place;
use super::state::State;
use super::text::importing as words;
use super::text::supplied::{OTHER_FILE, TAKEN, UNREAD_FILE, too_large};
use super::{actions, browser, share::Dialog, supplied};
use crate::experiment::{Recipe, Variant, beginning_with, imported_digest, imported_variant};
use crate::export::{ImportSettings, LONGEST_IMPORT};
use crate::network::Architecture;
use crate::worker::{Answer, ModelFile, Question, Reading};
use leptos::prelude::*;
pub(super) use panel::{button, panel};
use wasm_bindgen_futures::spawn_local;
pub(super) use words::TITLE;

/// How the names of files end that are networks, or that people take for networks that can be read.
const ENDINGS: [&str; 7] = [".safetensors", ".onnx", ".fwm", ".pt", ".pth", ".bin", ".ckpt"];

/// The path under which a file is handed to the worker.
const HANDED: &str = "import";

/// What is imported. It stays while the panel is closed, or drawn anew in another language.
#[derive(Clone, Copy)]
struct Importing {
    /// The file's name and bytes.
    file: RwSignal<Option<(String, StoredBytes)>>,
    /// What the visitor has said of it.
    settings: RwSignal<ImportSettings>,
    /// What a worker has made of it, or why it has not.
    read: RwSignal<Option<Result<Reading, String>>>,
    /// A question is on its way.
    waiting: RwSignal<bool>,
    /// With pruned and quantized variants.
    follow: RwSignal<bool>,
    /// What is to be done when the model comes.
    wish: RwSignal<Wish>,
}

/// A file's bytes, which are shared and never compared.
type StoredBytes = std::sync::Arc<Vec<u8>>;

/// What becomes of a model that a worker was asked to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// It was asked for to supply a file.
    Supply,
    /// It joins the experiment under edit.
    Add,
    /// It begins another.
    Begin,
}

thread_local! {
    /// Owned by nobody, so that no part of the page takes it along when it goes.
    static STATE: Importing = {
        let owner = Owner::new();
        let state = owner.with(|| Importing {
            file: RwSignal::new(None),
            settings: RwSignal::new(ImportSettings::default()),
            read: RwSignal::new(None),
            waiting: RwSignal::new(false),
            follow: RwSignal::new(true),
            wish: RwSignal::new(Wish::Supply),
        });
        std::mem::forget(owner);
        state
    };
}

impl Importing {
    /// The one that there is.
    fn here() -> Self {
        STATE.with(|state| *state)
    }

    /// Has the worker read the file as the settings say.
    fn ask(self, state: State, take: bool) {
        let Some((_, bytes)) = self.file.get_untracked() else { return };
        self.waiting.set(true);
        hand(state, bytes.to_vec(), self.settings.get_untracked(), take);
    }

    /// Changes what is said of the file, and has it read again.
    fn change(self, state: State, change: impl FnOnce(&mut ImportSettings)) {
        self.settings.update(change);
        self.ask(state, false);
    }
}

/// Hands a file to the worker and asks what it holds.
fn hand(state: State, file: Vec<u8>, settings: ImportSettings, take: bool) {
    let data = state.draft.with_untracked(|d| d.recipe.data.clone());
    let question = Question::Import { file: HANDED.into(), data, settings, take };
    state.with_pool(|pool| {
        pool.hand(ModelFile { name: HANDED.into(), file });
        pool.inspect(None, question.to_json());
    });
}

/// Listens for what workers say.
pub(super) fn start(state: State) {
    let importing = Importing::here();
    Effect::new(move |_| {
        let said = state.answer.with(|said| Answer::of_kind("import", said.as_deref()));
        let Some(Answer::Import(read)) = said else { return };
        importing.waiting.set(false);
        if state.dialog.get_untracked() == Some(Dialog::Import) {
            importing.read.set(Some(read));
        } else if let Err(error) = read {
            state.complain(error);
        }
    });
}

/// Whether a file looks like a network.
pub(super) fn is_network(file: &web_sys::Blob) -> bool {
    let name = browser::name_of(file).to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Opens the panel, with a file if there is one.
pub(super) fn open(state: State, file: Option<web_sys::Blob>) {
    if state.place.get_untracked() != Place::Playground {
        browser::go("#playground");
    }
    // Set again, it would be drawn again.
    if state.dialog.get_untracked() != Some(Dialog::Import) {
        state.dialog.set(Some(Dialog::Import));
    }
    let Some(file) = file else { return };
    let (importing, name) = (Importing::here(), browser::name_of(&file));
    importing.settings.set(ImportSettings::default());
    if file.size() > LONGEST_IMPORT as f64 {
        importing.file.set(None);
        return importing.read.set(Some(Err(too_large(file.size(), LONGEST_IMPORT as f64))));
    }
    importing.read.set(None);
    importing.waiting.set(true);
    spawn_local(async move {
        match browser::read_bytes(file).await {
            Some(bytes) => {
                importing.file.set(Some((name, bytes.into())));
                importing.ask(state, false);
            }
            None => {
                importing.waiting.set(false);
                importing.read.set(Some(Err(UNREAD_FILE.into())));
            }
        }
    });
}

/// A file was chosen for a model that the experiment under edit lacks, and it is not that model: perhaps it is the file that the
/// model was made of.
pub(super) fn supply(state: State, file: Vec<u8>) {
    let lacking = state.missing.get_untracked();
    let of = |variant: &&Variant| {
        let digest = variant.imported.as_deref().unwrap_or_default();
        !digest.is_empty() && lacking.iter().any(|path| path.contains(digest))
    };
    let network = state.draft.with_untracked(|d| {
        let variant = d.recipe.variants.iter().find(of)?;
        Some(variant.network.clone().unwrap_or_else(|| d.recipe.network.clone()))
    });
    let Some(network) = network else { return state.complain(OTHER_FILE) };
    Importing::here().wish.set(Wish::Supply);
    hand(state, file, ImportSettings { network: Some(network), ..ImportSettings::default() }, true);
}

/// A worker has made a model of a file.
pub(super) fn made(state: State, model: ModelFile) {
    let importing = Importing::here();
    let ModelFile { name: path, file } = model;
    let wish = importing.wish.get_untracked();
    if wish == Wish::Supply {
        let lacked = state.missing.with_untracked(|missing| missing.contains(&path));
        if !lacked {
            return state.complain(OTHER_FILE);
        }
        supplied::keep(state, path, file);
        return state.tell(TAKEN);
    }
    importing.wish.set(Wish::Supply);
    let Some(digest) = imported_digest(&path) else { return };
    let Some(Ok(reading)) = importing.read.get_untracked() else { return };
    supplied::keep(state, path.clone(), file);
    let mut variants = beginning_with(imported_variant(digest));
    if !importing.follow.get_untracked() {
        variants.truncate(1);
    }
    let recipe = state.draft.with_untracked(|d| d.recipe.clone());
    let recipe = match wish {
        Wish::Begin => {
            let file = importing.file.with_untracked(|file| file.as_ref().map(|(name, _)| name.clone()));
            let title = words::title_of(&file.unwrap_or_default());
            Recipe { title, network: reading.network, variants, ..recipe }
        }
        _ => joined(recipe, &reading.network, variants),
    };
    actions::lay_out(state, recipe);
    // What the address holds is no longer what is laid out.
    state.opened.set(None);
    browser::go("#playground");
    browser::press("[data-testid=dialog-close]");
    state.tell(words::ADDED);
}

/// The experiment with these variants behind its own, called otherwise where their names are taken.
fn joined(mut recipe: Recipe, network: &Architecture, variants: Vec<Variant>) -> Recipe {
    let mut renamed: Vec<(String, String)> = Vec::new();
    for mut variant in variants {
        let taken = |name: &str| recipe.variants.iter().any(|other| other.names().iter().any(|own| own == name));
        let numbered = (2..).map(|number| format!("{} {number}", variant.name));
        let name = std::iter::once(variant.name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
        renamed.push((std::mem::replace(&mut variant.name, name.clone()), name));
        variant.from =
            variant.from.map(|from| renamed.iter().find(|(old, _)| *old == from).map_or(from, |(_, new)| new.clone()));
        if variant.imported.is_some() && recipe.network != *network {
            variant.network = Some(network.clone());
        }
        recipe.variants.push(variant);
    }
    recipe
}

/// The sentence about a network.
fn label(reading: &Reading) -> String {
    words::read(&said(&reading.network.label()), reading.parameters)
}
