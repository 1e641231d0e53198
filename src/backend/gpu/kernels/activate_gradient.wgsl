// dx = dy * f'(x), the slope taken from the output y: ReLU (0) or the hyperbolic tangent (1).

struct Params {
    y_stride: u32,
    dy_stride: u32,
    dx_stride: u32,
    len: u32,
    f: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let v = y[id.z * p.y_stride + i];
        let slope = select(1.0 - v * v, select(0.0, 1.0, v > 0.0), p.f == 0u);
        dx[id.z * p.dx_stride + i] = dy[id.z * p.dy_stride + i] * slope;
    }
}
