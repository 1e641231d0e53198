//! How much each layer needs its bits: the loss with one layer's weights rounded, all others left as they are. What mixed precision is
//! chosen by ([`crate::compression::quantize::mixed`]).

use super::event::{Clock, Flow};
use super::measure::cross_entropy;
use super::run::RunError;
use crate::compression::quantize::mixed::Choice;
use crate::compression::quantize::{Quantize, codes};
use crate::data::{Dataset, Source, Split};
use crate::export;
use crate::network::{Executable, Model, Role, SEVERAL_NETWORKS, TrainedModel, fold_batch_norm};
use serde::{Deserialize, Serialize};

/// The bits at which each layer is tried; a single one is left to training.
const BITS: std::ops::RangeInclusive<usize> = 2..=8;

/// Samples classified in one call.
const BATCH: usize = 50;

/// What one layer's bits cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerPrecision {
    /// The matrix's place and kind, as in reports.
    pub name: String,
    /// What it takes and costs at each bits.
    pub choices: Vec<Choice>,
}

/// Tries each weight matrix of a float model at 2 to 8 bits, rounded as `spec` says, and tells of each as it is done. The loss is that of
/// the first `spec.calibration` training samples: nothing is chosen by the test set. Says whether it came to its end.
///
/// # Errors
/// Where the model is in integers, or the data cannot be had.
pub async fn precision(
    model: &TrainedModel,
    spec: &Quantize,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
    mut tell: impl FnMut(LayerPrecision),
) -> Result<bool, RunError> {
    let names: Vec<String> = model.matrices().into_iter().map(|matrix| matrix.name).collect();
    let model = match model {
        TrainedModel::Float(model) => model,
        TrainedModel::Integer(_) => {
            return Err(RunError::Network(
                "the network is in integers already; choose the variant that it was made from".into(),
            ));
        }
        TrainedModel::Ensemble(_) => return Err(RunError::Network(SEVERAL_NETWORKS.into())),
    };
    let whole = fold_batch_norm(model);
    let Some(at_rest) = loss(&whole, spec.calibration, dataset, source, clock).await? else { return Ok(false) };
    let matrices = (0..whole.parameters.len()).filter(|&at| whole.parameters[at].role == Role::Weight);
    for (at, name) in matrices.zip(names) {
        let mut choices = Vec::new();
        for bits in BITS {
            let mut rounded = whole.clone();
            let parameter = &mut rounded.parameters[at];
            let (_, columns) = parameter.matrix_dims();
            let codes = codes(parameter.slice(), columns, bits, spec);
            parameter.slice_mut().copy_from_slice(&codes.real(columns));
            let Some(loss) = loss(&rounded, spec.calibration, dataset, source, clock).await? else { return Ok(false) };
            choices.push(Choice { bits, bytes: export::packed_bytes(&codes), rise: loss - at_rest });
        }
        tell(LayerPrecision { name, choices });
    }
    Ok(true)
}

/// Mean cross-entropy over the first `count` training samples; none if the clock asked to stop.
async fn loss(
    model: &Model,
    count: usize,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<f64>, RunError> {
    let count = count.min(dataset.len(Split::Train));
    dataset.ensure(source, Split::Train, count - 1).await?;
    let mut executable = Executable::new(&TrainedModel::Float(model.clone()));
    let mut pixels = vec![0.0; BATCH * dataset.features()];
    let all: Vec<u32> = (0..count as u32).collect();
    let mut sum = 0.0;
    for indices in all.chunks(BATCH) {
        let pixels = &mut pixels[..indices.len() * dataset.features()];
        dataset.gather(Split::Train, indices, pixels);
        let logits = executable.logits(indices.len(), pixels);
        for (row, index) in logits.chunks_exact(model.classes).zip(indices) {
            sum += cross_entropy(row, usize::from(dataset.label(Split::Train, *index as usize)));
        }
        if clock.pause().await == Flow::Stop {
            return Ok(None);
        }
    }
    Ok(Some(sum / count as f64))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Log, Nothing, now, trial};
    use super::super::{Plan, Recipe};
    use super::*;
    use crate::compression::quantize::mixed::{front, within};

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn fewer_bits_cost_more_and_a_budget_is_kept() {
        let recipe = r#"{"version":1,"data":{"dataset":"moons","samples":320},"network":{"architecture":"mlp","widths":[32,8]},
            "training":{"epochs":16,"learning_rate":0.01,"batch":32},"variants":[{"name":"dense"},{"name":"int8","from":"dense","steps":[{"quantize":{}}]}]}"#;
        let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
        let mut log = Log::default();
        trial(&plan, 0, &mut log);
        let mut dataset = plan.recipe.data.open().unwrap();
        let mut layers = Vec::new();
        let dense = export::decode(log.file("dense")).unwrap();
        let spec = Quantize::default();
        let mut clock = Log::default();
        let tried = precision(&dense, &spec, &mut dataset, &Nothing, &mut clock, |layer| layers.push(layer));
        assert!(now(tried).unwrap());
        assert_eq!(layers.len(), 3);
        for layer in &layers {
            assert!(layer.choices.windows(2).all(|two| two[0].bytes < two[1].bytes), "{layer:?}");
            let (two, eight) = (layer.choices[0].rise, layer.choices[6].rise);
            assert!(two > 10.0 * eight.abs() && eight.abs() < 0.01, "{layer:?}");
        }
        let front = front(&layers.iter().map(|layer| layer.choices.clone()).collect::<Vec<_>>());
        let uniform: usize = layers.iter().map(|layer| layer.choices[2].bytes).sum();
        let same: f64 = layers.iter().map(|layer| layer.choices[2].rise).sum();
        let found = within(&front, uniform).unwrap();
        assert!(found.bytes <= uniform && found.rise <= same, "{found:?}: 4 bits take {uniform}, and cost {same}");
        let int8 = export::decode(log.file("int8")).unwrap();
        let refused = now(precision(&int8, &spec, &mut dataset, &Nothing, &mut clock, |_| {}));
        assert!(refused.unwrap_err().to_string().contains("integers"));
    }
}
