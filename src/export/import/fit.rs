//! Tensors put where a network has its parameters.

use crate::export::state_dict::{Slot, Tensor, Values, slots};
use crate::network::{Layer, Model, Role};
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter, Result as Formatted};

/// A tensor of the network and the tensor of the file that it was filled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name here; none for a tensor of the file that went nowhere.
    pub slot: Option<String>,
    /// In PyTorch's order; as the file has it, where it went nowhere.
    pub dims: Vec<usize>,
    /// Its name in the file; none where the file has no such bias, which is then zero.
    pub tensor: Option<String>,
    /// Its dimensions in the file, which may have more that are 1; empty where the file has none such.
    pub stored: Vec<usize>,
}

/// A module of the network, the module of the file that fills it, and those that could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Its name here: `fc1`.
    pub module: String,
    /// The name in the file: `classifier.0`.
    pub from: String,
    /// The names of all modules of the file whose weights have the shape and the kind.
    pub choices: Vec<String>,
}

/// What a module of a file holds, told by its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Convolution,
    Dense,
    BatchNormalization,
    LayerNormalization,
    Table,
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        f.write_str(match self {
            Self::Convolution => "a convolution",
            Self::Dense => "a dense layer",
            Self::BatchNormalization => "a batch normalization",
            Self::LayerNormalization => "a layer normalization",
            Self::Table => "a table of vectors",
        })
    }
}

/// The tensors of a file that belong to one layer.
#[derive(Clone, Debug)]
pub(super) struct Module<'t> {
    pub name: String,
    pub parts: Vec<(&'t str, &'t Tensor)>,
}

impl<'t> Module<'t> {
    pub fn part(&self, name: &str) -> Option<&'t Tensor> {
        self.parts.iter().find(|(part, _)| *part == name).map(|(_, tensor)| *tensor)
    }

    pub fn kind(&self) -> Option<Kind> {
        let weight = self.part("weight")?;
        Some(match (weight.dims.len(), self.part("running_mean"), self.part("bias")) {
            (4, ..) => Kind::Convolution,
            (1, Some(_), _) => Kind::BatchNormalization,
            (1, None, _) => Kind::LayerNormalization,
            (2, _, None) if is_table(&self.name) => Kind::Table,
            (2, ..) => Kind::Dense,
            _ => return None,
        })
    }
}

/// Without a bias, a dense layer and a table of vectors look alike but for their names.
fn is_table(module: &str) -> bool {
    let name = module.to_lowercase();
    ["embed", "position", "pos_", "token", "wte", "wpe"].iter().any(|part| name.contains(part))
}

/// The modules of a file: its tensors by what stands before the last point of their names.
pub(super) fn modules(tensors: &[Tensor]) -> Vec<Module<'_>> {
    let mut modules: Vec<Module<'_>> = Vec::new();
    for tensor in tensors {
        // PyTorch's attention names the projection of queries, keys and values `in_proj_weight`, without a module of its own.
        let (module, part) = match tensor.name.rsplit_once('.') {
            Some((module, part)) => match part.strip_prefix("in_proj_") {
                Some(part) => (format!("{module}.in_proj"), part),
                None => (module.to_string(), part),
            },
            None => (tensor.name.clone(), "weight"),
        };
        match modules.iter_mut().find(|of| of.name == module) {
            Some(of) => of.parts.push((part, tensor)),
            None => modules.push(Module { name: module, parts: vec![(part, tensor)] }),
        }
    }
    modules
}

/// The kind of module that a slot wants.
fn wanted(slot: &Slot) -> Kind {
    match slot.kind() {
        "conv" => Kind::Convolution,
        "bn" => Kind::BatchNormalization,
        "norm" => Kind::LayerNormalization,
        "embedding" | "position" => Kind::Table,
        _ => Kind::Dense,
    }
}

fn module_of(slot: &Slot) -> &str {
    slot.name.split('.').next().unwrap_or_default()
}

/// Dimensions as people write them.
pub(super) fn sizes(dims: &[usize]) -> String {
    if dims.is_empty() {
        return "a single number".into();
    }
    dims.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
}

/// Fills a network from the tensors: the modules that `named` says, and else, kind by kind, in the order of the file the first
/// whose weights have the shape. Biases that the file lacks are zero.
pub(super) fn fill(
    model: &mut Model,
    tensors: &[Tensor],
    named: &[(String, String)],
) -> Result<(Vec<Row>, Vec<Fit>), String> {
    let modules = modules(tensors);
    let slots = slots(&model.layers, model.shape);
    for (here, there) in named {
        if !slots.iter().any(|slot| module_of(slot) == here) {
            let known: Vec<&str> = slots.iter().filter(|s| s.part() == "weight").map(module_of).collect();
            return Err(format!("there is no module {here} in this network; those there are: {}", known.join(", ")));
        }
        if !modules.iter().any(|module| module.name == *there) {
            let known: Vec<&str> = modules.iter().map(|module| module.name.as_str()).collect();
            return Err(format!("there is no module {there} in the file; those there are: {}", known.join(", ")));
        }
    }
    let mut used: Vec<&str> = named.iter().map(|(_, there)| there.as_str()).collect();
    let (mut table, mut fits) = (Vec::new(), Vec::new());
    let mut current: Option<&Module<'_>> = None;
    for slot in &slots {
        if slot.part() == "weight" {
            let by_name = named.iter().find(|(here, _)| here == module_of(slot)).map(|(_, there)| there);
            current = modules.iter().find(|module| match by_name {
                Some(name) => module.name == *name,
                None => !used.contains(&module.name.as_str()) && suits(module, slot),
            });
            used.extend(current.map(|module| module.name.as_str()));
            fits.extend(current.map(|module| Fit {
                module: module_of(slot).into(),
                from: module.name.clone(),
                choices: modules.iter().filter(|other| suits(other, slot)).map(|other| other.name.clone()).collect(),
            }));
        }
        let module = current.ok_or_else(|| missing(slot, &modules, &used))?;
        let Some(tensor) = module.part(slot.part()) else {
            if slot.role != Role::Bias {
                return Err(format!(
                    "module {} has no {}, which {} needs; save the whole state dict",
                    module.name,
                    slot.part(),
                    slot.name
                ));
            }
            let (name, dims) = (slot.name.clone(), slot.dims.clone());
            table.push(Row { slot: Some(name), dims, tensor: None, stored: Vec::new() });
            continue;
        };
        let Values::F32(values) = &tensor.values else {
            return Err(format!("tensor {} holds integers, and {} needs floats", tensor.name, slot.name));
        };
        if !alike(&tensor.dims, &slot.dims) || values.len() != slot.len() {
            return Err(format!(
                "tensor {} is {}, and {} is {} in this network; choose another network or another module",
                tensor.name,
                sizes(&tensor.dims),
                slot.name,
                sizes(&slot.dims)
            ));
        }
        let parameter = model.parameters.iter_mut().find(|p| p.layer == slot.layer && p.role == slot.role);
        if let Some(parameter) = parameter {
            slot.write(values, parameter.slice_mut());
        }
        let (name, dims) = (slot.name.clone(), slot.dims.clone());
        table.push(Row { slot: Some(name), dims, tensor: Some(tensor.name.clone()), stored: tensor.dims.clone() });
    }
    let gone = |tensor: &&Tensor| !table.iter().any(|row| row.tensor.as_deref() == Some(tensor.name.as_str()));
    let rest: Vec<Row> = tensors
        .iter()
        .filter(gone)
        .map(|tensor| Row {
            slot: None,
            dims: tensor.dims.clone(),
            tensor: Some(tensor.name.clone()),
            stored: tensor.dims.clone(),
        })
        .collect();
    table.extend(rest);
    Ok((table, fits))
}

/// Whether a module of the file is of the kind and the shape that a slot for weights wants.
fn suits(module: &Module<'_>, slot: &Slot) -> bool {
    module.kind() == Some(wanted(slot)) && module.part("weight").is_some_and(|weight| alike(&weight.dims, &slot.dims))
}

/// Equal but for dimensions of 1, which say nothing of where values lie.
fn alike(one: &[usize], other: &[usize]) -> bool {
    let real = |dims: &[usize]| dims.iter().copied().filter(|dim| *dim != 1).collect::<Vec<_>>();
    real(one) == real(other)
}

/// The sentence for a slot that no module fits.
fn missing(slot: &Slot, modules: &[Module<'_>], used: &[&str]) -> String {
    let left: Vec<String> = modules
        .iter()
        .filter(|module| !used.contains(&module.name.as_str()))
        .map(|module| {
            let dims = module.part("weight").map_or_else(|| "no weight".into(), |weight| sizes(&weight.dims));
            format!("{} ({dims})", module.name)
        })
        .collect();
    let left = if left.is_empty() { "none is left".into() } else { format!("left are {}", left.join(", ")) };
    format!(
        "{} needs {} of {}, and no module of the file fits: {left}; choose another network, or say which module it is",
        module_of(slot),
        wanted(slot),
        sizes(&slot.dims)
    )
}

/// Has the first layer take values from 0 to 1 where it was trained with `(value - mean) / deviation`.
pub(super) fn undo_normalization(model: &mut Model, mean: f64, deviation: f64) -> Result<(), String> {
    if !(deviation > 0.0 && deviation.is_finite() && mean.is_finite()) {
        return Err(format!(
            "a mean of {mean} and a deviation of {deviation} are not possible; the deviation is above 0"
        ));
    }
    let first = model.layers.iter().position(|layer| !matches!(layer, Layer::Dropout { .. } | Layer::Flatten));
    let first = first.filter(|&at| match model.layers[at] {
        Layer::Dense { .. } => true,
        Layer::Convolution(conv) => conv.padding == 0,
        _ => false,
    });
    let Some(first) = first else {
        return Err(
            "normalized pixels can only be undone in a first layer without padding, whose edge would be grey instead of black; train on values from 0 to 1".into(),
        );
    };
    let mut shift = Vec::new();
    for parameter in model.parameters.iter_mut().filter(|p| p.layer == first) {
        match parameter.role {
            Role::Weight => {
                let (_, columns) = parameter.matrix_dims();
                shift = vec![0.0; columns];
                for (index, weight) in parameter.slice_mut().iter_mut().enumerate() {
                    let scaled = f64::from(*weight) / deviation;
                    shift[index % columns] += scaled * mean;
                    *weight = scaled as f32;
                }
            }
            Role::Bias => {
                let biases = parameter.slice_mut().iter_mut();
                biases.zip(&shift).for_each(|(bias, shift)| *bias = (f64::from(*bias) - shift) as f32);
            }
            _ => {}
        }
    }
    Ok(())
}
