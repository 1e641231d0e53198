//! The words of ensembles and of networks that are drawn several times.

pub(in crate::app) const MEMBERS: &str = "Members";
pub(in crate::app) const MEMBERS_HELP: &str = "Trains the network so many times, each from other weights and with the samples in another order, as variants of their own; 0 trains it once.";
pub(in crate::app) const MEMBER: &str = "Draw";
pub(in crate::app) const MEMBER_HELP: &str = "Variants of one network and one draw start from the same weights, so that they can be compared; 0 is the first draw.";
pub(in crate::app) const ENSEMBLE: &str = "Average what others predict";
pub(in crate::app) const ENSEMBLE_HELP: &str = "An ensemble: the mean of the probabilities that the ticked variants give. It has all of their weights and takes all of their time, and it can teach a student.";
pub(in crate::app) const FROM_ENSEMBLE: &str = "the variants that it averages";
pub(in crate::app) const STUDENT_MEMBER: &str = "Draws further";
pub(in crate::app) const STUDENT_MEMBER_HELP: &str = "A student of its teacher's network starts from the same weights; 1 takes the next draw, as generations of born-again networks do.";
pub(in crate::app) const OWN_PEER: &str = "The peer is another network than the student";
