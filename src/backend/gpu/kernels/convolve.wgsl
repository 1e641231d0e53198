// y = x (*) w as a product: a row is an output pixel, a step one value of its patch, a column a filter. `AFTER` it comes
// nothing (0), the bias of each filter (1), then ReLU (2) or the hyperbolic tangent (3): a convolutional layer.

struct Params {
    x_stride: u32,
    w_stride: u32,
    bias_stride: u32,
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

const AFTER = FLAGS >> 3u;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// An output pixel: where its image begins, and the place of its patch's corner, which may lie outside (then it wraps, and lies
// beyond the image, too).
fn left_row(lane: u32, row: u32) -> vec3u {
    let pixels = p.out_height * p.out_width;
    let pixel = row % pixels;
    let image = lane * p.x_stride + row / pixels * (p.height * p.width * p.channels);
    return vec3u(image, pixel / p.out_width - p.padding, pixel % p.out_width - p.padding);
}

fn right_column(lane: u32, column: u32) -> u32 {
    return lane * p.w_stride + column;
}

// A value of the patch: row, column, channel; and its weights.
fn at_step(step: u32) -> vec4u {
    let tap = step / p.channels;
    return vec4u(tap / p.kernel, tap % p.kernel, step % p.channels, step * p.filters);
}

fn left(row: vec3u, step: vec4u) -> f32 {
    let at_y = row.y + step.x;
    let at_x = row.z + step.y;
    if (at_y >= p.height || at_x >= p.width) {
        return 0.0;
    }
    return x[row.x + (at_y * p.width + at_x) * p.channels + step.z];
}

fn right(column: u32, step: vec4u) -> f32 {
    return w[column + step.w];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    let at = lane * p.y_stride + (split * p.m + row) * p.n + column;
    if (AFTER == 0u) {
        y[at] = sum;
        return;
    }
    let total = sum + bias[lane * p.bias_stride + column];
    if (AFTER == 1u) {
        y[at] = total;
    } else {
        y[at] = nonlinear(select(0u, 1u, AFTER == 3u), total);
    }
}
