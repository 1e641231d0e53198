//! Results side by side: in what they are compared, which of them no other beats, tables as text, and long curves thinned out.

mod front;
mod quantity;
mod table;
mod thin;

pub use front::front;
pub use quantity::Quantity;
pub use table::{Cell, Table, escape_html};
pub use thin::thin;
