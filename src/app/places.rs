//! The page's places, told apart by what stands behind `#` in the address.

use super::language::Text;
use super::parts::Rest;
use super::state::State;
use super::turns::in_turn;
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
    /// What stands over it and what draws it; nothing for the playground, which [`super::page`] lays out.
    matter: Option<Matter>,
}

/// What a place consists of.
struct Matter {
    /// The id of its title.
    id: &'static str,
    /// What it is for. This is part of the first view, so that there is something to read while the rest comes.
    about: Text,
    draw: fn(Rest) -> fn(State) -> AnyView,
}

const PLACES: &[Row] = &[
    Row { place: Place::Playground, fragment: "#playground", title: text::PLAYGROUND, skip: "#results", matter: None },
    Row {
        place: Place::Gallery,
        fragment: "#gallery",
        title: text::gallery::TITLE,
        skip: "#exhibits",
        matter: Some(Matter { id: "gallery-title", about: text::gallery::ABOUT, draw: |rest| rest.gallery }),
    },
    Row {
        place: Place::Compare,
        fragment: "#compare",
        title: text::compare::TITLE,
        skip: "#compared",
        matter: Some(Matter { id: "compare-title", about: text::compare::ABOUT, draw: |rest| rest.compare }),
    },
    Row {
        place: Place::Learn,
        fragment: "#learn",
        title: text::learn::TITLE,
        skip: "#course",
        matter: Some(Matter { id: "learn-title", about: text::learn::ABOUT, draw: |rest| rest.learn }),
    },
    Row {
        place: Place::Device,
        fragment: "#device",
        title: text::device::TITLE,
        skip: "#measured",
        matter: Some(Matter { id: "device-title", about: text::device::ABOUT, draw: |rest| rest.device }),
    },
    Row {
        place: Place::Class,
        fragment: "#class",
        title: text::classroom::TITLE,
        skip: "#class-title",
        matter: Some(Matter { id: "class-title", about: text::classroom::ABOUT, draw: |rest| rest.class }),
    },
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

/// The place where the visitor is, unless that is the playground.
#[component]
pub(super) fn Elsewhere(state: State) -> impl IntoView {
    move || {
        let row = PLACES.iter().find(|row| row.place == state.place.get())?;
        let Matter { id, about, draw } = row.matter.as_ref()?;
        // A chapter of the course has a head of its own.
        let headed = move || row.place != Place::Learn || !state.within.get();
        let drawn = in_turn(Memo::new(|_| true), 1, state.parts.settled())(0);
        Effect::new(move |_| drawn.get().then(|| state.drawn.set(true)));
        Some(view! {
            <main>
                {move || headed().then(|| view! {
                    <header class="about">
                        <h2 id=*id tabindex="-1">{row.title}</h2>
                        <p>{*about}</p>
                    </header>
                })}
                {move || drawn.get().then(|| state.parts.draw(move |rest| draw(rest)(state)))}
            </main>
        })
    }
}
