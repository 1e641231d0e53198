// y = clamp(zero point + round(sum * factor)), four channels to a word; `len` words. A factor is a mantissa of 31 bits and a
// shift. Of each window of `size x size` sums the largest is taken: max pooling, which may come first.
//
// The product has 64 bits and WGSL has integers of 32, so it is put together from halves of 16: the result is the
// processor's to the last bit.

struct Params {
    sums_stride: u32,
    factors_stride: u32,
    y_stride: u32,
    len: u32,
    channels: u32,
    height: u32,
    width: u32,
    size: u32,
    zero_point: u32,
    floor: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> sums: array<i32>;
@group(0) @binding(2) var<storage, read> factors: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

// round(value * mantissa / 2^shift), halves upwards, held within what clamps to the same byte. `shift` is 1 to 62.
fn rescaled(value: i32, mantissa: u32, shift: u32) -> i32 {
    let negative = value < 0;
    // The least integer is its own negative, and right as an unsigned one.
    let size = select(bitcast<u32>(value), 0u - bitcast<u32>(value), negative);
    let a = vec2u(size & 0xffffu, size >> 16u);
    let b = vec2u(mantissa & 0xffffu, mantissa >> 16u);
    let middle = a.y * b.x + ((a.x * b.x) >> 16u);
    let other = a.x * b.y + (middle & 0xffffu);
    var high = a.y * b.y + (middle >> 16u) + (other >> 16u);
    var low = (other << 16u) | ((a.x * b.x) & 0xffffu);
    if (negative) {
        low = 0u - low;
        high = ~high + select(0u, 1u, low == 0u);
    }
    // Half a unit of what is shifted out.
    if (shift > 32u) {
        high += 1u << (shift - 33u);
    } else {
        let half = 1u << (shift - 1u);
        low += half;
        high += select(0u, 1u, low < half);
    }
    let top = bitcast<i32>(high);
    if (shift >= 32u) {
        return clamp(top >> (shift - 32u), -512, 512);
    }
    let beyond = top >> shift;
    if (beyond > 0) {
        return 512;
    }
    if (beyond < -1) {
        return -512;
    }
    let whole = bitcast<i32>((high << (32u - shift)) | (low >> shift));
    // Its sign is that of `beyond`, unless it does not fit.
    return select(clamp(whole, -512, 512), select(512, -512, beyond < 0), (whole < 0) != (beyond < 0));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let words = (p.channels + 3u) / 4u;
    let columns = p.width / p.size;
    let rows = p.height / p.size;
    for (var i = id.x; i < p.len; i += groups.x * 64u) {
        let pixel = i / words;
        let row = pixel / columns % rows * p.size;
        let corner = (pixel / columns / rows * p.height + row) * p.width + pixel % columns * p.size;
        var word = 0u;
        for (var byte = 0u; byte < 4u; byte++) {
            let channel = i % words * 4u + byte;
            if (channel < p.channels) {
                let first = id.z * p.sums_stride + corner * p.channels + channel;
                var sum = sums[first];
                for (var at = 1u; at < p.size * p.size; at++) {
                    sum = max(sum, sums[first + (at / p.size * p.width + at % p.size) * p.channels]);
                }
                let factor = id.z * p.factors_stride + 2u * channel;
                let q = i32(p.zero_point) + rescaled(sum, factors[factor], factors[factor + 1u]);
                // Bytes are signed: 128 less.
                word |= (u32(clamp(q, i32(p.floor), 255)) ^ 128u) << (8u * byte);
            }
        }
        y[id.z * p.y_stride + i] = word;
    }
}
