//! Factor transfer: the teacher's features are paraphrased in half as many channels, and the student learns to say the paraphrase.
//!
//! `M = mean over samples and values of SCALE |f_S / |f_S| - f_T / |f_T||`, absolute differences of factors that are brought to length 1
//! over a sample's pixels and channels: `f_S = s W + b` of the student (the translator) and `f_T = t V + c` of the teacher (the
//! paraphraser), with half of the teacher's channels. The paraphraser is the first half of an autoencoder, which is trained beside the
//! student on `R = mean of (f_T U + d - t)^2 / 2`: its gradient comes from `R` alone, and the student's and the translator's from `M`
//! alone. It taps the last hidden layer, behind the nonlinearity; where images of features differ in size, the larger is averaged down.
//!
//! Paper: Kim, Park, Kwak, "Paraphrasing Complex Network: Network Compression via Factor Transfer", 2018, with p = 1 and a factor rate
//! of 1/2. There translator and paraphraser are three convolutions each, and the paraphraser is trained before the student; here they
//! are linear maps of each pixel. That suffices to find the teacher's principal components, which is what an autoencoder is after.

use super::super::Method;
use super::connector::Connector;
use super::resize::Resize;
use super::units::Units;
use super::{LayerLoss, Learned, Looks, Pairing, Seen, Side, Sizes};
use crate::compression::About;
use crate::data::Key;

pub(crate) const METHOD: Method = Method {
    about: About {
        name: "factor-transfer",
        title: "Factor transfer (FT)",
        help: "The teacher's last hidden layer is paraphrased in half as many channels, which are easier to learn from than all of them.",
        paper: "Kim, Park, Kwak 2018, Paraphrasing Complex Network: Network Compression via Factor Transfer",
    },
    looks: Some(Looks { pairing: Pairing::Last, side: Side::After, images: false }),
};

/// The authors' 500 is for some thousand factors. Values of vectors of length 1 fall with the root of how many there are, and so does
/// their mean; for a few hundred, as in layers here, that makes about 200, which comparisons of methods use, too.
const SCALE: f64 = 200.0;

pub(crate) fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
    let paraphraser = Paraphraser::new(sizes.teacher[0].channels, learned, key);
    Box::new(FactorTransfer { translator: Translator::new(sizes, learned, key), paraphraser })
}

struct FactorTransfer {
    translator: Translator,
    paraphraser: Paraphraser,
}

impl LayerLoss for FactorTransfer {
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
        let (student, teacher) = self.translator.resize.both(seen.rows, &seen.student[0], &seen.teacher[0]);
        let (factors, _) = self.paraphraser.apply(&teacher, learned);
        self.translator.apply(seen.rows, &student, factors, learned, &mut gradients[0])
    }
}

/// Learns to say the teacher's features in fewer channels.
struct Paraphraser {
    encoder: Connector,
    decoder: Connector,
}

impl Paraphraser {
    fn new(channels: usize, learned: &mut Learned, key: &Key) -> Self {
        let fewer = channels.div_ceil(2);
        Self {
            encoder: Connector::new(channels, fewer, learned, key),
            decoder: Connector::new(fewer, channels, learned, key),
        }
    }

    /// The teacher's factors, and the error of what is made of them again.
    fn apply(&self, teacher: &[f64], learned: &mut Learned) -> (Vec<f64>, f64) {
        let factors = self.encoder.forward(teacher, learned);
        let mut d = self.decoder.forward(&factors, learned);
        let count = d.len() as f64;
        let mut error = 0.0;
        for (d, teacher) in d.iter_mut().zip(teacher) {
            let apart = *d - teacher;
            error += apart * apart / 2.0;
            *d = apart / count;
        }
        let d_factors = self.decoder.backward(&factors, &d, learned);
        self.encoder.learn(teacher, &d_factors, learned);
        (factors, error / count)
    }
}

/// Learns to say the factors from the student's features.
struct Translator {
    resize: Resize,
    connector: Connector,
}

impl Translator {
    fn new(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Self {
        let (student, teacher) = (sizes.student[0], sizes.teacher[0]);
        let connector = Connector::new(student.channels, teacher.channels.div_ceil(2), learned, key);
        Self { resize: Resize::new(student, teacher), connector }
    }

    fn apply(
        &self,
        rows: usize,
        student: &[f64],
        factors: Vec<f64>,
        learned: &mut Learned,
        gradient: &mut [f64],
    ) -> f64 {
        let width = factors.len() / rows;
        let share = SCALE / factors.len() as f64;
        let told = Units::of(width, self.connector.forward(student, learned));
        let mut d = Units::of(width, factors).rows;
        let mut loss = 0.0;
        for (d, told) in d.iter_mut().zip(&told.rows) {
            let apart = told - *d;
            loss += share * apart.abs();
            *d = if apart == 0.0 { 0.0 } else { share.copysign(apart) };
        }
        let d_student = self.connector.backward(student, &told.gradient(d), learned);
        self.resize.student_gradient(rows, &d_student, gradient);
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, IMAGES, Pairs, Scene, VECTORS};
    use super::*;

    /// The translator alone learns from the loss; the paraphraser stands still.
    struct Translates(FactorTransfer, Learned);

    impl LayerLoss for Translates {
        fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
            let Self(FactorTransfer { translator, paraphraser }, apart) = self;
            let (student, teacher) = translator.resize.both(seen.rows, &seen.student[0], &seen.teacher[0]);
            let (factors, _) = paraphraser.apply(&teacher, apart);
            translator.apply(seen.rows, &student, factors, learned, &mut gradients[0])
        }
    }

    fn translates(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
        let mut apart = Learned::default();
        let paraphraser = Paraphraser::new(sizes.teacher[0].channels, &mut apart, key);
        let method = FactorTransfer { translator: Translator::new(sizes, learned, key), paraphraser };
        Box::new(Translates(method, apart))
    }

    /// The paraphraser's own error, and nothing of the student but the sum of its values.
    struct Paraphrases(Paraphraser);

    impl LayerLoss for Paraphrases {
        fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64 {
            gradients[0].fill(1.0);
            self.0.apply(&seen.teacher[0], learned).1 + seen.student[0].iter().sum::<f64>()
        }
    }

    fn paraphrases(sizes: &Sizes<'_>, learned: &mut Learned, key: &Key) -> Box<dyn LayerLoss> {
        Box::new(Paraphrases(Paraphraser::new(sizes.teacher[0].channels, learned, key)))
    }

    #[test]
    fn the_gradients_are_those_of_the_losses() {
        for pairs in [VECTORS, IMAGES] {
            testing::check_gradients(translates, pairs);
            testing::check_gradients(paraphrases, pairs);
        }
    }

    /// What both learn in one step is what each learns from its own loss: no gradient goes from one to the other.
    #[test]
    fn the_paraphrase_is_the_teachers_alone() {
        let scene = Scene::new(IMAGES, 2);
        let (sizes, key) = (testing::sizes(IMAGES), Key::new(4));
        let learned_with = |new: fn(&Sizes<'_>, &mut Learned, &Key) -> Box<dyn LayerLoss>| {
            let mut learned = Learned::default();
            scene.apply(&mut *new(&sizes, &mut learned, &key), &mut learned);
            (0..learned.arrays()).map(|array| learned.value_and_gradient(array).1.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(learned_with(new)[..4], learned_with(paraphrases)[..]);
    }

    /// A teacher that varies in two directions only is paraphrased in two channels of four, and a student that has them, mixed and
    /// scaled, learns to say it.
    #[test]
    fn what_half_the_channels_can_say_is_transferred() {
        const PAIRS: Pairs = Pairs { student: IMAGES.student, teacher: &[Shape { channels: 4, ..IMAGES.teacher[0] }] };
        use crate::network::Shape;
        let loss = testing::learn_alone(new, PAIRS, |student, teacher| {
            for (s, t) in student.chunks(2).zip(teacher.chunks_mut(4)) {
                t.copy_from_slice(&[s[0], s[1] - s[0], 2.0 * s[1], s[0] + s[1]]);
            }
        });
        assert!(loss < SCALE * 0.01, "{loss}");
    }
}
