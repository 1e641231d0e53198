// dx = scatter(dy w^T), gathered: a row is an input pixel, a column a channel, a step one filter at one of the output pixels
// that the input pixel had a part in.

struct Params {
    w_stride: u32,
    dy_stride: u32,
    dx_stride: u32,
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
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn left(lane: u32, row: u32, step: u32) -> f32 {
    let pixels = p.height * p.width;
    let image = row / pixels;
    let pixel = row % pixels;
    let tap = step / p.filters;
    // Below zero they wrap, and so lie beyond the output, too.
    let at_y = pixel / p.width + p.padding - tap / p.kernel;
    let at_x = pixel % p.width + p.padding - tap % p.kernel;
    if (at_y >= p.out_height || at_x >= p.out_width) {
        return 0.0;
    }
    return dy[lane * p.dy_stride + ((image * p.out_height + at_y) * p.out_width + at_x) * p.filters + step % p.filters];
}

fn right(lane: u32, step: u32, column: u32) -> f32 {
    let tap = step / p.filters;
    return w[lane * p.w_stride + (tap * p.channels + column) * p.filters + step % p.filters];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    dx[lane * p.dx_stride + (split * p.m + row) * p.n + column] = sum;
}
