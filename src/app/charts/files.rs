//! The numbers behind a chart, folded away, and the files that they and the chart can be saved as.

use super::super::language::Text;
use super::super::text::export as words;
use super::super::{browser, format, state::State, text};
use super::picture::{drawing, picture, shown_above};
use crate::experiment::compare::{Cell, Table};
use crate::experiment::{Link, Recipe};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The most rows that are drawn; the files hold all.
const ROWS: usize = 200;

/// What the numbers are behind, in the same figure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Above {
    /// A table, or nothing.
    Nothing,
    /// A canvas.
    Canvas,
    /// A chart.
    Chart,
}

/// The experiment that what is drawn below came from: provided as a context where it came from one.
#[derive(Clone, Copy)]
pub(in crate::app) struct Origin(pub Signal<Option<Link>>);

/// A table of the numbers behind the chart in the same figure. `table` is asked only where they are looked at or saved.
pub(super) fn numbers(title: Signal<String>, table: impl Fn() -> Table + Clone + Send + Sync + 'static) -> AnyView {
    folded(text::DATA_BEHIND, title, Above::Chart, true, table)
}

/// A table of the numbers behind a canvas, likewise.
pub(in crate::app) fn plane_numbers(
    title: Signal<String>,
    table: impl Fn() -> Table + Clone + Send + Sync + 'static,
) -> AnyView {
    folded(text::DATA_BEHIND, title, Above::Canvas, true, table)
}

/// A table that is folded away beneath a line.
pub(in crate::app) fn folded_table(line: Text, heads: Vec<String>, rows: Vec<Vec<String>>) -> AnyView {
    let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::text).collect()).collect();
    let table = Table { heads, rows };
    folded(line, Signal::stored(line.to_string()), Above::Nothing, false, move || table.clone())
}

fn folded(
    line: Text,
    title: Signal<String>,
    above: Above,
    lazy: bool,
    table: impl Fn() -> Table + Clone + Send + Sync + 'static,
) -> AnyView {
    // The numbers of a chart are drawn when they are looked at: long tables cost time to lay out, and those of a run under way
    // would be laid out again and again.
    let open = RwSignal::new(!lazy);
    let toggled = move |ev: web_sys::Event| {
        open.set(!lazy || event_target::<web_sys::Element>(&ev).has_attribute("open"));
    };
    let origin = use_context::<Origin>();
    let shown = table.clone();
    view! {
        <details class="numbers" on:toggle=toggled>
            <summary>{line}</summary>
            {move || open.get().then(|| save_buttons(title, above, origin, table.clone()))}
            <div class="scroll" tabindex="0" role="group" aria-label=line>
                {move || open.get().then(|| draw(shown()))}
            </div>
        </details>
    }
    .into_any()
}

fn draw(table: Table) -> impl IntoView {
    let left = table.rows.len().saturating_sub(ROWS);
    let rows = table.rows.into_iter().take(ROWS).map(|row| {
        view! { <tr>{row.into_iter().map(|cell| view! { <td>{cell.shown}</td> }).collect_view()}</tr> }
    });
    view! {
        <table>
            <thead><tr>{table.heads.into_iter().map(|h| view! { <th scope="col">{h}</th> }).collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {(left > 0).then(|| view! { <p class="hint">{words::more_rows(&format::count(left as f64))}</p> })}
    }
}

/// One button for each form: of the chart above, where there is one, of the numbers, and of where they came from.
pub(in crate::app) fn save_buttons(
    title: Signal<String>,
    above: Above,
    origin: Option<Origin>,
    table: impl Fn() -> Table + Clone + Send + Sync + 'static,
) -> AnyView {
    let state = use_context::<State>();
    let save = move |ending: &str, kind: &str, content: &[u8]| save_as(title, ending, kind, content);
    let svg = move |ev: web_sys::MouseEvent| match shown_above(&ev).as_ref().and_then(drawing) {
        Some(text) => save("svg", "image/svg+xml", text.as_bytes()),
        None => complain(state),
    };
    let of_numbers = table.clone();
    let csv = move |_| save("csv", "text/csv", of_numbers().csv().as_bytes());
    let of_text = table.clone();
    let markdown = move |_| save("md", "text/markdown", of_text().markdown().as_bytes());
    let json = move |_| {
        let text = serde_json::to_string_pretty(&table().json()).unwrap_or_default(); // a value: cannot fail
        save("json", "application/json", text.as_bytes());
    };
    view! {
        <div class="buttons" role="group" aria-label=words::SAVE_AS data-testid="save">
            <span>{words::SAVE_AS}</span>
            {(above == Above::Chart).then(|| view! { <button data-testid="save-svg" title=words::SVG_HELP on:click=svg>"SVG"</button> })}
            {(above != Above::Nothing).then(|| png(title, state, above))}
            <button data-testid="save-csv" title=words::CSV_HELP on:click=csv>"CSV"</button>
            <button data-testid="save-json" title=words::JSON_HELP on:click=json>"JSON"</button>
            <button data-testid="save-markdown" title=words::MARKDOWN_HELP on:click=markdown>"Markdown"</button>
            {origin.map(|origin| of_origin(state, origin))}
        </div>
    }
    .into_any()
}

/// The button that saves a canvas which has no numbers to be told, beneath it in the same figure.
pub(in crate::app) fn save_canvas(title: Signal<String>) -> AnyView {
    let state = use_context::<State>();
    view! {
        <div class="buttons" role="group" aria-label=words::SAVE_AS>
            <span>{words::SAVE_AS}</span>
            {png(title, state, Above::Canvas)}
        </div>
    }
    .into_any()
}

/// The button that saves what is above as a picture.
fn png(title: Signal<String>, state: Option<State>, above: Above) -> impl IntoView {
    let save = move |ev: web_sys::MouseEvent| {
        let above = shown_above(&ev);
        spawn_local(async move {
            let Some(above) = above else { return complain(state) };
            match picture(&above).await {
                Some(bytes) => save_as(title, "png", "image/png", &bytes),
                None => complain(state),
            }
        });
    };
    let help = if above == Above::Chart { words::PNG_HELP } else { words::CANVAS_HELP };
    view! { <button data-testid="save-png" title=help on:click=save>"PNG"</button> }
}

fn save_as(title: Signal<String>, ending: &str, kind: &str, content: &[u8]) {
    let name = format!("{}.{ending}", browser::file_name(&title.get_untracked()));
    browser::download(&name, kind, content);
}

fn complain(state: Option<State>) {
    if let Some(state) = state {
        state.complain(words::NO_PICTURE);
    }
}

/// The recipe and the link.
fn of_origin(state: Option<State>, origin: Origin) -> impl IntoView {
    let recipe = move |_| {
        if let Some(Link { recipe, .. }) = origin.0.get_untracked() {
            save_recipe(&recipe);
        }
    };
    let link = move |_| {
        let Some(link) = origin.0.get_untracked() else { return };
        spawn_local(async move {
            let copied = browser::copy(&browser::link_address(&link.to_text())).await;
            if let Some(state) = state {
                state.tell(if copied { text::SHARE_COPIED } else { text::COPY_REFUSED });
            }
        });
    };
    view! {
        <button data-testid="save-recipe" title=words::RECIPE_HELP on:click=recipe>{words::RECIPE}</button>
        <button data-testid="save-link" title=words::LINK_HELP on:click=link>{words::LINK}</button>
    }
}

fn save_recipe(recipe: &Recipe) {
    browser::download("recipe.json", "application/json", recipe.to_pretty_json());
}
