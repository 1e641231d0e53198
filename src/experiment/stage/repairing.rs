//! Post-training quantization beyond the plain one: other observers and scales, fewer bits, weights alone, and the repairs.

use super::super::engines::Accelerator;
use super::super::event::{Flow, Sink};
use super::super::precision::{LayerPrecision, precision};
use super::super::run::RunError;
use super::super::state::State;
use super::Work;
use crate::compression::quantize::mixed::{front, within};
use crate::compression::quantize::{self, AdaRound, Means, Moments, Quantize, RangeFinder, Rounding, Scheme};
use crate::data::{Source, Split};
use crate::network::{Coded, Codes, Executable, Grid, Model, Role, TrainedModel, fold_batch_norm};
use ndarray::ArrayD;

/// What calibration comes to.
struct Calibrated {
    /// Of the input first, then of each layer's output.
    grids: Vec<Grid>,
    /// Of each linear layer's inputs, where weights are rounded by them.
    moments: Vec<Moments>,
    /// Of each linear layer's outputs, where biases are corrected.
    means: Vec<Means>,
}

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Quantizes as the settings say: equalizes, calibrates, rounds the weights, corrects the biases.
    pub(super) async fn quantize_with_repairs(&mut self, model: &Model, spec: &Quantize) -> Result<State, RunError> {
        let mut model = fold_batch_norm(model);
        if spec.equalize {
            quantize::equalize(&mut model);
        }
        let calibrated = self.calibrate(&model, spec).await?;
        let with_bits = self.bits_within_budget(&model, spec).await?;
        let codes = self.round_weights(&model, &calibrated.moments, with_bits.as_ref().unwrap_or(spec)).await?;
        if spec.correct_bias {
            self.correct_biases(&mut model, &calibrated, &codes, spec).await?;
        }
        Ok(match quantized(&model, &calibrated.grids, &codes, spec) {
            TrainedModel::Integer(integers) => {
                integers.dequantize_into(&mut model);
                State { integers: Some((spec.clone(), integers)), ..State::of(model) }
            }
            TrainedModel::Float(model) => State { coded: Some(spec.clone()), ..State::of(model) },
            TrainedModel::Ensemble(_) => State::of(model), // quantizing one network makes one
        })
    }

    /// The settings with bits for each layer, where there is a budget for them.
    pub(super) async fn bits_within_budget(
        &mut self,
        model: &Model,
        spec: &Quantize,
    ) -> Result<Option<Quantize>, RunError> {
        if spec.budget == 0 {
            return Ok(None);
        }
        let (model, mut layers) = (TrainedModel::Float(model.clone()), Vec::new());
        let tell = |layer: LayerPrecision| layers.push(layer.choices);
        let ended = precision(&model, spec, self.dataset, self.source, self.sink, tell).await?;
        self.stopped |= !ended;
        let best = within(&front(&layers), spec.budget).map(|best| best.bits.clone()).unwrap_or_default();
        // A search that was stopped knows of its first layers alone.
        Ok(ended.then(|| Quantize { layer_bits: best, budget: 0, ..spec.clone() }))
    }

    /// Runs the float network over the calibration samples once.
    async fn calibrate(&mut self, model: &Model, spec: &Quantize) -> Result<Calibrated, RunError> {
        let mut finders = match spec.scheme {
            Scheme::FullInteger => vec![RangeFinder::new(spec.observer); model.layers.len() + 1],
            Scheme::DynamicRange | Scheme::WeightOnly => Vec::new(),
        };
        let mut means: Vec<(usize, Means)> = match spec.correct_bias {
            true => model.weights().map(|p| (p.layer + 1, Means::new(p.matrix_dims().1))).collect(),
            false => Vec::new(),
        };
        let mut moments = match spec.rounding {
            Rounding::Nearest => Vec::new(),
            Rounding::AdaRound | Rounding::SecondOrder => Moments::of(model),
        };
        let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
        self.each_training_batch(self.calibration(spec), &mut executable, |executable, rows, x| {
            executable.observe(rows, x, &mut |place, values| {
                if let Some(finder) = finders.get_mut(place) {
                    finder.observe(values);
                }
                moments.iter_mut().filter(|moments| moments.layer == place).for_each(|moments| moments.observe(values));
                means.iter_mut().filter(|(at, _)| *at == place).for_each(|(_, means)| means.observe(values));
            });
        })
        .await?;
        let (bits, mapping) = (spec.activation_bits, spec.activation_mapping);
        let grid = |finder: &RangeFinder| quantize::grid_of(finder.range(bits, mapping), bits, mapping);
        let grids = finders.iter().map(grid).collect();
        Ok(Calibrated { grids, moments, means: means.into_iter().map(|(_, means)| means).collect() })
    }

    fn calibration(&self, spec: &Quantize) -> usize {
        spec.calibration.min(self.dataset.len(Split::Train))
    }

    /// The integers of each weight matrix.
    async fn round_weights(
        &mut self,
        model: &Model,
        moments: &[Moments],
        spec: &Quantize,
    ) -> Result<Vec<Codes>, RunError> {
        let mut all = Vec::new();
        for (place, parameter) in model.weights().enumerate() {
            let (weights, columns, bits) = (parameter.slice(), parameter.matrix_dims().1, spec.bits_of(place));
            let levels = quantize::levels(bits, spec);
            let mut codes = quantize::codes(weights, columns, bits, spec);
            match (spec.rounding, moments.get(place)) {
                (Rounding::AdaRound, Some(moments)) => {
                    let mut descent = AdaRound::new(weights, columns, levels, moments, &codes);
                    while descent.step() && !self.stopped {
                        self.stopped |= self.sink.pause().await == Flow::Stop;
                    }
                    descent.finish(&mut codes);
                }
                (Rounding::SecondOrder, Some(moments)) => {
                    quantize::second_order(weights, columns, levels, moments, &mut codes).map_err(RunError::Network)?;
                    self.stopped |= self.sink.pause().await == Flow::Stop;
                }
                _ => {}
            }
            all.push(codes);
        }
        Ok(all)
    }

    /// Goes from the first layer to the last: each is run behind those that were corrected before it.
    async fn correct_biases(
        &mut self,
        model: &mut Model,
        calibrated: &Calibrated,
        codes: &[Codes],
        spec: &Quantize,
    ) -> Result<(), RunError> {
        let layers: Vec<usize> = model.weights().map(|p| p.layer).collect();
        for (layer, float) in layers.into_iter().zip(&calibrated.means) {
            let part = quantized(&quantize::up_to(model, layer), &calibrated.grids, codes, spec);
            let Some(bias) = model.parameters.iter_mut().find(|p| p.layer == layer && p.role == Role::Bias) else {
                continue;
            };
            let mut means = Means::new(bias.values.len());
            self.each_training_batch(self.calibration(spec), &mut Executable::new(&part), |executable, rows, x| {
                means.observe(executable.logits(rows, x));
            })
            .await?;
            quantize::correct(bias.slice_mut(), float, &means);
        }
        Ok(())
    }
}

/// The network of these integers, in the arithmetic that the settings say.
fn quantized(model: &Model, grids: &[Grid], codes: &[Codes], spec: &Quantize) -> TrainedModel {
    let mut codes = codes.iter().cloned();
    let activations = match spec.scheme {
        Scheme::FullInteger => {
            let mut next = |_: &[f32], _: usize| codes.next().unwrap_or_default();
            return TrainedModel::Integer(quantize::assemble(model, grids, &mut next));
        }
        Scheme::DynamicRange => Some(spec.activation_bits as u8),
        Scheme::WeightOnly => None,
    };
    let mut model = model.clone();
    for (parameter, codes) in model.weights_mut().zip(codes) {
        let real = codes.real(parameter.matrix_dims().1);
        parameter.values = ArrayD::from_shape_vec(parameter.values.raw_dim(), real).unwrap_or_default();
        parameter.integers = Some(Coded { codes, activations });
    }
    TrainedModel::Float(model)
}
