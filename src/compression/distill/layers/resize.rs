//! Images of features brought to one size: the larger is averaged down to the smaller, in windows as even as they can be.

use crate::network::Shape;

/// How features of student and teacher come to have as many pixels.
pub(crate) struct Resize {
    student: Shape,
    teacher: Shape,
    /// Height and width of both afterwards.
    pub size: (usize, usize),
}

impl Resize {
    pub fn new(student: Shape, teacher: Shape) -> Self {
        let size = (student.height.min(teacher.height), student.width.min(teacher.width));
        Self { student, teacher, size }
    }

    /// Both, each of `rows` samples.
    pub fn both(&self, rows: usize, student: &[f64], teacher: &[f64]) -> (Vec<f64>, Vec<f64>) {
        (down(self.student, self.size, rows, student), down(self.teacher, self.size, rows, teacher))
    }

    /// From the gradient of what the student was averaged to, to that of its own values, which is added.
    pub fn student_gradient(&self, rows: usize, gradient: &[f64], own: &mut [f64]) {
        each_window(self.student, self.size, rows, |small, large, share| {
            let channels = self.student.channels;
            let (small, large) = (small * channels, large * channels);
            for channel in 0..channels {
                own[large + channel] += share * gradient[small + channel];
            }
        });
    }
}

fn down(shape: Shape, size: (usize, usize), rows: usize, values: &[f64]) -> Vec<f64> {
    if (shape.height, shape.width) == size {
        return values.to_vec();
    }
    let channels = shape.channels;
    let mut out = vec![0.0; rows * size.0 * size.1 * channels];
    each_window(shape, size, rows, |small, large, share| {
        let (small, large) = (small * channels, large * channels);
        for channel in 0..channels {
            out[small + channel] += share * values[large + channel];
        }
    });
    out
}

/// Calls with each pixel of the small image, each pixel of its window in the large one, and the share that has in the mean; all
/// pixels counted over `rows` samples.
fn each_window(shape: Shape, size: (usize, usize), rows: usize, mut see: impl FnMut(usize, usize, f64)) {
    let window = |at: usize, small: usize, large: usize| at * large / small..((at + 1) * large).div_ceil(small);
    for row in 0..rows {
        for y in 0..size.0 {
            for x in 0..size.1 {
                let small = (row * size.0 + y) * size.1 + x;
                let (tall, wide) = (window(y, size.0, shape.height), window(x, size.1, shape.width));
                let share = 1.0 / (tall.len() * wide.len()) as f64;
                for large_y in tall {
                    for large_x in wide.clone() {
                        see(small, (row * shape.height + large_y) * shape.width + large_x, share);
                    }
                }
            }
        }
    }
}
