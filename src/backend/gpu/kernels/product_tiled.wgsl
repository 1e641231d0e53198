// One workgroup computes a tile of `WY * RM` rows and `WX * RN` columns: it brings `TK` steps of both operands to
// workgroup memory, from which each invocation takes what its `RM x RN` outputs need. For devices where workgroup memory
// is nearer than storage. The operands come from the kernel's functions; what they are, from `shared/real.wgsl` or `shared/packed.wgsl`.
//
// A line with `$i` or `$j` in it stands for one line for each of the `RM` rows and `RN` columns: what is indexed by a loop
// would not stay in registers.

var<workgroup> left_tile: array<Operand, TK * WY * RM>;
var<workgroup> right_tile: array<Operand, TK * WX * RN>;

@compute @workgroup_size(WX, WY)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) place: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let lane = group.z / p.splits;
    let split = group.z % p.splits;
    let share = (p.k + p.splits - 1u) / p.splits;
    let first_row = group.y * WY * RM;
    let first_column = group.x * WX * RN;
    let end = min(p.k, (split + 1u) * share);
    var sum_$i_$j = Sum(0);
    for (var start = split * share; start < end; start += TK) {
        for (var e = index; e < TK * WY * RM; e += WX * WY) {
            let row = first_row + e / TK;
            let step = start + e % TK;
            var value = Operand(0);
            if (row < p.m && step < end) {
                value = left(left_row(lane, row), at_step(step));
            }
            left_tile[(e % TK) * WY * RM + e / TK] = value;
        }
        for (var e = index; e < TK * WX * RN; e += WX * WY) {
            let column = first_column + e % (WX * RN);
            let step = start + e / (WX * RN);
            var value = Operand(0);
            if (column < p.n && step < end) {
                value = right(right_column(lane, column), at_step(step));
            }
            right_tile[e] = value;
        }
        workgroupBarrier();
        for (var step = 0u; step < TK; step++) {
            let l_$i = left_tile[step * WY * RM + place.y + $iu * WY];
            let r_$j = right_tile[step * WX * RN + place.x + $ju * WX];
            sum_$i_$j += times(l_$i, r_$j);
        }
        workgroupBarrier();
    }
    let row_$i = first_row + place.y + $iu * WY;
    let column_$j = first_column + place.x + $ju * WX;
    if (row_$i < p.m && column_$j < p.n) { put(lane, split, row_$i, column_$j, sum_$i_$j); }
}
