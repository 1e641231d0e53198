// Each invocation computes `RM x RN` outputs straight from storage, without workgroup memory and so without barriers, which
// are dear where a processor plays the device. The operands come from the kernel's `left`, `right` and `put`.

@compute @workgroup_size(WX, WY)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) place: vec3u) {
    let lane = group.z / p.splits;
    let split = group.z % p.splits;
    let share = (p.k + p.splits - 1u) / p.splits;
    let end = min(p.k, (split + 1u) * share);
    var rows: array<u32, RM>;
    var columns: array<u32, RN>;
    // What lies beyond the edge computes the last row or column once more and is not kept.
    for (var i = 0u; i < RM; i++) {
        rows[i] = (group.y * WY + place.y) * RM + i;
    }
    for (var j = 0u; j < RN; j++) {
        columns[j] = group.x * WX * RN + place.x + j * WX;
    }
    var sums: array<array<f32, RN>, RM>;
    for (var step = split * share; step < end; step++) {
        var l: array<f32, RM>;
        var r: array<f32, RN>;
        for (var i = 0u; i < RM; i++) {
            l[i] = left(lane, min(rows[i], p.m - 1u), step);
        }
        for (var j = 0u; j < RN; j++) {
            r[j] = right(lane, step, min(columns[j], p.n - 1u));
        }
        for (var i = 0u; i < RM; i++) {
            for (var j = 0u; j < RN; j++) {
                sums[i][j] += l[i] * r[j];
            }
        }
    }
    for (var i = 0u; i < RM; i++) {
        for (var j = 0u; j < RN; j++) {
            if (rows[i] < p.m && columns[j] < p.n) {
                put(lane, split, rows[i], columns[j], sums[i][j]);
            }
        }
    }
}
