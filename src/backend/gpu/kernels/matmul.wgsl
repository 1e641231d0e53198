// c = op(a) * op(b), or c += op(a) * op(b); `AFTER` it comes nothing (0), the bias of each column (1), then ReLU (2) or the
// hyperbolic tangent (3): a dense layer.

struct Params {
    a_stride: u32,
    b_stride: u32,
    bias_stride: u32,
    c_stride: u32,
    splits: u32,
    m: u32,
    k: u32,
    n: u32,
}

const ACCUMULATE = (FLAGS & 1u) != 0u;
const A_TRANSPOSED = (FLAGS & 2u) != 0u;
const B_TRANSPOSED = (FLAGS & 4u) != 0u;
const AFTER = FLAGS >> 3u;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

// Where a row of op(a) begins, and where a column of op(b) does.
fn left_row(lane: u32, row: u32) -> vec3u {
    return vec3u(lane * p.a_stride + row * select(p.k, 1u, A_TRANSPOSED), 0u, 0u);
}

fn right_column(lane: u32, column: u32) -> u32 {
    return lane * p.b_stride + column * select(1u, p.k, B_TRANSPOSED);
}

// How far a step is from there, in op(a) and in op(b).
fn at_step(step: u32) -> vec4u {
    return vec4u(
        step * select(1u, p.m, A_TRANSPOSED),
        step * select(p.n, 1u, B_TRANSPOSED),
        0u,
        0u,
    );
}

fn left(row: vec3u, step: vec4u) -> f32 {
    return a[row.x + step.x];
}

fn right(column: u32, step: vec4u) -> f32 {
    return b[column + step.y];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    let at = lane * p.c_stride + (split * p.m + row) * p.n + column;
    if (ACCUMULATE) {
        c[at] += sum;
        return;
    }
    if (AFTER == 0u) {
        c[at] = sum;
        return;
    }
    let total = sum + bias[lane * p.bias_stride + column];
    if (AFTER == 1u) {
        c[at] = total;
    } else {
        c[at] = nonlinear(select(0u, 1u, AFTER == 3u), total);
    }
}
