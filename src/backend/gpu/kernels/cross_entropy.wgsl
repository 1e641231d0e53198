// Adds the loss's sum over rows to totals[0], the count of right answers to totals[1], and the gradient of the mean over
// rows to d_logits. One workgroup for all rows.

struct Params {
    logits_stride: u32,
    targets_stride: u32,
    totals_stride: u32,
    d_logits_stride: u32,
    rows: u32,
    classes: u32,
    temperature: f32,
    weight: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read_write> totals: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_logits: array<f32>;

var<workgroup> losses: array<f32, 64>;
var<workgroup> hits: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    let lane = group.z;
    var loss = 0.0;
    var hit = 0.0;
    for (var row = index; row < p.rows; row += 64u) {
        let start = lane * p.logits_stride + row * p.classes;
        let wanted = lane * p.targets_stride + row * p.classes;
        let to = lane * p.d_logits_stride + row * p.classes;
        var best = 0u;
        var best_target = 0u;
        for (var c = 1u; c < p.classes; c++) {
            best = select(best, c, logits[start + c] > logits[start + best]);
            best_target = select(best_target, c, targets[wanted + c] > targets[wanted + best_target]);
        }
        let largest = logits[start + best];
        var sum = 0.0;
        for (var c = 0u; c < p.classes; c++) {
            sum += exp((logits[start + c] - largest) / p.temperature);
        }
        let log_sum = log(sum);
        for (var c = 0u; c < p.classes; c++) {
            let score = (logits[start + c] - largest) / p.temperature;
            let wish = targets[wanted + c];
            loss += wish * (log_sum - score);
            d_logits[to + c] += p.weight * p.temperature / f32(p.rows) * (exp(score) / sum - wish);
        }
        hit += select(0.0, 1.0, best == best_target);
    }
    losses[index] = loss;
    hits[index] = hit;
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (index < half) {
            losses[index] += losses[index + half];
            hits[index] += hits[index + half];
        }
    }
    if (index == 0u) {
        totals[lane * p.totals_stride] += p.weight * p.temperature * p.temperature * losses[0];
        totals[lane * p.totals_stride + 1u] += hits[0];
    }
}
