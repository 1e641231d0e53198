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

var<workgroup> shares: array<f32, 256>;

// The sum of `value` over the workgroup's invocations that share a column.
fn total(value: f32, place: vec3u) -> f32 {
    shares[place.x + place.y * 4u] = value;
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (place.y < half) {
            shares[place.x + place.y * 4u] += shares[place.x + (place.y + half) * 4u];
        }
    }
    workgroupBarrier();
    let sum = shares[place.x];
    workgroupBarrier();
    return sum;
}

@compute @workgroup_size(4, 64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) place: vec3u) {
    let lane = group.z;
    let column = group.x * 4u + place.x;
    let there = column < p.columns;
    var sum = 0.0;
    if (there) {
        for (var row = place.y; row < p.rows; row += 64u) {
            sum += x[lane * p.x_stride + row * p.columns + column];
        }
    }
    sum = total(sum, place);
    if (there && place.y == 0u) {
        sums[lane * p.sums_stride + column] = sum;
    }
}
