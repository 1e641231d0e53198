// As `packed.wgsl`, where the language has no such function: the bytes are taken apart.
alias Operand = u32;
alias Sum = i32;

fn bytes(word: u32) -> vec4i {
    return bitcast<vec4i>(vec4u(word << 24u, word << 16u, word << 8u, word)) >> vec4u(24u);
}

fn times(l: u32, r: u32) -> i32 {
    let each = bytes(l) * bytes(r);
    return each.x + each.y + each.z + each.w;
}
