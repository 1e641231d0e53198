// Replaces each gradient by the sum over its cluster; those of cluster 0 become zero. One workgroup a cluster: it reads and
// writes the gradients of its own weights alone.

struct Params {
    clusters_stride: u32,
    g_stride: u32,
    len: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> clusters: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    let cluster = f32(group.x);
    let mine = group.z * p.clusters_stride;
    let at = group.z * p.g_stride;
    var sum = 0.0;
    for (var i = index; i < p.len; i += 64u) {
        if (clusters[mine + i] == cluster) {
            sum += g[at + i];
        }
    }
    sums[index] = sum;
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (index < half) {
            sums[index] += sums[index + half];
        }
    }
    workgroupBarrier();
    let total = select(sums[0], 0.0, group.x == 0u);
    for (var i = index; i < p.len; i += 64u) {
        if (clusters[mine + i] == cluster) {
            g[at + i] = total;
        }
    }
}
