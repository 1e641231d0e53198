// The results as Markdown: the targets first, then every figure.
import { figure, judge, otherRows, plain, TARGETS } from "./targets.mjs";

const line = (cells) => `| ${cells.join(" | ")} |`;

/** A table with these heads; columns named in `right` are set to the right. */
export function table(heads, rows, right = []) {
  return [line(heads), line(heads.map((head) => (right.includes(head) ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

export const verdict = (met) => (met == null ? "not measured" : met ? "yes" : "**no**");

/** All rows of targets, judged. */
export function judged(results, titles) {
  return [...TARGETS.map((target) => judge(target, results.works, titles)), ...otherRows(results)];
}

/** The whole page. `results` is what `results.json` holds. */
export function markdown(results, titles) {
  const { machine, browser, date, packages, settings, works } = results;
  const targets = results.targets.map(({ title, ours, beside, ratio, target, met }) =>
    [title, ours, beside, ratio == null ? "–" : plain(ratio), target, verdict(met)]);
  const names = Object.keys(works).filter((name) => name !== "cost");
  const all = [...new Set(names.flatMap((name) => Object.keys(works[name])))];
  const notes = [];
  const cell = (measurement) => {
    if (!measurement) return "";
    if (!measurement.error) return figure(measurement);
    if (!notes.includes(measurement.error)) notes.push(measurement.error);
    return `no [${notes.indexOf(measurement.error) + 1}]`;
  };
  const figures = all.map((work) => [work, ...names.map((name) => cell(works[name][work]))]);
  const heads = ["work", ...names.map((name) => titles[name])];
  return `# The engine beside others

${machine.cpu}, ${machine.cores} cores; Chromium ${browser}; ${date}. ${Object.entries(packages).map(([name, version]) => `${name} ${version}`).join(", ")}.

One browser, each contender in a page of its own, one after another in ${settings.rounds} rounds of ${settings.count} windows of ${settings.milliseconds} ms (the engine's own windows are those of its page "This device"); medians. MNIST throughout. \`cargo xtask bench peers\` makes this page anew; \`results.json\` has quartiles, rounds and bytes.${settings.quick ? " **Made with --quick: these figures mean little.**" : ""}

## Targets

${table(["work", "ours", "beside", "ratio", "target", "met"], targets, ["ours", "ratio"])}

## All figures

${table(heads, figures, heads.slice(1))}
${notes.map((note, i) => `\n[${i + 1}] ${note}`).join("\n")}

${drift(works, titles)}

How the peers are called: TensorFlow.js by its own operations, fused (in training: fused or not, whichever is faster), with its binary without threads where it runs on one; on two threads it must be told of four processors, since it takes half of them at most. ONNX Runtime with all graph optimizations, a session for each batch size, no proxy, and dense layers as Gemm or as MatMul and Add, whichever is faster. Its int8 models are what static quantization gives: QDQ, int8 weights symmetric and per channel, uint8 activations, int32 biases, all of which it fuses to integer kernels. Its package has no binary for relaxed SIMD. ConvNetJS has no Adam and trains with SGD, which is less work. Peers on 2 threads stand in the second table, and among those for LeNet-5's training.
`;
}

/** How far the rounds of one work lay apart at most: what the machine's own unrest is worth. */
export function drift(works, titles) {
  const all = Object.entries(works).flatMap(([name, measured]) =>
    Object.entries(measured).filter(([, m]) => m.drift > 1).map(([work, m]) => [m.drift, `${work} of ${titles[name]}`]));
  if (all.length === 0) return "One round: nothing says how far the machine drifted.";
  all.sort((a, b) => b[0] - a[0]);
  const middle = all[Math.floor(all.length / 2)][0];
  return `Between rounds the medians of one work differed by ${plain(100 * (middle - 1))} % in the middle, and by ${plain(100 * (all[0][0] - 1))} % at most (${all[0][1]}).`;
}
