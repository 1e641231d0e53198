// y = x (*) w as a product: a row is an output pixel, a step one value of its patch, a column a filter.

struct Params {
    x_stride: u32,
    w_stride: u32,
    y_stride: u32,
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
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn left(lane: u32, row: u32, step: u32) -> f32 {
    let pixels = p.out_height * p.out_width;
    let image = row / pixels;
    let pixel = row % pixels;
    let tap = step / p.channels;
    // Below zero they wrap, and so lie beyond the image, too.
    let at_y = pixel / p.out_width + tap / p.kernel - p.padding;
    let at_x = pixel % p.out_width + tap % p.kernel - p.padding;
    if (at_y >= p.height || at_x >= p.width) {
        return 0.0;
    }
    return x[lane * p.x_stride + ((image * p.height + at_y) * p.width + at_x) * p.channels + step % p.channels];
}

fn right(lane: u32, step: u32, column: u32) -> f32 {
    return w[lane * p.w_stride + step * p.filters + column];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    y[lane * p.y_stride + (split * p.m + row) * p.n + column] = sum;
}
