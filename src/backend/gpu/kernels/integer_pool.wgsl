// The largest value (0) or the mean (1), rounded with halves upwards, of each window, four channels to a word; `len` words.

struct Params {
    x_stride: u32,
    y_stride: u32,
    len: u32,
    kind: u32,
    height: u32,
    width: u32,
    words: u32,
    size: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let columns = p.width / p.size;
    let rows = p.height / p.size;
    let area = p.size * p.size;
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let pixel = i / p.words;
        let row = pixel / columns % rows * p.size;
        let corner = (pixel / columns / rows * p.height + row) * p.width + pixel % columns * p.size;
        let first = id.z * p.x_stride + corner * p.words + i % p.words;
        var largest = vec4u();
        var sum = vec4u();
        for (var at = 0u; at < area; at++) {
            let word = x[first + (at / p.size * p.width + at % p.size) * p.words] ^ 0x80808080u;
            let values = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
            largest = max(largest, values);
            sum += values;
        }
        let pooled = select((sum + vec4u(area / 2u)) / vec4u(area), largest, p.kind == 0u);
        y[id.z * p.y_stride + i] = (pooled.x | (pooled.y << 8u) | (pooled.z << 16u) | (pooled.w << 24u)) ^ 0x80808080u;
    }
}
