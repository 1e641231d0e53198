//! Which stage of which trial is to be run next, and when variants are timed: the part of running side by side that knows
//! neither workers nor threads.
//!
//! A stage may begin when the stages it goes on from have ended. Of those that may, the one with the most work behind it
//! comes first, since the longest path decides when a run ends; then the earlier trial, then the earlier stage. For the GPU,
//! the trials that stand at one stage make one task, since it trains many networks in the time of a few. A variant is
//! timed when nothing else is under way, so that its latency is that of a processor which has nothing else to do.

#[cfg(test)]
mod tests;

use super::plan::{Needs, Plan};
use super::recipe::BackendName;
use super::stage::Inputs;
use super::state::{PackedState, State};
use crate::export::FileError;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::HashSet;

/// Trials that the GPU is given at once: beyond that nothing is gained, and all of them have to be held.
const MOST_AT_ONCE: usize = 32;

/// Something to do, with what it needs: `S` is what a stage leaves behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task<S> {
    /// Run a stage, in several trials at once where that is worth it.
    Stage {
        /// Which stage.
        stage: usize,
        /// In which trials.
        trials: Vec<OfTrial<S>>,
    },
    /// Time a variant.
    Time {
        /// Which trial.
        trial: usize,
        /// The variant's name.
        variant: String,
        /// Its encoded file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
}

/// A trial of a stage that is to be run, with what it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfTrial<S> {
    /// Which trial.
    pub trial: usize,
    /// What the stage's parent left behind in it.
    pub parent: Option<S>,
    /// What the stage's teacher left behind in it, where that is not the parent.
    pub teacher: Option<S>,
    /// What the stages that it averages left behind.
    pub members: Vec<S>,
}

impl<S: Borrow<State>> OfTrial<S> {
    /// As [`super::run_stage`] takes it.
    pub fn inputs(&self) -> Inputs<'_> {
        let [parent, teacher] = [&self.parent, &self.teacher].map(|state| state.as_ref().map(Borrow::borrow));
        Inputs { trial: self.trial, parent, teacher, members: self.members.iter().map(Borrow::borrow).collect() }
    }
}

impl OfTrial<PackedState> {
    /// With the states that were packed. Fails as [`PackedState::unpack`] does.
    pub fn unpack(&self) -> Result<OfTrial<State>, FileError> {
        let unpack = |state: &Option<PackedState>| state.as_ref().map(PackedState::unpack).transpose();
        let members = self.members.iter().map(PackedState::unpack).collect::<Result<_, _>>()?;
        Ok(OfTrial { trial: self.trial, parent: unpack(&self.parent)?, teacher: unpack(&self.teacher)?, members })
    }
}

/// A task without what it needs, to say later how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A stage.
    Stage {
        /// Which stage.
        stage: usize,
        /// In which trials.
        trials: Vec<usize>,
    },
    /// The timing; there is one at a time.
    Timing,
}

impl<S> Task<S> {
    /// What to call it when it has ended.
    pub fn place(&self) -> Place {
        match self {
            Task::Stage { stage, trials } => {
                Place::Stage { stage: *stage, trials: trials.iter().map(|of| of.trial).collect() }
            }
            Task::Time { .. } => Place::Timing,
        }
    }
}

/// How far a stage of a trial is.
#[derive(Clone, Debug)]
enum Progress<S> {
    Waiting,
    Running,
    /// What it left behind, as long as a stage needs it.
    Done(Option<S>),
    /// It failed, or one before it did.
    Lost,
}

/// The tasks of a run.
#[derive(Clone, Debug)]
pub struct Schedule<S> {
    inputs: Vec<Needs>,
    users: Vec<Vec<usize>>,
    /// The work from the beginning of each stage to the end of the longest path through it.
    urgency: Vec<f64>,
    /// Trial by trial, stage by stage.
    progress: Vec<Vec<Progress<S>>>,
    /// Variants to be timed.
    timings: Vec<(usize, String, Vec<u8>)>,
    /// Variants that are timed or going to be.
    timed: HashSet<String>,
    /// How many trials of a stage are run at once.
    at_once: usize,
    under_way: usize,
    timing: bool,
    stopped: bool,
}

impl<S: Clone> Schedule<S> {
    /// All of a plan.
    pub fn new(plan: &Plan) -> Self {
        let count = plan.stages.len();
        let users: Vec<Vec<usize>> = (0..count).map(|stage| plan.users(stage).collect()).collect();
        let mut urgency = vec![0.0f64; count];
        for stage in (0..count).rev() {
            let behind = users[stage].iter().map(|&user| urgency[user]).fold(0.0, f64::max);
            urgency[stage] = plan.cost(stage) + behind;
        }
        Self {
            inputs: (0..count).map(|stage| plan.inputs(stage)).collect(),
            users,
            urgency,
            progress: vec![vec![Progress::Waiting; count]; plan.recipe.seeds.len()],
            timings: Vec::new(),
            timed: HashSet::new(),
            at_once: if plan.recipe.backend == BackendName::Gpu { MOST_AT_ONCE } else { 1 },
            under_way: 0,
            timing: false,
            stopped: false,
        }
    }

    /// The next task, which counts as under way from now on; none if something has to end first, or if all is done.
    pub fn begin(&mut self) -> Option<Task<S>> {
        if self.timing {
            return None;
        }
        if self.under_way == 0 && !self.timings.is_empty() {
            let (trial, variant, file) = self.timings.remove(0);
            self.timing = true;
            self.under_way = 1;
            return Some(Task::Time { trial, variant, file });
        }
        let (first, stage) = self.most_urgent()?;
        let with_it = (first..self.progress.len()).filter(|&trial| self.ready(trial, stage)).take(self.at_once);
        let trials: Vec<OfTrial<S>> = with_it
            .map(|trial| {
                let Needs { parent, teacher, members } = &self.inputs[stage];
                let [parent, teacher] = [parent, teacher].map(|input| self.left_by(trial, (*input)?));
                OfTrial {
                    trial,
                    parent,
                    teacher,
                    members: members.iter().filter_map(|member| self.left_by(trial, *member)).collect(),
                }
            })
            .collect();
        trials.iter().for_each(|of| self.progress[of.trial][stage] = Progress::Running);
        self.under_way += 1;
        Some(Task::Stage { stage, trials })
    }

    fn most_urgent(&self) -> Option<(usize, usize)> {
        if self.stopped {
            return None;
        }
        let places = (0..self.progress.len()).flat_map(|trial| (0..self.inputs.len()).map(move |stage| (trial, stage)));
        let ready = places.filter(|&(trial, stage)| self.ready(trial, stage));
        // The first of those that are equally urgent.
        ready.reduce(|best, other| if self.urgency[other.1] > self.urgency[best.1] { other } else { best })
    }

    fn ready(&self, trial: usize, stage: usize) -> bool {
        let there = |input: usize| matches!(self.progress[trial][input], Progress::Done(_));
        matches!(self.progress[trial][stage], Progress::Waiting) && self.inputs[stage].all().all(there)
    }

    fn left_by(&self, trial: usize, stage: usize) -> Option<S> {
        match &self.progress[trial][stage] {
            Progress::Done(state) => state.clone(),
            _ => None,
        }
    }

    /// A variant was tested: it is to be timed, unless it was in another trial.
    pub fn tested(&mut self, trial: usize, variant: &str, file: Vec<u8>) {
        if self.timed.insert(variant.into()) {
            self.timings.push((trial, variant.into(), file));
        }
    }

    /// A task has ended; a stage that others go on from has left something behind in each of its trials.
    pub fn done(&mut self, place: &Place, states: Vec<Option<S>>) {
        let mut states = states.into_iter();
        self.end(place, || Progress::Done(states.next().flatten()));
    }

    /// A task failed: it and the stages that need it are given up. Gives those stages, as trial and stage.
    pub fn lost(&mut self, place: &Place) -> Vec<(usize, usize)> {
        self.end(place, || Progress::Lost);
        let Place::Stage { stage, trials } = place else { return Vec::new() };
        trials.iter().flat_map(|trial| self.give_up(*trial, *stage)).collect()
    }

    /// A stage under way failed in this trial, and may yet end in others: it and those that need it are given up here.
    pub fn lost_in(&mut self, stage: usize, trial: usize) -> Vec<(usize, usize)> {
        self.progress[trial][stage] = Progress::Lost;
        self.give_up(trial, stage)
    }

    /// A stage of a trial is lost, and with it those that need it: all of them.
    fn give_up(&mut self, trial: usize, stage: usize) -> Vec<(usize, usize)> {
        let mut given_up = vec![stage];
        // A stage stands behind those it goes on from, so one pass reaches all that follow.
        for later in stage + 1..self.inputs.len() {
            if self.inputs[later].all().any(|input| given_up.contains(&input)) {
                self.progress[trial][later] = Progress::Lost;
                given_up.push(later);
            }
        }
        given_up.into_iter().map(|stage| (trial, stage)).collect()
    }

    fn end(&mut self, place: &Place, mut progress: impl FnMut() -> Progress<S>) {
        self.under_way = self.under_way.saturating_sub(1);
        let Place::Stage { stage, trials } = place else {
            self.timing = false;
            return;
        };
        for &trial in trials {
            let ended = progress();
            if !matches!(self.progress[trial][*stage], Progress::Lost) {
                self.progress[trial][*stage] = ended;
            }
            for stage in 0..self.inputs.len() {
                let wanted = |user: &usize| matches!(self.progress[trial][*user], Progress::Waiting);
                if !self.users[stage].iter().any(wanted)
                    && let Progress::Done(state) = &mut self.progress[trial][stage]
                {
                    *state = None;
                }
            }
        }
    }

    /// No further stage begins. What was tested is still timed.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Nothing is under way and nothing can begin.
    pub fn over(&self) -> bool {
        self.under_way == 0 && self.timings.is_empty() && self.most_urgent().is_none()
    }

    /// Every stage of every trial was run.
    pub fn complete(&self) -> bool {
        self.progress.iter().flatten().all(|progress| matches!(progress, Progress::Done(_)))
    }
}
