// y = f(x): ReLU (0) or the hyperbolic tangent (1).

struct Params {
    x_stride: u32,
    y_stride: u32,
    len: u32,
    f: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        y[id.z * p.y_stride + i] = nonlinear(p.f, x[id.z * p.x_stride + i]);
    }
}
