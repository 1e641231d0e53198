//! The worker's end: takes requests, does one task at a time, answers questions about loaded models while it goes on.

mod models;
mod own;
mod post;
mod questions;
mod tasks;

use super::Coming;
use super::protocol::{ModelFile, Request, Response};
use crate::backend::gpu::Gpu;
use crate::data::bring_own_data;
use crate::experiment::{BackendName, Engines, PackedState, Recipe, Task, bring_checks};
use crate::export;
use models::Loaded;
use std::any::Any;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use tasks::Held;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// What the worker keeps between messages.
#[derive(Default)]
struct State {
    stop: bool,
    running: bool,
    models: Vec<Loaded>,
    /// What was asked of models while the code that reads them is on its way.
    waiting: Option<Vec<Request>>,
    /// The data of the last task, kept so that the next need not load them again.
    data: Option<Held>,
    /// What stages train on where that is the GPU, opened once: [`Extra`] alone knows what it is.
    gpu: Option<Box<dyn Any>>,
}

/// What trains on the GPU, answers questions and writes for others: a part of the code of its own, since few ask for it.
#[derive(Clone, Copy)]
pub struct Extra {
    perform: fn(Rc<RefCell<State>>, u32, Recipe, Task<PackedState>) -> Ending,
    inspect: fn(&Rc<RefCell<State>>, Option<u32>, &str),
}

/// What becomes of a task.
type Ending = Pin<Box<dyn Future<Output = Result<Response, String>>>>;

impl Extra {
    /// To be called in that part alone, or all of it is needed from the start.
    #[allow(clippy::new_without_default)] // a default might be called from anywhere
    pub fn new() -> Self {
        export::bring_packing();
        bring_checks();
        bring_own_data();
        Self {
            perform: |state, run, recipe, task| {
                Box::pin(async move {
                    with_gpu(&state, async |engines| tasks::perform(&state, run, &recipe, task, engines).await).await
                })
            },
            inspect: questions::inspect,
        }
    }
}

/// Does something with the worker's GPU, which is opened once and kept.
async fn with_gpu<T>(state: &Rc<RefCell<State>>, act: impl AsyncFnOnce(&mut Engines<Gpu>) -> T) -> T {
    let kept = state.borrow_mut().gpu.take().and_then(|kept| kept.downcast().ok());
    let mut engines: Box<Engines<Gpu>> = kept.unwrap_or_else(|| Box::new(Engines::with_gpu()));
    let done = act(&mut engines).await;
    state.borrow_mut().gpu = Some(engines);
    done
}

/// Why nothing is answered.
const MISSING: &str = "The code for this did not load; check the connection and try again.";

/// Starts answering messages and says [`Response::Ready`]. `extra` asks for that part of the code.
pub fn serve(extra: fn() -> Coming<Extra>) {
    let state = Rc::new(RefCell::new(State::default()));
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        match serde_wasm_bindgen::from_value(message.data()) {
            Ok(request) => answer(&state, extra, request),
            Err(error) => send(&Response::Failed {
                run: None,
                message: format!("the page sent what this worker does not understand ({error}); reload the page"),
            }),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    send(&Response::Ready);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn send(response: &Response) {
    // Bytes become typed arrays and everything else plain objects, so neither step can fail.
    if let Ok(value) = serde_wasm_bindgen::to_value(response) {
        let _ = scope().post_message(&value);
    }
}

fn fail(run: Option<u32>, message: String) {
    send(&Response::Failed { run, message });
}

fn answer(state: &Rc<RefCell<State>>, extra: fn() -> Coming<Extra>, request: Request) {
    if !matches!(request, Request::Task { .. } | Request::Stop | Request::Keep { .. })
        && let Some(waiting) = &mut state.borrow_mut().waiting
    {
        return waiting.push(request);
    }
    match request {
        Request::Task { run, recipe, task } => {
            work(state, run, async move |state| {
                // Timing is the processor's in any case, and the first part can do it but for files that it cannot read.
                let more = recipe.backend == BackendName::Gpu || !recipe.is_basic();
                let more = match &task {
                    Task::Stage { .. } => more,
                    Task::Time { file, .. } => export::needs_packing(file),
                };
                if more {
                    return match extra().await {
                        Some(part) => (part.perform)(Rc::clone(state), run, recipe, task).await,
                        None => {
                            Err("The code for this experiment did not load; check the connection and run again.".into())
                        }
                    };
                }
                tasks::perform(state, run, &recipe, task, &mut Engines::cpu()).await
            });
        }
        Request::Inspect { run, question } => {
            let state = Rc::clone(state);
            spawn_local(async move {
                match extra().await {
                    Some(part) => (part.inspect)(&state, run, &question),
                    None => fail(run, MISSING.into()),
                }
            });
        }
        Request::Stop => state.borrow_mut().stop = true,
        Request::Load { models } => {
            if models.iter().all(|model| !export::needs_packing(&model.file)) {
                return load(state, models);
            }
            let state = Rc::clone(state);
            state.borrow_mut().waiting = Some(Vec::new());
            spawn_local(async move {
                extra().await;
                load(&state, models);
                let waiting = state.borrow_mut().waiting.take();
                waiting.into_iter().flatten().for_each(|request| answer(&state, extra, request));
            });
        }
        Request::Keep { files } => super::source::keep(files),
        Request::Predict { query, sample } => {
            let mut state = state.borrow_mut();
            let predictions = state.models.iter_mut().filter_map(|loaded| models::predict(loaded, &sample)).collect();
            send(&Response::Predictions { query, predictions });
        }
        Request::Picture { model, matrix } => {
            let state = state.borrow();
            let loaded = state.models.iter().find(|loaded| loaded.name == model);
            match loaded.and_then(|loaded| models::picture(&loaded.model, matrix)) {
                Some(picture) => send(&Response::Picture { model, matrix, picture }),
                None => fail(None, format!("{model} has no weight matrix {matrix} in this worker; select it again")),
            }
        }
    }
}

/// Makes models ready to answer questions.
fn load(state: &Rc<RefCell<State>>, models: Vec<ModelFile>) {
    // Where one cannot be read there are none: those before would be taken for them.
    state.borrow_mut().models =
        models.into_iter().map(models::load).collect::<Result<_, _>>().unwrap_or_else(|message| {
            fail(None, message);
            Vec::new()
        });
}

/// Works in the background, on one thing at a time, and sends what it ends with.
fn work(
    state: &Rc<RefCell<State>>,
    run: u32,
    to_do: impl AsyncFnOnce(&Rc<RefCell<State>>) -> Result<Response, String> + 'static,
) {
    let mut now = state.borrow_mut();
    if now.running {
        return fail(Some(run), "this worker is still busy with something else; stop that first".into());
    }
    now.running = true;
    now.stop = false;
    drop(now);
    let state = Rc::clone(state);
    spawn_local(async move {
        let ended = to_do(&state).await;
        state.borrow_mut().running = false;
        match ended {
            Ok(finished) => send(&finished),
            Err(message) => fail(Some(run), message),
        }
    });
}

/// Milliseconds by the worker's clock.
fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |p| p.now())
}
