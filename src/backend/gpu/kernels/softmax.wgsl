// p = softmax(logits / temperature) row by row, the row's maximum subtracted first.

struct Params {
    logits_stride: u32,
    y_stride: u32,
    rows: u32,
    classes: u32,
    temperature: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.rows; i += groups.x * 64u) {
        let row = i * p.classes;
        var largest = logits[id.z * p.logits_stride + row];
        for (var c = 1u; c < p.classes; c++) {
            largest = max(largest, logits[id.z * p.logits_stride + row + c]);
        }
        var sum = 0.0;
        for (var c = 0u; c < p.classes; c++) {
            sum += exp((logits[id.z * p.logits_stride + row + c] - largest) / p.temperature);
        }
        for (var c = 0u; c < p.classes; c++) {
            y[id.z * p.y_stride + row + c] = exp((logits[id.z * p.logits_stride + row + c] - largest) / p.temperature) / sum;
        }
    }
}
