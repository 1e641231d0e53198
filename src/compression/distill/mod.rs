//! Knowledge distillation: a student learns from a teacher's predictions, and from what its layers make of the samples.

mod annealed;
mod answers;
pub(crate) mod gradients;
pub(crate) mod layers;
mod logits;
mod mutual;
mod soft_targets;
mod teacher_free;
mod transfer;
mod transferred;

pub(crate) use answers::Answers;
pub(crate) use mutual::Mutual;
pub(crate) use transfer::best_offset;
pub use transfer::{Transfer, TransferSource};
pub(crate) use transferred::{Material, transferred};

use super::{About, Setting};
use crate::backend::Backend;
use crate::network::Loss;
use crate::network::{Architecture, Training};
use layers::Looks;
use serde::{Deserialize, Serialize};

/// A distillation method, as recipes and forms know it. What it computes is kept apart, so that what only reads recipes does not
/// carry the arithmetic.
pub struct Method {
    /// Name, help and paper.
    pub about: About,
    /// The hidden layers it compares; none where predictions are enough.
    pub looks: Option<Looks>,
}

/// The file of each method that looks further than at predictions has its `METHOD` and a function `new`, which makes its
/// [`layers::LayerLoss`] or its [`gradients::GradientLoss`].
macro_rules! methods {
    (outputs: $($by_outputs:ident),*; layers: $($name:ident),*; gradients: $($by_gradient:ident),*;) => {
        /// All distillation methods.
        pub const METHODS: &[Method] = &[
            $($by_outputs::METHOD,)*
            $(layers::$name::METHOD,)*
            $(gradients::$by_gradient::METHOD),*
        ];

        /// The name of each, and the layers that it compares: what reads recipes needs no more.
        const NAMES: &[(&str, Option<Looks>)] = &[
            $(($by_outputs::METHOD.about.name, None),)*
            $((layers::$name::METHOD.about.name, layers::$name::METHOD.looks),)*
            $((gradients::$by_gradient::METHOD.about.name, gradients::$by_gradient::METHOD.looks)),*
        ];

        /// Those that look at gradients.
        const SLOPES: &[&str] = &[$(gradients::$by_gradient::METHOD.about.name),*];

        /// What those compute that look into layers, by name.
        pub(crate) const LOSSES: &[(&str, layers::New)] =
            &[$((layers::$name::METHOD.about.name, layers::$name::new)),*];

        /// What those compute that look at gradients.
        pub(crate) const BY_GRADIENT: &[(&str, gradients::New)] =
            &[$((gradients::$by_gradient::METHOD.about.name, gradients::$by_gradient::new)),*];
    };
}

methods!(
    outputs: soft_targets, logits, annealed, teacher_free, mutual;
    layers: hints, attention_transfer, neuron_selectivity, probabilistic_transfer, flow, factor_transfer, activation_boundary,
        similarity, overhaul, variational_information, attention_features, relational_distance, relational_angle,
        correlation_congruence, contrastive, instance_graph;
    gradients: jacobian, learning_without_memorizing, boundary_samples;
);

/// The numeric settings of distillation.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "temperature",
        title: "Temperature",
        help: "Softens the teacher's predictions: at 1 nearly all weight is on one class, at 4 to 20 the student also sees which wrong classes the teacher finds alike.",
        default: 4.0,
        range: 0.5..=50.0,
        step: 0.5,
    },
    Setting {
        name: "alpha",
        title: "Weight of the soft targets",
        help: "The share of the loss that comes from the teacher; the rest comes from the true labels.",
        default: 0.9,
        range: 0.0..=1.0,
        step: 0.05,
    },
    Setting {
        name: "weight",
        title: "Weight of the layers",
        help: "For methods that compare hidden layers or gradients: how much their loss counts, as a multiple of what the method does by default; 0 leaves it out.",
        default: 1.0,
        range: 0.0..=1000.0,
        step: 0.1,
    },
];

/// A distillation step as a recipe writes it.
///
/// With `student`, a fresh network is trained and the variant so far is the teacher (unless `teacher` names another).
/// Without it, the variant so far is itself the student and goes on training, its mask held; `teacher` must be named. In deep mutual
/// learning nobody teaches: the student learns beside a `peer`, whose loss is its file's.
///
/// The loss is `(1 - alpha) CE(labels) + alpha T^2 CE(soft targets) + weight * M`, where `M` is what a method adds that looks into
/// layers or at gradients, in the units that its file names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Distill {
    /// The name of the method.
    pub method: String,
    /// The fresh network that learns.
    pub student: Option<Architecture>,
    /// Which draw the fresh network is, counted on from the variant's own: 0 draws what a variant of its architecture starts from,
    /// and in born-again networks each generation is another.
    pub member: usize,
    /// The network that learns beside the student in deep mutual learning; one like the student, if absent.
    pub peer: Option<Architecture>,
    /// The name of the variant that teaches.
    pub teacher: Option<String>,
    /// Softens teacher and student alike.
    pub temperature: f64,
    /// Share of the loss that comes from the teacher's predictions.
    pub alpha: f64,
    /// How much that counts, for methods that look into layers or at gradients.
    pub weight: f64,
    /// What the student is shown.
    pub transfer: Transfer,
    /// How the student is trained; the variant's own training if absent.
    pub training: Option<Training>,
}

impl Default for Distill {
    fn default() -> Self {
        Self {
            method: "soft-targets".into(),
            student: None,
            member: 0,
            peer: None,
            teacher: None,
            temperature: 4.0,
            alpha: 0.9,
            weight: 1.0,
            transfer: Transfer::default(),
            training: None,
        }
    }
}

impl Distill {
    /// The hidden layers that its method compares, if it does.
    pub(crate) fn looks(&self) -> Option<Looks> {
        NAMES.iter().find(|(name, _)| *name == self.method).and_then(|(_, looks)| *looks)
    }

    /// Whether it learns beside a peer, and from no teacher.
    pub(crate) fn is_mutual(&self) -> bool {
        self.method == mutual::METHOD.about.name
    }

    /// Whether its method is the processor's alone: it takes values of layers, or gradients, which only the processor has at hand, or
    /// has a peer, which would be lost with a device.
    pub(crate) fn stays_on_the_host(&self) -> bool {
        self.asks_for_slopes() || self.looks().is_some() || self.is_mutual()
    }

    /// Whether its method looks at gradients, those by the input among them.
    pub(crate) fn asks_for_slopes(&self) -> bool {
        SLOPES.contains(&self.method.as_str())
    }

    /// Whether there is a teacher.
    pub(crate) fn is_taught(&self) -> bool {
        self.method != teacher_free::METHOD.about.name && !self.is_mutual()
    }

    /// Checks every setting against the tables.
    pub fn check(&self) -> Result<(), String> {
        if !NAMES.iter().any(|(name, _)| *name == self.method) {
            let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            return Err(format!("method \"{}\" is not known; it must be one of: {}", self.method, known.join(", ")));
        }
        for (setting, value) in SETTINGS.iter().zip([self.temperature, self.alpha, self.weight]) {
            setting.check(value)?;
        }
        if let Some(training) = &self.training {
            training.check().map_err(|e| format!("training.{e}"))?;
        }
        self.transfer.check(self.alpha).map_err(|e| format!("transfer.{e}"))?;
        if self.transfer.source.draws_anew() && self.method == layers::contrastive::METHOD.about.name {
            return Err(format!(
                "transfer.source \"{}\" draws new samples for every batch, and contrastive keeps what it last made of each sample; choose training or other, or the method hints",
                self.transfer.source.as_str()
            ));
        }
        if self.member > 0 && self.student.is_none() {
            return Err("member belongs to a student, which is drawn; give one, or leave it out".into());
        }
        if self.peer.is_some() && !self.is_mutual() {
            return Err("peer belongs to deep-mutual-learning; leave it out, or choose that method".into());
        }
        if !self.is_taught() {
            return match &self.teacher {
                Some(_) if self.is_mutual() => Err("teacher has no place in deep-mutual-learning, where student and peer teach one another; leave it out".into()),
                Some(teacher) => Err(format!("teacher \"{teacher}\" has nothing to say in {}; leave it out", self.method)),
                None if self.transfer.source != TransferSource::Training => Err(format!(
                    "transfer.source \"{}\" gives no labels, and {} learns from those; choose training",
                    self.transfer.source.as_str(),
                    self.method
                )),
                None => Ok(()),
            };
        }
        if self.student.is_none() && self.teacher.is_none() {
            return Err(
                "teacher is missing; name the variant that teaches, or give a student to be trained from this one"
                    .into(),
            );
        }
        Ok(())
    }
}

/// The loss of a student's logits by a step's method, soft targets for those that look into layers. Batches have up to `capacity` rows.
pub(crate) fn loss_of_logits<'a, B: Backend + 'a>(
    backend: &B,
    distill: &Distill,
    answers: Answers<'a>,
    capacity: usize,
) -> Box<dyn Loss<B> + 'a> {
    let (temperature, alpha) = (distill.temperature as f32, distill.alpha as f32);
    let name = distill.method.as_str();
    let course = [(&logits::METHOD, logits::course as logits::Course), (&annealed::METHOD, annealed::course)];
    match course.into_iter().find(|(method, _)| method.about.name == name) {
        Some((_, course)) => Box::new(logits::Logits::new(backend, answers, capacity, course, temperature, alpha)),
        None if !distill.is_taught() => {
            Box::new(teacher_free::TeacherFree::new(backend, answers.classes(), capacity, temperature, alpha))
        }
        None => Box::new(soft_targets::SoftTargets::new(backend, answers, capacity, temperature, alpha)),
    }
}
