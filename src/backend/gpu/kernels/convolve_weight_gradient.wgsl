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

// A value of the patch: row, column, channel.
fn left_row(lane: u32, row: u32) -> vec3u {
    let tap = row / p.channels;
    return vec3u(tap / p.kernel, tap % p.kernel, lane * p.x_stride + row % p.channels);
}

fn right_column(lane: u32, column: u32) -> u32 {
    return lane * p.dy_stride + column;
}

// An output pixel: where its image begins, the place of its patch's corner, which may lie outside (then it wraps, and lies
// beyond the image, too); and its gradients.
fn at_step(step: u32) -> vec4u {
    let pixels = p.out_height * p.out_width;
    let pixel = step % pixels;
    let image = step / pixels * (p.height * p.width * p.channels);
    return vec4u(image, pixel / p.out_width - p.padding, pixel % p.out_width - p.padding, step * p.filters);
}

fn left(row: vec3u, step: vec4u) -> f32 {
    let at_y = row.x + step.y;
    let at_x = row.y + step.z;
    if (at_y >= p.height || at_x >= p.width) {
        return 0.0;
    }
    return x[row.z + step.x + (at_y * p.width + at_x) * p.channels];
}

fn right(column: u32, step: vec4u) -> f32 {
    return dy[column + step.w];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    dw[lane * p.dw_stride + (split * p.m + row) * p.n + column] = sum;
}
