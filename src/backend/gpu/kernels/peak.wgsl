// As many multiplications and additions as fit: eight chains of four values that do not wait for one another, all in registers.

struct Params {
    y_stride: u32,
    len: u32,
    rounds: u32,
    factor: f32,
    addend: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let factor = vec4f(p.factor);
    let addend = vec4f(p.addend);
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let first = vec4f(f32(i % 64u)) * vec4f(0.01, 0.02, 0.03, 0.04);
        var a = first;
        var b = first + 0.1;
        var c = first + 0.2;
        var d = first + 0.3;
        var e = first + 0.4;
        var f = first + 0.5;
        var g = first + 0.6;
        var h = first + 0.7;
        for (var round = 0u; round < p.rounds; round++) {
            a = a * factor + addend;
            b = b * factor + addend;
            c = c * factor + addend;
            d = d * factor + addend;
            e = e * factor + addend;
            f = f * factor + addend;
            g = g * factor + addend;
            h = h * factor + addend;
        }
        // What nobody reads would not be computed.
        y[id.z * p.y_stride + i] = dot(a + b + c + d + e + f + g + h, vec4f(1.0));
    }
}
