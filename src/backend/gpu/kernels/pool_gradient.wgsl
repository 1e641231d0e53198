// To the first largest value of a window (0), or shared equally by its values (1); `len` inputs.

struct Params {
    x_stride: u32,
    y_stride: u32,
    dy_stride: u32,
    dx_stride: u32,
    len: u32,
    kind: u32,
    height: u32,
    width: u32,
    channels: u32,
    size: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let channel = i % p.channels;
        let column = i / p.channels % p.width;
        let row = i / p.channels / p.width % p.height;
        let image = i / p.channels / p.width / p.height;
        let rows = p.height / p.size;
        let columns = p.width / p.size;
        var slope = 0.0;
        // What fills no whole window takes part in none.
        if (row / p.size < rows && column / p.size < columns) {
            let out = ((image * rows + row / p.size) * columns + column / p.size) * p.channels + channel;
            slope = dy[id.z * p.dy_stride + out];
            if (p.kind != 0u) {
                slope /= f32(p.size * p.size);
            } else {
                let largest = y[id.z * p.y_stride + out];
                let before = row % p.size * p.size + column % p.size;
                var first = x[id.z * p.x_stride + i] == largest;
                for (var other = 0u; other < before; other++) {
                    let at_y = row - row % p.size + other / p.size;
                    let at_x = column - column % p.size + other % p.size;
                    first = first && x[id.z * p.x_stride + ((image * p.height + at_y) * p.width + at_x) * p.channels + channel] != largest;
                }
                slope = select(0.0, slope, first);
            }
        }
        dx[id.z * p.dx_stride + i] = slope;
    }
}
