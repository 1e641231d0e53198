// Products of single values.
alias Operand = f32;
alias Sum = f32;

fn times(l: f32, r: f32) -> f32 {
    return l * r;
}
