//! What pruning methods ask about a network: gradients and second derivatives, in `f64` on the host.

/// Labelled samples to judge weights by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// One after another, each as many values as the network's input has.
    pub x: Vec<f32>,
    /// The class of each.
    pub labels: Vec<u8>,
}
