//! How a network is trained, as a recipe writes it.

use serde::{Deserialize, Serialize};

/// The rule that turns gradients into steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OptimizerName {
    /// Stochastic gradient descent with momentum.
    Sgd,
    /// Adam (Kingma, Ba 2015).
    #[default]
    Adam,
}

named!(OptimizerName { Sgd => "sgd", Adam => "adam" });

/// How the learning rate moves through a training run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Stays as it is.
    Constant,
    /// Multiplied by `factor` after every `every` epochs.
    Step {
        /// Epochs between two drops.
        every: usize,
        /// What is left of the rate after each.
        factor: f64,
    },
    /// Falls to zero along half a cosine (Loshchilov, Hutter 2017).
    #[default]
    Cosine,
}

/// The settings of a training run. Their defaults belong to version 1 of the recipe and never change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Passes over the training set.
    pub epochs: usize,
    /// Samples a step.
    pub batch: usize,
    /// The rule.
    pub optimizer: OptimizerName,
    /// Learning rate at the start.
    pub learning_rate: f64,
    /// For `sgd`: the share of the velocity kept.
    pub momentum: f64,
    /// For `sgd`: Nesterov's look ahead.
    pub nesterov: bool,
    /// How the rate moves.
    pub schedule: Schedule,
    /// L2 penalty, added to the gradient of weights (not of biases).
    pub weight_decay: f64,
    /// Stops after so many epochs without a better validation loss and goes back to the best; 0 for never.
    pub early_stopping: usize,
    /// Each training image is moved by up to so many pixels at random, in each direction, and zeros come in; 0 for none.
    pub jitter: usize,
    /// The greatest length of the weights that lead into a unit (Srivastava et al. 2014); 0 for any.
    pub max_norm: f64,
    /// The share of each label that is spread evenly over all classes (Szegedy et al. 2016).
    pub label_smoothing: f64,
    /// Samples are mixed in pairs, by shares from the Beta distribution with both parameters at this (Zhang et al. 2018); 0 for
    /// none.
    pub mixup: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch: 64,
            optimizer: OptimizerName::Adam,
            learning_rate: 0.001,
            momentum: 0.9,
            nesterov: false,
            schedule: Schedule::Cosine,
            weight_decay: 0.0,
            early_stopping: 0,
            jitter: 0,
            max_norm: 0.0,
            label_smoothing: 0.0,
            mixup: 0.0,
        }
    }
}

/// The most epochs and the largest batch that a recipe may ask for.
pub const MAX_EPOCHS: usize = 200;
/// See [`MAX_EPOCHS`].
pub const MAX_BATCH: usize = 1024;
/// The farthest that an image is moved, in pixels.
pub const MAX_JITTER: usize = 4;

impl Training {
    /// Checks every range; the sentence names the field, the value and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let whole = |name: &str, value: usize, low: usize, high: usize| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} {value} is not allowed; it must lie between {low} and {high}"))
            }
        };
        let real = |name: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} {value} is not allowed; it must lie between {low} and {high}"))
            }
        };
        whole("epochs", self.epochs, 0, MAX_EPOCHS)?;
        whole("batch", self.batch, 1, MAX_BATCH)?;
        whole("early_stopping", self.early_stopping, 0, MAX_EPOCHS)?;
        real("learning_rate", self.learning_rate, 1e-6, 10.0)?;
        real("momentum", self.momentum, 0.0, 0.999)?;
        real("weight_decay", self.weight_decay, 0.0, 1.0)?;
        whole("jitter", self.jitter, 0, MAX_JITTER)?;
        real("max_norm", self.max_norm, 0.0, 100.0)?;
        real("label_smoothing", self.label_smoothing, 0.0, 0.9)?;
        real("mixup", self.mixup, 0.0, 10.0)?;
        if let Schedule::Step { every, factor } = self.schedule {
            whole("schedule.step.every", every, 1, MAX_EPOCHS)?;
            real("schedule.step.factor", factor, 0.0, 1.0)?;
        }
        Ok(())
    }

    /// Whether samples, labels and weights are left as they are, but for the steps of the optimizer.
    pub fn is_plain(&self) -> bool {
        !self.changes_samples() && self.max_norm == 0.0 && self.label_smoothing == 0.0
    }

    /// Whether the network sees other inputs than the training samples.
    pub fn changes_samples(&self) -> bool {
        self.jitter > 0 || self.mixup > 0.0
    }

    /// The learning rate of step `step` out of `steps`, `per_epoch` to an epoch.
    pub fn rate(&self, step: usize, steps: usize, per_epoch: usize) -> f32 {
        let scale = match self.schedule {
            Schedule::Constant => 1.0,
            Schedule::Step { every, factor } => libm::pow(factor, (step / per_epoch.max(1) / every) as f64),
            Schedule::Cosine => 0.5 * (1.0 + libm::cos(std::f64::consts::PI * step as f64 / steps.max(1) as f64)),
        };
        (self.learning_rate * scale) as f32
    }
}
