//! Charts as SVG, all on one scale module. Each says in words what it shows, and has its numbers in a table beneath.

mod bars;
mod files;
mod frame;
mod lines;
mod marked;
mod marks;
mod names;
mod network;
mod pareto;
mod picture;
mod ranked;
mod ruled;
mod scale;
mod scatter;

pub(super) use bars::Bars;
pub(super) use files::{Above, Origin, folded_table, plane_numbers, save_buttons, save_canvas};
pub(super) use frame::Axis;
pub(super) use lines::{LineChart, Series};
pub(super) use marked::{Marked, MarkedChart, Spotted};
pub(super) use marks::Mark;
pub(super) use network::NetworkChart;
pub(super) use pareto::{Front, FrontDot, Side};
pub(super) use picture::drawing;
pub(super) use ranked::RankedChart;
pub(super) use ruled::{Rule, Ruled, Spread};
pub(super) use scale::Kind;
pub(super) use scatter::{Dot, Scatter};
