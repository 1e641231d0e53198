//! What of a recipe's steps a transformer has no form for, told when the recipe is checked.

use super::recipe::Step;
use crate::compression::prune::{Granularity, Needs};
use crate::compression::quantize::Scheme;

/// Refuses a step on a transformer that asks for integers between its layers, for units to be taken out, or for derivatives of a
/// second kind of engine ([`crate::network::analysis`]).
///
/// # Errors
/// A sentence that names the setting, its value, and what to take instead.
pub(super) fn check(step: &Step) -> Result<(), String> {
    match step {
        Step::Quantize(quantize) if quantize.scheme == Scheme::FullInteger => {
            Err("scheme full-integer has no integers for attention; on a transformer take dynamic-range or weight-only"
                .into())
        }
        Step::Prune(prune) if prune.granularity == Granularity::Unit => {
            Err("granularity unit does not know attention; on a transformer take weight, n-of-4 or block".into())
        }
        Step::Prune(prune) if prune.method == "synflow" || prune.method()?.needs == Needs::Samples => Err(format!(
            "method \"{}\" does not know attention; on a transformer take magnitude, movement, surgery or random",
            prune.method
        )),
        _ => Ok(()),
    }
}
