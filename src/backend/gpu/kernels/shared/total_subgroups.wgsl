// As `total.wgsl`, with two barriers instead of eight: each subgroup adds its four columns at once, whichever invocations it
// has and however many, and the subgroups' sums are added in their order. Native alone: a browser would want
// `enable subgroups;` first, which naga 30 refuses.

struct Place {
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_invocation_id) in_subgroup: u32,
}

var<workgroup> shares: array<vec4f, 256>;

fn total(value: f32, at: Place) -> f32 {
    let column = at.index % 4u;
    let share = subgroupAdd(select(vec4f(), vec4f(value), vec4u(column) == vec4u(0u, 1u, 2u, 3u)));
    if (at.in_subgroup == 0u) {
        shares[at.subgroup] = share;
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < at.subgroups; i++) {
        sum += shares[i][column];
    }
    workgroupBarrier();
    return sum;
}
