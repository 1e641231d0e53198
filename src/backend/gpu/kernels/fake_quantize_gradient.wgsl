// g passes where x / s lies within the levels and is zero elsewhere; d_steps gets each value's part in the gradient of its step.

struct Params {
    x_stride: u32,
    steps_stride: u32,
    g_stride: u32,
    d_steps_stride: u32,
    len: u32,
    count: u32,
    low: f32,
    high: f32,
    zero: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> steps: array<f32>;
@group(0) @binding(3) var<storage, read_write> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_steps: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    // Two levels pass what is within the distance from one to the other.
    let beyond = select(1.0, 0.0, p.zero != 0u);
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let column = id.z * p.steps_stride + i % p.count;
        let measured = steps[column + p.count];
        let v = x[id.z * p.x_stride + i] / trained_step(steps[column], measured);
        let passes = v >= p.low - beyond && v <= p.high + beyond;
        let slope = g[id.z * p.g_stride + i];
        let rounded = level(v, p.low, p.high, p.zero);
        d_steps[id.z * p.d_steps_stride + i] = slope * (rounded - select(0.0, v, passes)) * (p.scale / measured);
        g[id.z * p.g_stride + i] = select(0.0, slope, passes);
    }
}
