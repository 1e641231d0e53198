//! What a newcomer reads before the first run.

use super::super::text;
use leptos::prelude::*;

/// What to press and what to look for.
#[component]
pub(super) fn Hints() -> impl IntoView {
    view! {
        <div class="hero">
            <p class="lead">{text::HINT_TITLE}</p>
            <ol>
                {text::HINTS.iter().map(|(title, what)| view! { <li><strong>{*title}</strong><span>{*what}</span></li> }).collect_view()}
            </ol>
        </div>
    }
}
