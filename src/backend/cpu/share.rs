//! The gradient of values that weights share.

/// Replaces each gradient by the sum over its cluster, in index order; those of cluster 0 become zero. `sums` has a place for
/// each cluster, 0 included.
pub fn share_gradient(clusters: &[f32], sums: &mut [f32], g: &mut [f32]) {
    sums.fill(0.0);
    for (cluster, g) in clusters.iter().zip(&*g) {
        sums[*cluster as usize] += g;
    }
    sums[0] = 0.0;
    for (cluster, g) in clusters.iter().zip(g) {
        *g = sums[*cluster as usize];
    }
}
