// ConvNetJS, which trains sample by sample and updates the weights every 64. It has no Adam; plain descent with momentum is
// the fastest of what it has.
import { mnist } from "../mnist.mjs";
import { NETWORKS } from "../networks.mjs";
import { load, rate, script, windows } from "./windows.mjs";

const BATCH = 64;
let train;

export async function start() {
  await script("/node_modules/convnetjs/build/convnet-min.js");
  train = await mnist(load, "train", 16 * BATCH);
}

const LAYERS = {
  dense: (layer) => ({ type: "fc", num_neurons: layer.outputs, activation: "relu" }),
  conv: (layer) => ({ type: "conv", sx: layer.kernel, filters: layer.filters, stride: 1, pad: 0, activation: "relu" }),
  pool: () => ({ type: "pool", sx: 2, stride: 2 }),
};

/** `train-NETWORK` */
export async function measure(work, settings) {
  const name = work.slice("train-".length);
  const images = name === "lenet-5";
  const layers = NETWORKS[name].layers.slice(0, -1).map((layer) => LAYERS[layer.kind](layer));
  const input = { type: "input", out_sx: images ? 28 : 1, out_sy: images ? 28 : 1, out_depth: images ? 1 : 784 };
  const net = new convnetjs.Net();
  net.makeLayers([input, ...layers, { type: "softmax", num_classes: 10 }]);
  const trainer = new convnetjs.Trainer(net, { method: "sgd", learning_rate: 0.001, momentum: 0.9, batch_size: BATCH, l2_decay: 0 });
  const samples = Array.from(train.labels, (label, i) => {
    const image = new convnetjs.Vol(input.out_sx, input.out_sy, input.out_depth, 0);
    train.pixels.subarray(784 * i, 784 * i + 784).forEach((value, k) => (image.w[k] = value));
    return [image, label];
  });
  const batch = (index) => {
    for (let i = 0; i < BATCH; i++) trainer.train(...samples[(index * BATCH + i) % samples.length]);
  };
  return rate(await windows(batch, settings), BATCH);
}
