// sums[c] = sum over r of x[r][c].
// A workgroup takes 4 columns; 64 invocations share the rows of each.

struct Params {
    x_stride: u32,
    sums_stride: u32,
    rows: u32,
    columns: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

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
    sum = total(sum, at);
    if (there && place.y == 0u) {
        sums[lane * p.sums_stride + column] = sum;
    }
}
