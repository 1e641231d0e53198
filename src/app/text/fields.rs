//! Sentences of the fields of networks and trainings: what they are, what to expect, the paper.

pub(in crate::app) const RELU: &str = "Zero below zero: learns fast and leaves many zeros, which sparse kernels skip.";
pub(in crate::app) const TANH: &str =
    "A smooth step from -1 to 1, as networks of the nineties had; learns more slowly.";
pub(in crate::app) const MAXIMUM: &str = "The largest of each 2 x 2 pixels: whether something is there.";
pub(in crate::app) const AVERAGE: &str =
    "The mean of each 2 x 2 pixels, as in LeCun et al. 1998: how much of it is there.";
pub(in crate::app) const HE_NORMAL: &str =
    "Drawn so wide that ReLU keeps signals as large from layer to layer (He et al. 2015); from a normal distribution.";
pub(in crate::app) const HE_UNIFORM: &str = "As wide, all values in the range equally likely (He et al. 2015).";
pub(in crate::app) const GLOROT_NORMAL: &str =
    "Narrower: made for tanh, and what the lottery-ticket paper began from (Glorot, Bengio 2010).";
pub(in crate::app) const GLOROT_UNIFORM: &str =
    "As narrow, all values in the range equally likely (Glorot, Bengio 2010).";
pub(in crate::app) const BATCH_NORM: &str = "Brings each unit's sums to the same mean and spread within a batch: larger learning rates hold. Costs nothing afterwards, since it is folded into the weights where they are quantized (Ioffe, Szegedy 2015).";
pub(in crate::app) const NESTEROV: &str =
    "Looks ahead to where momentum leads before it takes the gradient; often a little faster (Nesterov 1983).";
pub(in crate::app) const DEPTH: &str =
    "Layers of attention, one upon another: more of them can learn more, and are slower.";
pub(in crate::app) const HEADS: &str = "How many kinds of relations a block looks for at once (Vaswani et al. 2017).";
pub(in crate::app) const EVERY: &str = "After so many epochs the learning rate is multiplied by the factor below.";
pub(in crate::app) const FACTOR: &str = "0.5 halves the learning rate at each drop; 1 leaves it.";
pub(in crate::app) const ADAM: &str = "Adapts the step of every weight: works well without tuning (Kingma, Ba 2015).";
