//! The experiment being edited: a recipe, and a lasting key for each variant and step, so that forms keep their place.

use crate::experiment::{Recipe, Step, Variant};

/// A recipe under edit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    /// What it says now.
    pub recipe: Recipe,
    keys: Vec<Keys>,
    next: u32,
}

/// The keys of one variant and its steps, in the recipe's order.
#[derive(Clone, Debug, PartialEq)]
struct Keys {
    variant: u32,
    steps: Vec<u32>,
}

impl Draft {
    /// A draft of a whole recipe. Keys count up from `after`, so that no form of an earlier draft is taken for its own.
    pub fn new(recipe: Recipe, after: u32) -> Self {
        let mut draft = Self { recipe, keys: Vec::new(), next: after };
        for index in 0..draft.recipe.variants.len() {
            let variant = draft.key();
            let steps = (0..draft.recipe.variants[index].steps.len()).map(|_| draft.key()).collect();
            draft.keys.push(Keys { variant, steps });
        }
        draft
    }

    /// Replaces everything.
    pub fn replace(&mut self, recipe: Recipe) {
        *self = Self::new(recipe, self.next);
    }

    /// Goes back to an earlier draft. Keys that were given since are not given again.
    pub fn go_back(&mut self, before: Self) {
        *self = Self { next: self.next.max(before.next), ..before };
    }

    fn key(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// The variants' keys, in order.
    pub fn variant_keys(&self) -> Vec<u32> {
        self.keys.iter().map(|k| k.variant).collect()
    }

    /// The keys of a variant's steps, in order.
    pub fn step_keys(&self, key: u32) -> Vec<u32> {
        self.index(key).map(|i| self.keys[i].steps.clone()).unwrap_or_default()
    }

    /// A variant's place.
    pub fn index(&self, key: u32) -> Option<usize> {
        self.keys.iter().position(|k| k.variant == key)
    }

    /// A variant by its key.
    pub fn variant(&self, key: u32) -> Option<&Variant> {
        self.recipe.variants.get(self.index(key)?)
    }

    fn place(&self, step: u32) -> Option<(usize, usize)> {
        self.keys.iter().enumerate().find_map(|(v, k)| k.steps.iter().position(|&s| s == step).map(|s| (v, s)))
    }

    /// A step by its key.
    pub fn step(&self, step: u32) -> Option<&Step> {
        let (v, s) = self.place(step)?;
        self.recipe.variants.get(v)?.steps.get(s)
    }

    /// Where a step's settings are in the recipe.
    pub fn step_path(&self, step: u32) -> Option<String> {
        let (v, s) = self.place(step)?;
        let kind = self.recipe.variants.get(v)?.steps.get(s)?.kind();
        Some(format!("variants[{v}].steps[{s}].{kind}"))
    }

    /// Changes a step.
    pub fn edit_step(&mut self, step: u32, change: impl FnOnce(&mut Step)) {
        if let Some((v, s)) = self.place(step) {
            change(&mut self.recipe.variants[v].steps[s]);
        }
    }

    /// Changes a variant; its name is changed by [`Draft::rename`], its steps by their own functions.
    pub fn edit_variant(&mut self, key: u32, change: impl FnOnce(&mut Variant)) {
        if let Some(index) = self.index(key) {
            change(&mut self.recipe.variants[index]);
        }
    }

    /// Names of the variants before this one: what it may go on from or learn from.
    pub fn names_before(&self, key: u32) -> Vec<String> {
        let end = self.index(key).unwrap_or(0);
        self.recipe.variants[..end].iter().flat_map(Variant::names).collect()
    }

    /// Names of the variants before this one that may be averaged; a variant with members under the name of all of them.
    pub fn networks_before(&self, key: u32) -> Vec<String> {
        let end = self.index(key).unwrap_or(0);
        let single = self.recipe.variants[..end].iter().filter(|variant| variant.ensemble.is_empty());
        single.map(|variant| variant.name.clone()).collect()
    }

    /// How many variants this one goes on from, one after another.
    pub fn depth(&self, key: u32) -> usize {
        let mut depth = 0;
        let mut at = self.variant(key);
        while let Some(from) = at.and_then(|v| v.from.as_deref()).filter(|_| depth < self.keys.len()) {
            depth += 1;
            at = self.recipe.variants.iter().find(|v| v.name == from);
        }
        depth
    }

    /// Renames a variant, and every mention of it.
    pub fn rename(&mut self, key: u32, name: String) {
        let Some(index) = self.index(key) else { return };
        let old = called(&self.recipe.variants[index]);
        self.recipe.variants[index].name = name;
        let new = called(&self.recipe.variants[index]);
        for variant in &mut self.recipe.variants[index + 1..] {
            for mention in mentions(variant) {
                if let Some(which) = old.iter().position(|name| name == mention) {
                    mention.clone_from(&new[which]);
                }
            }
        }
    }

    /// Adds a variant at the end and tells its key.
    pub fn add_variant(&mut self, mut variant: Variant) -> u32 {
        let base = variant.name.clone();
        let mut count = 1;
        while self.recipe.variants.iter().any(|v| v.name == variant.name) {
            count += 1;
            variant.name = format!("{base} {count}");
        }
        let key = self.key();
        let steps = variant.steps.iter().map(|_| self.key()).collect();
        self.keys.push(Keys { variant: key, steps });
        self.recipe.variants.push(variant);
        key
    }

    /// Removes a variant. Those that went on from it take over what it did, so that they stay what they were.
    pub fn remove_variant(&mut self, key: u32) {
        let Some(index) = self.index(key) else { return };
        let gone = self.recipe.variants.remove(index);
        self.keys.remove(index);
        let names = called(&gone);
        for i in index..self.recipe.variants.len() {
            let heir = &mut self.recipe.variants[i];
            heir.ensemble.retain(|member| !names.contains(member));
            let Some(member) = names.iter().position(|name| heir.from.as_ref() == Some(name)) else { continue };
            let new_keys: Vec<u32> = gone.steps.iter().map(|_| self.key()).collect();
            let heir = &mut self.recipe.variants[i];
            heir.from.clone_from(&gone.from);
            heir.network.clone_from(&gone.network);
            heir.training.clone_from(&gone.training);
            heir.ensemble.clone_from(&gone.ensemble);
            heir.member = gone.member + if gone.members > 0 { member } else { 0 };
            heir.steps.splice(0..0, gone.steps.iter().cloned());
            if let Some(sweep) = &mut heir.sweep {
                sweep.step += gone.steps.len();
            }
            self.keys[i].steps.splice(0..0, new_keys);
        }
    }

    /// Whether a variant can change places with its neighbour: not where one needs the other before it.
    pub fn can_move(&self, key: u32, down: bool) -> bool {
        let Some(index) = self.index(key) else { return false };
        let Some(upper) = (if down { Some(index) } else { index.checked_sub(1) }) else { return false };
        let [first, second] = match self.recipe.variants.get(upper..upper + 2) {
            Some([first, second]) => [first, second],
            _ => return false,
        };
        let (mut second, names) = (second.clone(), called(first));
        !mentions(&mut second).any(|m| names.contains(m))
    }

    /// Moves a variant one place.
    pub fn move_variant(&mut self, key: u32, down: bool) {
        if let Some(index) = self.index(key).filter(|_| self.can_move(key, down)) {
            let other = if down { index + 1 } else { index - 1 };
            self.recipe.variants.swap(index, other);
            self.keys.swap(index, other);
        }
    }

    /// Adds a step at a variant's end.
    pub fn add_step(&mut self, variant: u32, step: Step) {
        let key = self.key();
        if let Some(index) = self.index(variant) {
            self.recipe.variants[index].steps.push(step);
            self.keys[index].steps.push(key);
        }
    }

    /// Removes a step, and a sweep of its settings with it.
    pub fn remove_step(&mut self, step: u32) {
        let Some((v, s)) = self.place(step) else { return };
        let variant = &mut self.recipe.variants[v];
        variant.steps.remove(s);
        self.keys[v].steps.remove(s);
        match &mut variant.sweep {
            Some(sweep) if sweep.step == s => variant.sweep = None,
            Some(sweep) if sweep.step > s => sweep.step -= 1,
            _ => {}
        }
    }

    /// Whether a step can move one place.
    pub fn can_move_step(&self, step: u32, down: bool) -> bool {
        self.place(step).is_some_and(|(v, s)| if down { s + 1 < self.keys[v].steps.len() } else { s > 0 })
    }

    /// Moves a step one place.
    pub fn move_step(&mut self, step: u32, down: bool) {
        if !self.can_move_step(step, down) {
            return;
        }
        let Some((v, s)) = self.place(step) else { return };
        let other = if down { s + 1 } else { s - 1 };
        let variant = &mut self.recipe.variants[v];
        variant.steps.swap(s, other);
        self.keys[v].steps.swap(s, other);
        if let Some(sweep) = &mut variant.sweep {
            sweep.step = match sweep.step {
                at if at == s => other,
                at if at == other => s,
                at => at,
            };
        }
    }
}

/// What others may call a variant: its members, if it has some, and the variant as a whole.
fn called(variant: &Variant) -> Vec<String> {
    let mut names = variant.names();
    names.push(variant.name.clone());
    names
}

/// The places where a variant names others.
fn mentions(variant: &mut Variant) -> impl Iterator<Item = &mut String> {
    let teachers = variant.steps.iter_mut().filter_map(|step| match step {
        Step::Distill(distill) => distill.teacher.as_mut(),
        _ => None,
    });
    variant.from.iter_mut().chain(&mut variant.ensemble).chain(teachers)
}
