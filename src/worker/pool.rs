//! The page's end of the protocol: a few workers, the trials of a run spread over them, and what comes back as [`News`].
//!
//! A worker that dies or does not stop in time is replaced, and what it had sent stands.

mod slot;

use super::{ModelFile, Picture, Prediction, Request, Response};
use crate::benchmark::Measurement;
use crate::experiment::{Event, Plan, Report, VariantResult};
use slot::{Heard, Slot};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// The most workers, whatever the device offers: each holds a data set and a network.
const MAX_WORKERS: usize = 4;

/// How long a worker may take to stop before it is ended, in milliseconds.
const PATIENCE_MS: i32 = 3000;

/// What the page is told.
#[derive(Clone, Debug)]
pub enum News {
    /// The first worker has started: a run begins without delay.
    Ready,
    /// News of a run.
    Event {
        /// Which run.
        run: u32,
        /// The news.
        event: Event,
    },
    /// A variant's encoded file.
    Model {
        /// Which run.
        run: u32,
        /// Which trial.
        trial: usize,
        /// The file.
        model: ModelFile,
    },
    /// A run ended on all its workers.
    Finished {
        /// Which run.
        run: u32,
        /// Everything that was reached.
        report: Box<Report>,
        /// It ended before its end.
        stopped: bool,
    },
    /// A work of a benchmark is done.
    Measured {
        /// Which run.
        run: u32,
        /// What it came to.
        measurement: Measurement,
    },
    /// A benchmark ended: done, stopped, failed or given up.
    BenchmarkEnded {
        /// Which run.
        run: u32,
    },
    /// A worker could not start, failed or died; what it had sent stands.
    Trouble {
        /// One sentence.
        message: String,
    },
    /// What every loaded model makes of a sample.
    Predictions {
        /// The question.
        query: u32,
        /// In the order of loading.
        predictions: Vec<Prediction>,
    },
    /// A weight matrix as a picture.
    Picture {
        /// The model's name.
        model: String,
        /// Which weight matrix.
        matrix: usize,
        /// The picture.
        picture: Picture,
    },
}

/// A run under way.
struct Job {
    run: u32,
    plan: Plan,
    backend: String,
    results: Vec<VariantResult>,
    stopped: bool,
}

impl Job {
    /// Takes a result, which replaces an earlier one of the same variant and seed.
    fn take(&mut self, result: VariantResult) {
        self.results.retain(|r| r.name != result.name || r.seed != result.seed);
        self.results.push(result);
    }
}

struct Inner {
    slots: Vec<Option<Slot>>,
    job: Option<Job>,
    /// The benchmark that the first worker is busy with.
    benchmark: Option<u32>,
    models: Vec<ModelFile>,
    started: u32,
    tell: Rc<dyn Fn(News)>,
}

/// The workers; clones are the same pool.
#[derive(Clone)]
pub struct Pool(Rc<RefCell<Inner>>);

impl Pool {
    /// Starts the first worker, so that it is warm, and tells `tell` what happens from now on.
    pub fn new(tell: impl Fn(News) + 'static) -> Self {
        let inner = Inner {
            slots: Vec::new(),
            job: None,
            benchmark: None,
            models: Vec::new(),
            started: 0,
            tell: Rc::new(tell),
        };
        let pool = Self(Rc::new(RefCell::new(inner)));
        pool.ensure(0);
        pool
    }

    /// Runs a plan under this number; `backend` is what its report calls the backend. One run at a time: an earlier one
    /// that has not ended is given up.
    pub fn run(&self, run: u32, plan: Plan, backend: &str) {
        self.give_up();
        let trials = plan.recipe.seeds.len();
        let workers = cores().min(trials).clamp(1, MAX_WORKERS);
        let recipe = plan.recipe.clone();
        let backend = backend.into();
        self.0.borrow_mut().job = Some(Job { run, plan, backend, results: Vec::new(), stopped: false });
        for index in 0..workers {
            self.ensure(index);
            let mine: Vec<usize> = (index..trials).step_by(workers).collect();
            self.send(index, &Request::Run { run, recipe: recipe.clone(), trials: mine }, Some(run));
        }
        self.settle();
    }

    /// Asks the run to end; after [`PATIENCE_MS`] it is ended whether it answers or not.
    pub fn stop(&self) {
        let run = {
            let mut inner = self.0.borrow_mut();
            let Some(job) = inner.job.as_mut() else { return };
            job.stopped = true;
            job.run
        };
        let workers = self.0.borrow().slots.len();
        for index in 0..workers {
            if self.busy_with(index) == Some(run) {
                self.send(index, &Request::Stop, Some(run));
            }
        }
        let weak = Rc::downgrade(&self.0);
        let late = Closure::once_into_js(move || {
            let Some(pool) = revive(&weak) else { return };
            if pool.0.borrow().job.as_ref().is_some_and(|job| job.run == run) {
                pool.give_up();
                pool.settle();
            }
        });
        if let Some(window) = web_sys::window() {
            // Fails only where there are no timers; then the worker's own answer ends the run.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), PATIENCE_MS);
        }
    }

    /// Measures this device under this number, on the first worker; all works, if none are named. Not while a run goes on.
    pub fn benchmark(&self, run: u32, works: Vec<String>) {
        self.ensure(0);
        self.0.borrow_mut().benchmark = Some(run);
        self.send(0, &Request::Benchmark { run, works }, Some(run));
        self.settle();
    }

    /// Asks the benchmark to end, which it does after the window under way.
    pub fn stop_benchmark(&self) {
        let run = self.0.borrow().benchmark;
        if run.is_some() && self.busy_with(0) == run {
            self.send(0, &Request::Stop, run);
        }
    }

    /// Makes these the models that predictions and pictures speak of.
    pub fn load(&self, models: Vec<ModelFile>) {
        self.ensure(0);
        self.0.borrow_mut().models.clone_from(&models);
        self.send(0, &Request::Load { models }, None);
    }

    /// Asks every loaded model about a sample.
    pub fn predict(&self, query: u32, sample: Vec<f32>) {
        self.ensure(0);
        self.send(0, &Request::Predict { query, sample }, None);
    }

    /// Asks for a picture of a weight matrix.
    pub fn picture(&self, model: String, matrix: usize) {
        self.ensure(0);
        self.send(0, &Request::Picture { model, matrix }, None);
    }

    /// Ends all workers that are still busy and starts the first one anew, with its models.
    fn give_up(&self) {
        let first_gone = {
            let mut inner = self.0.borrow_mut();
            for slot in &mut inner.slots {
                if slot.as_ref().is_some_and(|s| s.busy.is_some()) {
                    *slot = None;
                }
            }
            inner.slots.first().is_some_and(Option::is_none)
        };
        if first_gone {
            self.restart_first();
        }
    }

    fn restart_first(&self) {
        self.ensure(0);
        let models = self.0.borrow().models.clone();
        if !models.is_empty() {
            self.send(0, &Request::Load { models }, None);
        }
    }

    /// Starts the worker at `index` unless it is there.
    fn ensure(&self, index: usize) {
        let mut inner = self.0.borrow_mut();
        while inner.slots.len() <= index {
            inner.slots.push(None);
        }
        if inner.slots[index].is_some() {
            return;
        }
        inner.started += 1;
        let id = inner.started;
        let weak = Rc::downgrade(&self.0);
        let slot = Slot::start(id, move |heard| {
            if let Some(pool) = revive(&weak) {
                pool.hear(index, id, heard);
            }
        });
        let tell = inner.tell.clone();
        match slot {
            Ok(slot) => inner.slots[index] = Some(slot),
            Err(message) => {
                drop(inner);
                tell(News::Trouble { message });
            }
        }
    }

    fn send(&self, index: usize, request: &Request, run: Option<u32>) {
        let result = match self.0.borrow_mut().slots.get_mut(index).and_then(Option::as_mut) {
            Some(slot) => {
                slot.busy = run.or(slot.busy);
                slot.send(request)
            }
            None => return, // could not be started, which was told then
        };
        if let Err(message) = result {
            self.lost(index, message);
        }
    }

    fn busy_with(&self, index: usize) -> Option<u32> {
        self.0.borrow().slots.get(index).and_then(Option::as_ref).and_then(|slot| slot.busy)
    }

    /// A worker spoke, or died.
    fn hear(&self, index: usize, id: u32, heard: Heard) {
        if self.0.borrow().slots.get(index).and_then(Option::as_ref).is_none_or(|slot| slot.id != id) {
            return; // a worker that was replaced
        }
        match heard {
            Heard::Said(response) => self.said(index, *response),
            Heard::Died(message) => self.lost(index, message),
        }
    }

    fn said(&self, index: usize, response: Response) {
        let tell = self.0.borrow().tell.clone();
        match response {
            Response::Ready => {
                let sent = match self.0.borrow_mut().slots[index].as_mut() {
                    Some(slot) => slot.now_ready(),
                    None => Ok(()),
                };
                match sent {
                    Err(message) => self.lost(index, message),
                    Ok(()) if index == 0 => tell(News::Ready),
                    Ok(()) => {}
                }
            }
            Response::Event { run, event } => {
                if let Event::Variant { result, .. } = &event {
                    self.with_job(run, |job| job.take(result.clone()));
                }
                tell(News::Event { run, event });
            }
            Response::Model { run, trial, model } => tell(News::Model { run, trial, model }),
            Response::Finished { run, results, stopped } => {
                self.with_job(run, |job| {
                    job.stopped |= stopped;
                    results.into_iter().for_each(|result| job.take(result));
                });
                self.free(index);
            }
            Response::Measured { run, measurement } => tell(News::Measured { run, measurement }),
            Response::BenchmarkEnded { .. } => self.free(index),
            Response::Failed { run, message } => {
                tell(News::Trouble { message });
                if let Some(run) = run {
                    self.with_job(run, |job| job.stopped = true);
                    self.free(index);
                }
            }
            Response::Predictions { query, predictions } => tell(News::Predictions { query, predictions }),
            Response::Picture { model, matrix, picture } => tell(News::Picture { model, matrix, picture }),
        }
    }

    fn with_job(&self, run: u32, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.0.borrow_mut().job.as_mut().filter(|job| job.run == run) {
            change(job);
        }
    }

    fn free(&self, index: usize) {
        if let Some(slot) = self.0.borrow_mut().slots[index].as_mut() {
            slot.busy = None;
        }
        self.settle();
    }

    /// A worker is gone: says so, keeps what it had sent, and replaces the first one unless it never started.
    fn lost(&self, index: usize, message: String) {
        let (tell, restart) = {
            let mut inner = self.0.borrow_mut();
            let gone = inner.slots[index].take();
            if gone.as_ref().is_some_and(|slot| slot.busy.is_some())
                && let Some(job) = inner.job.as_mut()
            {
                job.stopped = true;
            }
            (inner.tell.clone(), index == 0 && gone.is_some_and(|slot| slot.ready))
        };
        tell(News::Trouble { message });
        if restart {
            self.restart_first();
        }
        self.settle();
    }

    /// Ends the benchmark and the run if no worker is busy with them any more.
    fn settle(&self) {
        let ended = {
            let mut inner = self.0.borrow_mut();
            let busy = |run: u32| inner.slots.iter().flatten().any(|slot| slot.busy == Some(run));
            let ended = inner.benchmark.filter(|run| !busy(*run));
            if ended.is_some() {
                inner.benchmark = None;
            }
            ended.map(|run| (inner.tell.clone(), run))
        };
        if let Some((tell, run)) = ended {
            tell(News::BenchmarkEnded { run });
        }
        let (tell, job) = {
            let mut inner = self.0.borrow_mut();
            if inner.slots.iter().flatten().any(|slot| slot.busy.is_some()) {
                return;
            }
            (inner.tell.clone(), inner.job.take())
        };
        if let Some(Job { run, plan, backend, results, stopped }) = job {
            let report = Report::assemble(&plan, &backend, results);
            let stopped = stopped || report.digest.is_empty();
            tell(News::Finished { run, report: Box::new(report), stopped });
        }
    }
}

fn revive(weak: &Weak<RefCell<Inner>>) -> Option<Pool> {
    weak.upgrade().map(Pool)
}

/// Processors that the browser admits to.
fn cores() -> usize {
    web_sys::window().map_or(1, |window| window.navigator().hardware_concurrency() as usize)
}
