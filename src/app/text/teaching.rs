//! The words of what keeps a network from learning by heart, and of what a student is shown.

use crate::app::language::Text;

pub(in crate::app) const JITTER: Text = Text("Images moved by up to");
pub(in crate::app) const JITTER_HELP: Text = Text(
    "Pixels in each direction, at random in every epoch. Digits and clothes stay what they are, so errors fall, and more epochs pay off; the network needs them, too (Hinton et al. 2015: 2).",
);
pub(in crate::app) const MAX_NORM: Text = Text("Greatest length of a unit's weights");
pub(in crate::app) const MAX_NORM_HELP: Text = Text(
    "After each step, weights that lead into a unit are scaled down to this length; 0 for any. Beside dropout it allows large learning rates; 2 to 4 are usual (Srivastava et al. 2014).",
);
pub(in crate::app) const SMOOTHING: Text = Text("Label smoothing");
pub(in crate::app) const SMOOTHING_HELP: Text = Text(
    "The share of each label that is spread evenly over all classes, such as 0.1: the network is never quite sure. What soft targets do beyond this is the teacher's (Szegedy et al. 2016).",
);
pub(in crate::app) const MIXUP: Text = Text("Mixup");
pub(in crate::app) const MIXUP_HELP: Text = Text(
    "Samples are laid over each other in pairs, and their labels with them: 0 for none, 0.2 for mostly one, 1 for any share of the two. Helps most with few samples (Zhang et al. 2018).",
);
pub(in crate::app) const INPUT_DROPOUT: Text = Text("Input dropout");
pub(in crate::app) const INPUT_DROPOUT_HELP: Text =
    Text("Share of the inputs left out at random in each training step; 0.2 is usual (Srivastava et al. 2014).");

pub(in crate::app) const TRANSFER: Text = Text("What the student is shown");
pub(in crate::app) const SOURCE: Text = Text("Samples");
pub(in crate::app) const SOURCES: [(&str, Text, Text); 4] = [
    ("training", Text("the training samples"), Text("")),
    (
        "unlabeled",
        Text("all training samples, without labels"),
        Text(
            "Those too that were left out of the experiment: no label is looked at, so all weight has to be on the soft targets. Where labels are few and samples many, this is how an ensemble is handed on (Bucila et al. 2006).",
        ),
    ),
    (
        "other",
        Text("the other image data"),
        Text(
            "Clothes for digits, digits for clothes, without labels: all weight has to be on the soft targets. The student learns far less than from digits, and far more than nothing.",
        ),
    ),
    (
        "noise",
        Text("noise"),
        Text(
            "Random pixels, without labels: all weight has to be on the soft targets. The student learns what the teacher makes of nonsense, which hardly helps with digits.",
        ),
    ),
];
pub(in crate::app) const SHARE: Text = Text("Share of the training samples");
pub(in crate::app) const SHARE_HELP: Text = Text(
    "The same of each class. With few, soft targets keep a student from learning them by heart: Hinton et al. (2015) lose next to nothing with 3 % of their data.",
);
pub(in crate::app) const WITHOUT: Text = Text("Classes left out");
pub(in crate::app) const WITHOUT_HELP: Text = Text(
    "Counted from 0, such as 3: the student never sees one, and knows it all the same from what the teacher says of the others (Hinton et al. 2015, section 3).",
);
pub(in crate::app) const CORRECT_BIAS: Text = Text("Raise the biases of classes left out");
pub(in crate::app) const CORRECT_BIAS_HELP: Text = Text(
    "By the one amount with which the validation set comes out best: a student that never saw a class finds it too unlikely, and little else is missing.",
);
