// g += weight_decay * w; v = momentum * v + g; w -= rate * (nesterov ? g + momentum * v : v).

struct Params {
    g_stride: u32,
    v_stride: u32,
    w_stride: u32,
    len: u32,
    rate: f32,
    momentum: f32,
    nesterov: u32,
    weight_decay: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> w: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let old = w[id.z * p.w_stride + i];
        let slope = g[id.z * p.g_stride + i] + p.weight_decay * old;
        let speed = p.momentum * v[id.z * p.v_stride + i] + slope;
        v[id.z * p.v_stride + i] = speed;
        w[id.z * p.w_stride + i] = old - p.rate * select(speed, slope + p.momentum * speed, p.nesterov != 0u);
    }
}
