// For kernels whose workgroup takes 4 columns: 64 invocations share the rows of each.

var<workgroup> shares: array<f32, 256>;

// The sum of `value` over the workgroup's invocations that share a column.
fn total(value: f32, place: vec3u) -> f32 {
    shares[place.x + place.y * 4u] = value;
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (place.y < half) {
            shares[place.x + place.y * 4u] += shares[place.x + (place.y + half) * 4u];
        }
    }
    workgroupBarrier();
    let sum = shares[place.x];
    workgroupBarrier();
    return sum;
}
