// For kernels whose workgroup takes 4 columns: 64 invocations share the rows of each.

struct Place {
    @builtin(local_invocation_index) index: u32,
}

var<workgroup> shares: array<f32, 256>;

// The sum of `value` over the workgroup's invocations that share a column.
fn total(value: f32, at: Place) -> f32 {
    shares[at.index] = value;
    for (var half = 128u; half > 2u; half /= 2u) {
        workgroupBarrier();
        if (at.index < half) {
            shares[at.index] += shares[at.index + half];
        }
    }
    workgroupBarrier();
    let sum = shares[at.index % 4u];
    workgroupBarrier();
    return sum;
}
