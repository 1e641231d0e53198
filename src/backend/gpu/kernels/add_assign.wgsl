// y += b.

struct Params {
    b_stride: u32,
    y_stride: u32,
    len: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        y[id.z * p.y_stride + i] += b[id.z * p.b_stride + i];
    }
}
