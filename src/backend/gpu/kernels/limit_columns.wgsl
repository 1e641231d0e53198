// Scales each column that is longer than the limit down to it; an invocation a column, its squares summed in row order.

struct Params {
    x_stride: u32,
    len: u32,
    rows: u32,
    limit: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var column = id.x; column < p.len; column += groups.x * 64u) {
        var sum = 0.0;
        for (var row = 0u; row < p.rows; row++) {
            let value = x[id.z * p.x_stride + row * p.len + column];
            sum += value * value;
        }
        let length = sqrt(sum);
        if (length > p.limit) {
            let factor = p.limit / length;
            for (var row = 0u; row < p.rows; row++) {
                x[id.z * p.x_stride + row * p.len + column] *= factor;
            }
        }
    }
}
