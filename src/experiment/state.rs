//! What a stage leaves behind, and how it travels from one worker to another.

use crate::compression::quantize::Quantize;
use crate::export::{self, FileError};
use crate::network::{Ensemble, IntegerModel, Model, TrainedModel};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// Values that the weights of a matrix share, at most.
const MOST_CLUSTERS: usize = 256;

/// What a stage leaves behind for those that go on from it.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The float network with its masks and clusters; one without layers in an ensemble.
    pub(super) model: Model,
    /// The integer network, and how to make it anew after later steps.
    pub(super) integers: Option<(Quantize, IntegerModel)>,
    /// How the float network's weights were made integers, where they alone were, and how to do it anew after later steps.
    pub(super) coded: Option<Quantize>,
    /// The networks of an ensemble, as they are stored and run.
    pub(super) ensemble: Option<Ensemble>,
    /// The GPU had a part in it, so that its bits are those of this device alone.
    pub(super) on_gpu: bool,
}

impl State {
    /// A float network and nothing else.
    pub(super) fn of(model: Model) -> Self {
        Self { model, integers: None, coded: None, ensemble: None, on_gpu: false }
    }

    /// Several networks that are averaged.
    pub(super) fn ensemble(members: &[&Self]) -> Self {
        Self::averaging(Ensemble::new(members.iter().map(|member| member.trained().without_masks()).collect()))
    }

    fn averaging(ensemble: Ensemble) -> Self {
        let whole = TrainedModel::Ensemble(ensemble.clone());
        let model = Model::zeroed(Vec::new(), whole.shape(), whole.classes());
        Self { ensemble: Some(ensemble), ..Self::of(model) }
    }

    /// The network that is stored and run: the integer one where there is one.
    pub(super) fn trained(&self) -> TrainedModel {
        match (&self.ensemble, &self.integers) {
            (Some(ensemble), _) => TrainedModel::Ensemble(ensemble.clone()),
            (_, Some((_, integers))) => TrainedModel::Integer(integers.clone()),
            _ => TrainedModel::Float(self.model.clone()),
        }
    }

    /// The settings of a network that was quantized in training, and that every later training keeps so.
    pub(super) fn aware(&self) -> Option<Quantize> {
        self.integers.as_ref().map(|(spec, _)| spec).filter(|spec| spec.is_aware()).cloned()
    }

    /// The state as bytes, every bit of it.
    pub fn pack(&self) -> PackedState {
        let masks = self.model.parameters.iter().map(|p| Mask(p.mask_slice().map(pack_bits).unwrap_or_default()));
        PackedState {
            masks: masks.collect(),
            clusters: self.model.parameters.iter().map(|p| Clusters::pack(p.clusters.as_deref())).collect(),
            on_gpu: self.on_gpu,
            coded: self.coded.clone(),
            model: match self.ensemble {
                None => export::encode(&TrainedModel::Float(self.model.clone())).file,
                Some(_) => export::encode(&self.trained()).file,
            },
            integers: self.integers.as_ref().map(|(settings, model)| PackedIntegers {
                settings: settings.clone(),
                model: export::encode(&TrainedModel::Integer(model.clone())).file,
            }),
        }
    }
}

/// A [`State`] that can be sent: files as [`crate::export`] writes them, which keep every bit, and the masks and
/// clusters that files leave out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackedState {
    /// Of the float network, or of the ensemble.
    #[serde(with = "serde_bytes")]
    model: Vec<u8>,
    /// One for each array of parameters.
    masks: Vec<Mask>,
    /// As many.
    clusters: Vec<Clusters>,
    on_gpu: bool,
    coded: Option<Quantize>,
    integers: Option<PackedIntegers>,
}

/// The integer network beside the float one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PackedIntegers {
    settings: Quantize,
    #[serde(with = "serde_bytes")]
    model: Vec<u8>,
}

/// A bit a weight, the lowest first; no bytes at all where nothing was pruned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mask(#[serde(with = "serde_bytes")] Vec<u8>);

/// The cluster of each weight in two bytes, the lower first; no bytes at all where nothing is shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Clusters(#[serde(with = "serde_bytes")] Vec<u8>);

impl Clusters {
    fn pack(clusters: Option<&[u16]>) -> Self {
        Self(clusters.unwrap_or_default().iter().flat_map(|cluster| cluster.to_le_bytes()).collect())
    }

    /// The clusters of so many weights.
    fn unpack(&self, count: usize) -> Result<Option<Vec<u16>>, FileError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let clusters: Vec<u16> = self.0.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        if self.0.len() != 2 * count {
            return Err(FileError(format!("clusters of {} bytes stand for {count} weights", self.0.len())));
        }
        match clusters.iter().find(|cluster| usize::from(**cluster) > MOST_CLUSTERS) {
            Some(cluster) => Err(FileError(format!("cluster {cluster} is above the limit of {MOST_CLUSTERS}"))),
            None => Ok(Some(clusters)),
        }
    }
}

impl PackedState {
    /// The state that was packed. Fails if the bytes are of another length or kind than they should be.
    pub fn unpack(&self) -> Result<State, FileError> {
        let mut model = match export::decode(&self.model)? {
            TrainedModel::Float(model) => model,
            TrainedModel::Ensemble(ensemble) => {
                return Ok(State { on_gpu: self.on_gpu, ..State::averaging(ensemble) });
            }
            TrainedModel::Integer(_) => {
                return Err(FileError("an integer network stands where the float one should".into()));
            }
        };
        if self.masks.len() != model.parameters.len() {
            return Err(FileError(format!("{} masks stand for {} arrays", self.masks.len(), model.parameters.len())));
        }
        if self.clusters.len() != model.parameters.len() {
            let (clusters, arrays) = (self.clusters.len(), model.parameters.len());
            return Err(FileError(format!("{clusters} clusterings stand for {arrays} arrays")));
        }
        for (parameter, clusters) in model.parameters.iter_mut().zip(&self.clusters) {
            parameter.clusters = clusters.unpack(parameter.values.len())?;
        }
        for (parameter, Mask(bytes)) in model.parameters.iter_mut().zip(&self.masks) {
            let count = parameter.values.len();
            if !bytes.is_empty() && bytes.len() != count.div_ceil(8) {
                return Err(FileError(format!("a mask of {} bytes stands for {count} weights", bytes.len())));
            }
            let bits = (0..count).map(|i| bytes.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 == 1)).collect();
            parameter.mask =
                (!bytes.is_empty()).then(|| ArrayD::from_shape_vec(parameter.values.raw_dim(), bits).ok()).flatten();
        }
        let integers = match &self.integers {
            None => None,
            Some(packed) => match export::decode(&packed.model)? {
                TrainedModel::Integer(integers) => Some((packed.settings.clone(), integers)),
                TrainedModel::Float(_) | TrainedModel::Ensemble(_) => {
                    return Err(FileError("another network stands where the integer one should".into()));
                }
            },
        };
        Ok(State { integers, coded: self.coded.clone(), on_gpu: self.on_gpu, ..State::of(model) })
    }
}

fn pack_bits(bits: &[bool]) -> Vec<u8> {
    let byte = |eight: &[bool]| eight.iter().enumerate().fold(0, |byte, (i, &bit)| byte | u8::from(bit) << i);
    bits.chunks(8).map(byte).collect()
}
