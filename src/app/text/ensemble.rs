//! The words of ensembles and of networks that are drawn several times.

use crate::app::language::Text;

pub(in crate::app) const MEMBERS: Text = Text("Members");
pub(in crate::app) const MEMBERS_HELP: Text = Text(
    "Trains the network so many times, each from other weights and with the samples in another order, as variants of their own; 0 trains it once.",
);
pub(in crate::app) const MEMBER: Text = Text("Draw");
pub(in crate::app) const MEMBER_HELP: Text = Text(
    "Variants of one network and one draw start from the same weights, so that they can be compared; 0 is the first draw.",
);
pub(in crate::app) const ENSEMBLE: Text = Text("Average what others predict");
pub(in crate::app) const ENSEMBLE_HELP: Text = Text(
    "An ensemble: the mean of the probabilities that the ticked variants give. It has all of their weights and takes all of their time, and it can teach a student.",
);
pub(in crate::app) const FROM_ENSEMBLE: Text = Text("the variants that it averages");
pub(in crate::app) const STUDENT_MEMBER: Text = Text("Draws further");
pub(in crate::app) const STUDENT_MEMBER_HELP: Text = Text(
    "A student of its teacher's network starts from the same weights; 1 takes the next draw, as generations of born-again networks do.",
);
pub(in crate::app) const OWN_PEER: Text = Text("The peer is another network than the student");
