//! Where files are dropped or chosen, and how they become data.

use super::super::browser;
use super::super::editor::inputs::{CheckField, NumberField};
use super::super::text::own as words;
use super::drawing::Drawing;
use super::{Chosen, Desk, dropped};
use crate::data::import::Settings;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

type Picked = leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>;

/// The place to drop files, the buttons beside it, and the settings once there are files.
#[component]
pub(super) fn Bring(desk: Desk) -> impl IntoView {
    let draws = RwSignal::new(false);
    let over = RwSignal::new(false);
    let pick = move |ev: Picked| {
        desk.choose(chosen(browser::files(&ev.target())));
        ev.target().set_value("");
    };
    let drop = move |ev: web_sys::DragEvent| {
        ev.prevent_default();
        ev.stop_propagation();
        over.set(false);
        let files = dropped::files(&ev);
        spawn_local(async move { desk.choose(chosen(files.await)) });
    };
    let some = Memo::new(move |_| desk.files.with(|(count, _)| *count > 0));
    let line = move || desk.files.with(|(count, bytes)| words::chosen(*count, *bytes));
    view! {
        <section
            class="own-drop"
            class:over=over
            aria-labelledby="own-bring"
            data-testid="own-drop"
            on:dragover=move |ev| { ev.prevent_default(); over.set(true) }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <h4 id="own-bring">{words::BRING}</h4>
            <p class="hint">{words::BRING_HELP}</p>
            <div class="buttons">
                <label class="file">{words::CHOOSE_FILES}<input type="file" multiple data-testid="own-files" on:change:target=pick/></label>
                <label class="file">{words::CHOOSE_FOLDER}<input type="file" multiple prop:webkitdirectory=true data-testid="own-folder" on:change:target=pick/></label>
                <button aria-expanded=move || draws.get().to_string() data-testid="own-draw" on:click=move |_| draws.update(|on| *on = !*on)>{words::DRAW}</button>
            </div>
            {move || draws.get().then(|| view! { <Drawing desk/> })}
            {move || some.get().then(|| view! {
                <p class="own-chosen"><span data-testid="own-chosen">{line}</span> <button on:click=move |_| desk.clear()>{words::REMOVE_CHOSEN}</button></p>
                <Options desk/>
            })}
        </section>
    }
}

/// Files as they are called: by their folders, where they came in one.
fn chosen(files: Vec<(String, web_sys::Blob)>) -> Vec<Chosen> {
    files.into_iter().map(|(path, content)| Chosen { path, content }).collect()
}

/// How files become data. Each change has them read again.
#[component]
fn Options(desk: Desk) -> impl IntoView {
    let number = move |read: fn(&Settings) -> f64| Signal::derive(move || desk.settings.with(read));
    let set = move |write: fn(&mut Settings, f64)| {
        Callback::new(move |value: f64| {
            desk.settings.update(|settings| write(settings, value));
            desk.read();
        })
    };
    let colour = Callback::new(move |on: bool| {
        desk.settings.update(|settings| settings.colour = on);
        desk.read();
    });
    let label = move |ev: Picked| {
        let text = ev.target().value().trim().to_string();
        desk.settings.update(|settings| settings.label = Some(text).filter(|text| !text.is_empty()));
        desk.read();
    };
    let named = move |ev: Picked| desk.title.set(ev.target().value());
    view! {
        <div class="field">
            <label><span>{words::NAME}</span>
                <input type="text" maxlength=crate::data::MAX_TITLE data-testid="own-name" prop:value=desk.title on:input:target=named/>
            </label>
        </div>
        <NumberField label=words::SIDE help=words::SIDE_HELP value=number(|s| s.side as f64) range=(4.0, 64.0) step=1.0 set=set(|s, v| s.side = v as usize)/>
        <CheckField label=words::COLOUR help=words::COLOUR_HELP value=Signal::derive(move || desk.settings.with(|s| s.colour)) set=colour/>
        <NumberField label=words::VALIDATION value=number(|s| s.validation) range=(0.01, 0.8) step=0.01 set=set(|s, v| s.validation = v)/>
        <NumberField label=words::TEST value=number(|s| s.test) range=(0.01, 0.8) step=0.01 set=set(|s, v| s.test = v)/>
        <NumberField label=words::SEED help=words::SEED_HELP value=number(|s| s.seed as f64) range=(0.0, 9_007_199_254_740_992.0) step=1.0 set=set(|s, v| s.seed = v as u64)/>
        <div class="field">
            <label><span>{words::LABEL}</span>
                <input type="text" aria-describedby="own-label-help" data-testid="own-label" prop:value=move || desk.settings.with(|s| s.label.clone().unwrap_or_default()) on:change:target=label/>
            </label>
            <small id="own-label-help">{words::LABEL_HELP}</small>
        </div>
    }
}
