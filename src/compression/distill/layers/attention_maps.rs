//! Where two layers look, compared: the sum over channels of squares at each pixel, as a vector of length 1.

use super::pixels::{squares, squares_gradient};
use super::resize::Resize;
use super::units::Units;
use crate::network::Shape;

/// A layer of the student and one of the teacher, of any sizes and channels.
pub(super) struct AttentionMaps {
    resize: Resize,
    channels: (usize, usize),
}

impl AttentionMaps {
    pub fn new(student: Shape, teacher: Shape) -> Self {
        let one = |shape| Shape { channels: 1, ..shape };
        Self { resize: Resize::new(one(student), one(teacher)), channels: (student.channels, teacher.channels) }
    }

    /// For each sample `|a / |a| - b / |b||^2` of the student's map `a` and the teacher's `b`, between 0 and 2, and the gradients of
    /// each sample's distance with respect to the student's map. Where sizes differ, the larger map is averaged down.
    pub fn distances(&self, rows: usize, student: &[f64], teacher: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let maps = (squares(self.channels.0, student), squares(self.channels.1, teacher));
        let pixels = self.resize.size.0 * self.resize.size.1;
        let full = maps.0.len();
        let (student, teacher) = self.resize.both(rows, &maps.0, &maps.1);
        let (student, teacher) = (Units::of(pixels, student), Units::of(pixels, teacher));
        let apart: Vec<f64> = student.rows.iter().zip(&teacher.rows).map(|(s, t)| s - t).collect();
        let distances = apart.chunks_exact(pixels).map(|row| row.iter().map(|d| d * d).sum()).collect();
        let mut gradient = vec![0.0; full];
        let small = student.gradient(apart.iter().map(|d| 2.0 * d).collect());
        self.resize.student_gradient(rows, &small, &mut gradient);
        (distances, gradient)
    }

    /// From the gradient of the student's maps to that of its features, which is added.
    pub fn student_gradient(&self, student: &[f64], d_maps: &[f64], d_student: &mut [f64]) {
        squares_gradient(self.channels.0, student, d_maps, d_student);
    }
}
