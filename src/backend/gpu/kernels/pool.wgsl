// The largest value (0) or the mean (1) of each window; `len` outputs.

struct Params {
    x_stride: u32,
    y_stride: u32,
    len: u32,
    kind: u32,
    height: u32,
    width: u32,
    channels: u32,
    size: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let channel = i % p.channels;
        let columns = p.width / p.size;
        let column = i / p.channels % columns;
        let row = i / p.channels / columns % (p.height / p.size);
        let image = i / p.channels / columns / (p.height / p.size);
        let corner = ((image * p.height + row * p.size) * p.width + column * p.size) * p.channels + channel;
        var largest = x[id.z * p.x_stride + corner];
        var sum = 0.0;
        for (var at_y = 0u; at_y < p.size; at_y++) {
            for (var at_x = 0u; at_x < p.size; at_x++) {
                let v = x[id.z * p.x_stride + corner + (at_y * p.width + at_x) * p.channels];
                largest = max(largest, v);
                sum += v;
            }
        }
        y[id.z * p.y_stride + i] = select(sum / f32(p.size * p.size), largest, p.kind == 0u);
    }
}
