//! The tasks of a run: a stage, or the timing of a variant.

use super::State;
use super::post::Post;
use crate::data::Dataset;
use crate::experiment::{
    Accelerator, Data, Engines, Event, OfTrial, PackedState, Plan, Recipe, Sink, Task, run_stage, time_variant,
};
use crate::worker::Response;
use crate::worker::source::Fetch;
use std::cell::RefCell;
use std::rc::Rc;

/// A data set as a worker holds it.
pub(super) struct Held {
    data: Data,
    dataset: Dataset,
    /// The run that its fetches were begun for.
    run: u32,
    source: Fetch,
}

impl Held {
    /// The data of a run: those held, as far as they are the same, with what they lack on its way.
    fn of_run(held: Option<Self>, run: u32, data: &Data) -> Result<Self, String> {
        match held.filter(|held| held.data == *data) {
            Some(held) if held.run == run => Ok(held),
            // A fetch that failed is begun anew with the next run.
            Some(held) => Ok(Self { run, source: Fetch::start(&held.dataset), ..held }),
            None => {
                let dataset = data.open().map_err(|e| e.to_string())?;
                Ok(Self { data: data.clone(), run, source: Fetch::start(&dataset), dataset })
            }
        }
    }
}

/// Does a task; the answer that says how it ended, or a sentence that says why it failed.
pub(super) async fn perform<A: Accelerator>(
    state: &Rc<RefCell<State>>,
    run: u32,
    recipe: &Recipe,
    task: Task<PackedState>,
    engines: &mut Engines<A>,
) -> Result<Response, String> {
    let plan = Plan::new(recipe).map_err(|e| e.to_string())?;
    let held = state.borrow_mut().data.take();
    let mut held = Held::of_run(held, run, &recipe.data)?;
    let ended = on_data(state, run, &plan, task, &mut held, engines).await;
    // Whatever became of the task, what has been loaded is of use to the next.
    state.borrow_mut().data = Some(held);
    ended
}

async fn on_data<A: Accelerator>(
    state: &Rc<RefCell<State>>,
    run: u32,
    plan: &Plan,
    task: Task<PackedState>,
    held: &mut Held,
    engines: &mut Engines<A>,
) -> Result<Response, String> {
    let mut post = Post::new(run, state)?;
    let Held { dataset, source, .. } = held;
    match task {
        Task::Time { trial, variant, file } => {
            let timed = time_variant(trial, &variant, &file, dataset, source, &mut post).await;
            timed.map_err(|e| e.to_string())?;
            Ok(Response::Done { run, states: Vec::new() })
        }
        Task::Stage { stage, trials } => {
            if let Some(of) = trials.iter().find(|of| of.trial >= plan.recipe.seeds.len() || stage >= plan.stages.len())
            {
                return Err(format!("stage {stage} of trial {} is asked for and the recipe has none such", of.trial));
            }
            let trials: Result<Vec<_>, _> = trials.iter().map(OfTrial::unpack).collect();
            let trials = trials.map_err(|e| e.to_string())?;
            let inputs: Vec<_> = trials.iter().map(OfTrial::inputs).collect();
            let reached = run_stage(plan, stage, &inputs, dataset, source, engines, &mut post).await;
            let reached = reached.map_err(|e| e.to_string())?;
            let used = plan.users(stage).next().is_some();
            let mut states = Vec::with_capacity(reached.len());
            for (of, reached) in trials.iter().zip(reached) {
                states.push(match reached {
                    Ok(reached) => used.then(|| reached.state.pack()),
                    Err(error) => {
                        // Told before the task ends, so that nothing begins that needs it.
                        super::fail(None, error.to_string());
                        post.event(Event::StageLost { trial: of.trial, stage });
                        None
                    }
                });
            }
            Ok(Response::Done { run, states })
        }
    }
}
