//! Where a tensor's values lie. The engine stores images channels last and reads them as rows without moving anything; ONNX's
//! convolutions want channels first, so an image is turned where it becomes one, and back where it becomes a row.

use super::graph::{Attribute, Graph};
use crate::network::Shape;

/// How a tensor lies behind its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    /// One number after another, channels last: `N x values`.
    Rows,
    /// An image channels last: `N x height x width x channels`.
    Last(Shape),
    /// An image channels first: `N x channels x height x width`.
    First(Shape),
}

/// A tensor by its name, and how it lies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub tensor: String,
    layout: Layout,
}

impl Value {
    /// The samples: images channels last, points as rows.
    pub fn input(name: &str, shape: Shape) -> Self {
        let layout = if is_image(shape) { Layout::Last(shape) } else { Layout::Rows };
        Self { tensor: name.into(), layout }
    }

    /// Rows of this tensor.
    pub fn rows(tensor: String) -> Self {
        Self { tensor, layout: Layout::Rows }
    }

    /// Images of this tensor, channels first.
    pub fn image(tensor: String, shape: Shape) -> Self {
        Self { tensor, layout: Layout::First(shape) }
    }

    /// Another tensor that lies as this one.
    pub fn like(&self, tensor: String) -> Self {
        Self { tensor, layout: self.layout }
    }

    /// The shape of an image that lies channels first.
    pub fn shape(&self) -> Option<Shape> {
        match self.layout {
            Layout::First(shape) => Some(shape),
            _ => None,
        }
    }

    /// The same values as rows.
    pub fn as_rows(&self, graph: &mut Graph) -> Self {
        let flat = |tensor: &str, graph: &mut Graph| {
            Self::rows(graph.node("Flatten", "rows", &[tensor], &[("axis", Attribute::Int(1))]))
        };
        match self.layout {
            Layout::Rows => self.clone(),
            Layout::First(Shape { height, width, channels }) if channels > 1 && height * width > 1 => {
                let perm = [("perm", Attribute::Ints(&[0, 2, 3, 1]))];
                let turned = graph.node("Transpose", "channels_last", &[&self.tensor], &perm);
                flat(&turned, graph)
            }
            Layout::First(_) | Layout::Last(_) => flat(&self.tensor, graph),
        }
    }

    /// The same values as images of this shape, channels first.
    pub fn as_image(&self, shape: Shape, graph: &mut Graph) -> Self {
        if self.layout == Layout::First(shape) {
            return self.clone();
        }
        let rows = match self.layout {
            Layout::First(_) => self.as_rows(graph),
            _ => self.clone(),
        };
        let Shape { height, width, channels } = shape;
        // A dimension of 0 stays what it is: the batch.
        let mut reshape = |of: &str, dims: [usize; 3]| {
            let dims = [0, dims[0], dims[1], dims[2]].map(|dim| dim as i64);
            let dims = graph.constant(&format!("{of}_shape"), &[4], &dims);
            graph.node("Reshape", of, &[&rows.tensor, &dims], &[])
        };
        if channels == 1 || height * width == 1 {
            return Self::image(reshape("channels_first", [channels, height, width]), shape);
        }
        let last = match rows.layout == Layout::Last(shape) {
            true => rows.tensor.clone(),
            false => reshape("image", [height, width, channels]),
        };
        let perm = [("perm", Attribute::Ints(&[0, 3, 1, 2]))];
        Self::image(graph.node("Transpose", "channels_first", &[&last], &perm), shape)
    }

    /// This and another of as many values, the two lying alike.
    pub fn beside(&self, other: &Self, graph: &mut Graph) -> (Self, Self) {
        match self.layout {
            Layout::First(shape) => (self.clone(), other.as_image(shape, graph)),
            Layout::Rows | Layout::Last(_) => (self.as_rows(graph), other.as_rows(graph)),
        }
    }
}

/// Whether samples of this shape have pixels.
fn is_image(shape: Shape) -> bool {
    shape.height * shape.width > 1
}

/// The dimensions of samples behind the batch.
pub(super) fn input_dims(shape: Shape) -> Vec<usize> {
    if is_image(shape) { vec![shape.height, shape.width, shape.channels] } else { vec![shape.channels] }
}
