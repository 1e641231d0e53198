//! Networks drawn several times, and ensembles of them: what a plan makes of `member`, `members` and `ensemble`.

use super::checks::Checks;
use super::{Action, MAX_VARIANTS, Plan, check_network};
use crate::compression::distill::Distill;
use crate::experiment::recipe::{Step, Variant};
use crate::network::{Layer, MAX_ENSEMBLE_PARAMETERS};

/// The highest number of a draw.
const MAX_MEMBER: usize = 9999;

/// One variant for each of the members that it asks for, or the variant itself.
pub(super) fn members(variant: &Variant) -> Vec<Variant> {
    let one = |(further, name)| Variant { name, member: variant.member + further, members: 0, ..variant.clone() };
    variant.names().into_iter().enumerate().map(one).collect()
}

/// Checks `members`, and that a name stands for one thing: those before are `earlier`.
pub(super) fn check_group(earlier: &[Variant], variant: &Variant) -> Result<(), String> {
    let Variant { name, members, .. } = variant;
    if *members > MAX_VARIANTS {
        return Err(format!("members {members} is not allowed; at most {MAX_VARIANTS} variants can be compared"));
    }
    if *members > 0 && variant.sweep.is_some() {
        return Err("members cannot stand beside sweep; write a variant for each value".into());
    }
    match earlier.iter().find(|other| other.name == *name && (other.members > 0 || *members > 0)) {
        Some(_) => Err(format!("name \"{name}\" stands for all of its members and is used twice; choose another")),
        None => Ok(()),
    }
}

/// Checks what may stand beside `member` and `ensemble`; the variant has been spread.
pub(super) fn check_start(variant: &Variant) -> Result<(), String> {
    let Variant { from, network, training, member, ensemble, imported, .. } = variant;
    if *member > MAX_MEMBER {
        return Err(format!("member {member} is not allowed; draws are numbered from 0 to {MAX_MEMBER}"));
    }
    if from.is_some() && *member > 0 {
        return Err(
            "from cannot stand beside member or members: another draw is a fresh network; leave out one of them".into(),
        );
    }
    if let Some(digest) = imported {
        if digest.len() != 64 || !digest.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(format!(
                "imported \"{digest}\" is not the digest of a model file; it has 64 digits from 0 to 9 and a to f"
            ));
        }
        if from.is_some() || training.is_some() || *member > 0 || !ensemble.is_empty() {
            return Err(
                "imported cannot stand beside from, training, member or ensemble: the network was trained elsewhere, once; to train it on, add a step".into(),
            );
        }
    }
    let own = network.is_some() || training.is_some() || *member > 0;
    if !ensemble.is_empty() && (from.is_some() || own) {
        return Err("ensemble cannot stand beside from, network, training or member: its networks are those of the variants it names, which say how they are made".into());
    }
    Ok(())
}

/// Checks the variants and stages that an ensemble is to average.
pub(super) fn check(plan: &Plan, members: &[(String, usize)]) -> Result<(), String> {
    for (at, (name, stage)) in members.iter().enumerate() {
        if plan.averages(*stage) {
            return Err(format!("ensemble \"{name}\" is an ensemble itself; name its members instead"));
        }
        if members[..at].iter().any(|(_, other)| other == stage) {
            return Err(format!(
                "ensemble \"{name}\" is the same network as one before it, and would only count twice; give it another member"
            ));
        }
    }
    if members.len() < 2 {
        return Err("ensemble has one network; name at least two to be averaged".into());
    }
    let info = plan.recipe.data.info();
    let parameters = |(_, stage): &(String, usize)| -> usize {
        let layers = check_network(&plan.stages[*stage].network, info).unwrap_or_default();
        layers.iter().map(Layer::parameter_count).sum()
    };
    let parameters: usize = members.iter().map(parameters).sum();
    if parameters > MAX_ENSEMBLE_PARAMETERS {
        return Err(format!(
            "ensemble would have {parameters} parameters; at most {MAX_ENSEMBLE_PARAMETERS} are allowed, so name fewer or smaller networks"
        ));
    }
    Ok(())
}

impl Plan {
    /// The stage that averages the variants of these names.
    pub(super) fn ensemble(&mut self, names: &[String], checks: Option<&Checks>) -> Result<usize, String> {
        let mut members: Vec<(String, usize)> = Vec::new();
        for name in names.iter().flat_map(|name| self.all_of(name)) {
            let stage = self.find(&name).map_err(|e| format!("ensemble {e}"))?;
            members.push((name, stage));
        }
        if let Some(checks) = checks {
            (checks.ensemble)(self, &members)?;
        }
        Ok(self.intern(None, 0, Action::Ensemble(members.into_iter().map(|(_, stage)| stage).collect())))
    }

    /// What a name in `ensemble` stands for: all members of a variant that has some, or itself.
    fn all_of(&self, name: &str) -> Vec<String> {
        let group = self.recipe.variants.iter().find(|variant| variant.name == name && variant.members > 0);
        group.map_or_else(|| vec![name.into()], Variant::names)
    }

    /// Whether the variant of this name is several networks.
    pub fn is_ensemble(&self, name: &str) -> bool {
        self.variants.iter().any(|variant| variant.name == name && self.averages(variant.stage))
    }

    /// Whether what a stage leaves behind is several networks.
    fn averages(&self, stage: usize) -> bool {
        matches!(self.stages[stage].action, Action::Ensemble(_))
    }

    /// Several networks can teach, and nothing else.
    pub(super) fn check_behind(&self, parent: usize, step: &Step) -> Result<(), String> {
        let fresh = matches!(step, Step::Distill(Distill { student: Some(_), .. }));
        if self.averages(parent) && !fresh {
            return Err("works on one network, and an ensemble has several; give its members the step, or distill the ensemble into a student first".into());
        }
        Ok(())
    }

    /// Several networks have predictions in common, and no layers.
    pub(super) fn check_teacher(&self, distill: &Distill, teacher: usize) -> Result<(), String> {
        if self.averages(teacher) && (distill.looks().is_some() || distill.asks_for_slopes()) {
            return Err(format!(
                "method \"{}\" looks into its teacher's layers, and an ensemble has several networks; choose soft-targets, or one of its members as the teacher",
                distill.method
            ));
        }
        Ok(())
    }
}
