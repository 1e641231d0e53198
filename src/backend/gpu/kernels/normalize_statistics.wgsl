// Each channel's mean, then `1 / sqrt(variance + epsilon)`, into `saved`; the running mean and (unbiased) variance move by
// `momentum` towards the batch's.
// A workgroup takes 4 columns; 64 invocations share the rows of each.

struct Params {
    x_stride: u32,
    running_stride: u32,
    saved_stride: u32,
    rows: u32,
    columns: u32,
    momentum: f32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> running: array<f32>;
@group(0) @binding(3) var<storage, read_write> saved: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, at: Place) {
    let place = vec2u(at.index % 4u, at.index / 4u);
    let lane = group.z;
    let column = group.x * 4u + place.x;
    let there = column < p.columns;
    var sum = 0.0;
    if (there) {
        for (var row = place.y; row < p.rows; row += 64u) {
            sum += x[lane * p.x_stride + row * p.columns + column];
        }
    }
    let mean = total(sum, at) / f32(p.rows);
    var spread = 0.0;
    if (there) {
        for (var row = place.y; row < p.rows; row += 64u) {
            let off = x[lane * p.x_stride + row * p.columns + column] - mean;
            spread += off * off;
        }
    }
    spread = total(spread, at);
    if (there && place.y == 0u) {
        let unbiased = spread / f32(max(p.rows, 2u) - 1u);
        let old_mean = running[lane * p.running_stride + column];
        let old_variance = running[lane * p.running_stride + p.columns + column];
        running[lane * p.running_stride + column] = (1.0 - p.momentum) * old_mean + p.momentum * mean;
        running[lane * p.running_stride + p.columns + column] = (1.0 - p.momentum) * old_variance + p.momentum * unbiased;
        saved[lane * p.saved_stride + column] = mean;
        saved[lane * p.saved_stride + p.columns + column] = 1.0 / sqrt(spread / f32(p.rows) + p.epsilon);
    }
}
