//! Where a task's news goes, and how a busy worker lets messages through.

use super::{State, now_ms, send};
use crate::experiment::{Clock, Event, Flow, Sink};
use crate::worker::{ModelFile, Response};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// How long a run computes before it lets messages through, in milliseconds: short enough that a stop or a drawing is answered
/// at once, long enough to cost nothing.
const SLICE_MS: f64 = 24.0;

/// A task's sink: sends its news to the page and lets messages through between slices of work.
pub(super) struct Post {
    run: u32,
    state: Rc<RefCell<State>>,
    channel: Channel,
    slice_began: f64,
}

impl Post {
    /// A slice of work begins now.
    pub fn new(run: u32, state: &Rc<RefCell<State>>) -> Result<Self, String> {
        Ok(Self { run, state: Rc::clone(state), channel: Channel::new()?, slice_began: now_ms() })
    }
}

impl Sink for Post {
    fn event(&mut self, event: Event) {
        send(&Response::Event { run: self.run, event });
    }

    fn model(&mut self, trial: usize, variant: &str, file: &[u8]) {
        let model = ModelFile { name: variant.into(), file: file.to_vec() };
        send(&Response::Model { run: self.run, trial, model });
    }
}

impl Clock for Post {
    async fn pause(&mut self) -> Flow {
        if now_ms() - self.slice_began > SLICE_MS {
            self.channel.turn().await;
            self.slice_began = now_ms();
        }
        if self.state.borrow().stop { Flow::Stop } else { Flow::Continue }
    }

    fn now_us(&self) -> f64 {
        now_ms() * 1e3
    }
}

/// Waits for one turn of the event loop. A message to oneself comes at once, where a timer is held back for milliseconds.
struct Channel(MessageChannel);

impl Channel {
    fn new() -> Result<Self, String> {
        MessageChannel::new().map(Self).map_err(|_| "this browser gives workers no message channel; try another".into())
    }

    async fn turn(&self) {
        let turn = js_sys::Promise::new(&mut |resolve, _| {
            self.0.port1().set_onmessage(Some(&resolve));
            let _ = self.0.port2().post_message(&JsValue::NULL);
        });
        let _ = JsFuture::from(turn).await;
    }
}
