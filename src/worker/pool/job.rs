//! A run under way: what is still to do, and what has come of it.

use super::News;
use crate::experiment::{Event, PackedState, Place, Plan, Results, Schedule};
use crate::worker::{ModelFile, Request};

/// A run under way.
pub(super) struct Job {
    pub(super) run: u32,
    plan: Plan,
    schedule: Schedule<PackedState>,
    results: Results,
}

impl Job {
    /// Nothing is done yet.
    pub(super) fn new(run: u32, plan: Plan) -> Self {
        let schedule = Schedule::new(&plan);
        Self { run, plan, schedule, results: Results::default() }
    }

    /// What an idle worker should do, and how to call it when it has ended; none if something has to end first.
    pub(super) fn begin(&mut self) -> Option<(Place, Request)> {
        let task = self.schedule.begin()?;
        let place = task.place();
        Some((place, Request::Task { run: self.run, recipe: self.plan.recipe.clone(), task }))
    }

    /// Keeps what an event brings of results.
    pub(super) fn take(&mut self, event: &Event) {
        self.results.take(&self.plan, event);
    }

    /// A variant was tested, and is to be timed by its file.
    pub(super) fn tested(&mut self, trial: usize, model: &ModelFile) {
        self.schedule.tested(trial, &model.name, model.file.clone());
    }

    /// A task has ended.
    pub(super) fn done(&mut self, task: &Place, states: Vec<Option<PackedState>>) {
        self.schedule.done(task, states);
    }

    /// A task failed: what that means for the stages, as news.
    pub(super) fn lost(&mut self, task: &Place) -> Vec<News> {
        let given_up = self.schedule.lost(task);
        self.told(given_up)
    }

    /// A stage failed in one of the trials that it is run in: the same.
    pub(super) fn lost_in(&mut self, stage: usize, trial: usize) -> Vec<News> {
        let given_up = self.schedule.lost_in(stage, trial);
        self.told(given_up)
    }

    fn told(&self, given_up: Vec<(usize, usize)>) -> Vec<News> {
        let news = |(trial, stage)| News::Event { run: self.run, event: Event::StageLost { trial, stage } };
        given_up.into_iter().map(news).collect()
    }

    /// Nothing more is begun but timings.
    pub(super) fn stop(&mut self) {
        self.schedule.stop();
    }

    /// The news that it has ended.
    pub(super) fn finish(self) -> News {
        let report = self.results.report(&self.plan);
        let stopped = !self.schedule.complete() || report.digest.is_empty();
        News::Finished { run: self.run, report: Box::new(report), stopped }
    }
}
