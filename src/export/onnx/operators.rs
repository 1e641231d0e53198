//! The operators that float and integer networks have in common, with sizes as the engine gives them.

use super::graph::{Attribute, Element, Graph};
use super::layout::Value;
use crate::backend::{Conv, Pool, PoolKind};
use crate::network::{Layer, Shape};

/// The shape of an image that enters a convolution.
pub(super) fn image_of(conv: &Conv) -> Shape {
    Shape { height: conv.height, width: conv.width, channels: conv.channels }
}

/// The product with a weight matrix, the bias added: `Gemm` of rows, `Conv` of images. `weights` lie as [`arrange`] leaves them.
pub(super) fn linear(layer: &Layer, x: &Value, weights: &str, bias: &str, graph: &mut Graph) -> Value {
    let inputs = [&x.tensor, weights, bias];
    let Layer::Convolution(conv) = layer else { return Value::rows(graph.node("Gemm", "", &inputs, &[])) };
    let attributes =
        [("kernel_shape", Attribute::Ints(&[conv.kernel; 2])), ("pads", Attribute::Ints(&[conv.padding; 4]))];
    let shape = Shape { height: conv.out_height(), width: conv.out_width(), channels: conv.filters };
    Value::image(graph.node("Conv", "", &inputs, &attributes), shape)
}

/// What enters a layer with weights, as its operator wants it.
pub(super) fn entering(layer: &Layer, x: &Value, graph: &mut Graph) -> Value {
    match layer {
        Layer::Convolution(conv) => x.as_image(image_of(conv), graph),
        _ => x.as_rows(graph),
    }
}

/// A weight matrix as a constant: dense layers keep `inputs x outputs`; convolutions, stored as kernel row, kernel column,
/// channel, filter, become filter, channel, kernel row, kernel column.
pub(super) fn arrange<T: Element>(layer: &Layer, of: &str, weights: &[T], graph: &mut Graph) -> String {
    match *layer {
        Layer::Convolution(Conv { kernel, channels, filters, .. }) => {
            let places = (0..filters).flat_map(|filter| {
                (0..channels).flat_map(move |channel| {
                    (0..kernel * kernel).map(move |at| (at * channels + channel) * filters + filter)
                })
            });
            let turned: Vec<T> = places.map(|place| weights[place]).collect();
            graph.constant(of, &[filters, channels, kernel, kernel], &turned)
        }
        Layer::Dense { inputs, outputs } => graph.constant(of, &[inputs, outputs], weights),
        _ => graph.constant(of, &[weights.len()], weights),
    }
}

/// A matrix `rows x outputs` within the graph, turned as [`arrange`] would have.
pub(super) fn turned(layer: &Layer, matrix: &str, graph: &mut Graph) -> String {
    let Layer::Convolution(Conv { kernel, channels, filters, .. }) = *layer else { return matrix.into() };
    let dims = graph.constant("weight_shape", &[4], &[kernel, kernel, channels, filters].map(|dim| dim as i64));
    let shaped = graph.node("Reshape", "weight_image", &[matrix, &dims], &[]);
    graph.node("Transpose", "weight_turned", &[&shaped], &[("perm", Attribute::Ints(&[3, 2, 0, 1]))])
}

/// The axis of [`arrange`]'s tensor along which outputs lie.
pub(super) fn output_axis(layer: &Layer) -> usize {
    usize::from(!matches!(layer, Layer::Convolution(_)))
}

/// What enters a pooling.
pub(super) fn entering_pool(pool: &Pool, x: &Value, graph: &mut Graph) -> Value {
    x.as_image(Shape { height: pool.height, width: pool.width, channels: pool.channels }, graph)
}

/// Pooling of images that [`entering_pool`] made.
pub(super) fn pool(pool: &Pool, x: &str, graph: &mut Graph) -> Value {
    let (operator, of) = match pool.kind {
        PoolKind::Max => ("MaxPool", "max_pool"),
        PoolKind::Average => ("AveragePool", "average_pool"),
    };
    let size = [pool.size; 2];
    let attributes = [("kernel_shape", Attribute::Ints(&size)), ("strides", Attribute::Ints(&size))];
    let shape = Shape { height: pool.height / pool.size, width: pool.width / pool.size, channels: pool.channels };
    Value::image(graph.node(operator, of, &[x], &attributes), shape)
}
