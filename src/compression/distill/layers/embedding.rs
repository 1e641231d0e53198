//! Learned linear maps of features, and vectors brought to length 1.

use super::matrix::{add_bias, add_scaled, column_sums, dot, product, product_left, product_right};
use super::resize::Resize;
use super::{Learned, Sizes};
use crate::data::Key;

/// `y = x W + b` for rows of `from` values.
pub(super) struct Embedding {
    from: usize,
    to: usize,
    weights: usize,
    bias: usize,
}

impl Embedding {
    pub fn new(from: usize, to: usize, learned: &mut Learned, key: &Key) -> Self {
        Self { from, to, weights: learned.add_matrix(from, to, key), bias: learned.add(vec![0.0; to]) }
    }

    pub fn forward(&self, x: &[f64], learned: &Learned) -> Vec<f64> {
        let mut y = product(x.len() / self.from, self.from, self.to, x, learned.value(self.weights));
        add_bias(self.to, learned.value(self.bias), &mut y);
        y
    }

    /// Adds the gradient of what is learned.
    pub fn learn(&self, x: &[f64], d_y: &[f64], learned: &mut Learned) {
        column_sums(self.to, d_y, learned.value_and_gradient(self.bias).1);
        product_left(x.len() / self.from, self.from, self.to, x, d_y, learned.value_and_gradient(self.weights).1);
    }

    /// The gradient of `x`.
    pub fn pull(&self, d_y: &[f64], learned: &Learned) -> Vec<f64> {
        product_right(d_y.len() / self.to, self.from, self.to, d_y, learned.value(self.weights))
    }
}

/// Features of a pair of layers made comparable: images averaged to one size, and, where the numbers of channels differ, the
/// student's mapped to the teacher's at each pixel.
pub(super) struct Alignment {
    resize: Resize,
    embedding: Option<Embedding>,
}

/// The student's features, averaged and then mapped, and the teacher's.
pub(super) struct Aligned {
    averaged: Vec<f64>,
    pub student: Vec<f64>,
    pub teacher: Vec<f64>,
}

impl Alignment {
    pub fn new(sizes: &Sizes<'_>, pair: usize, learned: &mut Learned, key: &Key) -> Self {
        let (student, teacher) = (sizes.student[pair], sizes.teacher[pair]);
        let differ = student.channels != teacher.channels;
        Self {
            resize: Resize::new(student, teacher),
            embedding: differ.then(|| Embedding::new(student.channels, teacher.channels, learned, key)),
        }
    }

    pub fn both(&self, rows: usize, student: &[f64], teacher: &[f64], learned: &Learned) -> Aligned {
        let (averaged, teacher) = self.resize.both(rows, student, teacher);
        let student = match &self.embedding {
            Some(embedding) => embedding.forward(&averaged, learned),
            None => averaged.clone(),
        };
        Aligned { averaged, student, teacher }
    }

    /// From the gradient by [`Aligned::student`] to that by the student's own features, which is added.
    pub fn gradient(&self, rows: usize, aligned: &Aligned, d: &[f64], learned: &mut Learned, own: &mut [f64]) {
        match &self.embedding {
            Some(embedding) => {
                embedding.learn(&aligned.averaged, d, learned);
                self.resize.student_gradient(rows, &embedding.pull(d, learned), own);
            }
            None => self.resize.student_gradient(rows, d, own),
        }
    }
}

/// Rows of `columns` values brought to length 1, and the lengths they had. What is zero stays zero.
pub(crate) fn normalized(columns: usize, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let lengths: Vec<f64> = x.chunks_exact(columns).map(|row| dot(row, row).sqrt()).collect();
    let mut unit = x.to_vec();
    for (row, length) in unit.chunks_exact_mut(columns).zip(&lengths).filter(|(_, length)| **length > 0.0) {
        row.iter_mut().for_each(|value| *value /= length);
    }
    (unit, lengths)
}

/// From the gradient by [`normalized`] rows to that by what they were: the part across each row, over its length.
pub(crate) fn normalized_gradient(columns: usize, unit: &[f64], lengths: &[f64], d_unit: &[f64]) -> Vec<f64> {
    let mut d_x = vec![0.0; d_unit.len()];
    let rows = unit.chunks_exact(columns).zip(d_unit.chunks_exact(columns)).zip(lengths);
    for (d_x, ((unit, d_unit), length)) in d_x.chunks_exact_mut(columns).zip(rows) {
        if *length > 0.0 {
            add_scaled(1.0 / length, d_unit, d_x);
            add_scaled(-dot(unit, d_unit) / length, unit, d_x);
        }
    }
    d_x
}
