// A nonlinearity as a table of 256 values, four bytes to a word, in place; `len` words.

struct Params {
    table_stride: u32,
    x_stride: u32,
    len: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read_write> x: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let at = id.z * p.x_stride + i;
        let word = x[at] ^ 0x80808080u;
        let first = id.z * p.table_stride;
        x[at] = (table[first + (word & 255u)]
            | (table[first + ((word >> 8u) & 255u)] << 8u)
            | (table[first + ((word >> 16u) & 255u)] << 16u)
            | (table[first + (word >> 24u)] << 24u)) ^ 0x80808080u;
    }
}
