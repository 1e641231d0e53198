// d_gamma = sum of dy h, then d_beta = sum of dy, over the rows of each channel; h = (x - mean) * inverse.
// A workgroup takes 4 columns; 64 invocations share the rows of each.

struct Params {
    x_stride: u32,
    saved_stride: u32,
    dy_stride: u32,
    d_scale_shift_stride: u32,
    rows: u32,
    columns: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> saved: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_scale_shift: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, at: Place) {
    let place = vec2u(at.index % 4u, at.index / 4u);
    let lane = group.z;
    let column = group.x * 4u + place.x;
    let there = column < p.columns;
    var d_gamma = 0.0;
    var d_beta = 0.0;
    if (there) {
        let mean = saved[lane * p.saved_stride + column];
        let inverse = saved[lane * p.saved_stride + p.columns + column];
        for (var row = place.y; row < p.rows; row += 64u) {
            let here = row * p.columns + column;
            let slope = dy[lane * p.dy_stride + here];
            d_gamma += slope * ((x[lane * p.x_stride + here] - mean) * inverse);
            d_beta += slope;
        }
    }
    d_gamma = total(d_gamma, at);
    d_beta = total(d_beta, at);
    if (there && place.y == 0u) {
        d_scale_shift[lane * p.d_scale_shift_stride + column] = d_gamma;
        d_scale_shift[lane * p.d_scale_shift_stride + p.columns + column] = d_beta;
    }
}
