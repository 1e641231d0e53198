//! What the tests of the methods share: two small networks without kinks, and gradients held against differences of the loss.

use super::{Few, New, answers};
use crate::compression::distill::Distill;
use crate::compression::distill::layers::Mentor;
use crate::data::Key;
use crate::network::{Architecture, ArchitectureName, Model, OptimizerName, Probe, Role, Shape};

pub(super) const SAMPLES: usize = 12;
const CLASSES: usize = 4;

/// A student, a teacher, and samples that the teacher labels.
#[derive(Clone)]
pub(super) struct Pair {
    pub student: Model,
    pub teacher: Model,
    pub x: Vec<f32>,
    labels: Vec<usize>,
}

impl Pair {
    fn new(shape: Shape, student: &Architecture, teacher: &Architecture) -> Self {
        let draw = |architecture, seed| {
            let mut model = Model::initialize(architecture, shape, CLASSES, &Key::new(seed)).unwrap();
            let mut rng = Key::new(seed).fold("others").rng();
            for parameter in model.parameters.iter_mut().filter(|p| p.role != Role::Weight) {
                let around = if parameter.role == Role::Bias { 0.0 } else { 1.0 };
                parameter.slice_mut().iter_mut().for_each(|value| *value = around + (rng.uniform() - 0.5) / 2.0);
            }
            model
        };
        let (student, teacher) = (draw(student, 1), draw(teacher, 2));
        let mut rng = Key::new(3).rng();
        let x: Vec<f32> = (0..SAMPLES * shape.len()).map(|_| rng.normal()).collect();
        let labels = answers(CLASSES, Probe::new(&teacher, SAMPLES).forward(SAMPLES, &x));
        Self { student, teacher, x, labels }
    }

    /// Networks of vectors.
    pub fn vectors() -> Self {
        let mlp = |widths: &str| spec(&format!(r#"{{"architecture":"mlp","activation":"tanh","widths":{widths}}}"#));
        Self::new(Shape { height: 1, width: 1, channels: 6 }, &mlp("[7,5]"), &mlp("[9]"))
    }

    /// Networks of images, with batch normalization.
    pub fn images() -> Self {
        let lenet = |more: &str| {
            spec(&format!(r#"{{"architecture":"lenet-5","activation":"tanh","pooling":"average"{more}}}"#))
        };
        let shape = Shape { height: 16, width: 16, channels: 1 };
        Self::new(shape, &lenet(r#","batch_normalization":true"#), &lenet(""))
    }

    fn apply(&self, new: New, student: &mut Probe) -> f64 {
        let mentor = Mentor {
            teacher: &self.teacher,
            student: &self.student,
            samples: SAMPLES,
            batch: SAMPLES,
            optimizer: OptimizerName::default(),
            key: Key::new(7),
        };
        let seen = Few { rows: SAMPLES, x: &self.x, labels: &self.labels, share: 1.0 / SAMPLES as f64 };
        new(&Distill::default(), &mentor).apply(&seen, student, &mut Probe::new(&self.teacher, SAMPLES))
    }

    /// The loss of a student.
    pub fn loss_of(&self, new: New, student: &Model) -> f64 {
        Self { student: student.clone(), ..self.clone() }.apply(new, &mut Probe::new(student, SAMPLES))
    }
}

fn spec(json: &str) -> Architecture {
    let spec: Architecture = serde_json::from_str(json).unwrap();
    assert!(matches!(spec.architecture, ArchitectureName::Mlp | ArchitectureName::LeNet5));
    spec
}

/// Holds the gradient by every so many parameters against central differences of the loss.
pub(super) fn check_gradients(new: New, pair: &Pair) {
    const STEP: f32 = 4e-3;
    let mut student = Probe::new(&pair.student, SAMPLES);
    let loss = pair.apply(new, &mut student);
    assert!(loss > 1e-4, "a loss of {loss} tests nothing");
    for (index, probed) in student.parameters.iter().enumerate() {
        if pair.student.parameters[index].role == Role::Statistics {
            continue;
        }
        let largest = probed.gradient.iter().fold(0.0f32, |most, g| most.max(g.abs()));
        for i in (0..probed.gradient.len()).step_by(probed.gradient.len() / 5 + 1) {
            let moved = |by: f32| {
                let mut model = pair.student.clone();
                model.parameters[index].slice_mut()[i] += by;
                pair.apply(new, &mut Probe::new(&model, SAMPLES))
            };
            let (measured, told) =
                ((moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP), f64::from(probed.gradient[i]));
            let allowed = 1e-4 + 0.01 * f64::from(largest).max(measured.abs());
            assert!((measured - told).abs() < allowed, "value {i} of parameter {index}: {measured} for {told}");
        }
    }
}
