//! Quantization-aware training: a stage of its own, and what becomes of every later training of what was trained so.

use super::super::engines::Accelerator;
use super::super::event::Sink;
use super::super::run::RunError;
use super::super::state::State;
use super::{Objective, Stretch, Work};
use crate::compression::quantize::{self, Quantize, RangeFinder};
use crate::data::{Source, Split};
use crate::network::{
    Executable, FakeActivation, Fakes, Layer, Model, TrainedModel, Training, fold_batch_norm, with_fake_quantization,
    without_fake_quantization,
};

impl<A: Accelerator, S: Source, K: Sink> Work<'_, A, S, K> {
    /// Trains with weights on grids, after `delay` epochs with activations on grids, too; and makes the integer networks.
    pub(super) async fn quantize_aware(
        &mut self,
        states: &mut [State],
        spec: &Quantize,
        training: &Training,
    ) -> Result<(), RunError> {
        let (mut grids, mut specs) = (Vec::with_capacity(states.len()), Vec::with_capacity(states.len()));
        for state in states.iter_mut() {
            *state = State::of(fold_batch_norm(&state.model));
            // What was found within a budget stays, whatever is trained later.
            let spec = self.bits_within_budget(&state.model, spec).await?.unwrap_or_else(|| spec.clone());
            grids.push(quantize::begin(&state.model, &spec));
            specs.push(spec);
        }
        let total = training.epochs;
        let stretches = [(0, spec.delay), (spec.delay, total.saturating_sub(spec.delay))];
        for (index, (done, epochs)) in stretches.into_iter().enumerate() {
            if index == 1 {
                for which in self.going_on() {
                    grids[which].activations =
                        self.activations(&states[which].model, &grids[which], &specs[which]).await?;
                }
            }
            if epochs > 0 && !self.stopped {
                let training = Training { epochs, ..training.clone() };
                let keys = self.keys().iter().map(|key| key.fold_index(index as u64)).collect();
                let stretch = Stretch { training: &training, keys, done, total, gradual: None };
                self.train_on_grids(states, &mut grids, &stretch, &Objective::Labels).await?;
            }
        }
        for which in self.going_on() {
            finish(&mut states[which], &specs[which], &grids[which]);
        }
        Ok(())
    }

    /// Trains on what was trained on grids.
    pub(super) async fn train_quantized(
        &mut self,
        states: &mut [State],
        stretch: &Stretch<'_>,
        objective: &Objective<'_>,
    ) -> Result<(), RunError> {
        let mut grids = vec![Fakes::default(); states.len()];
        let specs: Vec<Quantize> = states.iter().map(|state| state.aware().unwrap_or_default()).collect();
        for which in self.going_on() {
            grids[which] = self.grids(&states[which], &specs[which]).await?;
        }
        self.train_on_grids(states, &mut grids, stretch, objective).await?;
        for which in self.going_on() {
            // The model keeps its weights as they were trained; the integers keep the grids.
            let integers = quantize::integers(&states[which].model, &grids[which]);
            states[which].integers = Some((specs[which].clone(), integers));
        }
        Ok(())
    }

    async fn train_on_grids(
        &mut self,
        states: &mut [State],
        grids: &mut [Fakes],
        stretch: &Stretch<'_>,
        objective: &Objective<'_>,
    ) -> Result<(), RunError> {
        let all = self.going_on();
        for &which in &all {
            states[which].model = with_fake_quantization(&states[which].model, &grids[which]);
        }
        self.train_as_it_is(states, stretch, objective).await?;
        for &which in &all {
            (states[which].model, grids[which]) = without_fake_quantization(&states[which].model);
        }
        Ok(())
    }

    /// Makes the integer network anew, after a step that changed the float one.
    pub(super) async fn back_to_integers(&mut self, state: &mut State, spec: &Quantize) -> Result<(), RunError> {
        let grids = self.grids(state, spec).await?;
        finish(state, spec, &grids);
        Ok(())
    }

    /// The grids of a network that was quantized before; found anew where units were taken out of it since.
    async fn grids(&mut self, state: &State, spec: &Quantize) -> Result<Fakes, RunError> {
        if let Some((_, integers)) = state.integers.as_ref().filter(|(_, of)| quantize::fits(of, &state.model)) {
            return Ok(quantize::grids_of(integers, spec));
        }
        let mut grids = quantize::begin(&state.model, spec);
        grids.activations = self.activations(&state.model, &grids, spec).await?;
        Ok(grids)
    }

    /// The grids of activations, from what training samples make of them with the weights on theirs.
    async fn activations(
        &mut self,
        model: &Model,
        grids: &Fakes,
        spec: &Quantize,
    ) -> Result<Vec<FakeActivation>, RunError> {
        let mut finders = vec![RangeFinder::new(spec.observer); model.layers.len() + 1];
        let samples = spec.calibration.min(self.dataset.len(Split::Train));
        let mut executable = Executable::new(&TrainedModel::Float(quantize::on_grids(model, grids)));
        self.each_training_batch(samples, &mut executable, |executable, rows, x| {
            executable.observe(rows, x, &mut |place, values| finders[place].observe(values));
        })
        .await?;
        Ok(quantize::calibrated(model, &finders, spec))
    }
}

/// Makes the integer network; its real values become the model's.
fn finish(state: &mut State, spec: &Quantize, grids: &Fakes) {
    let integers = quantize::integers(&state.model, grids);
    state.model.parameters.iter_mut().for_each(|p| p.clusters = None);
    integers.dequantize_into(&mut state.model);
    state.integers = Some((spec.clone(), integers));
}

/// Whether a model has layers of fake quantization.
pub(super) fn is_faked(model: &Model) -> bool {
    model.layers.iter().any(|layer| matches!(layer, Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. }))
}
