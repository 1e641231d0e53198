// Each invocation computes `RM x RN` outputs straight from storage, without workgroup memory and so without barriers, which
// are dear where a processor plays the device. The operands come from the kernel's functions; what they are, from `shared/real.wgsl` or `shared/packed.wgsl`.
//
// A line with `$i` or `$j` in it stands for one line for each of the `RM` rows and `RN` columns: what is indexed by a loop
// would not stay in registers.

@compute @workgroup_size(WX, WY)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) place: vec3u) {
    let lane = group.z / p.splits;
    let split = group.z % p.splits;
    let share = (p.k + p.splits - 1u) / p.splits;
    let end = min(p.k, (split + 1u) * share);
    // What lies beyond the edge computes the last row or column once more and is not kept.
    let row_$i = (group.y * WY + place.y) * RM + $iu;
    let column_$j = group.x * WX * RN + place.x + $ju * WX;
    let l_at_$i = left_row(lane, min(row_$i, p.m - 1u));
    let r_at_$j = right_column(lane, min(column_$j, p.n - 1u));
    var sum_$i_$j = Sum(0);
    for (var step = split * share; step < end; step++) {
        let at = at_step(step);
        let l_$i = left(l_at_$i, at);
        let r_$j = right(r_at_$j, at);
        sum_$i_$j += times(l_$i, r_$j);
    }
    if (row_$i < p.m && column_$j < p.n) { put(lane, split, row_$i, column_$j, sum_$i_$j); }
}
