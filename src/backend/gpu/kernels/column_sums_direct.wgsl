// sums[c] = sum over r of x[r][c], where there are few rows: an invocation a column, and no barriers.

struct Params {
    x_stride: u32,
    sums_stride: u32,
    len: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        var sum = 0.0;
        for (var row = 0u; row < p.rows; row++) {
            sum += x[id.z * p.x_stride + row * p.len + i];
        }
        sums[id.z * p.sums_stride + i] = sum;
    }
}
