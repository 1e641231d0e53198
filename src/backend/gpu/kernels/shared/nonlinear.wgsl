// f(v): ReLU (0) or the hyperbolic tangent (1).
fn nonlinear(f: u32, v: f32) -> f32 {
    if (f == 0u) {
        return max(v, 0.0);
    }
    // Beyond 15 the tangent is 1 in 32 bits; some devices overflow on the way there.
    return tanh(clamp(v, -15.0, 15.0));
}
