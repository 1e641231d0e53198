//! The panel: the file, what it holds, which tensor goes where, what is known of the network, and what becomes of it.

use super::super::editor::NetworkForm;
use super::super::editor::inputs::{CheckField, NumberField};
use super::super::language::said;
use super::super::state::State;
use super::super::text::{NOT_DELETED, importing as words};
use super::super::{browser, storage};
use super::{Importing, Wish, label, open};
use crate::export::{Fit, Row};
use crate::worker::Reading;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Of MNIST's pixels, as its tutorials have them.
const MNIST: [f64; 2] = [0.1307, 0.3081];

/// Opens the panel.
pub(in crate::app) fn button(state: State) -> AnyView {
    view! {
        <button
            data-testid="import"
            title=words::OPEN_HELP
            disabled=move || state.locked("variants")
            on:click=move |_| open(state, None)
        >{words::OPEN}</button>
    }
    .into_any()
}

/// What the dialog shows.
pub(in crate::app) fn panel(state: State) -> AnyView {
    let importing = Importing::here();
    let data = move || state.draft.with(|d| words::for_data(d.recipe.data.info()));
    let read = Memo::new(move |_| importing.read.get());
    let found = Memo::new(move |_| read.get().and_then(Result::ok));
    let error = Memo::new(move |_| read.get().and_then(Result::err));
    view! {
        <div class="import">
            <p>{words::ABOUT}</p>
            <p class="hint">{data}</p>
            <Choose state importing/>
            <div role="status" data-testid="import-status">
                {move || importing.waiting.get().then(|| view! { <p>{words::READING}</p> })}
                {move || found.with(|found| found.as_ref().map(|found| view! { <p><strong>{label(found)}</strong></p> }))}
            </div>
            {move || error.get().map(|e| view! { <p class="wrong" role="alert" data-testid="import-error">{said(&e)}</p> })}
            {move || importing.file.with(Option::is_some).then(|| view! { <Settings state importing found/> })}
            {move || found.with(Option::is_some).then(|| view! { <Mapping state importing found/> })}
            {move || found.with(Option::is_some).then(|| view! { <Adopt state importing/> })}
            <KeptFiles state/>
        </div>
    }
    .into_any()
}

/// Where the file is dropped, or chosen.
#[component]
fn Choose(state: State, importing: Importing) -> impl IntoView {
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        if let Some(file) = browser::first_file(&ev.target()) {
            open(state, Some(file));
        }
        ev.target().set_value("");
    };
    let drop = move |ev: web_sys::DragEvent| {
        if let Some(file) = browser::dropped_file(&ev) {
            ev.prevent_default();
            open(state, Some(file));
        }
    };
    let name = move || importing.file.with(|file| file.as_ref().map(|(name, bytes)| words::file(name, bytes.len())));
    view! {
        <div class="drop" on:dragover=|ev| ev.prevent_default() on:drop=drop>
            <span>{move || name().unwrap_or_else(|| words::DROP.into())}</span>
            <label class="file">
                {words::CHOOSE}
                <input type="file" data-testid="import-file" accept=".safetensors,.onnx,.fwm" on:change:target=choose/>
            </label>
        </div>
    }
}

/// What shapes do not tell.
#[component]
fn Settings(state: State, importing: Importing, found: Memo<Option<Reading>>) -> impl IntoView {
    let settings = importing.settings;
    let network = Signal::derive(move || {
        let named = settings.with(|s| s.network.clone());
        named.or_else(|| found.with(|found| found.as_ref().map(|found| found.network.clone()))).unwrap_or_default()
    });
    let set = Callback::new(move |network| importing.change(state, |s| s.network = Some(network)));
    let normalized = Memo::new(move |_| settings.with(|s| s.normalized));
    let toggle = Callback::new(move |on: bool| importing.change(state, |s| s.normalized = on.then_some(MNIST)));
    let field = move |label, at: usize, range| {
        let value = Signal::derive(move || normalized.get().unwrap_or(MNIST)[at]);
        let set = Callback::new(move |value: f64| {
            importing.change(state, |s| {
                let mut both = s.normalized.unwrap_or(MNIST);
                both[at] = value;
                s.normalized = Some(both);
            });
        });
        view! { <NumberField label value range step=0.01 set/> }
    };
    view! {
        <details class="more" data-testid="import-settings">
            <summary>{words::SETTINGS}</summary>
            <p class="hint">{words::SETTINGS_HELP}</p>
            <NetworkForm network set/>
            <button
                data-testid="import-guess"
                disabled=move || settings.with(|s| s.network.is_none())
                on:click=move |_| importing.change(state, |s| s.network = None)
            >{words::GUESS}</button>
            <CheckField
                label=words::NORMALIZED
                help=words::NORMALIZED_HELP
                value=Signal::derive(move || normalized.with(Option::is_some))
                set=toggle
            />
            {move || normalized.with(Option::is_some).then(|| view! {
                {field(words::MEAN, 0, (-1.0, 1.0))}
                {field(words::DEVIATION, 1, (0.01, 2.0))}
            })}
        </details>
    }
}

/// Which tensor went where, to be changed where several fit.
#[component]
fn Mapping(state: State, importing: Importing, found: Memo<Option<Reading>>) -> impl IntoView {
    // The rows are drawn anew with each reading: who changed one by keyboard is still at it.
    let changed = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        found.track();
        let Some(module) = changed.get_untracked() else { return };
        request_animation_frame(move || {
            if let Some(select) = browser::element(&format!("[data-testid=\"module-{module}\"]")) {
                browser::focus(&select);
            }
        });
    });
    let rows = move || {
        let Some(Reading { table, fits, .. }) = found.get() else { return Vec::new() };
        let row = |row: Row| {
            let weight = row.slot.as_deref().and_then(|slot| slot.strip_suffix(".weight"));
            let fit = weight.and_then(|module| fits.iter().find(|fit| fit.module == module));
            let there = match (fit.filter(|fit| fit.choices.len() > 1), row.tensor) {
                (Some(fit), _) => choice(state, importing, changed, fit),
                (None, Some(tensor)) => view! { <bdi>{tensor}</bdi> }.into_any(),
                (None, None) => view! { <em>{words::ZERO}</em> }.into_any(),
            };
            let here = match row.slot {
                Some(slot) => view! { <bdi>{slot}</bdi> }.into_any(),
                None => view! { <em>{words::UNUSED}</em> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{here}</th>
                    <td>{words::shape(&row.dims)}</td>
                    <td>{there}</td>
                    <td>{words::shape(&row.stored)}</td>
                </tr>
            }
        };
        table.into_iter().map(row).collect::<Vec<_>>()
    };
    view! {
        <h3>{words::MAPPING}</h3>
        <p class="hint">{words::MAPPING_HELP}</p>
        <div class="scroll" tabindex="0" role="group" aria-label=words::MAPPING.tr()>
            <table class="mapping" data-testid="mapping">
                <thead><tr>
                    <th scope="col">{words::HERE}</th>
                    <th scope="col">{words::SHAPE}</th>
                    <th scope="col">{words::THERE}</th>
                    <th scope="col">{words::SHAPE}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The modules of the file that could go to one here.
fn choice(state: State, importing: Importing, changed: RwSignal<Option<String>>, fit: &Fit) -> AnyView {
    let Fit { module, from, choices } = fit.clone();
    let (label, name) = (words::module(&module), format!("module-{module}"));
    let choose = move |ev: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlSelectElement>| {
        let (here, there) = (module.clone(), ev.target().value());
        changed.set(Some(here.clone()));
        importing.change(state, move |s| {
            // A module of the file has one place.
            s.modules.retain(|(old, from)| *old != here && *from != there);
            s.modules.push((here, there));
        });
    };
    view! {
        <select aria-label=label data-testid=name on:change:target=choose>
            {choices.into_iter().map(|name| view! {
                <option value=name.clone() selected=name == from>{name.clone()}</option>
            }).collect_view()}
        </select>
    }
    .into_any()
}

/// What becomes of it.
#[component]
fn Adopt(state: State, importing: Importing) -> impl IntoView {
    let adopt = move |wish| {
        importing.wish.set(wish);
        importing.ask(state, true);
    };
    let waits = move || importing.waiting.get() || state.locked("variants");
    view! {
        <CheckField label=words::FOLLOW value=importing.follow set=Callback::new(move |on| importing.follow.set(on))/>
        <p class="hint">{words::ADD_HELP}</p>
        <div class="buttons">
            <button class="primary" data-testid="import-add" disabled=waits on:click=move |_| adopt(Wish::Add)>{words::ADD}</button>
            <button data-testid="import-begin" disabled=waits on:click=move |_| adopt(Wish::Begin)>{words::BEGIN}</button>
        </div>
    }
}

/// The files that the browser keeps, and a way to be rid of them.
#[component]
fn KeptFiles(state: State) -> impl IntoView {
    let paths = RwSignal::new(Vec::<String>::new());
    let look = move || {
        spawn_local(async move {
            let mut found = storage::file_paths().await;
            found.retain(|path| path.starts_with("models/")); // own data are listed with the data
            drop(paths.try_set(found));
        });
    };
    look();
    let forget = move |path: String| {
        spawn_local(async move {
            if !storage::delete_file(&path).await {
                state.complain(NOT_DELETED);
            }
            look();
        });
    };
    move || {
        paths.with(|paths| !paths.is_empty()).then(|| view! {
            <details class="more kept-files">
                <summary>{words::KEPT}</summary>
                <ul>
                    {paths.get().into_iter().map(|path| {
                        let (shown, label) = (path.clone(), words::forget(&path));
                        view! {
                            <li>
                                <bdi>{shown}</bdi>
                                <button aria-label=label on:click=move |_| forget(path.clone())>{words::FORGET}</button>
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </details>
        })
    }
}
