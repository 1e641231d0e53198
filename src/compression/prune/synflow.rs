//! SynFlow: the score of a weight is its share of all that can flow from the inputs to the outputs.
//!
//! Paper: Tanaka, Kunin, Yamins, Ganguli, "Pruning neural networks without any data by iteratively conserving synaptic flow",
//! 2020.
//!
//! `R = 1^T |W_L| ... |W_1| 1`, and the score is `|w| dR/d|w|`, here over `R`. The scores of each layer add up to the same, so a
//! layer with few weights left has high ones, and if it is pruned in many small goes (the paper takes 100), no layer is ever
//! removed whole. No data is looked at.

use super::{Method, Needs, Scorer};
use crate::compression::About;
use crate::network::analysis;

pub(super) const METHOD: Method = Method {
    about: About {
        name: "synflow",
        title: "SynFlow",
        help: "Removes, without data, the weights that the least can flow through; in many rounds it never cuts a network in two.",
        paper: "Tanaka et al. 2020, Pruning neural networks without any data by iteratively conserving synaptic flow",
    },
    needs: Needs::Weights,
    predicts: false,
    adjusts: false,
    splices: false,
};

pub(super) const SCORER: Scorer = Scorer { score: |model, _| Ok(analysis::flow(model).shares), adjust: None };

#[cfg(test)]
mod tests {
    use super::super::{Prune, Scope, prune_to, scorer};
    use crate::compression::prune::testing::evidence;
    use crate::data::Key;
    use crate::network::{Architecture, ArchitectureName, Model, Samples, Shape};

    /// Prunes to a thousandth in so many goes, each keeping the same share of what is left.
    fn prune(mut model: Model, name: &str, goes: usize) -> Model {
        let method = scorer(&Prune { method: name.into(), ..Prune::default() }).unwrap();
        for go in 1..=goes {
            let scores = (method.score)(&model, &evidence(&Samples::default())).unwrap();
            prune_to(&mut model, &scores, 1.0 - 1e-3f64.powf(go as f64 / goes as f64), Scope::Global);
        }
        model
    }

    fn kept(model: &Model) -> Vec<usize> {
        model.weights().map(|p| p.slice().iter().filter(|w| **w != 0.0).count()).collect()
    }

    #[test]
    fn no_layer_is_removed_whole_where_magnitude_removes_one() {
        let vector = Shape { height: 1, width: 1, channels: 400 };
        let image = Shape { height: 16, width: 16, channels: 1 };
        let lenet = Architecture { architecture: ArchitectureName::LeNet5, ..Architecture::default() };
        for (spec, shape) in [(Architecture::mlp(&[100, 40, 300]), vector), (lenet, image)] {
            let model = Model::initialize(&spec, shape, 10, &Key::new(1)).unwrap();
            let (flow, magnitude) = (kept(&prune(model.clone(), "synflow", 100)), kept(&prune(model, "magnitude", 1)));
            assert!(flow.iter().all(|kept| *kept > 0), "{flow:?}");
            assert!(magnitude.contains(&0), "{magnitude:?}");
        }
    }
}
