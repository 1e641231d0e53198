//! Deep mutual learning: two networks that start from different draws learn together, each from the labels and from what the other
//! predicts. Neither is a teacher; what is kept is the student, and its peer is forgotten.
//!
//! `L = CE(y, softmax(z)) + alpha T^2 KL(softmax(z' / T) || softmax(z / T))`, with a network's logits `z` and the other's `z'`, which
//! are taken as given. The paper has `alpha` and `T` at 1. Both gradients are those of the same two predictions; the paper lets
//! each network move before the other looks at it again.
//!
//! Paper: Zhang, Xiang, Hospedales, Lu, "Deep Mutual Learning", CVPR 2018.

use super::Method;
use crate::backend::Backend;
use crate::compression::About;
use crate::data::{Key, Rng};
use crate::network::{Batch, Loss, Mode, Model, Network, Optimizer, Training};

pub(super) const METHOD: Method = Method {
    looks: None,
    about: About {
        name: "deep-mutual-learning",
        title: "Deep mutual learning",
        help: "Needs no teacher: the student learns beside a peer that starts from other weights, and each is also drawn to what the other predicts. The paper has a temperature and a weight of 1.",
        paper: "Zhang, Xiang, Hospedales, Lu 2018, Deep Mutual Learning",
    },
};

/// How strongly one network is drawn to another's prediction: temperature, and the weight beside the labels.
type Draw = (f32, f32);

/// The loss of a student whose peer learns beside it.
pub(crate) struct Mutual<B: Backend> {
    peer: Network<B>,
    optimizer: Optimizer<B>,
    /// The peer's, which is the student's: rates come with the batches.
    training: Training,
    dropout: Vec<Rng>,
    draw: Draw,
    features: usize,
    room: Room<B>,
    /// Of the peer, and told to nobody.
    totals: B::Buffer,
}

/// Buffers that a divergence is computed in.
struct Room<B: Backend> {
    targets: B::Buffer,
    totals: B::Buffer,
    unused: B::Buffer,
}

impl<B: Backend> Mutual<B> {
    /// With a peer for each of the backend's lanes, and its stream of chance.
    pub fn new(backend: &B, peers: &[&Model], keys: &[Key], training: &Training, temperature: f32, alpha: f32) -> Self {
        let peer = Network::new(backend, peers, training.batch);
        let optimizer = Optimizer::new(backend, &peer, training);
        let (classes, features) = peers.first().map_or((0, 0), |model| (model.classes, model.shape.len()));
        let values = training.batch * classes;
        Self {
            peer,
            optimizer,
            training: training.clone(),
            dropout: keys.iter().map(|key| key.fold("dropout").rng()).collect(),
            draw: (temperature, alpha),
            features,
            room: Room { targets: backend.zeros(values), totals: backend.zeros(2), unused: backend.zeros(values) },
            totals: backend.zeros(2),
        }
    }
}

/// Adds the loss of a network with logits `own` beside one with logits `other`, and its gradient.
fn learn<B: Backend>(
    backend: &B,
    batch: &Batch<B>,
    (temperature, alpha): Draw,
    [own, other]: [&B::Buffer; 2],
    room: &mut Room<B>,
    [totals, d]: [&mut B::Buffer; 2],
) {
    let (rows, classes) = (batch.rows, batch.classes);
    backend.cross_entropy(rows, classes, 1.0, 1.0, own, batch.labels, totals, d);
    // A divergence is a cross-entropy less what it comes to where both agree. Agreements are counted beside the labels'.
    backend.softmax(rows, classes, temperature, other, &mut room.targets);
    backend.fill(&mut room.totals, 2, 0.0);
    backend.cross_entropy(rows, classes, temperature, alpha, own, &room.targets, &mut room.totals, d);
    backend.cross_entropy(rows, classes, temperature, -alpha, other, &room.targets, &mut room.totals, &mut room.unused);
    backend.add_assign(1, &room.totals, totals);
}

impl<B: Backend> Loss<B> for Mutual<B> {
    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        learn(backend, batch, self.draw, [logits, self.peer.logits()], &mut self.room, [totals, d]);
    }

    fn descend(
        &mut self,
        backend: &B,
        network: &mut Network<B>,
        batch: &Batch<B>,
        dropout: &mut [Rng],
        totals: &mut B::Buffer,
    ) {
        let (rows, values) = (batch.rows, batch.rows * batch.classes);
        backend.copy(network.input(), self.peer.input(), rows * self.features);
        network.forward(backend, rows, Mode::Train(dropout));
        self.peer.forward(backend, rows, Mode::Train(&mut self.dropout));
        let (own, gradient) = self.peer.logits_and_gradient();
        backend.fill(gradient, values, 0.0);
        learn(backend, batch, self.draw, [own, network.logits()], &mut self.room, [&mut self.totals, gradient]);
        let (logits, gradient) = network.logits_and_gradient();
        backend.fill(gradient, values, 0.0);
        self.apply(backend, batch, logits, totals, gradient);
        self.peer.backward(backend, rows);
        network.backward(backend, rows);
        self.optimizer.step(backend, &mut self.peer, &self.training, batch.rate);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::backend::cpu::Cpu;
    use crate::network::{Architecture, CrossEntropy, Shape};
    use proptest::prelude::*;

    const CLASSES: usize = 3;
    const ROWS: usize = 24;
    const SHAPE: Shape = Shape { height: 1, width: 1, channels: 2 };

    fn drawn(key: u64) -> Model {
        Model::initialize(&Architecture::mlp(&[10]), SHAPE, CLASSES, &Key::new(key)).unwrap()
    }

    fn mutual(cpu: &Cpu, peer: &Model, temperature: f32, alpha: f32) -> Mutual<Cpu> {
        let training = Training { batch: ROWS, ..Training::default() };
        Mutual::new(cpu, &[peer], &[Key::new(9)], &training, temperature, alpha)
    }

    /// Points in the plane and the third of it that they lie in.
    fn samples() -> (Vec<f32>, Vec<f32>) {
        let angle = |i: usize| (i as f32 + 0.3) / ROWS as f32 * std::f32::consts::TAU;
        let x = (0..ROWS).flat_map(|i| [angle(i).cos(), angle(i).sin()]).collect();
        let label = |i: usize| (0..CLASSES).map(move |c| f32::from(u8::from(i * CLASSES / ROWS == c)));
        (x, (0..ROWS).flat_map(label).collect())
    }

    fn batch<'a>(indices: &'a [u32], labels: &'a Vec<f32>) -> Batch<'a, Cpu> {
        Batch { indices, rows: indices.len(), labels, classes: CLASSES, rate: 0.02 }
    }

    /// Loss, as a sum over rows, and gradient, of the mean, of the first rows with logits `z`, beside a peer that has seen them.
    fn loss(z: &[f32], peer: &mut Mutual<Cpu>) -> (f32, Vec<f32>) {
        let (x, labels) = samples();
        let cpu = Cpu::new();
        let indices: Vec<u32> = (0..(z.len() / CLASSES) as u32).collect();
        peer.peer.input()[..x.len()].copy_from_slice(&x);
        peer.peer.forward(&cpu, indices.len(), Mode::Infer);
        let (mut totals, mut gradient) = (vec![0.0; 2], vec![0.0; z.len()]);
        peer.apply(&cpu, &batch(&indices, &labels), &z.to_vec(), &mut totals, &mut gradient);
        (totals[0], gradient)
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_loss(
            z in prop::collection::vec(-3.0f32..3.0, 2 * CLASSES), key in 0u64..50, temperature in 0.5f32..5.0, alpha in 0.0f32..1.0,
        ) {
            let cpu = Cpu::new();
            let mut peer = mutual(&cpu, &drawn(key), temperature, alpha);
            let (_, gradient) = loss(&z, &mut peer);
            let step = 0.02;
            for i in 0..z.len() {
                let mut moved = |sign: f32| {
                    let mut z = z.clone();
                    z[i] += sign * step;
                    loss(&z, &mut peer).0
                };
                let measured = (moved(1.0) - moved(-1.0)) / (2.0 * step) / 2.0; // two rows: the gradient is of the mean
                prop_assert!((measured - gradient[i]).abs() < 3e-3, "{} for {}", measured, gradient[i]);
            }
        }

        /// What is added to the loss of the labels is a divergence: computed term by term, never less than nothing, and nothing
        /// between networks that agree.
        #[test]
        fn what_is_added_is_the_divergence_from_the_peers_prediction(
            z in prop::collection::vec(-3.0f32..3.0, 2 * CLASSES), key in 0u64..50, temperature in 0.5f32..5.0,
        ) {
            let cpu = Cpu::new();
            let mut peer = mutual(&cpu, &drawn(key), temperature, 1.0);
            let (whole, _) = loss(&z, &mut peer);
            let others = peer.peer.logits()[..z.len()].to_vec();
            let (_, labels) = samples();
            let of_labels = |z: &[f32]| {
                let (mut totals, mut d) = (vec![0.0; 2], vec![0.0; z.len()]);
                CrossEntropy.apply(&cpu, &batch(&[0, 1], &labels), &z.to_vec(), &mut totals, &mut d);
                totals[0]
            };
            let probabilities = |z: &[f32]| -> Vec<f32> {
                let mut p = vec![0.0; z.len()];
                cpu.softmax(2, CLASSES, temperature, &z.to_vec(), &mut p);
                p
            };
            let wanted: f32 = probabilities(&others).iter().zip(probabilities(&z)).map(|(q, p): (&f32, f32)| q * (q / p).ln()).sum();
            let added = whole - of_labels(&z);
            prop_assert!((added - temperature * temperature * wanted).abs() < 1e-3, "{} for {}", added, wanted);
            prop_assert!(added > -1e-4);
            let (agreed, gradient) = loss(&others, &mut peer);
            prop_assert!((agreed - of_labels(&others)).abs() < 1e-4);
            let mut quiet = mutual(&cpu, &drawn(key), temperature, 0.0);
            prop_assert!(gradient.iter().zip(loss(&others, &mut quiet).1).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }

    /// Trains both for so many steps; the losses with the labels before and after: the student's, then the peer's.
    fn train(student: &Model, peer: &Model, alpha: f32, steps: usize) -> ([f32; 2], [f32; 2], Vec<f32>) {
        let cpu = Cpu::new();
        let training = Training { batch: ROWS, ..Training::default() };
        let (x, labels) = samples();
        let indices: Vec<u32> = (0..ROWS as u32).collect();
        let batch = batch(&indices, &labels);
        let mut network = Network::new(&cpu, &[student], ROWS);
        let mut optimizer = Optimizer::new(&cpu, &network, &training);
        let mut mutual = mutual(&cpu, peer, 1.0, alpha);
        let mut dropout = [Key::new(1).rng()];
        let measure = |network: &mut Network<Cpu>| {
            network.input().copy_from_slice(&x);
            network.forward(&cpu, ROWS, Mode::Infer);
            let (mut totals, mut d) = (vec![0.0; 2], vec![0.0; ROWS * CLASSES]);
            CrossEntropy.apply(&cpu, &batch, network.logits(), &mut totals, &mut d);
            totals[0] / ROWS as f32
        };
        let before = [measure(&mut network), measure(&mut mutual.peer)];
        for _ in 0..steps {
            network.input().copy_from_slice(&x);
            mutual.descend(&cpu, &mut network, &batch, &mut dropout, &mut vec![0.0; 2]);
            optimizer.step(&cpu, &mut network, &training, batch.rate);
        }
        let after = [measure(&mut network), measure(&mut mutual.peer)];
        (before, after, network.logits().clone())
    }

    #[test]
    fn both_networks_learn() {
        let (before, after, _) = train(&drawn(1), &drawn(2), 1.0, 60);
        for (before, after) in before.into_iter().zip(after) {
            assert!(after < 0.4 * before, "from {before} to {after}");
        }
    }

    /// The student cares who its peer is, unless it has no weight.
    #[test]
    fn without_weight_each_learns_alone() {
        let logits = |peer: u64, alpha: f32| train(&drawn(1), &drawn(peer), alpha, 20).2;
        assert_eq!(logits(2, 0.0), logits(3, 0.0));
        assert_ne!(logits(2, 1.0), logits(3, 1.0));
        assert_ne!(logits(2, 1.0), logits(2, 0.0));
    }
}
