// y = s * clamp(round(x / s)), the step s of each of `count` columns being a measured step times its factor.

struct Params {
    x_stride: u32,
    steps_stride: u32,
    y_stride: u32,
    len: u32,
    count: u32,
    low: f32,
    high: f32,
    zero: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> steps: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let column = id.z * p.steps_stride + i % p.count;
        let s = trained_step(steps[column], steps[column + p.count]);
        y[id.z * p.y_stride + i] = s * level(x[id.z * p.x_stride + i] / s, p.low, p.high, p.zero);
    }
}
