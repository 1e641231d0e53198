//! A run under way, as its events tell it: how far each stage is, the curves, what is done.

use super::browser::now_ms;
use super::curve::{Boundary, Curve, Point, epochs_before};
use super::state::Shared;
use crate::experiment::{Event, Plan, Report, Results};
use std::sync::Arc;

/// How far a stage of a trial is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Progress {
    pub begun: bool,
    pub ended: bool,
    /// It failed, or one that it needs did.
    pub lost: bool,
    pub samples: usize,
    pub total: usize,
    pub epoch: f32,
}

impl Progress {
    /// From 0 to 1.
    pub fn share(&self) -> f64 {
        if self.ended || self.lost {
            1.0
        } else if self.total == 0 {
            0.0
        } else {
            self.samples as f64 / self.total as f64
        }
    }

    /// A worker is at it.
    pub fn under_way(&self) -> bool {
        self.begun && !self.ended && !self.lost
    }
}

/// A run under way.
#[derive(Clone)]
pub(super) struct Tracker {
    pub run: u32,
    pub plan: Arc<Plan>,
    /// When it was begun, by the page's clock.
    pub begun_ms: f64,
    /// Images that have arrived, of those needed.
    pub data: Option<(usize, usize)>,
    /// Trial by trial, stage by stage.
    pub progress: Vec<Vec<Progress>>,
    pub curves: Vec<Curve>,
    pub boundaries: Vec<Boundary>,
    /// What is finished so far.
    pub report: Shared<Report>,
    /// Training samples a second, over all workers, of late.
    pub rate: Option<f64>,
    results: Results,
    /// Time and samples passed, a second or so ago.
    mark: Option<(f64, f64)>,
    /// When training began, and the work then done.
    first: Option<(f64, f64)>,
}

impl Tracker {
    pub fn new(run: u32, plan: Arc<Plan>) -> Self {
        let progress = vec![vec![Progress::default(); plan.stages.len()]; plan.recipe.seeds.len()];
        Self {
            run,
            begun_ms: now_ms(),
            data: None,
            progress,
            curves: Vec::new(),
            boundaries: Vec::new(),
            report: Shared(Arc::new(Results::default().report(&plan))),
            rate: None,
            results: Results::default(),
            mark: None,
            first: None,
            plan,
        }
    }

    /// Takes one piece of news.
    pub fn take(&mut self, event: Event) {
        match event {
            // Each worker loads for itself: the furthest is told.
            Event::Data { loaded, total } => {
                self.data = Some((self.data.map_or(loaded, |(most, _)| most.max(loaded)), total));
            }
            Event::Stage { trial, stage } => {
                self.at(trial, stage, |p| *p = Progress { begun: true, ..Progress::default() })
            }
            Event::StageEnd { trial, stage } => self.at(trial, stage, |p| p.ended = true),
            Event::StageLost { trial, stage } => self.at(trial, stage, |p| p.lost = true),
            Event::Step { trial, stage, samples, total, epoch, loss, accuracy } => {
                self.at(trial, stage, |p| *p = Progress { begun: true, samples, total, epoch, ..Progress::default() });
                self.measure();
                if let Some((curve, before)) = self.curve(trial, stage) {
                    curve.add_training(Point { epoch: before + epoch, loss, accuracy });
                }
            }
            Event::Validation { trial, stage, epoch, loss, accuracy } => {
                if let Some((curve, before)) = self.curve(trial, stage) {
                    curve.validation.push(Point { epoch: before + epoch, loss, accuracy });
                }
            }
            Event::Boundary { trial: 0, stage, side, classes } => {
                let Some(label) = self.plan.stages.get(stage).map(|s| s.label.clone()) else { return };
                self.boundaries.retain(|b| b.stage != stage);
                self.boundaries.push(Boundary { stage, label, side, classes });
                self.boundaries.sort_by_key(|b| b.stage);
            }
            Event::Boundary { .. } => {}
            // Told at once, by whoever hears of it.
            Event::Backend { .. } => {}
            Event::Variant { .. } | Event::Latency { .. } => {
                if self.results.take(&self.plan, &event) {
                    self.report = Shared(Arc::new(self.results.report(&self.plan)));
                }
            }
        }
    }

    fn at(&mut self, trial: usize, stage: usize, change: impl FnOnce(&mut Progress)) {
        if let Some(progress) = self.progress.get_mut(trial).and_then(|stages| stages.get_mut(stage)) {
            change(progress);
        }
    }

    /// The curve of a stage, and the epochs before it.
    fn curve(&mut self, trial: usize, stage: usize) -> Option<(&mut Curve, f32)> {
        let label = &self.plan.stages.get(stage)?.label;
        let before = epochs_before(&self.plan, stage) as f32;
        let index = match self.curves.iter().position(|c| c.trial == trial && c.stage == stage) {
            Some(index) => index,
            None => {
                let label = label.clone();
                self.curves.push(Curve { trial, stage, label, training: Vec::new(), validation: Vec::new() });
                self.curves.len() - 1
            }
        };
        Some((&mut self.curves[index], before))
    }

    /// Training samples of a stage, as the plan counts them.
    fn weight(&self, stage: usize) -> f64 {
        let epochs: usize = self.plan.stages.iter().map(|s| s.epochs()).sum();
        self.plan.training_samples() as f64 * self.plan.stages[stage].epochs() as f64 / epochs.max(1) as f64
    }

    fn work(&self, share: impl Fn(&Progress) -> f64) -> f64 {
        let stages =
            |trial: &Vec<Progress>| trial.iter().enumerate().map(|(i, p)| share(p) * self.weight(i)).sum::<f64>();
        self.progress.iter().map(stages).sum()
    }

    fn measure(&mut self) {
        let now = now_ms();
        let done = self.work(Progress::share);
        self.first.get_or_insert((now, done));
        let (then, before) = *self.mark.get_or_insert((now, done));
        if now - then > 700.0 {
            let fresh = (done - before) / (now - then) * 1000.0;
            self.rate = Some(self.rate.map_or(fresh, |rate| 0.5 * rate + 0.5 * fresh));
            self.mark = Some((now, done));
        }
    }

    /// The whole run from 0 to 1, by training samples.
    pub fn share(&self) -> f64 {
        let all = self.work(|_| 1.0);
        if all > 0.0 { (self.work(Progress::share) / all).min(1.0) } else { 0.0 }
    }

    /// Seconds still to go, by the speed so far.
    pub fn seconds_left(&self) -> Option<f64> {
        let (since, before) = self.first?;
        let done = self.work(Progress::share);
        let passed = (now_ms() - since) / 1000.0;
        (passed > 1.0 && done > before).then(|| (self.work(|_| 1.0) - done).max(0.0) * passed / (done - before))
    }

    /// Stages ended, over all trials.
    pub fn stages_ended(&self) -> usize {
        self.progress.iter().flatten().filter(|p| p.ended).count()
    }

    /// The stages under way and the trials that are at them, in the plan's order.
    pub fn current(&self) -> Vec<(usize, Vec<usize>)> {
        let at = |stage: usize| (0..self.progress.len()).filter(move |&t| self.progress[t][stage].under_way());
        let stages = (0..self.plan.stages.len()).map(|stage| (stage, at(stage).collect::<Vec<_>>()));
        stages.filter(|(_, trials)| !trials.is_empty()).collect()
    }
}
