//! How tokens come about, and what they come to: patches, embeddings, positions, the mean.

/// Calls `run(image, tokens)` for each stretch of neighbouring values that an image of [height, width, channels] and its tokens
/// have in common: where it begins in both.
fn runs([height, width, channels]: [usize; 3], side: usize, mut run: impl FnMut(usize, usize)) {
    let length = side * channels;
    let mut token = 0;
    for top in 0..height / side {
        for left in 0..width / side {
            for row in 0..side {
                run(((top * side + row) * width + left * side) * channels, token);
                token += length;
            }
        }
    }
}

/// Cuts one image into its patches.
pub fn patches(image: [usize; 3], side: usize, x: &[f32], y: &mut [f32]) {
    let length = side * image[2];
    runs(image, side, |from, to| y[to..to + length].copy_from_slice(&x[from..from + length]));
}

/// Puts an image together again; what lay in no patch becomes zero.
pub fn patches_gradient(image: [usize; 3], side: usize, dy: &[f32], dx: &mut [f32]) {
    let length = side * image[2];
    dx.fill(0.0);
    runs(image, side, |to, from| dx[to..to + length].copy_from_slice(&dy[from..from + length]));
}

/// Which row of a table of so many a value names.
fn row(value: f32, vocabulary: usize) -> usize {
    (value as usize).min(vocabulary - 1)
}

/// `y[t] = table[x[t]]`.
pub fn embed(channels: usize, x: &[f32], table: &[f32], y: &mut [f32]) {
    let vocabulary = table.len() / channels;
    for (x, y) in x.iter().zip(y.chunks_exact_mut(channels)) {
        y.copy_from_slice(&table[row(*x, vocabulary) * channels..][..channels]);
    }
}

/// `d_table[w] = sum of dy[t] over the tokens t that are w`, in their order.
pub fn embed_gradient(channels: usize, x: &[f32], dy: &[f32], d_table: &mut [f32]) {
    let vocabulary = d_table.len() / channels;
    d_table.fill(0.0);
    for (x, dy) in x.iter().zip(dy.chunks_exact(channels)) {
        let row = &mut d_table[row(*x, vocabulary) * channels..][..channels];
        row.iter_mut().zip(dy).for_each(|(d, dy)| *d += *dy);
    }
}

/// `y = x + positions`, sample by sample.
pub fn add_positions(x: &[f32], positions: &[f32], y: &mut [f32]) {
    for (x, y) in x.chunks_exact(positions.len()).zip(y.chunks_exact_mut(positions.len())) {
        y.iter_mut().zip(x).zip(positions).for_each(|((y, x), place)| *y = *x + *place);
    }
}

/// `dx = dy`, and the sum of it over the samples.
pub fn positions_gradient(dy: &[f32], dx: &mut [f32], d_positions: &mut [f32]) {
    dx.copy_from_slice(dy);
    d_positions.fill(0.0);
    for dy in dy.chunks_exact(d_positions.len()) {
        d_positions.iter_mut().zip(dy).for_each(|(d, dy)| *d += *dy);
    }
}

/// The mean over the tokens, in their order.
pub fn mean([tokens, channels]: [usize; 2], x: &[f32], y: &mut [f32]) {
    for (x, y) in x.chunks_exact(tokens * channels).zip(y.chunks_exact_mut(channels)) {
        y.fill(0.0);
        x.chunks_exact(channels).for_each(|x| y.iter_mut().zip(x).for_each(|(y, x)| *y += *x));
        y.iter_mut().for_each(|y| *y /= tokens as f32);
    }
}

/// Each token's share of the gradient.
pub fn mean_gradient([tokens, channels]: [usize; 2], dy: &[f32], dx: &mut [f32]) {
    for (dx, dy) in dx.chunks_exact_mut(tokens * channels).zip(dy.chunks_exact(channels)) {
        dx.chunks_exact_mut(channels)
            .for_each(|dx| dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx = *dy / tokens as f32));
    }
}
