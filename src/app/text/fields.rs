//! Sentences of the fields of networks and trainings: what they are, what to expect, the paper.

use crate::app::language::Text;

pub(in crate::app) const RELU: Text =
    Text("Zero below zero: learns fast and leaves many zeros, which sparse kernels skip.");
pub(in crate::app) const TANH: Text =
    Text("A smooth step from -1 to 1, as networks of the nineties had; learns more slowly.");
pub(in crate::app) const MAXIMUM: Text = Text("The largest of each 2 x 2 pixels: whether something is there.");
pub(in crate::app) const AVERAGE: Text =
    Text("The mean of each 2 x 2 pixels, as in LeCun et al. 1998: how much of it is there.");
pub(in crate::app) const HE_NORMAL: Text = Text(
    "Drawn so wide that ReLU keeps signals as large from layer to layer (He et al. 2015); from a normal distribution.",
);
pub(in crate::app) const HE_UNIFORM: Text = Text("As wide, all values in the range equally likely (He et al. 2015).");
pub(in crate::app) const GLOROT_NORMAL: Text =
    Text("Narrower: made for tanh, and what the lottery-ticket paper began from (Glorot, Bengio 2010).");
pub(in crate::app) const GLOROT_UNIFORM: Text =
    Text("As narrow, all values in the range equally likely (Glorot, Bengio 2010).");
pub(in crate::app) const BATCH_NORM: Text = Text(
    "Brings each unit's sums to the same mean and spread within a batch: larger learning rates hold. Costs nothing afterwards, since it is folded into the weights where they are quantized (Ioffe, Szegedy 2015).",
);
pub(in crate::app) const NESTEROV: Text =
    Text("Looks ahead to where momentum leads before it takes the gradient; often a little faster (Nesterov 1983).");
pub(in crate::app) const DEPTH: Text =
    Text("Layers of attention, one upon another: more of them can learn more, and are slower.");
pub(in crate::app) const HEADS: Text =
    Text("How many kinds of relations a block looks for at once (Vaswani et al. 2017).");
pub(in crate::app) const EVERY: Text =
    Text("After so many epochs the learning rate is multiplied by the factor below.");
pub(in crate::app) const FACTOR: Text = Text("0.5 halves the learning rate at each drop; 1 leaves it.");
pub(in crate::app) const ADAM: Text =
    Text("Adapts the step of every weight: works well without tuning (Kingma, Ba 2015).");
