//! Sensitivity analysis: how accuracy falls as one layer after another is pruned, all others left whole (Li et al. 2017; Han et al.
//! 2015), and the budgets that follow from it.

use super::event::{Clock, Flow};
use super::run::RunError;
use crate::backend::cpu::arg_max;
use crate::compression::prune::{Prune, Schedule, contests, magnitudes, prune_once};
use crate::data::{Dataset, Key, Source, Split};
use crate::export;
use crate::network::{Executable, Model, SEVERAL_NETWORKS, TrainedModel};
use serde::{Deserialize, Serialize};

/// The sparsities at which each layer is tried.
pub const SPARSITIES: [f64; 9] = [0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];

/// Validation samples that a layer is judged by: choices are never made on the test set.
const SAMPLES: usize = 1000;
/// Samples classified in one call.
const BATCH: usize = 50;

/// One layer's curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSensitivity {
    /// The matrix's place and kind, as in reports.
    pub name: String,
    /// Sparsity of this matrix alone, by magnitude and without retraining, and the accuracy on the validation samples.
    pub accuracies: Vec<(f64, f64)>,
}

/// Tries each weight matrix of an encoded float model at [`SPARSITIES`] and tells of each as it is done. Says whether it came to its
/// end.
pub async fn sensitivity(
    file: &[u8],
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
    mut tell: impl FnMut(LayerSensitivity),
) -> Result<bool, RunError> {
    let decoded = export::decode(file).map_err(|e| RunError::File(e.to_string()))?;
    let names: Vec<String> = decoded.matrices().into_iter().map(|matrix| matrix.name).collect();
    let model = match decoded {
        TrainedModel::Float(model) => model,
        TrainedModel::Integer(_) => {
            return Err(RunError::Network(
                "the network is in integers, and pruning works on floats; choose the variant that it was made from"
                    .into(),
            ));
        }
        TrainedModel::Ensemble(_) => return Err(RunError::Network(SEVERAL_NETWORKS.into())),
    };
    let count = SAMPLES.min(dataset.len(Split::Validation));
    dataset.ensure(source, Split::Validation, count - 1).await?;
    for (matrix, name) in names.into_iter().enumerate() {
        let mut accuracies = Vec::with_capacity(SPARSITIES.len());
        for sparsity in SPARSITIES {
            let pruned = without(&model, matrix, sparsity);
            let mut executable = Executable::new(&TrainedModel::Float(pruned));
            let mut right = 0;
            let all: Vec<u32> = (0..count as u32).collect();
            let mut pixels = vec![0.0; BATCH * dataset.features()];
            for indices in all.chunks(BATCH) {
                let pixels = &mut pixels[..indices.len() * dataset.features()];
                dataset.gather(Split::Validation, indices, pixels);
                let logits = executable.logits(indices.len(), pixels);
                let rows = logits.chunks_exact(model.classes).zip(indices);
                right += rows
                    .filter(|(row, index)| {
                        arg_max(row) == usize::from(dataset.label(Split::Validation, **index as usize))
                    })
                    .count();
                if clock.pause().await == Flow::Stop {
                    return Ok(false);
                }
            }
            accuracies.push((sparsity, right as f64 / count as f64));
        }
        tell(LayerSensitivity { name, accuracies });
    }
    Ok(true)
}

/// The model with its smallest weights of one matrix removed.
fn without(model: &Model, matrix: usize, sparsity: f64) -> Model {
    let mut model = model.clone();
    let scores = magnitudes(&model);
    let others = (1..=scores.len()).filter(|place| *place != matrix + 1).collect();
    let prune = Prune { sparsity, exclude: others, schedule: Schedule::OneShot, ..Prune::default() };
    let contests = contests(&model, &prune);
    prune_once(&mut model, &scores, &prune, &contests, 1, &Key::new(0));
    model
}

/// The highest sparsity of each layer up to which it alone costs no more than `loss` of accuracy: budgets for [`Prune::budgets`].
pub fn budgets(layers: &[LayerSensitivity], loss: f64) -> Vec<f64> {
    layers
        .iter()
        .map(|layer| {
            let whole = layer.accuracies.first().map_or(0.0, |(_, accuracy)| *accuracy);
            let fine = layer.accuracies.iter().take_while(|(_, accuracy)| *accuracy >= whole - loss);
            fine.last().map_or(0.0, |(sparsity, _)| *sparsity)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Log, Nothing, now, trial};
    use super::super::{Plan, Recipe};
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn measured(file: &[u8], plan: &Plan) -> Vec<LayerSensitivity> {
        let mut layers = Vec::new();
        let mut dataset = plan.recipe.data.open().unwrap();
        let done = now(sensitivity(file, &mut dataset, &Nothing, &mut Log::default(), |layer| layers.push(layer)));
        assert!(done.unwrap());
        layers
    }

    #[test]
    fn each_layer_is_pruned_alone_and_budgets_grow_with_what_may_be_lost() {
        let recipe = r#"{"version":1,"data":{"dataset":"moons","samples":320},"network":{"architecture":"mlp","widths":[32,8]},
            "training":{"epochs":16,"learning_rate":0.01,"batch":32},"variants":[{"name":"dense"},{"name":"int8","from":"dense","steps":[{"quantize":{}}]}]}"#;
        let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
        let mut log = Log::default();
        trial(&plan, 0, &mut log);
        let layers = measured(log.file("dense"), &plan);
        assert_eq!(layers.len(), 3);
        let whole = layers[0].accuracies[0].1;
        assert!(whole > 0.9);
        for layer in &layers {
            assert_eq!(layer.accuracies[0], (0.0, whole), "nothing removed is the whole network");
            assert!(layer.accuracies.last().unwrap().1 < whole, "{layer:?}");
        }
        let (strict, lax, all) = (budgets(&layers, 0.0), budgets(&layers, 0.05), budgets(&layers, 1.0));
        assert!(strict.iter().zip(&lax).all(|(a, b)| a <= b) && strict != lax, "{strict:?} {lax:?}");
        assert_eq!(all, [0.98; 3]);
        let mut dataset = plan.recipe.data.open().unwrap();
        let refused = now(sensitivity(log.file("int8"), &mut dataset, &Nothing, &mut Log::default(), |_| {}));
        assert!(refused.unwrap_err().to_string().contains("integers"));
    }
}
