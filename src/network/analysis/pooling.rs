//! Pooling as a linear map: which inputs make which output.

use crate::backend::Pool;

/// Calls `visit(output, input)` for every value of some images and every value of its window, window by window.
pub(super) fn for_each_value(pool: Pool, rows: usize, mut visit: impl FnMut(usize, usize)) {
    let Pool { height, width, channels, size, .. } = pool;
    let mut output = 0;
    for image in 0..rows {
        for y in 0..height / size {
            for x in 0..width / size {
                for channel in 0..channels {
                    for row in y * size..(y + 1) * size {
                        for column in x * size..(x + 1) * size {
                            let input = (row * width + column) * channels + channel;
                            visit(output, image * pool.inputs() + input);
                        }
                    }
                    output += 1;
                }
            }
        }
    }
}

/// For each output of max pooling, the first input of its window that is the largest.
pub(super) fn winners(pool: Pool, rows: usize, x: &[f64]) -> Vec<usize> {
    let mut winners = vec![usize::MAX; rows * pool.outputs()];
    for_each_value(pool, rows, |output, input| {
        let best = &mut winners[output];
        if *best == usize::MAX || x[input] > x[*best] {
            *best = input;
        }
    });
    winners
}
