//! Drawing in turns: much that is due at once, one piece after another, each with a frame of its own, since together they would hold
//! up the page for longer than a visitor's hand bears.

use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long the page waits before it draws a further piece.
const TURN: Duration = Duration::from_millis(20);

/// Waits for the next turn.
pub(super) async fn turn() {
    let promise = js_sys::Promise::new(&mut |done, _| set_timeout(move || _ = done.call0(&JsValue::NULL), TURN));
    let _ = JsFuture::from(promise).await;
}

/// When the `n`th of `count` pieces may be drawn that all are due at once. Where `at_once`, they wait for nothing: a page that is
/// drawn anew is not to lose the place that it is scrolled to.
pub(super) fn in_turn(due: Memo<bool>, count: usize, at_once: bool) -> impl Fn(usize) -> Memo<bool> {
    let drawn = RwSignal::new(if at_once { count } else { 0 });
    Effect::new(move |_| {
        if !due.get() {
            drawn.set(0);
        } else if drawn.get() < count {
            set_timeout(move || _ = drawn.try_update(|drawn| *drawn += 1), TURN);
        }
    });
    move |n| Memo::new(move |_| due.get() && drawn.get() > n)
}
