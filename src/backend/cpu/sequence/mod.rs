//! The operations of [`Sequence`] on slices. They are reached through a table, since few recipes need them: a part of the program
//! that is loaded later may bring it.

mod attention;
mod exponential;
mod gelu;
mod layer_norm;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
mod tokens;

use super::matmul::Workspace;
use crate::backend::Sequence;
use std::hint::black_box;
use std::sync::OnceLock;

/// What the operations keep between calls so as not to allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    products: Workspace,
    values: Vec<f32>,
    scores: Vec<f32>,
}

/// What the way back starts from.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What came in.
    pub x: &'a [f32],
    /// Empty where there are none.
    pub parameters: &'a [f32],
    /// What [`SequenceKernels::forward`] left.
    pub saved: &'a [f32],
    /// The gradient of what left.
    pub dy: &'a [f32],
}

/// From values, with the operation's parameters; leaves [`Sequence::saved`] and the output, both as long as the batch needs.
pub type Forward = fn(Sequence, &[f32], &[f32], &mut Scratch, &mut [f32], &mut [f32]);

/// The operations.
#[derive(Clone, Copy, Debug)]
pub struct SequenceKernels {
    /// See [`Forward`].
    pub forward: Forward,
    /// The gradients of the input and of the parameters. An embedding has none of its input, which are not numbers to be moved.
    pub backward: fn(Sequence, Given<'_>, &mut Scratch, &mut [f32], &mut [f32]),
}

static KERNELS: OnceLock<SequenceKernels> = OnceLock::new();

/// Has networks compute with these kernels. Natively they always do.
pub fn bring_sequence_kernels() {
    // Seen through, the calls would become direct ones, and the kernels part of whatever calls them.
    KERNELS.get_or_init(|| black_box(SequenceKernels { forward, backward }));
}

/// The kernels, once they have been brought.
pub fn sequence_kernels() -> Option<&'static SequenceKernels> {
    #[cfg(any(test, not(target_arch = "wasm32")))]
    bring_sequence_kernels();
    KERNELS.get()
}

fn forward(op: Sequence, x: &[f32], parameters: &[f32], scratch: &mut Scratch, saved: &mut [f32], y: &mut [f32]) {
    match op {
        Sequence::Patches { height, width, channels, side } => {
            for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())) {
                tokens::patches([height, width, channels], side, x, y);
            }
        }
        Sequence::Embedding { channels, .. } => tokens::embed(channels, x, parameters, y),
        Sequence::Positions { .. } => tokens::add_positions(x, parameters, y),
        Sequence::Normalization { channels, .. } => layer_norm::normalize(channels, x, parameters, saved, y),
        Sequence::Attention { tokens, channels, heads } => {
            attention::attention([tokens, channels, heads], x, scratch, saved, y);
        }
        Sequence::Gelu { .. } => gelu::gelu(x, saved, y),
        Sequence::Mean { tokens, channels } => tokens::mean([tokens, channels], x, y),
    }
}

fn backward(op: Sequence, given: Given<'_>, scratch: &mut Scratch, dx: &mut [f32], d_parameters: &mut [f32]) {
    let Given { x, parameters, saved, dy } = given;
    match op {
        Sequence::Patches { height, width, channels, side } => {
            for (dy, dx) in dy.chunks_exact(op.outputs()).zip(dx.chunks_exact_mut(op.inputs())) {
                tokens::patches_gradient([height, width, channels], side, dy, dx);
            }
        }
        Sequence::Embedding { channels, .. } => tokens::embed_gradient(channels, x, dy, d_parameters),
        Sequence::Positions { .. } => tokens::positions_gradient(dy, dx, d_parameters),
        Sequence::Normalization { channels, .. } => {
            layer_norm::gradient(channels, x, parameters, saved, dy, dx, d_parameters);
        }
        Sequence::Attention { tokens, channels, heads } => {
            attention::gradient([tokens, channels, heads], x, saved, dy, scratch, dx);
        }
        Sequence::Gelu { .. } => gelu::gradient(x, saved, dy, dx),
        Sequence::Mean { tokens, channels } => tokens::mean_gradient([tokens, channels], dy, dx),
    }
}
