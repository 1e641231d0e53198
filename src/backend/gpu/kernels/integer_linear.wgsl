// sums = bias + x (*) w in integers: a row is an output pixel (or a sample), a step one word of its patch, which holds four
// neighbouring channels as signed bytes, a column a filter (or a unit). A dense layer is the convolution of an image of one
// pixel. What lies outside the image is the word `outside`: real zeros.

struct Params {
    x_stride: u32,
    w_stride: u32,
    bias_stride: u32,
    sums_stride: u32,
    splits: u32,
    m: u32,
    k: u32,
    n: u32,
    height: u32,
    width: u32,
    words: u32,
    kernel: u32,
    padding: u32,
    out_height: u32,
    out_width: u32,
    outside: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<i32>;
@group(0) @binding(4) var<storage, read_write> sums: array<i32>;

// As in `convolve.wgsl`.
fn left_row(lane: u32, row: u32) -> vec3u {
    let pixels = p.out_height * p.out_width;
    let pixel = row % pixels;
    let image = lane * p.x_stride + row / pixels * (p.height * p.width * p.words);
    return vec3u(image, pixel / p.out_width - p.padding, pixel % p.out_width - p.padding);
}

fn right_column(lane: u32, column: u32) -> u32 {
    return lane * p.w_stride + column;
}

fn at_step(step: u32) -> vec4u {
    let tap = step / p.words;
    return vec4u(tap / p.kernel, tap % p.kernel, step % p.words, step * p.n);
}

fn left(row: vec3u, step: vec4u) -> u32 {
    let at_y = row.y + step.x;
    let at_x = row.z + step.y;
    if (at_y >= p.height || at_x >= p.width) {
        return p.outside;
    }
    return x[row.x + (at_y * p.width + at_x) * p.words + step.z];
}

fn right(column: u32, step: vec4u) -> u32 {
    return w[column + step.w];
}

fn put(lane: u32, split: u32, row: u32, column: u32, sum: i32) {
    sums[lane * p.sums_stride + row * p.n + column] = sum + bias[lane * p.bias_stride + column];
}
