//! Convolution as a matrix product: an image's patches laid out as rows ("im2col", Chellapilla et al. 2006), and the
//! way back.

use crate::backend::Conv;

/// Values that are copied at once where a kernel row is short: two vectors.
const STRETCH: usize = 8;

/// Does something for each output pixel and kernel row, in order, told where the kernel row begins in the patch matrix
/// (`out_pixels` rows, `stride` from one to the next), which part of its `kernel * channels` values lies in the image (empty where
/// the row lies in the padding), and where that part begins in the image. What is done stands in the loop, and is no function that
/// the compiler might call once a row: that takes longer than copying the row.
macro_rules! for_each_row {
    ($op:expr, $stride:expr, |$at:ident, $inside:ident, $pixel:ident| $visit:block) => {
        let (op, stride): (Conv, usize) = ($op, $stride);
        let row = op.kernel * op.channels;
        let mut pixel_at = 0;
        for out_y in 0..op.out_height() {
            for out_x in 0..op.out_width() {
                let mut $at = pixel_at;
                pixel_at += stride;
                let left = op.padding.saturating_sub(out_x).min(op.kernel);
                let right = op.kernel.min((op.width + op.padding).saturating_sub(out_x)).max(left);
                for kernel_y in 0..op.kernel {
                    let y = out_y + kernel_y;
                    let ($inside, $pixel) = if y < op.padding || y >= op.height + op.padding || left == right {
                        (0..0, 0)
                    } else {
                        let pixel = (y - op.padding) * op.width + out_x + left - op.padding;
                        (left * op.channels..right * op.channels, pixel * op.channels)
                    };
                    $visit
                    $at += row;
                }
            }
        }
    };
}

/// Writes the patches of one image, a row of `patch` values for each output pixel and `stride` (at least that) from one row
/// to the next, with `zero` in the padding. What lies between two rows is of no use.
pub fn gather_patches<T: Copy>(op: Conv, stride: usize, image: &[T], zero: T, patches: &mut [T]) {
    let row = op.kernel * op.channels;
    for_each_row!(op, stride, |at, inside, pixel| {
        // A short row is written eight values long where there is room: what is too much, the next row writes over.
        if inside.len() == row
            && row <= STRETCH
            && let Some(from) = image[pixel..].first_chunk::<STRETCH>()
            && let Some(to) = patches[at..].first_chunk_mut::<STRETCH>()
        {
            *to = *from;
        } else {
            let to = &mut patches[at..at + row];
            if inside.len() < row {
                to.fill(zero);
            }
            let from = &image[pixel..pixel + inside.len()];
            for (to, from) in to[inside].iter_mut().zip(from) {
                *to = *from;
            }
        }
    });
}

/// Adds each patch value to the image value it was gathered from, output pixel by output pixel.
pub fn scatter_patches(op: Conv, patches: &[f32], image: &mut [f32]) {
    for_each_row!(op, op.patch(), |at, inside, pixel| {
        let to = &mut image[pixel..pixel + inside.len()];
        let from = &patches[at + inside.start..at + inside.end];
        for (to, from) in to.iter_mut().zip(from) {
            *to += *from;
        }
    });
}
