//! The page's places, told apart by what stands behind `#` in the address.

use super::language::Text;
use super::{actions, browser, text};
use crate::experiment::teaching::{ANSWER_MARK, ASSIGNMENT_MARK};
use leptos::prelude::*;

/// Where the visitor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Lay out an experiment, run it, look at it.
    Playground,
    /// The papers' figures.
    Gallery,
    /// Results side by side.
    Compare,
    /// The course.
    Learn,
    /// Measure the device.
    Device,
    /// Set assignments and read answers.
    Class,
}

/// One place.
struct Row {
    place: Place,
    /// What its address begins with.
    fragment: &'static str,
    title: Text,
    /// The id of what it is about, for those who skip the rest.
    skip: &'static str,
}

const PLACES: &[Row] = &[
    Row { place: Place::Playground, fragment: "#playground", title: text::PLAYGROUND, skip: "#results" },
    Row { place: Place::Gallery, fragment: "#gallery", title: text::gallery::TITLE, skip: "#exhibits" },
    Row { place: Place::Compare, fragment: "#compare", title: text::compare::TITLE, skip: "#compared" },
    Row { place: Place::Learn, fragment: "#learn", title: text::learn::TITLE, skip: "#course" },
    Row { place: Place::Device, fragment: "#device", title: text::device::TITLE, skip: "#measured" },
    Row { place: Place::Class, fragment: "#class", title: text::classroom::TITLE, skip: "#class-title" },
];

impl Place {
    /// The place of the address. Links with an experiment lead to the playground; what names no place changes none.
    pub fn of_address() -> Option<Self> {
        let fragment = browser::fragment();
        if fragment.starts_with(actions::LINK) || fragment.starts_with(ASSIGNMENT_MARK) {
            return Some(Self::Playground);
        }
        if fragment.starts_with(ANSWER_MARK) {
            return Some(Self::Class);
        }
        // Behind a place's name, `=` may say more.
        let name = fragment.split('=').next().unwrap_or_default();
        PLACES.iter().find(|row| row.fragment == name).map(|row| row.place)
    }
}

/// The link over all that comes before the place's matter.
#[component]
pub(super) fn Skip(place: RwSignal<Place>) -> impl IntoView {
    let target = move || PLACES.iter().find(|row| row.place == place.get()).map(|row| row.skip);
    view! { <a class="skip" href=target>{text::SKIP}</a> }
}

/// The links to all places.
#[component]
pub(super) fn Places(place: RwSignal<Place>) -> impl IntoView {
    let links = PLACES.iter().map(|row| {
        let current = move || (place.get() == row.place).then_some("page");
        view! { <li><a href=row.fragment aria-current=current>{row.title}</a></li> }
    });
    view! {
        <nav class="places" aria-label=text::PLACES>
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}
