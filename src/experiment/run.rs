//! The runner: a stage, or a whole trial, of a plan. It does no I/O of its own and knows no clock.

use super::engines::{Accelerator, Engines};
use super::event::{Event, Flow, Sink};
use super::measure::measure;
use super::plan::Plan;
use super::report::{Latency, VariantResult};
use super::stage::{Inputs, Work};
use super::state::State;
use super::timing::latency;
use crate::data::{DataError, Dataset, Source, Split};
use crate::export;
use crate::network::{Executable, TrainError};

/// Why a run failed: one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The data could not be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Training failed.
    #[error("{stage}: {error}")]
    Training {
        /// The stage's label.
        stage: String,
        /// What went wrong.
        error: TrainError,
    },
    /// A network could not be laid out; the plan's check lets none such through.
    #[error("{0}")]
    Network(String),
    /// A model's file is not what it should be.
    #[error("{0}")]
    File(String),
}

/// How far a stage came in a trial.
#[derive(Clone, Debug)]
pub struct Reached {
    /// What it leaves to the stages that go on from it.
    pub state: State,
    /// The variants that end here, tested and not timed, each with its encoded file; they were also sent as events.
    pub variants: Vec<(VariantResult, Vec<u8>)>,
    /// The sink asked to stop before the stage's end: the state and the variants are what was reached.
    pub stopped: bool,
}

/// Runs one stage in these trials, at once where the backend can, and tests the variants that it completes.
///
/// What comes out of a trial depends on the plan, the trial's seed and its inputs alone, so stages may run anywhere and in any
/// order that brings each after its [`Plan::inputs`]. If the sink asks to stop, the stage ends, and what it reached is tested as
/// the first variant that leads through it and marked as stopped.
///
/// # Errors
/// What fails in every trial alike. What failed in one of them alone stands in its place, and the others went on.
pub async fn run_stage<A: Accelerator, K: Sink>(
    plan: &Plan,
    stage: usize,
    trials: &[Inputs<'_>],
    dataset: &mut Dataset,
    source: &impl Source,
    engines: &mut Engines<A>,
    sink: &mut K,
) -> Result<Vec<Result<Reached, RunError>>, RunError> {
    for of in trials {
        sink.event(Event::Stage { trial: of.trial, stage });
    }
    let mut work = Work::new(plan, stage, trials, dataset, source, engines, sink);
    let states = work.run().await?;
    let Work { stopped, failed, told, .. } = work;
    let mut all = Vec::with_capacity(trials.len());
    for (((of, state), failed), told) in trials.iter().zip(states).zip(failed).zip(told) {
        if let Some(error) = failed {
            all.push(Err(error));
            continue;
        }
        let (trial, seed) = (of.trial, plan.recipe.seeds[of.trial]);
        let mut variants = Vec::new();
        for variant in plan.variants.iter().filter(|v| plan.reaches(v.stage, stage)) {
            let done = variant.stage == stage;
            let cut_short = stopped && plan.first_through(stage) == Some(variant.name.as_str());
            if !(done || cut_short) {
                continue;
            }
            let (mut result, file) = measure(&state, &variant.name, seed, dataset, source, sink).await?;
            result.curve.clone_from(&told.curve);
            result.predicted_rise = told.predicted_rise;
            result.measured_rise = told.measured_rise;
            result.layer_scores.clone_from(&told.layer_scores);
            result.bias_offset = told.bias_offset;
            if stopped {
                result.stopped = true;
                result.digest.clear();
            }
            sink.model(trial, &variant.name, &file);
            sink.event(Event::Variant { trial, result: result.clone() });
            variants.push((result, file));
        }
        sink.event(Event::StageEnd { trial, stage });
        all.push(Ok(Reached { state, variants, stopped }));
    }
    Ok(all)
}

/// Times a variant by its encoded file and sends its [`Event::Latency`]. For the figure to be worth something, nothing else
/// of the run should be under way.
pub async fn time_variant(
    trial: usize,
    variant: &str,
    file: &[u8],
    dataset: &mut Dataset,
    source: &impl Source,
    sink: &mut impl Sink,
) -> Result<(), RunError> {
    let mut executable = Executable::new(&export::decode(file).map_err(|e| RunError::File(e.to_string()))?);
    dataset.ensure_all(source, Split::Test).await?;
    let latency = Latency {
        batch1: latency(&mut executable, dataset, 1, sink).await,
        batch64: latency(&mut executable, dataset, 64, sink).await,
    };
    sink.event(Event::Latency { trial, variant: variant.into(), latency });
    Ok(())
}

/// Runs one trial of a plan, one stage after another: every stage once, every variant tested and timed as soon as its stage
/// is done. The sink hears of the results. Says whether the sink asked to stop before the end.
///
/// The results depend on the plan and the trial's seed alone. If the sink asks to stop, the stage under way is ended as in
/// [`run_stage`], and the rest is left out.
pub async fn run_trial<A: Accelerator, K: Sink>(
    plan: &Plan,
    trial: usize,
    dataset: &mut Dataset,
    source: &impl Source,
    engines: &mut Engines<A>,
    sink: &mut K,
) -> Result<bool, RunError> {
    let mut states: Vec<State> = Vec::new();
    for stage in 0..plan.stages.len() {
        let inputs = [Inputs::of(trial, &plan.inputs(stage), &states)];
        let mut stopped = false;
        for reached in run_stage(plan, stage, &inputs, dataset, source, engines, sink).await? {
            let reached = reached?;
            for (result, file) in &reached.variants {
                time_variant(trial, &result.name, file, dataset, source, sink).await?;
            }
            stopped |= reached.stopped;
            states.push(reached.state);
        }
        if stopped || sink.pause().await == Flow::Stop {
            return Ok(stopped || stage + 1 < plan.stages.len());
        }
    }
    Ok(false)
}
