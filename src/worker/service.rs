//! The worker's end: takes requests, runs trials, answers questions about loaded models while a run goes on.

use super::protocol::{ModelFile, Picture, Prediction, Request, Response};
use super::source::Fetch;
use crate::backend::cpu::Cpu;
use crate::benchmark::{self, Settings};
use crate::data::Dataset;
use crate::experiment::{Clock, Data, Event, Flow, Plan, Recipe, Sink, run_trial};
use crate::export;
use crate::network::{Executable, TrainedModel};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// How long a run computes before it lets messages through, in milliseconds: short enough that a stop or a drawing is answered
/// at once, long enough to cost nothing.
const SLICE_MS: f64 = 24.0;

/// Windows over which a live prediction is timed: the median of them is told, since one may be disturbed.
const PREDICTION_WINDOWS: usize = 3;
/// The least length of a window in microseconds: ten times the coarsest timer that browsers have (0.1 ms).
const PREDICTION_US: f64 = 1000.0;

/// A model that predictions and pictures are made of.
struct Loaded {
    name: String,
    model: TrainedModel,
    executable: Executable,
}

/// What the worker keeps between messages.
#[derive(Default)]
struct State {
    stop: bool,
    running: bool,
    models: Vec<Loaded>,
    /// The data of the last run, kept so that the next need not load them again.
    data: Option<(Data, Dataset)>,
}

/// Starts answering messages and says [`Response::Ready`].
pub fn serve() {
    let state = Rc::new(RefCell::new(State::default()));
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        match serde_wasm_bindgen::from_value(message.data()) {
            Ok(request) => answer(&state, request),
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

fn answer(state: &Rc<RefCell<State>>, request: Request) {
    match request {
        Request::Run { run, recipe, trials } => {
            work(state, run, async move |state| run_trials(state, run, &recipe, &trials).await);
        }
        Request::Benchmark { run, works } => {
            work(state, run, async move |state| run_benchmark(state, run, &works).await);
        }
        Request::Stop => state.borrow_mut().stop = true,
        Request::Load { models } => match models.into_iter().map(load).collect() {
            Ok(loaded) => state.borrow_mut().models = loaded,
            Err(message) => fail(None, message),
        },
        Request::Predict { query, sample } => {
            let mut state = state.borrow_mut();
            let predictions = state.models.iter_mut().filter_map(|loaded| predict(loaded, &sample)).collect();
            send(&Response::Predictions { query, predictions });
        }
        Request::Picture { model, matrix } => {
            let state = state.borrow();
            let loaded = state.models.iter().find(|loaded| loaded.name == model);
            match loaded.and_then(|loaded| picture(&loaded.model, matrix)) {
                Some(picture) => send(&Response::Picture { model, matrix, picture }),
                None => fail(None, format!("{model} has no weight matrix {matrix} in this worker; select it again")),
            }
        }
    }
}

/// Works in the background, on one thing at a time, and sends what it ends with.
fn work(
    state: &Rc<RefCell<State>>,
    run: u32,
    to_do: impl AsyncFnOnce(&Rc<RefCell<State>>) -> Result<Response, String> + 'static,
) {
    let mut now = state.borrow_mut();
    if now.running {
        return fail(Some(run), "this worker is still busy with another run; stop it first".into());
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

async fn run_benchmark(state: &Rc<RefCell<State>>, run: u32, works: &[String]) -> Result<Response, String> {
    let works = benchmark::choose(works).map_err(|e| e.to_string())?;
    let mut post = Post { run, state: Rc::clone(state), channel: Channel::new()?, slice_began: now_ms() };
    let mut tell = |measurement| send(&Response::Measured { run, measurement });
    let (settings, source) = (Settings::default(), Fetch::default());
    benchmark::measure(&works, &settings, &source, &mut post, &mut tell).await.map_err(|e| e.to_string())?;
    Ok(Response::BenchmarkEnded { run })
}

async fn run_trials(
    state: &Rc<RefCell<State>>,
    run: u32,
    recipe: &Recipe,
    trials: &[usize],
) -> Result<Response, String> {
    let plan = Plan::new(recipe).map_err(|e| e.to_string())?;
    let kept = state.borrow_mut().data.take().filter(|(data, _)| *data == recipe.data);
    let mut dataset = match kept {
        Some((_, dataset)) => dataset,
        None => recipe.data.open().map_err(|e| e.to_string())?,
    };
    let source = Fetch::start(&dataset);
    let backend = Cpu::new();
    let mut post = Post { run, state: Rc::clone(state), channel: Channel::new()?, slice_began: now_ms() };
    let mut results = Vec::new();
    let mut stopped = false;
    for &trial in trials {
        if trial >= plan.recipe.seeds.len() {
            return Err(format!("trial {trial} is asked for and the recipe has {} seeds", plan.recipe.seeds.len()));
        }
        let outcome = run_trial(&plan, trial, &mut dataset, &source, &backend, &mut post).await;
        let outcome = outcome.map_err(|e| e.to_string())?;
        results.extend(outcome.results);
        stopped |= outcome.stopped;
        if stopped {
            break;
        }
    }
    state.borrow_mut().data = Some((recipe.data.clone(), dataset));
    Ok(Response::Finished { run, results, stopped })
}

fn load(file: ModelFile) -> Result<Loaded, String> {
    let model = export::decode(&file.file).map_err(|e| format!("{}: {e}", file.name))?;
    let executable = Executable::new(&model);
    Ok(Loaded { name: file.name, model, executable })
}

fn predict(loaded: &mut Loaded, sample: &[f32]) -> Option<Prediction> {
    if sample.len() != loaded.model.shape().len() {
        return None;
    }
    let logits = loaded.executable.logits(1, sample).to_vec();
    let mut window = || {
        let begin = now_ms();
        let mut calls = 0;
        let mut taken = 0.0;
        while taken < PREDICTION_US && calls < 10_000 {
            loaded.executable.logits(1, sample);
            calls += 1;
            taken = (now_ms() - begin) * 1e3;
        }
        taken / f64::from(calls)
    };
    let mut times = [0.0; PREDICTION_WINDOWS].map(|_| window());
    times.sort_by(f64::total_cmp);
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|z| libm::expf(z - most)).collect();
    let sum: f32 = powers.iter().sum();
    let probabilities = powers.iter().map(|p| p / sum).collect();
    Some(Prediction { name: loaded.name.clone(), probabilities, time_us: times[PREDICTION_WINDOWS / 2] })
}

/// A matrix turned so that each row shows what one output is made of.
fn picture(model: &TrainedModel, matrix: usize) -> Option<Picture> {
    let matrix = model.matrices().into_iter().nth(matrix)?;
    let (width, height) = (matrix.rows, matrix.columns);
    let largest = matrix.values.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(f32::MIN_POSITIVE);
    let mut values = vec![128; width * height];
    for (index, &value) in matrix.values.iter().enumerate() {
        if value != 0.0 {
            let (input, output) = (index / height, index % height);
            // A weight that is not zero never looks like one.
            let shade = (value / largest * 127.0).abs().max(1.0).copysign(value);
            values[output * width + input] = (128.0 + shade) as u8;
        }
    }
    Some(Picture { width, height, values })
}

fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |p| p.now())
}

/// A run's sink: sends its news to the page and lets messages through between slices of work.
struct Post {
    run: u32,
    state: Rc<RefCell<State>>,
    channel: Channel,
    slice_began: f64,
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
