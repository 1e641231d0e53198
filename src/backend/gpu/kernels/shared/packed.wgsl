// Products of four signed bytes of a word with four of another, all of them added: one instruction where the device has it.
alias Operand = u32;
alias Sum = i32;

fn times(l: u32, r: u32) -> i32 {
    return dot4I8Packed(l, r);
}
