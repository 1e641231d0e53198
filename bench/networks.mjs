// The two networks that every contender runs, with weights from one seed, and a plain forward pass that says what their
// answers must be. Images and filters are stored channel by channel (N C H W); dense weights as outputs x inputs.

const dense = (inputs, outputs, relu = true) => ({ kind: "dense", inputs, outputs, relu });
const conv = (side, channels, filters) => ({ kind: "conv", side, channels, filters, kernel: 5, relu: true });
const pool = (side, channels) => ({ kind: "pool", side, channels });

/** `shape` is that of one image; pooling takes the maximum over 2 x 2. */
export const NETWORKS = {
  "lenet-300-100": { shape: [784], layers: [dense(784, 300), dense(300, 100), dense(100, 10, false)] },
  "lenet-5": {
    shape: [1, 28, 28],
    layers: [conv(28, 1, 20), pool(24, 20), conv(12, 20, 50), pool(8, 50), dense(800, 500), dense(500, 10, false)],
  },
};

/** Numbers in 0..1 from a seed (Mulberry32), so that every process and page has the same weights. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Weights (He et al. 2015) and small biases of each layer, drawn from `next`; null for a pooling. */
export function parameters(network, next = random(1)) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const values = (count, deviation) => Float32Array.from({ length: count }, () => deviation * normal());
  return network.layers.map((layer) => {
    if (layer.kind === "pool") return null;
    const [inputs, outputs] =
      layer.kind === "dense" ? [layer.inputs, layer.outputs] : [layer.channels * layer.kernel ** 2, layer.filters];
    return { inputs, outputs, weights: values(inputs * outputs, Math.sqrt(2 / inputs)), bias: values(outputs, 0.05) };
  });
}

/** The logits of one image; `seen` is shown each layer's output, and what that was before the ReLU. */
export function forward(network, weights, image, seen = () => {}) {
  let values = image;
  network.layers.forEach((layer, index) => {
    const pass = { dense: passDense, conv: passConv, pool: passPool }[layer.kind];
    const sums = pass(layer, weights[index], values);
    values = layer.relu ? sums.map((value) => Math.max(value, 0)) : sums;
    seen(index, values, sums);
  });
  return values;
}

function passDense({ inputs, outputs }, { weights, bias }, x) {
  return Float32Array.from({ length: outputs }, (_, o) => {
    let sum = bias[o];
    for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i] * x[i];
    return sum;
  });
}

function passConv({ side, channels, filters, kernel }, { weights, bias }, x) {
  const out = side - kernel + 1;
  const y = new Float32Array(filters * out * out);
  for (let f = 0; f < filters; f++) {
    for (let row = 0; row < out; row++) {
      for (let column = 0; column < out; column++) {
        let sum = bias[f];
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < kernel; i++) {
            for (let j = 0; j < kernel; j++) {
              const weight = weights[((f * channels + c) * kernel + i) * kernel + j];
              sum += weight * x[(c * side + row + i) * side + column + j];
            }
          }
        }
        y[(f * out + row) * out + column] = sum;
      }
    }
  }
  return y;
}

function passPool({ side, channels }, _, x) {
  const out = side / 2;
  return Float32Array.from({ length: channels * out * out }, (_, index) => {
    const [c, row, column] = [Math.floor(index / out / out), Math.floor(index / out) % out, index % out];
    const at = (i, j) => x[(c * side + 2 * row + i) * side + 2 * column + j];
    return Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
  });
}

/** The place of the largest value. */
export const argMax = (values) => values.indexOf(Math.max(...values));
