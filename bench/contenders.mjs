// Who is measured, and at what. Each has a page of its own in every round; what it cannot do it says in its own words.

const NETS = ["lenet-300-100", "lenet-5"];
const infer = (precision, batches, nets = NETS) => nets.flatMap((net) => batches.map((batch) => `infer-${net}-${precision}-${batch}`));

const tensorflow = (threads) => ({
  name: `tfjs-wasm-${threads}`,
  title: `TensorFlow.js wasm, ${threads} thread${threads > 1 ? "s" : ""}`,
  module: "tfjs",
  options: { backend: "wasm", threads },
  groups: [["train-lenet-300-100", "train-lenet-5", "time-to-97-lenet-300-100", ...infer("f32", [1, 256])]],
});

const onnx = (precision, threads) => ({
  name: `ort-${precision}-${threads}`,
  title: `ONNX Runtime Web ${precision === "f32" ? "f32" : "int8 QDQ"}, ${threads} thread${threads > 1 ? "s" : ""}`,
  module: "ort",
  options: { precision, threads },
  groups: [infer(precision, [1, 256])],
});

export const WIDTHS = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/**
 * Works of one group are asked for together, and fail together; for the peers that makes no difference. `once` leaves out
 * later rounds, `windows` is another count of windows.
 */
export const CONTENDERS = [
  {
    name: "ours",
    title: "Featherweight, 1 thread",
    module: "ours",
    options: {},
    groups: [
      ["peak-f32", "train-lenet-300-100", "train-lenet-5", "time-to-97-lenet-300-100"],
      [
        "peak-dot16",
        ...infer("f32", [1, 64, 256], ["lenet-300-100"]),
        ...infer("int8", [1, 256], ["lenet-300-100"]),
        ...[90, 95, 98].map((percent) => `infer-lenet-300-100-sparse-${percent}-1`),
        "infer-lenet-300-100-sparse-95-64",
        "infer-lenet-300-100-sparse-90-int8-1",
      ],
      [...infer("f32", [1, 256], ["lenet-5"]), ...infer("int8", [1, 256], ["lenet-5"])],
      // Only an engine with relaxed SIMD has this one.
      ["peak-dot8"],
    ],
  },
  {
    name: "cost",
    title: "Featherweight, networks of many sizes",
    module: "ours",
    options: {},
    groups: [WIDTHS.map((width) => `cost-${width}`)],
    once: true,
  },
  tensorflow(1),
  tensorflow(2),
  onnx("f32", 1),
  onnx("f32", 2),
  onnx("int8", 1),
  onnx("int8", 2),
  {
    name: "convnetjs",
    title: "ConvNetJS (SGD)",
    module: "convnetjs",
    options: {},
    groups: [["train-lenet-300-100", "train-lenet-5"]],
  },
  {
    name: "tfjs-cpu",
    title: "TensorFlow.js cpu",
    module: "tfjs",
    options: { backend: "cpu", threads: 1 },
    groups: [["train-lenet-5"]],
    once: true,
    // A batch takes ten seconds.
    windows: 3,
  },
];
