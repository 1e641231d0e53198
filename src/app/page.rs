//! The page as a whole: header, experiment, results, notices.

use super::language::{LanguageToggle, said};
use super::parts::Sources;
use super::places::{Elsewhere, Place, Places, Skip};
use super::state::{Phase, Shown, State, Undo};
use super::theme::ThemeToggle;
use super::turns::in_turn;
use super::{
    actions, browser,
    editor::{Editor, RunBar},
    results::Results,
    text,
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page(sources: Sources) -> impl IntoView {
    let state = State::new(sources);
    provide_context(state);
    Effect::new(move |_| {
        browser::set_root(
            "state",
            match state.phase.get() {
                Phase::Loading => "loading",
                Phase::Ready => "ready",
                Phase::Running | Phase::Stopping => "running",
                Phase::Done => "done",
            },
        );
    });
    let waits = actions::needs_rest();
    actions::open(state);
    let due = Memo::new(move |_| !waits || state.parts.all_there() || state.parts.failed.get());
    let begun = in_turn(due, 1, false)(0);
    move || {
        state.language_changed.get();
        begun.get().then(|| view! { <Whole state/> })
    }
}

/// All of it, in place of what stood there while it loaded.
#[component]
fn Whole(state: State) -> impl IntoView {
    if let Some(loading) = document().get_element_by_id("loading") {
        loading.remove();
    }
    // In a frame of another page there is one chart, and no way to get lost.
    if browser::embedded().is_some() {
        state.drawn.set(true);
        return view! {
            <main class="framed">{state.parts.draw(move |rest| (rest.embed)(state))}</main>
            <Notices state/>
        }
        .into_any();
    }
    let turn = in_turn(Memo::new(move |_| state.played.get()), 3, state.parts.settled());
    let [first, second, third] = [0, 1, 2].map(turn);
    Effect::new(move |_| third.get().then(|| state.drawn.set(true)));
    // Which slide it is changes with each; the bar stays, or a screen reader would not be told of the change.
    let presenting = Memo::new(move |_| state.presenting.with(Option::is_some));
    view! {
        <Skip place=state.place/>
        <header class="top">
            <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
                <path class="vane" d="M28 3C16 3 7 10 7 20c0 2 .3 3.500 1 5C10 16 16 11 22 9c-5 4-9 9-11.500 16C21 25 28 15 28 3Z"></path>
                <path class="quill" d="M4 30C7 20 13 12.500 22 9"></path>
            </svg>
            <div>
                <h1>{text::NAME}</h1>
                <p>{text::TAGLINE}</p>
            </div>
            <Places place=state.place/>
            <LanguageToggle state/>
            <button class="quiet" data-testid="present" title=text::present::PRESENT_HELP on:click=move |_| state.parts.with_rest(move |rest| (rest.present)(state))>
                {text::present::PRESENT}
            </button>
            <ThemeToggle/>
        </header>
        // Only hidden while the visitor is elsewhere, so that drawings and open forms stay as they are.
        <main class="playground" hidden=move || state.place.get() != Place::Playground>
            <div class="side">
                {move || state.assignment.with(Option::is_some).then(|| state.parts.draw(move |rest| (rest.assignment)(state)))}
                {move || first.get().then(|| view! { <RunBar state/>{demo(state)} })}
                {move || second.get().then(|| view! { <Editor state/> })}
            </div>
            {move || third.get().then(|| view! { <Results state/> })}
        </main>
        <Elsewhere state/>
        {move || state.dialog.with(Option::is_some).then(|| state.parts.draw(move |rest| (rest.dialog)(state)))}
        {move || presenting.get().then(|| state.parts.draw(move |rest| (rest.presenter)(state)))}
        <Notices state/>
        <p class="unseen" role="status" data-testid="announced">{state.parts.add(move |rest| (rest.announced)(state))}</p>
        <footer>{text::PRIVACY}</footer>
    }
    .into_any()
}

/// What moves on a first visit. Its place is kept from the start, so that nothing else moves when it comes.
fn demo(state: State) -> Option<impl IntoView> {
    let due = Memo::new(move |_| state.shown.get() == Shown::Nothing && state.opened.with(Option::is_none));
    let drawn = move || {
        due.get().then(|| {
            view! { <div class="demo-place">{state.parts.add(move |rest| (rest.demo)(state))}</div> }
        })
    };
    actions::first_visit().then_some(drawn)
}

/// Sentences: what went wrong, and what can be taken back.
#[component]
fn Notices(state: State) -> impl IntoView {
    let error = move || state.notice.get().filter(|n| n.error).map(|n| said(&n.text));
    let note = move || state.notice.get().filter(|n| !n.error).map(|n| said(&n.text));
    let dismiss = move |_| state.notice.set(None);
    let button = move || view! { <button class="quiet" on:click=dismiss>{text::DISMISS}</button> };
    let removed = move || {
        state.undo.get().map(|undo| match undo {
            Undo::Removed(_) => text::REMOVED.tr(),
            Undo::Replaced(_) => text::REPLACED.tr(),
            Undo::Run(..) => text::RUN_DELETED.tr(),
        })
    };
    view! {
        <div class="notices">
            <div role="alert">
                {move || state.parts.failed.get().then(|| view! {
                    <p class="notice bad">
                        <span data-testid="part-missing">{text::PART_MISSING}</span>
                        <button data-testid="part-retry" on:click=move |_| state.parts.failed.set(false)>{text::TRY_AGAIN}</button>
                    </p>
                })}
                {move || error().map(|t| view! { <p class="notice bad"><span data-testid="error">{t}</span>{button()}</p> })}
            </div>
            <div role="status">
                {move || note().map(|t| view! { <p class="notice"><span data-testid="note">{t}</span>{button()}</p> })}
                {move || state.offline.newer.get().then(|| state.parts.add(move |rest| (rest.new_version)(state)))}
                {move || removed().map(|t| view! {
                    <p class="notice">
                        <span>{t}</span>
                        <button data-testid="undo" on:click=move |_| state.parts.with_rest(move |rest| (rest.undo)(state))>{text::UNDO}</button>
                        <button class="quiet" on:click=move |_| state.undo.set(None)>{text::DISMISS}</button>
                    </p>
                })}
            </div>
        </div>
    }
}
