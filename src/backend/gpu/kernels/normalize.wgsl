// y = gamma * ((x - mean) * inverse) + beta for `len = rows * channels` values. The statistics hold each channel's mean,
// then its `1 / sqrt(variance + epsilon)`; or, where `frozen`, the variance itself.

struct Params {
    x_stride: u32,
    scale_shift_stride: u32,
    statistics_stride: u32,
    y_stride: u32,
    len: u32,
    channels: u32,
    frozen: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale_shift: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let channel = i % p.channels;
        var inverse = statistics[id.z * p.statistics_stride + p.channels + channel];
        if (p.frozen != 0u) {
            inverse = 1.0 / sqrt(inverse + p.epsilon);
        }
        let whitened = (x[id.z * p.x_stride + i] - statistics[id.z * p.statistics_stride + channel]) * inverse;
        y[id.z * p.y_stride + i] = scale_shift[id.z * p.scale_shift_stride + channel] * whitened + scale_shift[id.z * p.scale_shift_stride + p.channels + channel];
    }
}
