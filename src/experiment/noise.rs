//! Which layer quantization hurts: what each layer of a quantized network leaves, beside what the float network that it came from
//! leaves there, as a ratio of signal to quantization noise.
//!
//! Source: Nagel et al., "A White Paper on Neural Network Quantization", 2021, section 4.3 (finding the layers that are to blame).

use super::event::{Clock, Flow};
use super::plan::{Action, Plan};
use super::run::RunError;
use crate::backend::Activation;
use crate::data::{Dataset, Source, Split};
use crate::network::{Executable, Grid, IntegerLayer, IntegerModel, Layer, Model, TrainedModel, fold_batch_norm};
use serde::{Deserialize, Serialize};

/// Validation samples that both networks are shown; never test samples, since what is seen here leads to choices.
const SAMPLES: usize = 256;
/// Samples of a batch.
const BATCH: usize = 32;

/// A layer of both networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerNoise {
    /// Its place among the weight matrices and its kind, as in reports; without weights, its kind.
    pub name: String,
    /// `10 log10(sum of w^2 / sum of (w - q)^2)` over the weights; none without weights, and where nothing is lost.
    pub weights_db: Option<f64>,
    /// The same of what the layer leaves, its nonlinearity included: with all the noise of the layers before it.
    pub activations_db: Option<f64>,
    /// The least and the largest value that the float network's layer leaves.
    pub range: (f32, f32),
    /// The grid of integers on which the quantized network puts it; none where it stays a float.
    pub grid: Option<ActivationGrid>,
}

/// Where a layer's activations are put.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationGrid {
    /// Distance of neighbouring integers.
    pub scale: f32,
    /// The values of the least and the largest integer.
    pub ends: (f32, f32),
    /// Share of the float network's values that lie beyond the ends by more than rounding does.
    pub clipped: f64,
}

/// The last variant on the way to `name` that was not quantized, where `name` is.
pub fn float_origin(plan: &Plan, name: &str) -> Option<String> {
    let mut stage = plan.variants.iter().find(|v| v.name == name)?.stage;
    let mut quantized = false;
    loop {
        match &plan.stages[stage].action {
            Action::Quantize(..) => quantized = true,
            Action::Distill { distill, .. } if distill.student.is_some() => return None,
            _ => {}
        }
        stage = plan.stages[stage].parent?;
        let whole = !quantized_before(plan, stage);
        let variant = plan.variants.iter().find(|v| v.stage == stage);
        if let (true, true, Some(variant)) = (quantized, whole, variant) {
            return Some(variant.name.clone());
        }
    }
}

/// Whether a variant's network has been quantized.
pub fn is_quantized(plan: &Plan, name: &str) -> bool {
    plan.variants.iter().find(|v| v.name == name).is_some_and(|variant| quantized_before(plan, variant.stage))
}

fn quantized_before(plan: &Plan, stage: usize) -> bool {
    let here = matches!(plan.stages[stage].action, Action::Quantize(..));
    here || plan.stages[stage].parent.is_some_and(|parent| quantized_before(plan, parent))
}

/// Shows both networks the same samples and compares what their layers leave. None if it was asked to stop.
pub async fn layer_noise(
    float: &TrainedModel,
    quantized: &TrainedModel,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<Vec<LayerNoise>>, RunError> {
    let mut comparison = Comparison::new(float, quantized).map_err(RunError::Network)?;
    let count = SAMPLES.min(dataset.len(Split::Validation));
    dataset.ensure(source, Split::Validation, count - 1).await?;
    let all: Vec<u32> = (0..count as u32).collect();
    let mut samples = vec![0.0; BATCH * dataset.features()];
    for indices in all.chunks(BATCH) {
        let samples = &mut samples[..indices.len() * dataset.features()];
        dataset.gather(Split::Validation, indices, samples);
        comparison.take(indices.len(), samples);
        if clock.pause().await == Flow::Stop {
            return Ok(None);
        }
    }
    Ok(Some(comparison.layers.into_iter().map(Tally::told).collect()))
}

/// Both networks, and what was seen of their layers so far.
struct Comparison {
    float: Executable,
    quantized: Executable,
    layers: Vec<Tally>,
}

/// One layer's sums.
struct Tally {
    name: String,
    weights_db: Option<f64>,
    /// Where [`Executable::observe`] shows it in either network.
    places: [usize; 2],
    grid: Option<Grid>,
    signal: f64,
    noise: f64,
    range: (f32, f32),
    clipped: usize,
    seen: usize,
}

impl Comparison {
    /// Fails with a sentence where the two are not of one shape.
    fn new(float: &TrainedModel, quantized: &TrainedModel) -> Result<Self, String> {
        let TrainedModel::Float(float) = float else {
            return Err("the network to compare with is quantized itself; choose the one that both came from".into());
        };
        const OTHER: &str = "the two networks have other layers, so that they cannot be compared layer by layer; choose the variant that was quantized and the one it came from";
        let float = fold_batch_norm(float);
        let (executable, folded, grids) = match quantized {
            TrainedModel::Integer(model) => {
                if !alike(&float, model) {
                    return Err(OTHER.into());
                }
                (Executable::observable(model), quantized.clone(), model.grids())
            }
            TrainedModel::Float(model) => {
                let model = TrainedModel::Float(fold_batch_norm(model));
                if !matches!(&model, TrainedModel::Float(model) if model.layers == float.layers) {
                    return Err(OTHER.into());
                }
                (Executable::new(&model), model, Vec::new())
            }
        };
        let integer = matches!(folded, TrainedModel::Integer(_));
        let whole = TrainedModel::Float(float.clone());
        let mut matrices = whole.matrices().into_iter().zip(folded.matrices());
        let stops = stops(&float).into_iter().enumerate();
        let layers = stops.map(|(index, (layer, place))| {
            let pair = if float.layers[layer].parameter_count() > 0 { matrices.next() } else { None };
            let other = if integer { index + 1 } else { place };
            Tally {
                name: pair
                    .as_ref()
                    .map_or_else(|| float.layers[layer].name().into(), |(matrix, _)| matrix.name.clone()),
                weights_db: pair.and_then(|(ours, theirs)| {
                    let (mut signal, mut noise) = (0.0, 0.0);
                    sums(&ours.values, &theirs.values, &mut signal, &mut noise);
                    decibels(signal, noise)
                }),
                places: [place, other],
                grid: grids.get(other).copied(),
                signal: 0.0,
                noise: 0.0,
                range: (f32::INFINITY, f32::NEG_INFINITY),
                clipped: 0,
                seen: 0,
            }
        });
        let layers = layers.collect();
        Ok(Self { float: Executable::new(&whole), quantized: executable, layers })
    }

    /// Shows both networks a batch.
    fn take(&mut self, batch: usize, samples: &[f32]) {
        let layers = &mut self.layers;
        let mut left = vec![Vec::new(); layers.len()];
        self.float.observe(batch, samples, &mut |place, values| {
            if let Some(index) = layers.iter().position(|layer| layer.places[0] == place) {
                left[index] = values.to_vec();
            }
        });
        self.quantized.observe(batch, samples, &mut |place, values| {
            if let Some(index) = layers.iter().position(|layer| layer.places[1] == place) {
                layers[index].take(&left[index], values);
            }
        });
    }
}

impl Tally {
    fn take(&mut self, float: &[f32], quantized: &[f32]) {
        sums(float, quantized, &mut self.signal, &mut self.noise);
        self.seen += float.len();
        for &value in float {
            self.range = (self.range.0.min(value), self.range.1.max(value));
        }
        if let Some(grid) = self.grid {
            let place = |value: f32| value / grid.scale + f32::from(grid.zero_point);
            let beyond = |value: &&f32| !(-0.5..=f32::from(grid.top) + 0.5).contains(&place(**value));
            self.clipped += float.iter().filter(beyond).count();
        }
    }

    fn told(self) -> LayerNoise {
        let clipped = self.clipped as f64 / self.seen.max(1) as f64;
        let grid = |grid: Grid| ActivationGrid {
            scale: grid.scale,
            ends: (grid.dequantize(0), grid.dequantize(grid.top)),
            clipped,
        };
        LayerNoise {
            name: self.name,
            weights_db: self.weights_db,
            activations_db: decibels(self.signal, self.noise),
            range: self.range,
            grid: self.grid.map(grid),
        }
    }
}

fn sums(ours: &[f32], theirs: &[f32], signal: &mut f64, noise: &mut f64) {
    for (&ours, &theirs) in ours.iter().zip(theirs) {
        let (ours, theirs) = (f64::from(ours), f64::from(theirs));
        *signal += ours * ours;
        *noise += (ours - theirs) * (ours - theirs);
    }
}

fn decibels(signal: f64, noise: f64) -> Option<f64> {
    (signal > 0.0 && noise > 0.0).then(|| 10.0 * libm::log10(signal / noise))
}

/// The layers that compute something, a ReLU counted to the one before it; and where [`Executable::observe`] shows what it leaves.
fn stops(model: &Model) -> Vec<(usize, usize)> {
    let mut stops: Vec<(usize, usize)> = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        match (layer, stops.last_mut()) {
            (Layer::Activation(Activation::Relu), Some((_, place))) if *place == index => *place = index + 1,
            (Layer::Flatten | Layer::Dropout { .. } | Layer::BatchNormalization { .. }, _) => {}
            _ => stops.push((index, index + 1)),
        }
    }
    stops
}

/// Whether an integer network has the layers of a float one.
fn alike(float: &Model, integers: &IntegerModel) -> bool {
    let stops = stops(float);
    let same = |(&(layer, _), integer): (&(usize, usize), &IntegerLayer)| match (&float.layers[layer], integer) {
        (layer, IntegerLayer::Linear(linear)) => *layer == linear.layer,
        (Layer::Pool(pool), IntegerLayer::Pool(other)) => pool == other,
        (Layer::Activation(_), IntegerLayer::Table(_)) | (Layer::Add { .. }, IntegerLayer::Add(_)) => true,
        _ => false,
    };
    stops.len() == integers.layers.len() && stops.iter().zip(&integers.layers).all(same)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::super::Recipe;
    use super::super::tests::{Log, Nothing, now, trial};
    use super::*;
    use crate::compression::quantize::{Quantize, RangeObserver, quantize};
    use crate::data::Key;
    use crate::export;
    use crate::network::{ActivationName, Architecture, ArchitectureName, PoolingName, Shape};

    const COUNT: usize = 32;

    fn nets(spec: &Architecture) -> (Model, IntegerModel, Vec<f32>) {
        let shape = Shape { height: 16, width: 16, channels: 1 };
        let model = Model::initialize(spec, shape, 10, &Key::new(5)).unwrap();
        let folded = fold_batch_norm(&model);
        let mut rng = Key::new(6).rng();
        let samples: Vec<f32> = (0..COUNT * 256).map(|_| rng.uniform()).collect();
        let mut ranges = vec![RangeObserver::default(); folded.layers.len() + 1];
        Executable::new(&TrainedModel::Float(folded.clone()))
            .observe(COUNT, &samples, &mut |place, values| ranges[place].observe(values));
        let integers = quantize(&folded, &ranges, &Quantize::default());
        (model, integers, samples)
    }

    fn compared(float: &Model, quantized: TrainedModel, samples: &[f32]) -> Vec<LayerNoise> {
        let mut comparison = Comparison::new(&TrainedModel::Float(float.clone()), &quantized).unwrap();
        comparison.take(COUNT, samples);
        comparison.layers.into_iter().map(Tally::told).collect()
    }

    /// Every kind of layer, skip connections and tables among them: eight bits leave little noise anywhere, and logits are seen to
    /// the last bit.
    #[test]
    fn each_layer_of_an_integer_network_is_seen_and_is_near_its_float_layer() {
        for (architecture, ..) in ArchitectureName::ALL
            .into_iter()
            .filter(|(name, ..)| !matches!(name, ArchitectureName::Mlp | ArchitectureName::Transformer))
        {
            for (activation, pooling) in
                [(ActivationName::Relu, PoolingName::Max), (ActivationName::Tanh, PoolingName::Average)]
            {
                let spec =
                    Architecture { architecture, activation, pooling, batch_normalization: true, ..Default::default() };
                let (model, integers, samples) = nets(&spec);
                let mut logits = Vec::new();
                let mut shown = 0;
                let observed = Executable::observable(&integers)
                    .observe(COUNT, &samples, &mut |_, values| {
                        shown += 1;
                        logits = values.to_vec();
                    })
                    .to_vec();
                assert_eq!(shown, integers.layers.len() + 1, "{architecture:?}");
                let quantized = TrainedModel::Integer(integers);
                assert_eq!(observed, Executable::new(&quantized).logits(COUNT, &samples), "{architecture:?}");
                assert_eq!(logits, observed);
                let layers = compared(&model, quantized, &samples);
                assert_eq!(layers.len(), shown - 1);
                for layer in &layers {
                    assert!(layer.activations_db.unwrap() > 20.0, "{architecture:?} {activation:?}: {layer:?}");
                    assert!(layer.weights_db.is_none_or(|db| db > 30.0), "{layer:?}");
                    if let Some(grid) = layer.grid {
                        assert_eq!(grid.clipped, 0.0, "the grid was made for these samples");
                        let slack = grid.scale;
                        assert!(grid.ends.0 - slack <= layer.range.0 && layer.range.1 <= grid.ends.1 + slack);
                    }
                }
                assert!(layers.last().unwrap().grid.is_none(), "logits are floats");
            }
        }
    }

    /// One layer made coarse is found, and those before it are not blamed.
    #[test]
    fn the_layer_to_blame_stands_out() {
        let (model, mut integers, samples) = nets(&Architecture::mlp(&[30, 20]));
        let fine = compared(&model, TrainedModel::Integer(integers.clone()), &samples);
        let Some(IntegerLayer::Linear(second)) = integers.layers.get_mut(1) else { panic!("a dense layer") };
        second.codes.weights.iter_mut().for_each(|q| *q = (f32::from(*q) / 63.0).round() as i8 * 63);
        let coarse = compared(&model, TrainedModel::Integer(integers), &samples);
        assert_eq!(fine[0], coarse[0]);
        for db in [|layer: &LayerNoise| layer.weights_db, |layer: &LayerNoise| layer.activations_db] {
            assert!(db(&fine[1]).unwrap() > db(&coarse[1]).unwrap() + 15.0);
        }
        assert_eq!(fine[2].weights_db, coarse[2].weights_db);
        assert!(fine[2].activations_db > coarse[2].activations_db, "noise is handed on");
    }

    #[test]
    fn a_network_has_no_noise_beside_itself_and_strangers_are_refused() {
        let (model, integers, samples) = nets(&Architecture::mlp(&[30]));
        for layer in compared(&model, TrainedModel::Float(model.clone()), &samples) {
            assert_eq!((layer.weights_db, layer.activations_db, layer.grid), (None, None, None));
        }
        let (other, ..) = nets(&Architecture::mlp(&[31]));
        for quantized in [TrainedModel::Integer(integers.clone()), TrainedModel::Float(model)] {
            let refused = Comparison::new(&TrainedModel::Float(other.clone()), &quantized);
            assert!(refused.err().unwrap().contains("other layers"));
        }
        let integers = TrainedModel::Integer(integers);
        assert!(Comparison::new(&integers, &integers).err().unwrap().contains("quantized itself"));
    }

    #[test]
    fn a_variant_is_compared_with_the_float_network_on_its_way() {
        let recipe = r#"{"version":1,"data":{"dataset":"moons","samples":320},"network":{"architecture":"mlp","widths":[32,8]},
            "training":{"epochs":2},"variants":[{"name":"dense"},{"name":"pruned","from":"dense","steps":[{"prune":{"sparsity":0.3,"epochs":1}}]},
            {"name":"int8","from":"pruned","steps":[{"quantize":{}}]},{"name":"on","from":"int8","steps":[{"train":{"epochs":1}}]},
            {"name":"alone","steps":[{"train":{"epochs":1}},{"quantize":{}}]}]}"#;
        let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
        let origin = |name: &str| float_origin(&plan, name);
        assert_eq!([origin("dense"), origin("pruned"), origin("nobody")], [None, None, None]);
        assert_eq!([origin("int8"), origin("on")], [Some("pruned".into()), Some("pruned".into())]);
        assert_eq!(origin("alone"), Some("dense".into()), "the stages of a variant are shared");
        let mut log = Log::default();
        trial(&plan, 0, &mut log);
        let [float, quantized] = ["pruned", "int8"].map(|name| export::decode(log.file(name)).unwrap());
        let mut dataset = plan.recipe.data.open().unwrap();
        let told = now(layer_noise(&float, &quantized, &mut dataset, &Nothing, &mut Log::default())).unwrap().unwrap();
        assert_eq!(told.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>(), ["1 dense", "2 dense", "3 dense"]);
        assert!(told.iter().all(|layer| layer.weights_db.unwrap() > 25.0 && layer.activations_db.unwrap() > 15.0));
    }
}
