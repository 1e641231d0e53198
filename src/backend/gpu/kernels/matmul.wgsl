// c = op(a) * op(b), or c += op(a) * op(b).

struct Params {
    a_stride: u32,
    b_stride: u32,
    c_stride: u32,
    splits: u32,
    m: u32,
    k: u32,
    n: u32,
    a_transposed: u32,
    b_transposed: u32,
    accumulate: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn left(lane: u32, row: u32, step: u32) -> f32 {
    return a[lane * p.a_stride + select(row * p.k + step, step * p.m + row, p.a_transposed != 0u)];
}

fn right(lane: u32, step: u32, column: u32) -> f32 {
    return b[lane * p.b_stride + select(step * p.n + column, column * p.k + step, p.b_transposed != 0u)];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: f32) {
    let at = lane * p.c_stride + (split * p.m + row) * p.n + column;
    if (p.accumulate != 0u) {
        c[at] += sum;
    } else {
        c[at] = sum;
    }
}
