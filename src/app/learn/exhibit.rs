//! The way from a chapter to an exhibit of the gallery.

use super::words;
use crate::app::language::tr;
use crate::experiment::gallery;
use leptos::prelude::*;

/// What the exhibit is, and a link to it.
#[component]
pub(super) fn Exhibit(name: String) -> impl IntoView {
    gallery::Exhibit::find(&name).ok().map(|exhibit| {
        view! {
            <div class="to-exhibit" data-testid="to-exhibit">
                <div>
                    <small>{words::IN_GALLERY}</small>
                    <strong>{tr(exhibit.title)}</strong>
                    <span class="paper"><bdi>{exhibit.paper}</bdi></span>
                </div>
                <a class="button" href=format!("#gallery={}", exhibit.name)>{words::TO_GALLERY}</a>
            </div>
        }
    })
}
