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

// An input pixel: where its image's gradients begin, and the place of the output pixel that met it with the first weight.
fn left_row(lane: u32, row: u32) -> vec3u {
    let pixels = p.height * p.width;
    let pixel = row % pixels;
    let image = lane * p.dy_stride + row / pixels * (p.out_height * p.out_width * p.filters);
    return vec3u(image, pixel / p.width + p.padding, pixel % p.width + p.padding);
}

fn right_column(lane: u32, column: u32) -> u32 {
    return lane * p.w_stride + column * p.filters;
}

// A filter at a kernel's weight: row, column, filter; and where that weight of the first channel lies.
fn at_step(step: u32) -> vec4u {
    let tap = step / p.filters;
    let which = step % p.filters;
    return vec4u(tap / p.kernel, tap % p.kernel, which, tap * p.channels * p.filters + which);
}

fn left(row: vec3u, step: vec4u) -> f32 {
    // Below zero they wrap, and so lie beyond the output, too.
    let at_y = row.y - step.x;
    let at_x = row.z - step.y;
    if (at_y >= p.out_height || at_x >= p.out_width) {
        return 0.0;
    }
    return dy[row.x + (at_y * p.out_width + at_x) * p.filters + step.z];
}

fn right(column: u32, step: vec4u) -> f32 {
    return w[column + step.w];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    dx[lane * p.dx_stride + (split * p.m + row) * p.n + column] = sum;
}
