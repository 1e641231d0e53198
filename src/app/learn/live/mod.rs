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

/// What draws a live place.
type Draw = fn(State) -> AnyView;

/// By the names that chapters use, `{{live: NAME}}`.
pub(super) const LIVE: &[(&str, Draw)] = &[
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
