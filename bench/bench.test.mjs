// What turns measurements into tables, without a browser or a peer: node --test bench/bench.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTENDERS } from "./contenders.mjs";
import { costAgainstSize, decades, lastDecadeSlope } from "./figure.mjs";
import * as gpu from "./gpu-table.mjs";
import { NETWORKS, forward, parameters } from "./networks.mjs";
import { quartiles, rate } from "./pages/windows.mjs";
import { merge, mergeAll } from "./rounds.mjs";
import { judged, markdown, table } from "./table.mjs";
import { TARGETS, fastest, figure, judge, otherRows } from "./targets.mjs";

const titles = Object.fromEntries(CONTENDERS.map(({ name, title }) => [name, title]));
const us = (median, more) => ({ unit: "us", median, q1: median, q3: median, windows: 7, ...more });
const perSecond = (median, more) => ({ ...us(median, more), unit: "samples/s" });

test("quartiles lie between neighbours, and rates are the other way round than times", () => {
  assert.deepEqual(quartiles([4, 1, 3, 2]), { median: 2.5, q1: 1.75, q3: 3.25, windows: 4 });
  assert.deepEqual(rate({ median: 64, q1: 32, q3: 128, windows: 7 }, 64), { unit: "samples/s", median: 1e6, q1: 5e5, q3: 2e6, windows: 7 });
});

test("rounds merge to the median of their medians, and an error in one is an error", () => {
  const merged = merge([us(10, { q1: 9 }), us(14, { q3: 20 })]);
  assert.deepEqual([merged.median, merged.q1, merged.q3, merged.windows, merged.drift], [12, 9, 20, 14, 1.4]);
  assert.deepEqual(merge([us(1), { error: "no" }]), { error: "no" });
  assert.deepEqual(mergeAll({ ours: [{ a: us(1) }, { a: us(3) }], none: [] }).ours.a.medians, [1, 3]);
});

test("the fastest has the highest rate or the lowest time, and no error", () => {
  assert.equal(fastest([["a", us(2)], ["b", us(1)], ["c", { error: "no" }], ["d", undefined]])[0], "b");
  assert.equal(fastest([["a", perSecond(2)], ["b", perSecond(1)]])[0], "a");
  assert.equal(fastest([["c", { error: "no" }]]), undefined);
});

const target = (work, filter = () => true) => TARGETS.find((one) => one.work === work && filter(one));

test("targets are judged by rate, by time, by the peak and by own figures", () => {
  const training = target("train-lenet-5", (one) => one.faster);
  const works = {
    ours: { "train-lenet-5": perSecond(4000, { share_of_peak: 0.45 }), "infer-lenet-5-f32-1": us(60), "infer-lenet-5-int8-1": us(31) },
    convnetjs: { "train-lenet-5": perSecond(100) },
    "tfjs-wasm-1": { "train-lenet-5": { error: "Conv2DBackpropFilter" } },
    "ort-f32-1": { "infer-lenet-5-f32-1": us(150) },
  };
  assert.deepEqual(judge(training, works, titles), {
    title: "LeNet-5 training, batch 64, Adam", work: "train-lenet-5", ours: "4,000 samples/s", beside: "ConvNetJS (SGD): 100 samples/s", ratio: 40, target: ">= 40 x as fast", met: true,
  });
  const peak = judge(target("train-lenet-5", (one) => one.peak), works, titles);
  assert.deepEqual([peak.ratio, peak.met], [0.45, false]);
  const inference = judge(target("infer-lenet-5-f32-1"), works, titles);
  assert.deepEqual([inference.ratio, inference.met, inference.target], [0.4, true, "<= 0.5 x the time"]);
  const own = judge(target("infer-lenet-5-int8-1", (one) => one.among[0] === "ours"), works, titles);
  assert.deepEqual([own.beside, own.met], ["own 60 µs", false]);
  assert.equal(judge(target("infer-lenet-5-int8-256"), works, titles).met, null);
  assert.equal(judge(training, { ...works, ours: { "train-lenet-5": { error: "out of memory" } } }, titles).ours, "out of memory");
});

test("every target names works and contenders that there are", () => {
  const works = (name) => CONTENDERS.find((contender) => contender.name === name).groups.flat();
  for (const { work, among = [], theirs, title } of TARGETS) {
    assert.ok(works("ours").includes(work), title);
    for (const name of among) assert.ok(works(name).includes(theirs), `${title}: ${name}`);
  }
});

test("files, workers and bytes are judged", () => {
  const file = (bytes) => us(1, { bytes });
  const ours = { "infer-lenet-300-100-sparse-90-int8-1": file(50), "infer-lenet-300-100-sparse-90-1": file(130), "infer-lenet-300-100-int8-1": file(270) };
  const workers = { seconds: { 1: 10, 2: 5 }, ratio: 2, same: true };
  const rows = otherRows({ works: { ours }, workers, startup: { usable: 100_000, run: 500_000 }, slope: 1.3 });
  assert.deepEqual(rows.map(({ met }) => met), [true, true, true, false, false]);
  assert.equal(otherRows({ works: { ours }, workers: { ...workers, same: false } })[1].met, false);
  assert.deepEqual(otherRows({ works: {} }).map(({ met }) => met), [null, null, null, null, null]);
});

test("figures have four digits and a unit", () => {
  assert.deepEqual([us(15.0643), us(4229), { unit: "s", median: 7.5 }, perSecond(12345.6)].map(figure), ["15.06 µs", "4.229 ms", "7.5 s", "12,346 samples/s"]);
});

test("the page lists targets, figures, errors once, and how far rounds lay apart", () => {
  const works = { ours: { "train-lenet-5": perSecond(4000, { drift: 1.02 }) }, "tfjs-wasm-1": { "train-lenet-5": { error: "no kernel" } }, "tfjs-wasm-2": { "train-lenet-5": { error: "no kernel" } }, cost: {} };
  const results = { machine: { cpu: "a processor", cores: 2 }, browser: "1.2", date: "2026-01-02", packages: { peer: "1.0" }, settings: { rounds: 2, count: 7, milliseconds: 250 }, works };
  results.targets = judged(results, titles);
  const page = markdown(results, titles);
  assert.match(page, /\| train-lenet-5 \| 4,000 samples\/s \| no \[1\] \| no \[1\] \|/);
  assert.equal(page.split("no kernel").length, 2);
  assert.match(page, /not measured/);
  assert.match(page, /at most \(train-lenet-5 of Featherweight, 1 thread\)/);
  assert.equal(table(["a", "b"], [[1, 2]], ["b"]), "| a | b |\n| --- | ---: |\n| 1 | 2 |");
});

test("the figure's axes hold whole decades, and the slope is that of the last", () => {
  assert.deepEqual(decades([3000, 2e6]), [3, 4, 5, 6, 7]);
  assert.deepEqual(decades([2, 3]), [0, 1]);
  assert.equal(lastDecadeSlope([[1, 5], [20, 50], [100, 250]]).toFixed(6), "1.000000");
  assert.equal(lastDecadeSlope([[1, 5], [10, 5], [20, 20], [100, 500]]).toFixed(6), "2.000000");
  const svg = costAgainstSize([[3176, 0.2], [52_000, 2.5], [3_252_224, 150]], "A caption.");
  assert.equal(svg.match(/<circle/g).length, 3);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test("the plain forward pass has each network's shapes and is the same each time", () => {
  for (const network of Object.values(NETWORKS)) {
    const lengths = [];
    const image = Float32Array.from({ length: 784 }, (_, i) => (i % 5 === 0 ? 0.5 : 0));
    const logits = forward(network, parameters(network), image, (_, values) => lengths.push(values.length));
    assert.equal(logits.length, 10);
    assert.deepEqual(forward(network, parameters(network), image), logits);
    assert.deepEqual(lengths, network.layers.length === 3 ? [300, 100, 10] : [11520, 2880, 3200, 800, 500, 10]);
  }
});

test("an adapter is told by what it says of itself, and software apart from hardware", () => {
  const software = { vendor: "google", architecture: "swiftshader", device: "", description: "" };
  assert.deepEqual(gpu.adapterOf(software), { name: "google, swiftshader", software: true });
  assert.deepEqual(gpu.adapterOf({ vendor: "nvidia", architecture: "hopper", isFallbackAdapter: false }), { name: "nvidia, hopper", software: false });
  assert.equal(gpu.adapterOf({ isFallbackAdapter: true }).software, true);
  assert.equal(gpu.adapterOf(null), null);
  assert.ok(gpu.flags(false).some((flag) => /swiftshader/.test(flag)) && !gpu.flags(true).some((flag) => /swiftshader/.test(flag)));
});

test("the GPU's targets name works that both are asked for", () => {
  const works = (subjects, hardware) => Object.fromEntries(gpu.contenders(subjects, hardware).map(({ name, groups }) => [name, groups.flat()]));
  const main = works([gpu.MAIN], false);
  for (const { work, theirs, among } of gpu.TARGETS) assert.ok(main.ours.includes(work) && main[among[0]].includes(theirs), work);
  // What no software GPU is asked for, and the wide network that the peer is never asked for.
  assert.deepEqual([false, true].map((hardware) => works(gpu.OTHERS, hardware)["tfjs-webgpu"].length), [3, 4]);
});

test("the GPU's page has ratios, whether targets are met, errors, and what there is not natively", () => {
  const works = {
    ours: { "gpu-check": { median: 2e-6, windows: 48, medians: [2e-6, 2e-6], unit: "" }, "gpu-train-lenet-300-100-64": perSecond(800), "gpu-infer-lenet-300-100-64": perSecond(4000) },
    "tfjs-webgpu": { "gpu-train-lenet-300-100-64": perSecond(100), "gpu-infer-lenet-300-100-64": perSecond(1000), "gpu-train-lenet-5-64": { error: "no answer" } },
    processor: { "cpu-train-lenet-300-100-64": perSecond(80_000) },
  };
  const titles = Object.fromEntries(gpu.contenders([gpu.MAIN], false).map(({ name, title }) => [name, title]));
  const results = {
    machine: { cpu: "a processor", cores: 2 }, browser: "1.2", date: "2026-01-02", packages: { peer: "1.0" },
    settings: { rounds: 2, count: 3, milliseconds: 2000 }, works, adapter: { name: "google, swiftshader", software: true },
    native: { sentence: "no GPU can be used here", works: {} }, targets: gpu.judged(works, titles),
  };
  assert.deepEqual(results.targets.map(({ ratio, met }) => [ratio, met]), [[8, true], [4, false]]);
  const page = gpu.markdown(results, titles);
  assert.match(page, /\| LeNet-300-100, batch 64: training \| 800 samples\/s \| 100 samples\/s \| 8 \| 80,000 samples\/s \| 0\.01 \|/);
  assert.match(page, /google, swiftshader \(software/);
  assert.match(page, /24 operations differ .* by 2\.0e-6/);
  assert.match(page, /no GPU can be used here/);
  assert.match(page, /\| no \[1\] \|[^]*\n\[1\] no answer/);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
  assert.match(gpu.markdown({ ...results, adapter: null }, titles), /adapter: \*\*none/);
});
