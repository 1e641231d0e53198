// TensorFlow.js on its wasm backend (or its WebGPU or plain JavaScript one), called as directly as its API allows: its own
// operations without a model around them, every tensor disposed of, no callbacks.
import { mnist } from "../mnist.mjs";
import { NETWORKS, forward, parameters, random } from "../networks.mjs";
import { load, quartiles, rate, script, windows } from "./windows.mjs";

const BATCH = 64;
/** Steps on a GPU whose last result is waited for, at most: as in the engine's own works. */
const STEPS = 16;
let train, test;
/** Whether training runs on fused layers: whichever was measured as the faster. */
let fusedTraining = true;

export async function start({ backend, threads }) {
  await script("/node_modules/@tensorflow/tfjs/dist/tf.min.js");
  if (backend === "wasm") {
    await script("/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js");
    tf.wasm.setWasmPaths("/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
    // One thread: the binary without threads, which owes nothing to shared memory.
    if (threads === 1) tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    else {
      // It takes half of the processors at most, whatever it is told; so it is told of more.
      Object.defineProperty(navigator, "hardwareConcurrency", { get: () => 2 * threads });
      tf.wasm.setThreadsCount(threads);
    }
  }
  if (backend === "webgpu") await script("/node_modules/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js");
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend}`);
  await tf.ready();
  if (backend === "wasm" && tf.wasm.getThreadsCount() !== threads) {
    throw new Error(`TensorFlow.js runs on ${tf.wasm.getThreadsCount()} threads, which should be ${threads}`);
  }
  [train, test] = await Promise.all([mnist(load, "train"), mnist(load, "test")]);
}

export async function measure(work, settings) {
  const [, task, net, rows] = work.match(/^gpu-(train|infer)-(lenet-300-100|lenet-5)-(\d+)$/) ?? [];
  if (task) return onGpu(task, net, Number(rows), settings);
  const [, verb, name, batch] = work.match(/^(train|infer|time-to-97)-(lenet-300-100|lenet-5)(?:-f32-(\d+))?$/);
  if (verb === "train") return training(name, settings);
  if (verb === "infer") return inference(name, Number(batch), settings);
  return timeTo(0.97, name, settings);
}

/** The network's variables, in this library's layout: images N H W C, dense weights inputs x outputs. */
function variables(name, next) {
  const network = NETWORKS[name];
  return parameters(network, next).map((p, index) => {
    const layer = network.layers[index];
    if (!p) return null;
    const weights = tf.tidy(() => {
      if (layer.kind === "conv") {
        return tf.transpose(tf.tensor(p.weights, [layer.filters, layer.channels, layer.kernel, layer.kernel]), [2, 3, 1, 0]);
      }
      const matrix = tf.transpose(tf.tensor(p.weights, [layer.outputs, layer.inputs]));
      if (network.layers[index - 1]?.kind !== "pool") return matrix;
      // The layer before gives channels last, and these weights were drawn for channels first.
      const { channels, side } = network.layers[index - 1];
      const images = tf.reshape(matrix, [channels, side / 2, side / 2, layer.outputs]);
      return tf.reshape(tf.transpose(images, [1, 2, 0, 3]), [layer.inputs, layer.outputs]);
    });
    return { weights: tf.variable(weights), bias: tf.variable(tf.tensor(p.bias)) };
  });
}

const release = (all) => all.forEach((p) => p && [p.weights, p.bias].forEach((v) => v.dispose()));
const shapeOf = (name, batch) => (name === "lenet-5" ? [batch, 28, 28, 1] : [batch, 784]);

/** The logits of a batch, inside a tidy. Layers are fused operations, or products, sums and ReLUs one by one. */
function logits(name, all, x, fused = true) {
  NETWORKS[name].layers.forEach((layer, index) => {
    const activation = layer.relu ? "relu" : "linear";
    const p = all[index];
    if (layer.kind === "pool") {
      x = tf.maxPool(x, 2, 2, "valid");
      return;
    }
    if (layer.kind === "dense" && x.rank > 2) x = tf.reshape(x, [x.shape[0], layer.inputs]);
    if (!fused) {
      x = tf.add(layer.kind === "conv" ? tf.conv2d(x, p.weights, 1, "valid") : tf.matMul(x, p.weights), p.bias);
      if (layer.relu) x = tf.relu(x);
    } else if (layer.kind === "conv") {
      x = tf.fused.conv2d({ x, filter: p.weights, strides: 1, pad: "valid", bias: p.bias, activation });
    } else {
      x = tf.fused.matMul({ a: x, b: p.weights, bias: p.bias, activation });
    }
  });
  return x;
}

/** A function that takes one step of Adam on a batch, and gives the loss if that is wanted. */
function trainer(name, all, fused) {
  const optimizer = tf.train.adam(0.001);
  const trained = all.flatMap((p) => (p ? [p.weights, p.bias] : []));
  const step = ({ pixels, labels }, wantsLoss = false) =>
    tf.tidy(() => {
      const x = tf.tensor(pixels, shapeOf(name, labels.length));
      const y = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(name, all, x, fused)), wantsLoss, trained);
    });
  return { step, release: () => optimizer.dispose() };
}

async function training(name, settings) {
  const rates = [];
  for (const fused of [true, false]) {
    const all = variables(name);
    const { step, release: end } = trainer(name, all, fused);
    try {
      rates.push(rate(await windows((i) => step(train.batch(i, BATCH)), settings), BATCH));
    } finally {
      end();
      release(all);
    }
  }
  fusedTraining = rates[0].median >= rates[1].median;
  return { ...rates[fusedTraining ? 0 : 1], form: fusedTraining ? "fused" : "plain" };
}

async function inference(name, batch, settings) {
  const all = variables(name);
  const run = ({ pixels }) => tf.tidy(() => logits(name, all, tf.tensor(pixels, shapeOf(name, batch))).dataSync());
  const wanted = forward(NETWORKS[name], parameters(NETWORKS[name]), test.batch(0, 1).pixels);
  const off = Math.max(...wanted.map((value, k) => Math.abs(value - run(test.batch(0, batch))[k])));
  if (off > 1e-3) throw new Error(`TensorFlow.js is off by ${off} on ${name}`);
  const timed = await windows((i) => run(test.batch(i, batch)), settings);
  release(all);
  return { unit: "us", ...timed };
}

/** Training or inference in samples a second, as the engine's works of the same names do it. */
async function onGpu(task, name, batch, settings) {
  const rates = [];
  for (const fused of task === "train" ? [true, false] : [true]) {
    const all = variables(name);
    const { step, release: end } = task === "train" ? trainer(name, all, fused) : await classifier(name, all, batch);
    try {
      rates.push({ ...rate(await finished((i) => step(train.batch(i, batch), true), settings), batch), form: fused ? "fused" : "plain" });
    } finally {
      end();
      release(all);
    }
  }
  return rates.reduce((best, next) => (next.median > best.median ? next : best));
}

/** A function that gives the logits of a batch, which has been held against a plain forward pass. */
async function classifier(name, all, batch) {
  const step = ({ pixels }) => tf.tidy(() => logits(name, all, tf.tensor(pixels, shapeOf(name, batch))));
  const wanted = forward(NETWORKS[name], parameters(NETWORKS[name]), test.batch(0, 1).pixels);
  const tensor = step(test.batch(0, batch));
  const found = await tensor.data();
  tensor.dispose();
  const off = Math.max(...wanted.map((value, k) => Math.abs(value - found[k])));
  if (!(off <= 1e-3)) throw new Error(`TensorFlow.js is off by ${off} on ${name}`);
  return { step, release: () => {} };
}

/**
 * `windows` of a step that gives a tensor. A GPU works behind what is asked of it, so the last of so many steps is read, and
 * by `data()`: `dataSync()` goes by way of a canvas on this backend.
 */
async function finished(step, settings) {
  let index = 0;
  const call = async (steps) => {
    for (let i = 1; i < steps; i++) step(index++).dispose();
    const last = step(index++);
    const values = await last.data();
    last.dispose();
    if (!values.every(Number.isFinite)) throw new Error("TensorFlow.js computes what is no number");
  };
  // Everything is compiled by the first step; the second says how long one takes.
  await call(1);
  const begun = performance.now();
  await call(1);
  const steps = Math.min(Math.max(Math.floor(settings.milliseconds / (performance.now() - begun)), 1), STEPS);
  const { median, q1, q3, windows: count } = await windows(() => call(steps), settings);
  return { median: median / steps, q1: q1 / steps, q3: q3 / steps, windows: count };
}

/** Seconds of training until this share of the test set is told right, looked at every 100 steps, over several networks. */
async function timeTo(share, name, { seed, networks }) {
  const times = [];
  for (let i = 0; i < networks; i++) times.push(secondsTo(share, name, random(100 * seed + i)));
  return { unit: "s", ...quartiles(times) };
}

function secondsTo(share, name, next) {
  const all = variables(name, next);
  const { step, release: end } = trainer(name, all, fusedTraining);
  let [seconds, steps, accuracy] = [0, 0, 0];
  while (accuracy < share) {
    if (steps >= 5000) throw new Error(`TensorFlow.js reached ${accuracy} in ${steps} steps`);
    const begun = performance.now();
    for (let i = 0; i < 100; i++) step(drawn(next));
    seconds += (performance.now() - begun) / 1000;
    steps += 100;
    accuracy = tf.tidy(() => {
      const found = tf.argMax(logits(name, all, tf.tensor(test.pixels, shapeOf(name, test.labels.length))), 1).dataSync();
      return test.labels.reduce((right, label, i) => right + Number(label === found[i]), 0) / test.labels.length;
    });
  }
  end();
  release(all);
  return seconds;
}

/** A batch of training images drawn at random. */
function drawn(next) {
  const pixels = new Float32Array(BATCH * 784);
  const labels = new Uint8Array(BATCH);
  for (let i = 0; i < BATCH; i++) {
    const index = Math.floor(next() * train.labels.length);
    pixels.set(train.pixels.subarray(index * 784, index * 784 + 784), i * 784);
    labels[i] = train.labels[index];
  }
  return { pixels, labels };
}
