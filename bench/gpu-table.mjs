// Who is measured on a GPU, what is to be reached, and the page that says so: pure functions of the measurements.
import { drift, table, verdict } from "./table.mjs";
import { figure, judge, plain, speedup, faster } from "./targets.mjs";

/** What the engine's works are about, by what their ids end with. */
const SUBJECTS = {
  "lenet-300-100-64": "LeNet-300-100, batch 64",
  "lenet-5-64": "LeNet-5, batch 64",
  "lenet-5-256": "LeNet-5, batch 256",
  "mlp-2048-1024-256": "784-2048-1024-10, batch 256",
};
const TASKS = { train: "training", infer: "inference" };
const both = (subject) => Object.keys(TASKS).map((task) => `${task}-${subject}`);

/** `{ "train-lenet-300-100-64": title }`: what is measured on the GPU and on the processor. */
export const titlesOf = (subjects) =>
  Object.fromEntries(subjects.flatMap((subject) => Object.entries(TASKS).map(([task, title]) => [`${task}-${subject}`, `${SUBJECTS[subject]}: ${title}`])));

/** The one that targets are about, which all rounds repeat; and the others, which take minutes in software. */
export const [MAIN, ...OTHERS] = Object.keys(SUBJECTS);
export const subjects = (quick) => (quick ? [MAIN] : [MAIN, ...OTHERS]);

/** What a processor that plays the GPU takes minutes for: TensorFlow.js needs some 17 s a step. */
const SLOW = "gpu-train-lenet-5-256";

/** Who is asked for these subjects. Works of one group fail together, so what takes longest comes last. */
export const contenders = (subjects, hardware) => [
  {
    name: "ours",
    title: "Featherweight, WebGPU",
    module: "ours",
    options: {},
    // Not in one group with the processor's, beside which the engine leaves out a GPU that is not there without a word.
    groups: [["gpu-check"], ...subjects.map((subject) => both(subject).map((work) => `gpu-${work}`))],
  },
  {
    name: "processor",
    title: "Featherweight, 1 thread",
    module: "ours",
    options: {},
    groups: [subjects.flatMap(both).map((work) => `cpu-${work}`)],
  },
  {
    name: "tfjs-webgpu",
    title: "TensorFlow.js WebGPU",
    module: "tfjs",
    options: { backend: "webgpu" },
    groups: subjects
      .filter((subject) => subject.startsWith("lenet"))
      .flatMap(both)
      .map((work) => [`gpu-${work}`])
      .filter(([work]) => hardware || work !== SLOW),
  },
];

export const TARGETS = Object.entries(TASKS).map(([task, title]) =>
  faster(`LeNet-300-100 ${title}, batch 64`, `gpu-${task}-lenet-300-100-64`, { among: ["tfjs-webgpu"] }, 5));

export const judged = (works, titles) => TARGETS.map((target) => judge(target, works, titles));

/** How Chromium is told which adapter to offer: one that a processor plays, the same everywhere, or the machine's own. */
export const flags = (hardware) =>
  hardware ? ["--enable-unsafe-webgpu", "--enable-features=Vulkan"] : ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** What an adapter says of itself, and whether a processor plays it. */
export function adapterOf(info) {
  if (!info) return null;
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(", ");
  return { name: name || "unnamed", software: info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(name) };
}

/** The whole page. `results` is what `results-gpu.json` holds. */
export function markdown(results, titles) {
  const { machine, browser, date, packages, settings, works, native, adapter } = results;
  const notes = [];
  const cell = (measurement) => {
    if (!measurement) return "";
    if (!measurement.error) return figure(measurement);
    if (!notes.includes(measurement.error)) notes.push(measurement.error);
    return `no [${notes.indexOf(measurement.error) + 1}]`;
  };
  const times = (a, b) => (a && b && !a.error && !b.error ? plain(speedup(a, b)) : "");
  const all = Object.entries(titlesOf(subjects(settings.quick)));
  const inBrowser = all.map(([work, title]) => {
    const [ours, theirs, own] = [works.ours[`gpu-${work}`], works["tfjs-webgpu"][`gpu-${work}`], works.processor[`cpu-${work}`]];
    return [title, cell(ours), cell(theirs), times(ours, theirs), cell(own), times(ours, own)];
  });
  const natively = all.map(([work, title]) => {
    const [gpu, cpu] = [native.works[`gpu-${work}`], native.works[`cpu-${work}`]];
    return [title, cell(gpu), cell(cpu), times(gpu, cpu)];
  });
  const targets = results.targets.map(({ title, ours, beside, ratio, target, met }) =>
    [title, ours, beside, ratio == null ? "–" : plain(ratio), target, verdict(met)]);
  const check = (measurement) => (measurement?.error || !measurement
    ? `Not held against the processor: ${measurement?.error ?? "not measured"}.`
    // Merged rounds count the operations of each.
    : `Its ${measurement.windows / (measurement.medians?.length ?? 1)} operations differ from the processor's by ${measurement.median.toExponential(1)} of the largest value at most.`);
  const where = adapter ? `${adapter.name} (${adapter.software ? "software: a processor plays the GPU" : "hardware"})` : "none";
  return `# The GPU beside others

${machine.cpu}, ${machine.cores} cores; Chromium ${browser}; ${date}. ${Object.entries(packages).map(([name, version]) => `${name} ${version}`).join(", ")}.

WebGPU adapter: **${where}**. ${check(works.ours["gpu-check"])}

One browser, each contender in a page of its own, one after another in ${settings.rounds} rounds (the works after the first two in one round); medians. \`cargo xtask bench gpu\` makes this page anew, with \`GPU=hardware\` on the machine's own adapter; \`results-gpu.json\` has quartiles and rounds. Where a processor plays the GPU its figures say how kernels compare, not what a GPU reaches.${settings.quick ? " **Made with --quick: these figures mean little.**" : ""}

## Targets

${table(["work", "ours", "beside", "ratio", "target", "met"], targets, ["ours", "ratio"])}

## In the browser

${table(["work", titles.ours, titles["tfjs-webgpu"], "ratio", titles.processor, "GPU : processor"], inBrowser, [titles.ours, titles["tfjs-webgpu"], "ratio", titles.processor, "GPU : processor"])}

## Natively

${native.sentence ?? check(native.works["gpu-check"])}

${table(["work", "GPU", "processor, 1 thread", "GPU : processor"], natively, ["GPU", "processor, 1 thread", "GPU : processor"])}
${notes.map((note, i) => `\n[${i + 1}] ${note}`).join("\n")}

${drift(works, titles)}

How it is measured: every step copies a batch to the device; training is forward pass, loss, backward pass and Adam, all in f32. Only finished work counts: a result (the loss in training, the logits in inference) is awaited and read after so many steps as fit a window, 16 at most, by both. Ours: the windows of its page "This device" (11 of 0.1 s), on made-up images of which four values of five are zero. TensorFlow.js: ${settings.count} windows of ${settings.milliseconds / 1000} s a round, on MNIST; its own operations without a model around them, fused (in training: fused or not, whichever is faster), read by \`await data()\`, since \`dataSync()\` goes by way of a canvas on this backend; its logits are held against a plain forward pass. It is not asked for the last network, which compares the GPU with the processor, nor in software for training LeNet-5 with 256 samples, where a step takes it some 17 s.
`;
}
