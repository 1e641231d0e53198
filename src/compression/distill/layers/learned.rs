//! What a method learns beside the student: projections, encoders, variances. It is thrown away when the student is done.

use crate::data::Key;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Arrays of learned numbers, each trained by Adam (Kingma, Ba 2015) at the student's learning rate, beside SGD at no more than 0.01.
#[derive(Default)]
pub(crate) struct Learned {
    arrays: Vec<Array>,
    steps: i32,
}

struct Array {
    value: Vec<f64>,
    gradient: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Learned {
    /// One more array that starts with these values; its number.
    pub fn add(&mut self, value: Vec<f64>) -> usize {
        let zeros = || vec![0.0; value.len()];
        self.arrays.push(Array { gradient: zeros(), first: zeros(), second: zeros(), value });
        self.arrays.len() - 1
    }

    /// One more `rows x columns` matrix, drawn with variance 1 / rows; its number.
    pub fn add_matrix(&mut self, rows: usize, columns: usize, key: &Key) -> usize {
        let mut rng = key.fold("learned").fold_index(self.arrays.len() as u64).rng();
        let spread = 1.0 / (rows as f64).sqrt();
        self.add((0..rows * columns).map(|_| f64::from(rng.normal()) * spread).collect())
    }

    /// The values of an array.
    pub fn value(&self, array: usize) -> &[f64] {
        &self.arrays[array].value
    }

    /// The values of an array, and its gradient, to be added to.
    pub fn value_and_gradient(&mut self, array: usize) -> (&[f64], &mut [f64]) {
        let Array { value, gradient, .. } = &mut self.arrays[array];
        (value, gradient)
    }

    /// One step of Adam with the gradients that were added, times `weight`; they are zero after it.
    pub fn step(&mut self, rate: f64, weight: f64) {
        self.steps += 1;
        let correction = |beta: f64| 1.0 / (1.0 - libm::pow(beta, f64::from(self.steps)));
        let (correct1, correct2) = (correction(BETA1), correction(BETA2));
        for Array { value, gradient, first, second } in &mut self.arrays {
            let moments = first.iter_mut().zip(second);
            for ((value, gradient), (first, second)) in value.iter_mut().zip(gradient).zip(moments) {
                let g = *gradient * weight;
                *first = BETA1 * *first + (1.0 - BETA1) * g;
                *second = BETA2 * *second + (1.0 - BETA2) * g * g;
                *value -= rate * *first * correct1 / ((*second * correct2).sqrt() + EPSILON);
                *gradient = 0.0;
            }
        }
    }

    /// How many arrays there are.
    #[cfg(test)]
    pub fn arrays(&self) -> usize {
        self.arrays.len()
    }

    /// Moves a learned value.
    #[cfg(test)]
    pub fn move_by(&mut self, array: usize, index: usize, by: f64) {
        self.arrays[array].value[index] += by;
    }
}
