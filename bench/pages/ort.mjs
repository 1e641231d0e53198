// ONNX Runtime Web on its wasm execution provider.
import { mnist } from "../mnist.mjs";
import { NETWORKS, argMax, forward, parameters } from "../networks.mjs";
import { load, windows } from "./windows.mjs";

let ort, test, precision, sessionOptions;

export async function start(options) {
  ({ precision, sessionOptions } = options);
  ort = await import("/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs");
  ort.env.wasm.wasmPaths = "/node_modules/onnxruntime-web/dist/";
  ort.env.wasm.numThreads = options.threads;
  ort.env.wasm.proxy = false;
  test = await mnist(load, "test");
}

/** `infer-NETWORK-PRECISION-BATCH`: the faster of the two forms that a dense layer may be written in. */
export async function measure(work, settings) {
  const [, name, batch] = work.match(/^infer-(.*)-(?:f32|int8)-(\d+)$/);
  let best;
  for (const form of ["gemm", "matmul"]) {
    const { run, release } = await session(name, form, Number(batch));
    const agreement = await agree(name, run, Number(batch));
    const timed = await windows(run, settings);
    await release();
    if (!best || timed.median < best.median) best = { unit: "us", ...timed, form, agreement };
  }
  return best;
}

/** A session made for one batch size, and a function that runs it on the n-th batch of the test images. */
async function session(name, form, batch) {
  const made = await ort.InferenceSession.create(`/made/${name}-${precision}-${form}.onnx`, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
    freeDimensionOverrides: { N: batch },
    ...sessionOptions,
  });
  const inputs = Array.from({ length: batch === 1 ? 256 : 4 }, (_, i) =>
    new ort.Tensor("float32", test.batch(i, batch).pixels.slice(), [batch, ...NETWORKS[name].shape]),
  );
  // Without tensors of ours for the outputs: those in ordinary memory it leaves unwritten.
  const [output] = made.outputNames;
  const run = async (i) => (await made.run({ x: inputs[i % inputs.length] }))[output];
  return { run, release: () => made.release() };
}

/** The share of the first 16 images on which it answers as the plain forward pass does; an error if that is too few. */
async function agree(name, run, batch) {
  const weights = parameters(NETWORKS[name]);
  const count = 16;
  let same = 0;
  for (let i = 0; i < count; i++) {
    const wanted = forward(NETWORKS[name], weights, test.batch(i, 1).pixels);
    const values = (await run(batch === 1 ? i : 0)).data;
    const found = values.subarray(batch === 1 ? 0 : 10 * i, batch === 1 ? 10 : 10 * i + 10);
    same += Number(argMax(wanted) === argMax(found));
    const off = Math.max(...wanted.map((value, k) => Math.abs(value - found[k])));
    if (precision === "f32" && off > 1e-3) throw new Error(`${name} is off by ${off} on image ${i}`);
  }
  if (same < 0.75 * count) throw new Error(`${name} ${precision} answers as the plain forward pass on ${same} of ${count} images`);
  return same / count;
}
