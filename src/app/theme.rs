//! Light or dark: as the system says, until the visitor chooses.

use super::{browser, text};
use leptos::prelude::*;

const KEY: &str = "featherweight-theme";

/// The button that changes between light and dark.
#[component]
pub(super) fn ThemeToggle() -> impl IntoView {
    let chosen = browser::kept(KEY).filter(|t| t == "dark" || t == "light");
    if let Some(theme) = &chosen {
        browser::set_root("theme", theme);
    }
    let dark = RwSignal::new(match chosen {
        Some(theme) => theme == "dark",
        None => browser::media("(prefers-color-scheme: dark)"),
    });
    let change = move |_| {
        dark.update(|d| *d = !*d);
        let theme = if dark.get() { "dark" } else { "light" };
        browser::set_root("theme", theme);
        browser::keep(KEY, theme);
    };
    view! {
        <button class="quiet" data-testid="theme" aria-label=text::THEME_HELP title=text::THEME_HELP on:click=change>
            {move || if dark.get() { text::THEME_LIGHT.tr() } else { text::THEME_DARK.tr() }}
        </button>
    }
}
