// dx = gamma * inverse * (dy - d_beta / rows - h * (d_gamma / rows)), h = (x - mean) * inverse; the sums over the rows are
// there already. `saved` holds each channel's mean, then its inverse spread.

struct Params {
    x_stride: u32,
    scale_shift_stride: u32,
    saved_stride: u32,
    dy_stride: u32,
    d_scale_shift_stride: u32,
    dx_stride: u32,
    len: u32,
    channels: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale_shift: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> d_scale_shift: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let channel = i % p.channels;
        let rows = f32(p.len / p.channels);
        let inverse = saved[id.z * p.saved_stride + p.channels + channel];
        let h = (x[id.z * p.x_stride + i] - saved[id.z * p.saved_stride + channel]) * inverse;
        let d_gamma = d_scale_shift[id.z * p.d_scale_shift_stride + channel];
        let d_beta = d_scale_shift[id.z * p.d_scale_shift_stride + p.channels + channel];
        dx[id.z * p.dx_stride + i] = scale_shift[id.z * p.scale_shift_stride + channel] * inverse * (dy[id.z * p.dy_stride + i] - d_beta / rows - h * (d_gamma / rows));
    }
}
