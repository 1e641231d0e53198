//! The models whose calls are timed: really trained, pruned and fine-tuned, so that their zeros lie as zeros do.

use super::Error;
use super::works::{Form, Net};
use crate::compression::{
    prune::{Prune, Schedule},
    quantize::Quantize,
};
use crate::data::Source;
use crate::experiment::{
    BackendName, Clock, Data, Engines, Event, Flow, Plan, Recipe, Sink, Step, VERSION, Variant, run_trial,
};
use crate::network::Training;
use std::cell::Cell;
use std::collections::HashMap;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

/// The sparsities on the way to the highest, in percent: each is reached from the one before and fine-tuned for an epoch.
const SPARSITIES: [u8; 3] = [90, 95, 98];

/// Makes the encoded files of a network in these forms by an experiment on the first `samples` images. None if it was
/// stopped.
pub(super) async fn make(
    net: Net,
    forms: &[Form],
    samples: usize,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<Vec<(Form, Vec<u8>)>>, Error> {
    let recipe = recipe(net, forms, samples);
    let plan = Plan::new(&recipe).map_err(|e| Error::Recipe(e.0))?;
    let mut dataset = recipe.data.open()?;
    let stopped = Rc::new(Cell::new(false));
    let mut gather = Gather { clock, files: HashMap::new(), stopped: Rc::clone(&stopped) };
    let mut engines = Engines::cpu();
    let trial = run_trial(&plan, 0, &mut dataset, source, &mut engines, &mut gather);
    match unless(&stopped, trial).await {
        None => Ok(None),
        Some(outcome) => {
            outcome?;
            let file = |form: &Form| Some((*form, gather.files.remove(&name(*form))?));
            Ok(Some(forms.iter().filter_map(file).collect()))
        }
    }
}

fn recipe(net: Net, forms: &[Form], samples: usize) -> Recipe {
    let variants =
        forms.iter().map(|&form| Variant { name: name(form), steps: steps(form), ..Variant::default() }).collect();
    Recipe {
        backend: BackendName::Cpu,
        version: VERSION,
        title: String::new(),
        data: Data { samples: Some(samples), ..Data::default() },
        network: net.architecture(),
        training: Training { epochs: 1, ..Training::default() },
        seeds: vec![1],
        variants,
    }
}

fn name(form: Form) -> String {
    format!("{form:?}")
}

/// Written out from the start: the plan computes once what forms share.
fn steps(form: Form) -> Vec<Step> {
    let quantize = || Step::Quantize(Quantize::default());
    match form {
        Form::F32 => Vec::new(),
        Form::Int8 => vec![quantize()],
        Form::Sparse(percent) => SPARSITIES.iter().filter(|&&s| s <= percent).map(|&s| prune(s)).collect(),
        Form::SparseInt8(percent) => steps(Form::Sparse(percent)).into_iter().chain([quantize()]).collect(),
    }
}

fn prune(percent: u8) -> Step {
    let sparsity = f64::from(percent) / 100.0;
    Step::Prune(Prune { sparsity, schedule: Schedule::OneShot, epochs: 1, ..Prune::default() })
}

/// Keeps the files of an experiment; everything else it tells is of no use here.
struct Gather<'a, C> {
    clock: &'a mut C,
    files: HashMap<String, Vec<u8>>,
    stopped: Rc<Cell<bool>>,
}

impl<C: Clock> Sink for Gather<'_, C> {
    fn event(&mut self, _: Event) {}

    fn model(&mut self, _: usize, variant: &str, file: &[u8]) {
        self.files.insert(variant.into(), file.to_vec());
    }
}

impl<C: Clock> Clock for Gather<'_, C> {
    /// Never returns from a stop: an experiment would still measure what it reached, which takes seconds.
    async fn pause(&mut self) -> Flow {
        if self.clock.pause().await == Flow::Stop {
            self.stopped.set(true);
            pending::<()>().await;
        }
        Flow::Continue
    }

    fn now_us(&self) -> f64 {
        self.clock.now_us()
    }
}

/// What a future comes to, unless it waits once `stopped` is set: then it is dropped.
async fn unless<T>(stopped: &Cell<bool>, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if stopped.get() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
