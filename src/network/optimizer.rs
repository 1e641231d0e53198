//! The optimizers' state on a device.

use super::layer::Role;
use super::pass::Network;
use super::training::{OptimizerName, Training};
use crate::backend::{Adam, Backend, DeviceError, Sgd};

/// Adam's decay rates and guard, as in its paper.
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

/// What an optimizer remembers between steps.
pub(crate) struct Optimizer<B: Backend> {
    /// Velocity, or first and second moment, of each parameter.
    moments: Vec<[B::Buffer; 2]>,
    /// There is a second moment.
    second: bool,
    steps: u64,
}

/// What an optimizer remembers, on the host.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    moments: Vec<[Vec<f32>; 2]>,
    steps: u64,
}

impl<B: Backend> Optimizer<B> {
    pub fn new(backend: &B, network: &Network<B>, training: &Training) -> Self {
        let second = training.optimizer == OptimizerName::Adam;
        let moments =
            network.parameters.iter().map(|p| [backend.zeros(p.len), backend.zeros(if second { p.len } else { 0 })]);
        Self { moments: moments.collect(), second, steps: 0 }
    }

    /// Goes on from what was kept of each lane's.
    pub fn restored(backend: &B, kept: &[&Kept]) -> Self {
        let moments = (0..kept[0].moments.len()).map(|parameter| {
            [0, 1].map(|moment| {
                let lanes: Vec<&[f32]> = kept.iter().map(|kept| kept.moments[parameter][moment].as_slice()).collect();
                backend.upload(&lanes.concat())
            })
        });
        let second = kept[0].moments.iter().any(|[_, second]| !second.is_empty());
        Self { moments: moments.collect(), second, steps: kept[0].steps }
    }

    /// Reads what it remembers, lane by lane.
    pub async fn keep(&self, backend: &B, network: &Network<B>) -> Result<Vec<Kept>, DeviceError> {
        let mut lanes = vec![Kept { moments: Vec::new(), steps: self.steps }; backend.lanes()];
        for (parameter, [first, second]) in network.parameters.iter().zip(&self.moments) {
            let second_len = if self.second { parameter.len } else { 0 };
            let (first, second) = (backend.read(first, parameter.len).await?, backend.read(second, second_len).await?);
            for (lane, kept) in lanes.iter_mut().enumerate() {
                let of = |values: &[f32], len: usize| values[lane * len..][..len].to_vec();
                kept.moments.push([of(&first, parameter.len), of(&second, second_len)]);
            }
        }
        Ok(lanes)
    }

    /// Moves every trained parameter along its gradient.
    pub fn step(&mut self, backend: &B, network: &mut Network<B>, training: &Training, rate: f32) {
        self.steps += 1;
        let correction = |beta: f64| (1.0 / (1.0 - libm::pow(beta, self.steps as f64))) as f32;
        for (parameter, [first, second]) in network.parameters.iter_mut().zip(&mut self.moments) {
            // A penalty on biases and scales does not keep a network from overfitting, so none is put on them.
            let weight_decay = if parameter.role == Role::Weight { training.weight_decay as f32 } else { 0.0 };
            let gradient = &parameter.gradient;
            let value = parameter.dense.as_mut().unwrap_or(&mut parameter.value);
            match (parameter.role, training.optimizer) {
                (Role::Statistics, _) => {}
                (_, OptimizerName::Sgd) => {
                    let momentum = training.momentum as f32;
                    let op = Sgd { rate, momentum, nesterov: training.nesterov, weight_decay };
                    backend.sgd(op, parameter.len, gradient, first, value);
                }
                (_, OptimizerName::Adam) => {
                    let op = Adam {
                        rate,
                        beta1: BETA1 as f32,
                        beta2: BETA2 as f32,
                        epsilon: EPSILON,
                        weight_decay,
                        correction1: correction(BETA1),
                        correction2: correction(BETA2),
                    };
                    backend.adam(op, parameter.len, gradient, first, second, value);
                }
            }
        }
        network.apply_masks(backend);
    }
}
