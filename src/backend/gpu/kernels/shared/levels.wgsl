// The whole numbers before a step, see `Levels`; `zero` says whether zero is one.

// The step that training has made of a measured one.
fn trained_step(factor: f32, measured: f32) -> f32 {
    return measured * max(factor, 0.015625);
}

fn level(v: f32, low: f32, high: f32, zero: u32) -> f32 {
    return select(select(1.0, -1.0, v < 0.0), round(clamp(v, low, high)), zero != 0u);
}
