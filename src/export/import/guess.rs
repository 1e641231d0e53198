//! Which of the engine's networks a file's tensors belong to.

use super::fit::{Kind, modules, sizes};
use crate::export::state_dict::Tensor;
use crate::network::{Architecture, ArchitectureName, Shape};

/// The network that the shapes speak of; the sentence says what was found, and what is known here.
pub(super) fn network(tensors: &[Tensor], shape: Shape, classes: usize) -> Result<Architecture, String> {
    let modules = modules(tensors);
    let of_kind = |kind: Kind| -> Vec<&[usize]> {
        let weights = modules.iter().filter(|module| module.kind() == Some(kind)).filter_map(|m| m.part("weight"));
        weights.map(|weight| weight.dims.as_slice()).collect()
    };
    let (convolutions, dense) = (of_kind(Kind::Convolution), in_order(of_kind(Kind::Dense), classes));
    let normalized = !of_kind(Kind::BatchNormalization).is_empty();
    let outputs: Vec<usize> = dense.iter().map(|dims| dims[0]).collect();
    let filters: Vec<usize> = convolutions.iter().map(|dims| dims[0]).collect();
    let (name, widths) = match (filters.as_slice(), outputs.as_slice()) {
        ([], [_]) => (ArchitectureName::LogisticRegression, Vec::new()),
        ([], [300, 100, _]) => (ArchitectureName::LeNet300100, Vec::new()),
        ([], [hidden @ .., _]) => (ArchitectureName::Mlp, hidden.to_vec()),
        ([first, second], [units, _]) => (ArchitectureName::LeNet5, vec![*first, *second, *units]),
        ([first, _, second, _, third, _], [_]) => (ArchitectureName::VggSmall, vec![*first, *second, *third]),
        ([first, _, _, second, _, _, third, _, _], [_]) => {
            (ArchitectureName::ResNetSmall, vec![*first, *second, *third])
        }
        _ => {
            return Err(format!(
                "the file has {} convolutions and {} dense layers, and no network here is like that; those there are have dense layers alone, two convolutions and two dense layers (lenet-5), six and one (vgg-small), or nine and one (resnet-small). If it is one of these all the same, name it",
                filters.len(),
                outputs.len()
            ));
        }
    };
    if let Some(last) = outputs.last().filter(|last| **last != classes) {
        return Err(format!(
            "the last layer tells {last} classes apart, and the data has {classes}; choose the data that it was trained on"
        ));
    }
    if let ([], Some(first)) = (filters.as_slice(), dense.first())
        && first[1] != shape.len()
    {
        return Err(format!(
            "the first layer is {} and takes {} values, and a sample has {}; choose the data that it was trained on",
            sizes(first),
            first[1],
            shape.len()
        ));
    }
    let widths = if widths == name.default_widths() { Vec::new() } else { widths };
    let always = name.always_normalizes();
    Ok(Architecture {
        architecture: name,
        widths,
        batch_normalization: normalized && !always,
        ..Architecture::default()
    })
}

/// The most dense layers whose order is looked for: it is a search.
const MOST_ORDERED: usize = 8;

/// Dense layers one behind another, the outputs of each being the inputs of the next, in the first such order; as the file has
/// them, where there is none.
fn in_order(dense: Vec<&[usize]>, classes: usize) -> Vec<&[usize]> {
    let chained = |order: &[&[usize]]| order.windows(2).all(|two| two[0][0] == two[1][1]);
    if chained(&dense) || dense.len() > MOST_ORDERED {
        return dense;
    }
    for last in (0..dense.len()).filter(|&at| dense[at][0] == classes) {
        let mut left = dense.clone();
        let mut order = vec![left.remove(last)];
        if goes_before(&mut order, &mut left) {
            order.reverse();
            return order;
        }
    }
    dense
}

/// Puts all that are left behind the last, each giving what the one before it takes; the order is from the end.
fn goes_before<'d>(order: &mut Vec<&'d [usize]>, left: &mut Vec<&'d [usize]>) -> bool {
    let wanted = order.last().map_or(0, |dims| dims[1]);
    for at in 0..left.len() {
        if left[at][0] != wanted {
            continue;
        }
        order.push(left.remove(at));
        if goes_before(order, left) {
            return true;
        }
        left.extend(order.pop());
        let end = left.len() - 1;
        left[at..=end].rotate_right(1);
    }
    left.is_empty()
}
