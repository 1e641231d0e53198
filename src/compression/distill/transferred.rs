//! Training on a transfer set, around any loss.

use super::{Transfer, TransferSource};
use crate::backend::Backend;
use crate::data::{Dataset, Key, Rng, Split};
use crate::network::{Batch, HostBatch, Loss, Network};

/// What a transfer set is made of.
pub(crate) struct Material<'a> {
    /// Of the training samples.
    pub labels: &'a [u8],
    /// Classes.
    pub classes: usize,
    /// All training samples of the other data set, or of this one, loaded; for [`TransferSource::Other`] and
    /// [`TransferSource::Unlabeled`].
    pub other: Option<&'a Dataset>,
    /// Of each lane: what the choice of samples is drawn from.
    pub trials: Vec<Key>,
    /// Of each lane: what the order of samples, and noise, are drawn from.
    pub keys: Vec<Key>,
}

/// `inner`, over a transfer set.
pub(crate) fn transferred<'a, B: Backend + 'a>(
    inner: Box<dyn Loss<B> + 'a>,
    transfer: &Transfer,
    material: Material<'a>,
) -> Box<dyn Loss<B> + 'a> {
    if transfer.is_whole() {
        return inner;
    }
    let Material { labels, classes, other, trials, keys } = material;
    let by_class = transfer.source == TransferSource::Training;
    let samples = |key: &Key| match other {
        _ if by_class => transfer.choose(labels, classes, key),
        Some(other) => (0..labels.len().min(other.len(Split::Train)) as u32).collect(),
        None => (0..labels.len() as u32).collect(),
    };
    let samples = trials.iter().map(samples).collect();
    Box::new(Transferred { inner, source: transfer.source, other, samples, keys })
}

struct Transferred<'a, B: Backend> {
    inner: Box<dyn Loss<B> + 'a>,
    source: TransferSource,
    other: Option<&'a Dataset>,
    /// Of each lane.
    samples: Vec<Vec<u32>>,
    keys: Vec<Key>,
}

impl<B: Backend> Loss<B> for Transferred<'_, B> {
    fn order(&self, lane: usize, epoch: usize) -> Option<Vec<u32>> {
        Some(Dataset::order_of(&self.samples[lane], &self.keys[lane].fold("order"), epoch))
    }

    fn prepare(&mut self, batch: &mut HostBatch) {
        match (self.source, self.other) {
            (TransferSource::Training, _) => {}
            (TransferSource::Other, Some(other)) => other.gather(Split::Train, batch.indices, batch.inputs),
            // What each batch draws anew: images of this data set, or noise.
            (source, all) => {
                let of_lane = batch.inputs.len() / self.keys.len().max(1);
                for (inputs, key) in batch.inputs.chunks_exact_mut(of_lane.max(1)).zip(&self.keys) {
                    let key = key.fold(source.as_str()).fold_index(batch.epoch as u64).fold_index(batch.batch as u64);
                    let mut rng = key.rng();
                    match all {
                        Some(all) => {
                            let count = all.len(Split::Train) as u32;
                            let drawn: Vec<u32> = (0..batch.rows).map(|_| rng.below(count)).collect();
                            all.gather(Split::Train, &drawn, inputs);
                        }
                        None => inputs.iter_mut().for_each(|value| *value = rng.uniform()),
                    }
                }
            }
        }
        self.inner.prepare(batch);
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        self.inner.apply(backend, batch, logits, totals, d);
    }

    fn descend(
        &mut self,
        backend: &B,
        network: &mut Network<B>,
        batch: &Batch<B>,
        dropout: &mut [Rng],
        totals: &mut B::Buffer,
    ) {
        self.inner.descend(backend, network, batch, dropout, totals);
    }

    fn constrain(&mut self, backend: &B, network: &mut Network<B>) {
        self.inner.constrain(backend, network);
    }
}
