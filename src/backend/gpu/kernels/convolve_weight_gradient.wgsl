// dw = patches^T dy: a row is one value of the patch, a step an output pixel of the batch, a column a filter. There are many
// steps and few outputs, so the steps may be split: each split leaves a matrix of its own, and the matrices are summed.

struct Params {
    x_stride: u32,
    dy_stride: u32,
    dw_stride: u32,
    splits: u32,
    m: u32,
    k: u32,
    n: u32,
    height: u32,
    width: u32,
    channels: u32,
    kernel: u32,
    padding: u32,
    filters: u32,
    out_height: u32,
    out_width: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;

fn left(lane: u32, row: u32, step: u32) -> f32 {
    let pixels = p.out_height * p.out_width;
    let image = step / pixels;
    let pixel = step % pixels;
    let tap = row / p.channels;
    // Below zero they wrap, and so lie beyond the image, too.
    let at_y = pixel / p.out_width + tap / p.kernel - p.padding;
    let at_x = pixel % p.out_width + tap % p.kernel - p.padding;
    if (at_y >= p.height || at_x >= p.width) {
        return 0.0;
    }
    return x[lane * p.x_stride + ((image * p.height + at_y) * p.width + at_x) * p.channels + row % p.channels];
}

fn right(lane: u32, step: u32, column: u32) -> f32 {
    return dy[lane * p.dy_stride + step * p.filters + column];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    dw[lane * p.dw_stride + (split * p.m + row) * p.n + column] = sum;
}
