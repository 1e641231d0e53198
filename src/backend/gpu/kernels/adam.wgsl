// g += weight_decay * w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
// w -= rate * (m * correction1) / (sqrt(v * correction2) + epsilon).

struct Params {
    g_stride: u32,
    m_stride: u32,
    v_stride: u32,
    w_stride: u32,
    len: u32,
    rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    weight_decay: f32,
    correction1: f32,
    correction2: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<storage, read_write> w: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let old = w[id.z * p.w_stride + i];
        let slope = g[id.z * p.g_stride + i] + p.weight_decay * old;
        let first = p.beta1 * m[id.z * p.m_stride + i] + (1.0 - p.beta1) * slope;
        let second = p.beta2 * v[id.z * p.v_stride + i] + (1.0 - p.beta2) * (slope * slope);
        m[id.z * p.m_stride + i] = first;
        v[id.z * p.v_stride + i] = second;
        w[id.z * p.w_stride + i] = old - p.rate * (first * p.correction1) / (sqrt(second * p.correction2) + p.epsilon);
    }
}
