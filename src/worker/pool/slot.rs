//! One worker as the page holds it: started, spoken to once it is ready, ended when dropped.

use crate::experiment::Place;
use crate::worker::{Request, Response};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The script that starts the engine, beside the page.
const SCRIPT: &str = "./worker-start.js";

/// What comes from a worker.
pub(super) enum Heard {
    /// A message.
    Said(Box<Response>),
    /// An error that ended it: one sentence.
    Died(String),
}

/// What a worker is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// A task of the run.
    Task(Place),
    /// The benchmark.
    Benchmark,
}

/// The first worker before there is a pool: it starts while the page is still loading the code that speaks to it.
pub struct FirstWorker {
    worker: Worker,
    fate: Rc<RefCell<Fate>>,
    _on_message: Closure<dyn FnMut()>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

/// What came from a worker that nobody listened to yet.
#[derive(Default)]
enum Fate {
    #[default]
    Starting,
    Ready,
    Died(String),
}

impl FirstWorker {
    /// Starts it; `ready` is called when it takes messages, unless a pool has taken it by then.
    pub fn start(ready: impl FnOnce() + 'static) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options).map_err(
            |_| "This browser did not start a worker, so nothing can be trained here; try a current browser.",
        )?;
        let fate = Rc::new(RefCell::new(Fate::default()));
        // A worker that was asked nothing says that it is ready, and nothing else.
        let (told, mut ready) = (fate.clone(), Some(ready));
        let on_message = Closure::new(move || {
            *told.borrow_mut() = Fate::Ready;
            if let Some(ready) = ready.take() {
                ready();
            }
        });
        let told = fate.clone();
        let on_error = Closure::new(move |event| *told.borrow_mut() = Fate::Died(death(&event)));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, fate, _on_message: on_message, _on_error: on_error })
    }
}

/// Why a worker ended, in one sentence.
fn death(event: &ErrorEvent) -> String {
    // A worker whose script does not load sends a bare event without a message.
    let detail = js_sys::Reflect::get(event.as_ref(), &"message".into()).ok().and_then(|m| m.as_string());
    // Byte by byte: searching in strings is code that the page's first view needs for nothing else.
    let says = |detail: &str, word: &str| detail.as_bytes().windows(word.len()).any(|at| at == word.as_bytes());
    match detail.filter(|d| !d.is_empty()) {
        // What the engine does where there is no more memory: it has no other way to say so.
        Some(detail) if says(&detail, "unreachable") || says(&detail, "memory") => format!(
            "A worker ended with an error ({detail}); what it had finished is kept. If the device is short of memory, close other tabs, or run with fewer samples or a narrower network."
        ),
        Some(detail) => format!("A worker ended with an error ({detail}); what it had finished is kept."),
        None => "The engine did not load; check the connection and reload the page. What was finished is kept.".into(),
    }
}

/// A worker and the callbacks it needs.
pub(super) struct Slot {
    /// Tells it from the workers it replaced.
    pub(super) id: u32,
    /// It has said so and takes messages.
    pub(super) ready: bool,
    /// What it is at.
    pub(super) duty: Option<Duty>,
    worker: Worker,
    waiting: Vec<JsValue>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Slot {
    /// Starts a worker; `hear` is told all that comes from it.
    pub(super) fn start(id: u32, hear: Rc<dyn Fn(Heard)>) -> Result<Self, String> {
        Self::take(id, FirstWorker::start(|| {})?, hear)
    }

    /// Takes a worker that was started before.
    pub(super) fn take(id: u32, first: FirstWorker, hear: Rc<dyn Fn(Heard)>) -> Result<Self, String> {
        let FirstWorker { worker, fate, .. } = first;
        let on_message = {
            let hear = hear.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                hear(match serde_wasm_bindgen::from_value(event.data()) {
                    Ok(response) => Heard::Said(Box::new(response)),
                    Err(_) => Heard::Died(
                        "The engine sent a message that this page does not know; reload the page, so that both are of one version.".into(),
                    ),
                });
            })
        };
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event| hear(Heard::Died(death(&event))));
        let ready = match fate.take() {
            Fate::Died(message) => return Err(message),
            Fate::Ready => true,
            Fate::Starting => false,
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { id, ready, duty: None, worker, waiting: Vec::new(), _on_message: on_message, _on_error: on_error })
    }

    /// Sends a message, now or as soon as the worker is ready.
    pub(super) fn send(&mut self, request: &Request) -> Result<(), String> {
        let message = serde_wasm_bindgen::to_value(request)
            .map_err(|e| format!("The page could not write to its worker ({e}); reload the page."))?;
        if !self.ready {
            self.waiting.push(message);
            return Ok(());
        }
        self.post(&message)
    }

    /// The worker said that it is ready: sends what was kept for it.
    pub(super) fn now_ready(&mut self) -> Result<(), String> {
        self.ready = true;
        std::mem::take(&mut self.waiting).iter().try_for_each(|message| self.post(message))
    }

    fn post(&self, message: &JsValue) -> Result<(), String> {
        self.worker
            .post_message(message)
            .map_err(|_| "The page could not write to its worker; what was finished is kept.".into())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
