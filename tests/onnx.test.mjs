// Exported models in ONNX Runtime: its wasm build, whose integer kernels are exact on every processor (on some without VNNI the
// native ones saturate 16-bit sums). Its logits on the whole test set of MNIST are held against the engine's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";

ort.env.wasm.numThreads = 1;

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release", "featherweight");
const BATCH = 500;

const folder = mkdtempSync(join(tmpdir(), "featherweight-onnx-"));
after(() => rmSync(folder, { recursive: true }));

const featherweight = (...words) =>
  execFileSync(PROGRAM, words, { encoding: "utf8", cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });

/** Runs a recipe; what each variant's model comes to as ONNX, and what the engine makes of the test set. */
function experiment(name, { data = {}, network, training = {}, variants }) {
  const at = (file) => join(folder, `${name}-${file}`);
  writeFileSync(at("recipe.json"), JSON.stringify({ version: 1, data, network, training, variants }));
  featherweight("run", at("recipe.json"), "--quiet", "--models", at("models"));
  return variants.map((variant) => {
    const model = join(at("models"), `${variant.name}.1.fwm`);
    featherweight("export", model, at("model.onnx"));
    featherweight("predict", model, at("recipe.json"), "--out", at("logits.csv"), "--samples", at("samples.f32"));
    const lines = readFileSync(at("logits.csv"), "utf8").trim().split("\n").slice(1);
    const rows = lines.map((line) => line.split(",").map(Number));
    const bytes = readFileSync(at("samples.f32"));
    return {
      name: `${name}, ${variant.name}`,
      file: readFileSync(at("model.onnx")),
      samples: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
      rows: rows.map(([label, predicted, ...logits]) => ({ label, predicted, logits: Float32Array.from(logits) })),
    };
  });
}

/** Runs the first `count` samples through ONNX Runtime, and compares. */
async function compare({ name, file, samples, rows }, graphOptimizationLevel, count = rows.length) {
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel });
  const [, ...dims] = session.inputMetadata[0].shape;
  const features = samples.length / rows.length;
  const found = { exact: 0, apart: 0, largest: 0, same: 0, theirs: 0, ours: 0 };
  let logits = 0;
  for (let first = 0; first < count; first += BATCH) {
    const length = Math.min(BATCH, count - first);
    const x = samples.subarray(first * features, (first + length) * features);
    const { data } = (await session.run({ samples: new ort.Tensor("float32", x, [length, ...dims]) })).logits;
    rows.slice(first, first + length).forEach(({ label, predicted, logits: own }, row) => {
      const theirs = data.subarray(row * own.length, (row + 1) * own.length);
      let most = 0;
      theirs.forEach((logit, at) => {
        if (logit > theirs[most]) most = at;
        found.exact += logit === own[at];
        found.apart = Math.max(found.apart, Math.abs(logit - own[at]));
        found.largest = Math.max(found.largest, Math.abs(own[at]));
      });
      logits += own.length;
      found.same += most === predicted;
      found.theirs += most === label;
      found.ours += predicted === label;
    });
  }
  await session.release();
  const shares = { ...found, exact: found.exact / logits };
  for (const key of ["same", "theirs", "ours"]) shares[key] = found[key] / count;
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  console.log(
    `${name}, optimization ${graphOptimizationLevel}: ${percent(shares.exact)} of logits equal, at most ${shares.apart.toExponential(1)}` +
      ` apart of ${shares.largest.toFixed(1)}, ${percent(shares.same)} of classes; ${percent(shares.theirs)} right, ${percent(shares.ours)} here`,
  );
  return shares;
}

/** Of this share of logits at least ONNX Runtime's integer kernels give the very bits: their requantization is done in floats. */
const EXACT = 0.95;

/** What one step of an activation can do to a logit, as a share of the largest, with room. */
const STEP = 0.03;

function close(found, accuracy = 0.0005) {
  assert.ok(found.same >= 0.999, `only ${found.same} of the classes are the same`);
  assert.ok(Math.abs(found.theirs - found.ours) <= accuracy + 1e-9, `accuracies ${found.theirs} and ${found.ours}`);
}

const FLOAT_AND_INT8 = [{ name: "float" }, { name: "int8", from: "float", steps: [{ quantize: {} }] }];

for (const [name, network, data] of [
  ["LeNet-300-100", { architecture: "lenet-300-100" }, { samples: 5000 }],
  ["LeNet-5", { architecture: "lenet-5" }, { samples: 5000 }],
  // Every other nonlinearity, pooling and normalization.
  ["LeNet-5 of tanh", { architecture: "lenet-5", activation: "tanh", pooling: "average", batch_normalization: true }, { samples: 3000 }],
  ["ResNet", { architecture: "resnet-small" }, { samples: 2000 }],
]) {
  test(`${name} answers in ONNX Runtime as it does here`, async () => {
    const [float, int8] = experiment(name, { data, network, training: { epochs: 1 }, variants: FLOAT_AND_INT8 });
    const inFloats = await compare(float, "all");
    assert.ok(inFloats.apart < 1e-4, `float logits are ${inFloats.apart} apart`);
    close(inFloats);
    // Its integer kernels.
    const fused = await compare(int8, "all");
    assert.ok(fused.exact >= EXACT, `only ${fused.exact} of the logits are equal`);
    assert.ok(fused.apart <= STEP * fused.largest, `logits are ${fused.apart} apart`);
    close(fused);
    // The same graph as it is written, in floats between the grids.
    const written = await compare(int8, "disabled", 2000);
    assert.ok(written.apart <= STEP * written.largest, `logits are ${written.apart} apart`);
    close(written, 0.001); // two of so few
    assert.ok(int8.file.length < 0.3 * float.file.length, "a byte a weight");
  });
}

test("weights of any bits, in groups, alone or with dynamic range, answer as here", async () => {
  const quantized = (name, quantize) => ({ name, from: "float", steps: [{ quantize }] });
  const [, ...models] = experiment("LeNet-5 quantized", {
    data: { samples: 2000 },
    network: { architecture: "lenet-5" },
    training: { epochs: 1 },
    variants: [
      { name: "float" },
      quantized("integers-of-4-bits", { bits: 4, activation_bits: 4, mapping: "affine" }),
      quantized("weights-alone-in-groups", { scheme: "weight-only", bits: 4, granularity: "per-group" }),
      quantized("dynamic-range", { scheme: "dynamic-range" }),
    ],
  });
  for (const model of models) {
    const found = await compare(model, "all", 2000);
    // Without grids for activations there is nothing to round to but floats.
    const bound = model.name.endsWith("groups") ? 1e-4 : STEP * found.largest;
    assert.ok(found.apart <= bound, `${model.name}: logits are ${found.apart} apart`);
    if (model.name.endsWith("4-bits")) assert.ok(found.exact >= EXACT, `only ${found.exact} of the logits are equal`);
    close(found, 0.001);
  }
});

test("an ensemble of floats and integers is one graph, and answers as here", async () => {
  const [float, , , ensemble] = experiment("MLP ensemble", {
    data: { samples: 2000 },
    network: { architecture: "mlp", widths: [40] },
    training: { epochs: 2 },
    variants: [
      { name: "float" },
      { name: "second", member: 1 },
      { name: "int8", from: "second", steps: [{ quantize: {} }] },
      { name: "ensemble", ensemble: ["float", "second", "int8"] },
    ],
  });
  assert.ok(ensemble.file.length > 2.2 * float.file.length, "it holds all of its networks");
  const found = await compare(ensemble, "all");
  assert.ok(found.apart <= STEP * found.largest, `logits are ${found.apart} apart`);
  close(found);
});

test("a transformer answers as here, on images and on texts, in floats and with weights of 4 bits", async () => {
  const network = { architecture: "transformer", widths: [16], depth: 1 };
  const variants = [
    { name: "float" },
    { name: "weights-alone", from: "float", steps: [{ quantize: { scheme: "weight-only", bits: 4 } }] },
  ];
  for (const [name, data] of [
    ["transformer", { samples: 1000 }],
    ["transformer of texts", { dataset: "glosses", samples: 1000 }],
  ]) {
    for (const model of experiment(name, { data, network, training: { epochs: 1 }, variants })) {
      const found = await compare(model, "all", 2000);
      assert.ok(found.apart < 1e-4, `${model.name}: logits are ${found.apart} apart`);
      close(found);
    }
  }
});

test("points in the plane are classified as here", async () => {
  const toy = {
    data: { dataset: "moons", samples: 400 },
    network: { architecture: "mlp", widths: [12], activation: "tanh" },
    training: { learning_rate: 0.02 },
    variants: FLOAT_AND_INT8,
  };
  for (const model of experiment("moons", toy)) {
    const found = await compare(model, "all");
    assert.ok(found.apart < 1e-4, `logits are ${found.apart} apart`);
    close(found);
  }
});
