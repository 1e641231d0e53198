// One workgroup computes a tile of `WY * RM` rows and `WX * RN` columns: it brings `TK` steps of both operands to
// workgroup memory, from which each invocation takes what its `RM x RN` outputs need. For devices where workgroup memory
// is nearer than storage. The operands come from the kernel's `left`, `right` and `put`.

var<workgroup> left_tile: array<f32, TK * WY * RM>;
var<workgroup> right_tile: array<f32, TK * WX * RN>;

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
    var sums: array<array<f32, RN>, RM>;
    for (var start = split * share; start < end; start += TK) {
        for (var e = index; e < TK * WY * RM; e += WX * WY) {
            let row = first_row + e / TK;
            let step = start + e % TK;
            var value = 0.0;
            if (row < p.m && step < end) {
                value = left(lane, row, step);
            }
            left_tile[(e % TK) * WY * RM + e / TK] = value;
        }
        for (var e = index; e < TK * WX * RN; e += WX * WY) {
            let column = first_column + e % (WX * RN);
            let step = start + e / (WX * RN);
            var value = 0.0;
            if (column < p.n && step < end) {
                value = right(lane, step, column);
            }
            right_tile[e] = value;
        }
        workgroupBarrier();
        for (var step = 0u; step < TK; step++) {
            var l: array<f32, RM>;
            var r: array<f32, RN>;
            for (var i = 0u; i < RM; i++) {
                l[i] = left_tile[step * WY * RM + place.y + i * WY];
            }
            for (var j = 0u; j < RN; j++) {
                r[j] = right_tile[step * WX * RN + place.x + j * WX];
            }
            for (var i = 0u; i < RM; i++) {
                for (var j = 0u; j < RN; j++) {
                    sums[i][j] += l[i] * r[j];
                }
            }
        }
        workgroupBarrier();
    }
    for (var i = 0u; i < RM; i++) {
        let row = first_row + place.y + i * WY;
        for (var j = 0u; j < RN; j++) {
            let column = first_column + place.x + j * WX;
            if (row < p.m && column < p.n) {
                put(lane, split, row, column, sums[i][j]);
            }
        }
    }
}
