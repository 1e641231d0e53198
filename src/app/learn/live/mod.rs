//! What chapters have to move: drawings of exact formulas, each small enough to be computed as it is drawn.

mod device;
mod factors;
mod flow;
mod number;
mod overflow;
mod parts;
mod rounds;
mod saliency;
mod staircase;
mod temperature;
mod vote;

use crate::app::state::State;
use leptos::prelude::*;

/// By the names that chapters use, `{{live: NAME}}`.
pub(super) const LIVE: &[(&str, fn(State) -> AnyView)] = &[
    ("device", device::draw),
    ("factors", factors::draw),
    ("flow", flow::draw),
    ("number", number::draw),
    ("overflow", overflow::draw),
    ("rounds", rounds::draw),
    ("saliency", saliency::draw),
    ("staircase", staircase::draw),
    ("temperature", temperature::draw),
    ("vote", vote::draw),
];
