//! Whether anything passes a network from its input to its output.

use super::{Layer, Model};

/// Whether some chain of weights that are not zero leads from the input to an output. Biases do not count: what they say is the same
/// for every sample. A skip connection leads past the layers between.
///
/// A convolution leads from a channel to a filter by any of its pixels, and what mixes tokens leads from each to all.
pub fn passes(model: &Model) -> bool {
    // Of what comes into each layer: which channels something has come to. Values are stored pixel by pixel, so a flat index's
    // channel is its remainder, also behind a flattening.
    let mut reached = vec![vec![true; model.shape.channels.max(1)]];
    let mut weights = model.weights();
    for (index, layer) in model.layers.iter().enumerate() {
        let here = &reached[index];
        let next = match layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                let Some(matrix) = weights.next() else { return true };
                let mut next = vec![false; matrix.matrix_dims().1];
                let rows = matrix.slice().chunks_exact(next.len().max(1));
                for (row, _) in rows.zip(here.iter().cycle()).filter(|(_, reached)| **reached) {
                    next.iter_mut().zip(row).for_each(|(next, weight)| *next |= *weight != 0.0);
                }
                next
            }
            Layer::Add { from } => here.iter().zip(reached[*from].iter().cycle()).map(|(a, b)| *a || *b).collect(),
            Layer::Sequence(_) => vec![here.contains(&true)],
            _ => here.clone(),
        };
        reached.push(next);
    }
    reached.last().is_none_or(|logits| logits.contains(&true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;
    use crate::network::{Architecture, ArchitectureName, Shape, analysis};

    const IMAGE: Shape = Shape { height: 28, width: 28, channels: 1 };

    fn drawn(architecture: ArchitectureName) -> Model {
        Model::initialize(&Architecture { architecture, ..Architecture::default() }, IMAGE, 10, &Key::new(1)).unwrap()
    }

    /// Sets the weights of a matrix that `chosen` names by row and column to zero.
    fn without(model: &mut Model, matrix: usize, chosen: impl Fn(usize, usize) -> bool) {
        let parameter = model.weights_mut().nth(matrix).unwrap();
        let columns = parameter.matrix_dims().1;
        let each = parameter.slice_mut().iter_mut().enumerate();
        each.filter(|(at, _)| chosen(at / columns, at % columns)).for_each(|(_, weight)| *weight = 0.0);
    }

    /// Against another account of the same: SynFlow's sum over all paths, which is zero where there is none.
    fn flows(model: &Model) -> bool {
        analysis::flow(model).log_total > f64::NEG_INFINITY
    }

    #[test]
    fn an_empty_layer_cuts_a_network_unless_a_skip_connection_leads_past_it() {
        for (architecture, cut) in [(ArchitectureName::LeNet5, true), (ArchitectureName::ResNetSmall, false)] {
            let mut model = drawn(architecture);
            assert!(passes(&model) && flows(&model));
            without(&mut model, 1, |_, _| true);
            assert_eq!((passes(&model), flows(&model)), (!cut, !cut), "{architecture:?}");
        }
    }

    #[test]
    fn layers_whose_weights_do_not_meet_cut_a_network_though_none_is_empty() {
        // Only the first filter is fed, and only the others are read; through a pooling and a flattening, too.
        for (matrix, filters) in [(0, 20), (1, 50)] {
            let mut model = drawn(ArchitectureName::LeNet5);
            without(&mut model, matrix, |_, column| column > 0);
            assert!(passes(&model) && flows(&model));
            without(&mut model, matrix + 1, |row, _| row % filters == 0);
            assert!(model.weights().all(|p| p.slice().iter().any(|w| *w != 0.0)));
            assert!(!passes(&model) && !flows(&model));
        }
    }
}
