//! The landscape of the loss around a trained network: a plane through it in two random directions, in floats and with the weights
//! rounded to few bits.
//!
//! Source: Li et al., "Visualizing the Loss Landscape of Neural Nets", 2018: directions normalized filter by filter, so that a step
//! is as long, beside each filter, as the filter itself; biases and normalization stay as they are.

use super::event::{Clock, Flow};
use super::measure::cross_entropy;
use super::run::RunError;
use crate::data::{Dataset, Key, Source, Split};
use crate::network::{Executable, Model, TrainedModel};
use serde::{Deserialize, Serialize};

/// How far the plane reaches from the network in either direction, in lengths of its filters.
pub const EXTENT: f64 = 1.0;
/// Points of the line for each point of the plane's side.
const FINER: usize = 8;
/// Samples of a batch.
const BATCH: usize = 64;
/// The largest loss that is told: beyond it lies nothing worth telling apart.
const MOST: f64 = 1e6;

/// How finely a landscape is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Points of the plane's side: an odd number, so that the network itself is one of them.
    pub side: usize,
    /// Training samples that the loss is the mean of.
    pub samples: usize,
}

impl Size {
    /// As fine as can be had for some 50 thousand million multiply-accumulates, half a minute of a slow device. `macs`: of one
    /// sample.
    pub fn affordable(macs: u64, most_side: usize) -> Self {
        const AFFORDED: u64 = 50_000_000_000;
        let sizes =
            [(25, 512), (25, 256), (17, 256), (17, 128), (11, 128)].map(|(side, samples)| Self { side, samples });
        let fits =
            |size: &&Self| size.side <= most_side && size.points() as u64 * size.samples as u64 * macs <= AFFORDED;
        *sizes.iter().find(fits).unwrap_or(&sizes[4])
    }

    /// Losses to be computed, on the plane and on the line.
    pub fn points(&self) -> usize {
        2 * (self.side * self.side + self.line())
    }

    /// Points of the line.
    fn line(&self) -> usize {
        FINER * (self.side.max(1) - 1) + 1
    }
}

/// A landscape as far as it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landscape {
    /// How finely it is drawn.
    pub size: Size,
    /// Of each weight on the quantized plane.
    pub bits: u32,
    /// The loss in floats at each point, row by row; [`place`] says where a point lies.
    pub float: Vec<f32>,
    /// The same with quantized weights.
    pub quantized: Vec<f32>,
    /// The loss along the first direction through the network, at more points: in floats and quantized.
    pub line: Vec<(f32, f32)>,
}

impl Landscape {
    /// From 0 to 1.
    pub fn share(&self) -> f64 {
        (self.float.len() + self.quantized.len() + 2 * self.line.len()) as f64 / self.size.points() as f64
    }
}

/// Where the point at `index` of so many lies on its axis: from minus [`EXTENT`] to plus that.
pub fn place(index: usize, points: usize) -> f64 {
    let middle = (points.max(2) - 1) as f64 / 2.0;
    (index as f64 - middle) / middle * EXTENT
}

/// Draws the landscape around a float network from training samples, row by row, and tells of each. The directions are the same
/// for the same network, and each weight is put on the nearest of the integers that the trained network's own filters take:
/// symmetric, `2^bits - 1` of them up to the filter's largest weight; with one bit plus or minus the filter's mean magnitude.
/// Weights that are zero stay so. Says whether it came to its end.
pub async fn landscape(
    model: &Model,
    size: Size,
    bits: u32,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
    mut tell: impl FnMut(&Landscape),
) -> Result<bool, RunError> {
    let count = size.samples.min(dataset.len(Split::Train)).max(1);
    dataset.ensure(source, Split::Train, count - 1).await?;
    let indices: Vec<u32> = (0..count as u32).collect();
    let mut samples = vec![0.0; count * dataset.features()];
    dataset.gather(Split::Train, &indices, &mut samples);
    let labels = (0..count).map(|index| dataset.label(Split::Train, index)).collect();
    let seen = Seen { samples, labels };
    let plane = Plane::new(model, bits);
    let mut landscape = Landscape { size, bits, float: Vec::new(), quantized: Vec::new(), line: Vec::new() };
    for row in 0..size.side {
        for column in 0..size.side {
            let at = [place(column, size.side), place(row, size.side)];
            let Some((float, quantized)) = plane.losses(at, &seen, clock).await else { return Ok(false) };
            landscape.float.push(float);
            landscape.quantized.push(quantized);
        }
        tell(&landscape);
    }
    for index in 0..size.line() {
        let Some(losses) = plane.losses([place(index, size.line()), 0.0], &seen, clock).await else { return Ok(false) };
        landscape.line.push(losses);
    }
    tell(&landscape);
    Ok(true)
}

/// What the loss is the mean of.
struct Seen {
    samples: Vec<f32>,
    labels: Vec<u8>,
}

/// A plane in the space of weights, through a network.
struct Plane {
    /// In its middle.
    model: Model,
    /// Two values for each weight, matrix by matrix.
    directions: Vec<Vec<[f32; 2]>>,
    /// The scale of each filter, matrix by matrix.
    scales: Vec<Vec<f32>>,
    bits: u32,
}

impl Plane {
    fn new(model: &Model, bits: u32) -> Self {
        let mut model = model.clone();
        // Weights that are moved are no longer the integers that they were stored as.
        model.parameters.iter_mut().for_each(|parameter| parameter.integers = None);
        let key = Key::new(0).fold("landscape");
        let (mut directions, mut scales) = (Vec::new(), Vec::new());
        for (matrix, parameter) in model.weights().enumerate() {
            let (weights, columns) = (parameter.slice(), parameter.matrix_dims().1);
            let axes = [0, 1].map(|axis| direction(weights, columns, &key.fold_index(axis).fold_index(matrix as u64)));
            directions.push(axes[0].iter().zip(&axes[1]).map(|(a, b)| [*a, *b]).collect());
            scales.push((0..columns).map(|column| scale(weights, columns, column, bits)).collect());
        }
        Self { model, directions, scales, bits }
    }

    /// The network at a point of the plane.
    fn float(&self, at: [f64; 2]) -> Model {
        let mut model = self.model.clone();
        for (parameter, directions) in model.weights_mut().zip(&self.directions) {
            for (weight, direction) in parameter.slice_mut().iter_mut().zip(directions) {
                let moved = at[0] * f64::from(direction[0]) + at[1] * f64::from(direction[1]);
                *weight = (f64::from(*weight) + moved) as f32;
            }
        }
        model
    }

    /// The same with its weights on the grid.
    fn quantized(&self, mut model: Model) -> Model {
        for (parameter, scales) in model.weights_mut().zip(&self.scales) {
            for (index, weight) in parameter.slice_mut().iter_mut().enumerate() {
                *weight = nearest(*weight, scales[index % scales.len()], self.bits);
            }
        }
        model
    }

    /// The loss at a point, in floats and quantized; none if it was asked to stop.
    async fn losses(&self, at: [f64; 2], seen: &Seen, clock: &mut impl Clock) -> Option<(f32, f32)> {
        let float = self.float(at);
        let quantized = self.quantized(float.clone());
        Some((loss(float, seen, clock).await?, loss(quantized, seen, clock).await?))
    }
}

/// A random direction for a matrix: normal deviates, each column made as long as the column of weights, and nothing where a weight
/// is zero.
fn direction(weights: &[f32], columns: usize, key: &Key) -> Vec<f32> {
    let mut rng = key.rng();
    let mut direction: Vec<f32> = weights.iter().map(|w| if *w == 0.0 { 0.0 } else { rng.normal() }).collect();
    let mut lengths = vec![[0.0f64; 2]; columns];
    for (index, (weight, step)) in weights.iter().zip(&direction).enumerate() {
        let length = &mut lengths[index % columns];
        length[0] += f64::from(*weight) * f64::from(*weight);
        length[1] += f64::from(*step) * f64::from(*step);
    }
    for (index, step) in direction.iter_mut().enumerate() {
        let [weights, steps] = lengths[index % columns];
        if steps > 0.0 {
            *step = (f64::from(*step) * (weights / steps).sqrt()) as f32;
        }
    }
    direction
}

/// The largest integer of so many bits on a symmetric grid.
fn top(bits: u32) -> f32 {
    if bits < 2 { 1.0 } else { ((1u32 << (bits - 1)) - 1) as f32 }
}

/// The scale of a column: its largest weight on the grid's last integer; of one bit the mean magnitude of weights that are not zero.
fn scale(weights: &[f32], columns: usize, column: usize, bits: u32) -> f32 {
    let magnitudes = || weights.iter().skip(column).step_by(columns).map(|w| w.abs()).filter(|w| *w > 0.0);
    let scale = match bits {
        0 | 1 => magnitudes().sum::<f32>() / magnitudes().count().max(1) as f32,
        _ => magnitudes().fold(0.0, f32::max) / top(bits),
    };
    // A column of zeros takes any scale.
    if scale > 0.0 { scale } else { 1.0 }
}

fn nearest(weight: f32, scale: f32, bits: u32) -> f32 {
    if weight == 0.0 {
        return 0.0;
    }
    match bits {
        0 | 1 => scale.copysign(weight),
        _ => (weight / scale).round().clamp(-top(bits), top(bits)) * scale,
    }
}

/// The mean cross-entropy of a network; none if it was asked to stop.
async fn loss(model: Model, seen: &Seen, clock: &mut impl Clock) -> Option<f32> {
    let classes = model.classes;
    let width = seen.samples.len() / seen.labels.len();
    let mut executable = Executable::new(&TrainedModel::Float(model));
    let mut sum = 0.0f64;
    for (samples, labels) in seen.samples.chunks(BATCH * width).zip(seen.labels.chunks(BATCH)) {
        let logits = executable.logits(labels.len(), samples);
        for (row, label) in logits.chunks(classes).zip(labels) {
            sum += cross_entropy(row, usize::from(*label));
        }
        if clock.pause().await == Flow::Stop {
            return None;
        }
    }
    // What is no number after overflows is as high as can be; `min` takes the other.
    Some((sum / seen.labels.len() as f64).min(MOST) as f32)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Log, Nothing, now, trial};
    use super::super::{Plan, Recipe};
    use super::*;
    use crate::export;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SIZE: Size = Size { side: 5, samples: 100 };

    /// A small network, trained; and its data.
    fn trained() -> (Model, Dataset) {
        let recipe = r#"{"version":1,"data":{"dataset":"moons","samples":320},"network":{"architecture":"mlp","widths":[6]},
            "training":{"epochs":12,"learning_rate":0.02,"batch":32},"variants":[{"name":"dense"}]}"#;
        let plan = Plan::new(&Recipe::from_json(recipe).unwrap()).unwrap();
        let mut log = Log::default();
        trial(&plan, 0, &mut log);
        let TrainedModel::Float(model) = export::decode(log.file("dense")).unwrap() else { panic!("a float network") };
        (model, plan.recipe.data.open().unwrap())
    }

    fn drawn(model: &Model, bits: u32, dataset: &mut Dataset) -> Landscape {
        let mut told = Vec::new();
        let tell = |landscape: &Landscape| told.push(landscape.clone());
        assert!(now(landscape(model, SIZE, bits, dataset, &Nothing, &mut Log::default(), tell)).unwrap());
        assert!(told.windows(2).all(|pair| pair[0].share() < pair[1].share()));
        told.pop().unwrap()
    }

    /// From logits by the formula, without the code under test.
    fn mean_loss(model: &Model, dataset: &Dataset) -> f64 {
        let all: Vec<u32> = (0..SIZE.samples as u32).collect();
        let mut x = vec![0.0; all.len() * dataset.features()];
        dataset.gather(Split::Train, &all, &mut x);
        let logits = Executable::new(&TrainedModel::Float(model.clone())).logits(all.len(), &x).to_vec();
        let one = |(row, index): (&[f32], &u32)| {
            let powers: Vec<f64> = row.iter().map(|z| f64::from(*z).exp()).collect();
            -(powers[usize::from(dataset.label(Split::Train, *index as usize))] / powers.iter().sum::<f64>()).ln()
        };
        logits.chunks(model.classes).zip(&all).map(one).sum::<f64>() / all.len() as f64
    }

    #[test]
    fn the_centre_is_the_network_itself_and_a_landscape_is_the_same_every_time() {
        let (model, mut dataset) = trained();
        let one = drawn(&model, 4, &mut dataset);
        assert_eq!((one.float.len(), one.quantized.len(), one.line.len(), one.share()), (25, 25, 33, 1.0));
        assert!((f64::from(one.float[12]) - mean_loss(&model, &dataset)).abs() < 1e-6);
        assert_eq!((one.float[12], one.quantized[12]), one.line[16], "the line goes through it");
        assert_eq!([one.float[10], one.float[14]], [one.line[0].0, one.line[32].0]);
        let beside = one.float.iter().enumerate().filter(|(index, _)| *index != 12);
        assert!(
            beside.map(|(_, loss)| loss).all(|loss| *loss > one.float[12]),
            "training led to the lowest of these points"
        );
        assert_eq!(one, drawn(&model, 4, &mut dataset));
        let eight = drawn(&model, 8, &mut dataset);
        assert_eq!(eight.float, one.float);
        assert!((eight.quantized[12] - eight.float[12]).abs() < (one.quantized[12] - one.float[12]).abs());
    }

    /// Between two integers nothing moves: along a line the loss in floats is another at each point, with two bits it takes few values.
    #[test]
    fn floats_give_a_slope_and_two_bits_a_staircase() {
        let (model, dataset) = trained();
        let mut samples = vec![0.0; 64 * dataset.features()];
        let indices: Vec<u32> = (0..64).collect();
        dataset.gather(Split::Train, &indices, &mut samples);
        let labels = (0..64).map(|index| dataset.label(Split::Train, index)).collect();
        let seen = Seen { samples, labels };
        let plane = Plane::new(&model, 2);
        let points = 401;
        let mut losses: [Vec<f32>; 2] = Default::default();
        for index in 0..points {
            // A twentieth of the plane's reach: few weights come to another integer there.
            let at = [place(index, points) / 20.0, 0.0];
            let (float, quantized) = now(plane.losses(at, &seen, &mut Log::default())).unwrap();
            losses[0].push(float);
            losses[1].push(quantized);
        }
        let [slope, stairs] = losses.map(|mut losses| {
            losses.sort_by(f32::total_cmp);
            losses.dedup();
            losses.len()
        });
        assert!(slope > points * 9 / 10, "{slope} values in floats");
        assert!((2..=24).contains(&stairs), "{stairs} values with two bits");
    }

    #[test]
    fn directions_are_as_long_as_filters_and_leave_removed_weights_alone() {
        let (mut model, _) = trained();
        model.weights_mut().next().unwrap().slice_mut()[3] = 0.0;
        let plane = Plane::new(&model, 2);
        for (parameter, directions) in model.weights().zip(&plane.directions) {
            let columns = parameter.matrix_dims().1;
            for column in 0..columns {
                let of = |value: &dyn Fn(usize) -> f32| {
                    (column..directions.len()).step_by(columns).map(|i| f64::from(value(i)).powi(2)).sum::<f64>()
                };
                let length = of(&|i| parameter.slice()[i]);
                for axis in [0, 1] {
                    assert!((of(&|i| directions[i][axis]) / length - 1.0).abs() < 1e-5);
                }
            }
        }
        assert_eq!(plane.directions[0][3], [0.0, 0.0]);
        let moved = plane.quantized(plane.float([0.7, -0.4]));
        assert_eq!(moved.weights().next().unwrap().slice()[3], 0.0);
    }

    #[test]
    fn grids_are_symmetric_and_one_bit_is_a_sign() {
        let weights = [0.5, -0.1, 0.0, 0.3];
        assert_eq!(scale(&weights, 1, 0, 2), 0.5);
        assert_eq!([0.5, 0.24, -0.26, 9.0, 0.0].map(|w| nearest(w, 0.5, 2)), [0.5, 0.0, -0.5, 0.5, 0.0]);
        assert!((scale(&weights, 1, 0, 1) - 0.3).abs() < 1e-6);
        assert_eq!([0.5, -0.1, 0.0].map(|w| nearest(w, 0.3, 1)), [0.3, -0.3, 0.0]);
    }

    #[test]
    fn larger_networks_are_drawn_more_coarsely() {
        assert_eq!(Size::affordable(100, 25), Size { side: 25, samples: 512 });
        assert_eq!(Size::affordable(100, 17).side, 17);
        let sides: Vec<usize> =
            [1_000, 266_200, 2_000_000, 500_000_000].map(|macs| Size::affordable(macs, 25).side).into();
        assert!(sides.windows(2).all(|pair| pair[0] >= pair[1]) && sides[3] == 11, "{sides:?}");
    }
}
