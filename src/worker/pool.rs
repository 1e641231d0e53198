//! The page's end of the protocol: a few workers, the tasks of a run spread over them, and what comes back as [`News`].
//!
//! A worker that dies or does not stop in time is replaced, and what it had sent stands.

mod job;
mod news;
mod slot;

use super::{ModelFile, Request, Response};
use crate::experiment::{Event, Plan};
use job::Job;
pub use news::News;
pub use slot::FirstWorker;
use slot::{Duty, Heard, Slot};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// The most workers, whatever the device offers: each holds a data set (55 MB of MNIST) and a network.
const MAX_WORKERS: usize = 8;
/// The most workers on a device with [`LITTLE_MEMORY`] or less.
const FEW_WORKERS: usize = 2;
/// In GiB, as browsers tell it: rounded, and never more than 8.
const LITTLE_MEMORY: f64 = 4.0;

/// How long a worker may take to stop before it is ended, in milliseconds.
const PATIENCE_MS: i32 = 3000;

struct Inner {
    slots: Vec<Option<Slot>>,
    job: Option<Job>,
    /// The benchmark that the first worker is busy with.
    benchmark: Option<u32>,
    /// The last one went to its end.
    complete: bool,
    models: Vec<ModelFile>,
    /// What the visitor supplied, for each worker to have before it is asked anything.
    files: Vec<ModelFile>,
    started: u32,
    tell: Rc<dyn Fn(News)>,
}

/// The workers; clones are the same pool.
#[derive(Clone)]
pub struct Pool(Rc<RefCell<Inner>>);

impl Pool {
    /// Takes the first worker, which was started before so that it is warm, and tells `tell` what happens from now on.
    pub fn new(first: Result<FirstWorker, String>, tell: impl Fn(News) + 'static) -> Self {
        let inner = Inner {
            slots: Vec::new(),
            job: None,
            benchmark: None,
            complete: false,
            models: Vec::new(),
            files: Vec::new(),
            started: 0,
            tell: Rc::new(tell),
        };
        let pool = Self(Rc::new(RefCell::new(inner)));
        pool.put(0, |id, hear| Slot::take(id, first?, hear));
        pool
    }

    /// Runs a plan under this number. One run at a time: an earlier one that has not ended is given up.
    pub fn run(&self, run: u32, plan: Plan) {
        self.give_up();
        let workers = workers(&plan);
        self.0.borrow_mut().job = Some(Job::new(run, plan));
        (0..workers).for_each(|index| self.ensure(index));
        self.go_on();
    }

    /// Asks the run to end; after [`PATIENCE_MS`] it is ended whether it answers or not.
    pub fn stop(&self) {
        let (run, busy) = {
            let mut inner = self.0.borrow_mut();
            let Some(job) = inner.job.as_mut() else { return };
            job.stop();
            let run = job.run;
            let busy = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| slot.duty.is_some());
            (run, (0..inner.slots.len()).filter(|&index| busy(&inner.slots[index])).collect::<Vec<_>>())
        };
        for index in busy {
            self.send(index, &Request::Stop);
        }
        let weak = Rc::downgrade(&self.0);
        let late = Closure::once_into_js(move || {
            let Some(pool) = revive(&weak) else { return };
            if pool.0.borrow().job.as_ref().is_some_and(|job| job.run == run) {
                pool.give_up();
            }
        });
        if let Some(window) = web_sys::window() {
            // Fails only where there are no timers; then the worker's own answer ends the run.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), PATIENCE_MS);
        }
    }

    /// Asks about loaded models ([`super::Question`], as JSON); under a number, where the first worker is then busy with it. Not
    /// while a run goes on, but for questions without a number.
    pub fn inspect(&self, run: Option<u32>, question: String) {
        let request = Request::Inspect { run, question };
        match run {
            Some(run) => self.measure(run, &request),
            None => {
                self.ensure(0);
                self.send(0, &request);
            }
        }
    }

    fn measure(&self, run: u32, request: &Request) {
        self.ensure(0);
        {
            let mut inner = self.0.borrow_mut();
            inner.benchmark = Some(run);
            inner.complete = false;
            if let Some(Some(slot)) = inner.slots.first_mut() {
                slot.duty = Some(Duty::Benchmark);
            }
        }
        self.send(0, request);
        self.settle_benchmark();
    }

    /// Asks the benchmark to end, which it does after the window under way.
    pub fn stop_benchmark(&self) {
        if self.0.borrow().benchmark.is_some() {
            self.send(0, &Request::Stop);
        }
    }

    /// Makes these the models that predictions and pictures speak of.
    pub fn load(&self, models: Vec<ModelFile>) {
        self.ensure(0);
        self.0.borrow_mut().models.clone_from(&models);
        self.send(0, &Request::Load { models });
    }

    /// Gives every worker, now and to come, files that the visitor supplied, under their paths.
    pub fn keep(&self, files: Vec<ModelFile>) {
        let workers = self.0.borrow().slots.len();
        let request = Request::Keep { files };
        (0..workers).for_each(|index| self.send(index, &request));
        if let Request::Keep { files } = request {
            self.0.borrow_mut().files.extend(files);
        }
    }

    /// Gives a file to the first worker alone, for a question.
    pub fn hand(&self, file: ModelFile) {
        self.ensure(0);
        self.send(0, &Request::Keep { files: vec![file] });
    }

    /// Whether the workers have all these files.
    pub fn has(&self, paths: &[String]) -> bool {
        paths.iter().all(|path| self.0.borrow().files.iter().any(|file| file.name == *path))
    }

    /// Asks every loaded model about a sample.
    pub fn predict(&self, query: u32, sample: Vec<f32>) {
        self.ensure(0);
        self.send(0, &Request::Predict { query, sample });
    }

    /// Asks for a picture of a weight matrix.
    pub fn picture(&self, model: String, matrix: usize) {
        self.ensure(0);
        self.send(0, &Request::Picture { model, matrix });
    }

    /// Ends a run or a benchmark that has not ended: busy workers, with what they were at, and then itself.
    fn give_up(&self) {
        let first_gone = {
            let mut inner = self.0.borrow_mut();
            if inner.job.is_none() && inner.benchmark.is_none() {
                return;
            }
            for slot in &mut inner.slots {
                if slot.as_ref().is_some_and(|slot| slot.duty.is_some()) {
                    *slot = None;
                }
            }
            inner.slots.first().is_some_and(Option::is_none)
        };
        if first_gone {
            self.restart_first();
        }
        self.finish();
        self.settle_benchmark();
    }

    fn restart_first(&self) {
        self.ensure(0);
        let models = self.0.borrow().models.clone();
        if !models.is_empty() {
            self.send(0, &Request::Load { models });
        }
    }

    /// Starts the worker at `index` unless it is there.
    fn ensure(&self, index: usize) {
        if self.0.borrow().slots.get(index).is_none_or(Option::is_none) {
            self.put(index, Slot::start);
        }
    }

    /// Puts a worker at `index`; `make` is told its id and whom it should tell what comes from it.
    fn put(&self, index: usize, make: impl FnOnce(u32, Rc<dyn Fn(Heard)>) -> Result<Slot, String>) {
        let mut inner = self.0.borrow_mut();
        while inner.slots.len() <= index {
            inner.slots.push(None);
        }
        inner.started += 1;
        let id = inner.started;
        let weak = Rc::downgrade(&self.0);
        let slot = make(
            id,
            Rc::new(move |heard| {
                if let Some(pool) = revive(&weak) {
                    pool.hear(index, id, heard);
                }
            }),
        );
        let tell = inner.tell.clone();
        match slot {
            Ok(slot) => {
                inner.slots[index] = Some(slot);
                if !inner.files.is_empty() {
                    let request = Request::Keep { files: inner.files.clone() };
                    drop(inner);
                    self.send(index, &request);
                }
            }
            Err(message) => {
                drop(inner);
                tell(News::Trouble { message });
            }
        }
    }

    /// Sends a message; a worker that could not be started was told of then.
    fn send(&self, index: usize, request: &Request) {
        let sent = match self.0.borrow_mut().slots.get_mut(index).and_then(Option::as_mut) {
            Some(slot) => slot.send(request),
            None => Ok(()),
        };
        if let Err(message) = sent {
            self.lost(index, message);
        }
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
            // In one trial of a task, which goes on in others.
            Response::Event { run, event: Event::StageLost { trial, stage } } => {
                self.given_up(run, |job| job.lost_in(stage, trial));
            }
            Response::Event { run, event } => {
                self.with_job(run, |job| job.take(&event));
                tell(News::Event { run, event });
            }
            Response::Model { run, trial, model } => {
                self.with_job(run, |job| job.tested(trial, &model));
                tell(News::Model { run, trial, model });
            }
            Response::Measured { run, measurement } => tell(News::Measured { run, measurement }),
            Response::Answer { answer } => tell(News::Answer { answer }),
            Response::BenchmarkEnded { complete, .. } => {
                self.0.borrow_mut().complete = complete;
                self.free(index);
                self.go_on();
            }
            Response::Done { run, states } => {
                if let Some(Duty::Task(task)) = self.free(index) {
                    self.with_job(run, |job| job.done(&task, states));
                }
                self.go_on();
            }
            Response::Failed { run: None, message } => tell(News::Trouble { message }),
            Response::Failed { run: Some(run), message } => {
                tell(News::Trouble { message });
                if let Some(Duty::Task(task)) = self.free(index) {
                    self.given_up(run, |job| job.lost(&task));
                }
                self.go_on();
            }
            Response::Predictions { query, predictions } => tell(News::Predictions { query, predictions }),
            Response::Exported { model, ending } => tell(News::Exported { model, ending }),
            Response::Picture { model, matrix, picture } => tell(News::Picture { model, matrix, picture }),
        }
    }

    fn with_job(&self, run: u32, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.0.borrow_mut().job.as_mut().filter(|job| job.run == run) {
            change(job);
        }
    }

    /// What a worker was at has ended: what it was.
    fn free(&self, index: usize) -> Option<Duty> {
        self.0.borrow_mut().slots.get_mut(index)?.as_mut()?.duty.take()
    }

    /// Something will not be done, nor what needs it.
    fn given_up(&self, run: u32, lose: impl FnOnce(&mut Job) -> Vec<News>) {
        let tell = self.0.borrow().tell.clone();
        let mut news = Vec::new();
        self.with_job(run, |job| news = lose(job));
        news.into_iter().for_each(|news| tell(news));
    }

    /// A worker is gone: says so, keeps what it had sent, and replaces it unless it never started.
    fn lost(&self, index: usize, message: String) {
        let (tell, gone, run) = {
            let mut inner = self.0.borrow_mut();
            let gone = inner.slots.get_mut(index).and_then(Option::take);
            (inner.tell.clone(), gone, inner.job.as_ref().map(|job| job.run))
        };
        tell(News::Trouble { message });
        if let (Some(run), Some(Duty::Task(task))) = (run, gone.as_ref().and_then(|slot| slot.duty.as_ref())) {
            self.given_up(run, |job| job.lost(task));
        }
        if gone.is_some_and(|slot| slot.ready) {
            match index {
                0 => self.restart_first(),
                _ if run.is_some() => self.ensure(index),
                _ => {}
            }
        }
        self.go_on();
    }

    /// Gives idle workers what there is to do, and ends the run when there is nothing more.
    fn go_on(&self) {
        let workers = self.0.borrow().slots.len();
        for index in 0..workers {
            let request = {
                let mut inner = self.0.borrow_mut();
                let Inner { slots, job, .. } = &mut *inner;
                let idle = slots.get_mut(index).and_then(Option::as_mut).filter(|slot| slot.duty.is_none());
                let (Some(slot), Some(job)) = (idle, job.as_mut()) else { continue };
                let Some((place, request)) = job.begin() else { break };
                slot.duty = Some(Duty::Task(place));
                request
            };
            self.send(index, &request);
        }
        let idle = {
            let inner = self.0.borrow();
            // Without a worker nothing goes on, whatever is left.
            inner.job.is_some() && inner.slots.iter().flatten().all(|slot| slot.duty.is_none())
        };
        if idle {
            self.finish();
        }
        self.settle_benchmark();
    }

    /// Ends the benchmark if no worker is at it any more.
    fn settle_benchmark(&self) {
        let (tell, ended, complete) = {
            let mut inner = self.0.borrow_mut();
            let goes_on = inner.slots.iter().flatten().any(|slot| slot.duty == Some(Duty::Benchmark));
            (inner.tell.clone(), inner.benchmark.take_if(|_| !goes_on), inner.complete)
        };
        if let Some(run) = ended {
            tell(News::BenchmarkEnded { run, complete });
        }
    }

    /// Ends the run with what was reached.
    fn finish(&self) {
        let (tell, job) = {
            let mut inner = self.0.borrow_mut();
            (inner.tell.clone(), inner.job.take())
        };
        if let Some(job) = job {
            tell(job.finish());
        }
    }
}

fn revive(weak: &Weak<RefCell<Inner>>) -> Option<Pool> {
    weak.upgrade().map(Pool)
}

/// How many workers a run is spread over.
pub fn workers(plan: &Plan) -> usize {
    most_workers().min(plan.width())
}

/// How many workers the device bears: one a processor that the browser admits to, within limits.
fn most_workers() -> usize {
    let Some(window) = web_sys::window() else { return 1 };
    let navigator = window.navigator();
    // Not every browser tells it.
    let memory = js_sys::Reflect::get(&navigator, &"deviceMemory".into()).ok().and_then(|gigabytes| gigabytes.as_f64());
    let most = if memory.is_some_and(|memory| memory <= LITTLE_MEMORY) { FEW_WORKERS } else { MAX_WORKERS };
    (navigator.hardware_concurrency() as usize).clamp(1, most)
}
