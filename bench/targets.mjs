// What the engine is to reach, and whether it does: pure functions of the measurements.

const NAMES = { "lenet-300-100": "LeNet-300-100", "lenet-5": "LeNet-5" };

const own = (work) => ({ among: ["ours"], work });

/** At least so many times as fast as the fastest of `among`. */
export const faster = (title, work, { among, work: theirs = work }, times) => ({ title, work, among, theirs, faster: times });
/** At most so much of the time of the fastest of `among`. */
const within = (title, work, { among, work: theirs = work }, share) => ({ title, work, among, theirs, within: share });
/** At least so much of the peak that was measured beside it. */
const ofPeak = (title, work, share) => ({ title, work, peak: share });

const inference = (net, precision, batch, share) =>
  within(`${NAMES[net]}, ${precision}, batch ${batch}`, `infer-${net}-${precision}-${batch}`, { among: [`ort-${precision}-1`] }, share);
const int8OfOwn = (net, batch) =>
  within(`${NAMES[net]}, int8 beside own f32, batch ${batch}`, `infer-${net}-int8-${batch}`, own(`infer-${net}-f32-${batch}`), 0.5);
const sparse = (percent, batch, times) =>
  faster(
    `LeNet-300-100, ${percent} % pruned beside own dense, batch ${batch}`,
    `infer-lenet-300-100-sparse-${percent}-${batch}`,
    own(`infer-lenet-300-100-f32-${batch}`),
    times,
  );
const both = "infer-lenet-300-100-sparse-90-int8-1";

export const TARGETS = [
  faster("LeNet-300-100 training, batch 64, Adam", "train-lenet-300-100", { among: ["tfjs-wasm-1"] }, 10),
  ofPeak("LeNet-300-100 training, dense arithmetic", "train-lenet-300-100", 0.6),
  faster("LeNet-5 training, batch 64, Adam", "train-lenet-5", { among: ["tfjs-wasm-1", "tfjs-wasm-2", "tfjs-cpu", "convnetjs"] }, 40),
  ofPeak("LeNet-5 training, dense arithmetic", "train-lenet-5", 0.5),
  within("LeNet-300-100 to 97 % of the test set", "time-to-97-lenet-300-100", { among: ["tfjs-wasm-1"] }, 0.1),
  ...Object.keys(NAMES).flatMap((net) => [inference(net, "f32", 1, 0.5), inference(net, "f32", 256, 0.85)]),
  ...Object.keys(NAMES).flatMap((net) => [inference(net, "int8", 1, 0.25), inference(net, "int8", 256, net === "lenet-5" ? 0.5 : 0.8)]),
  ...Object.keys(NAMES).flatMap((net) => [int8OfOwn(net, 1), int8OfOwn(net, 256)]),
  sparse(90, 1, 3),
  sparse(95, 1, 5),
  sparse(98, 1, 9),
  sparse(95, 64, 3),
  within("90 % pruned and int8 beside pruned alone, batch 1", both, own("infer-lenet-300-100-sparse-90-1"), 1),
  within("90 % pruned and int8 beside int8 alone, batch 1", both, own("infer-lenet-300-100-int8-1"), 1),
];

const isRate = ({ unit }) => unit.endsWith("/s");

/** The fastest of these measurements as `[name, measurement]`; none if all failed. */
export function fastest(measured) {
  const able = measured.filter(([, measurement]) => measurement && !measurement.error);
  const better = (a, b) => (isRate(a[1]) ? a[1].median > b[1].median : a[1].median < b[1].median);
  return able.reduce((best, next) => (best && better(best, next) ? best : next), undefined);
}

/** How many times as fast the first is. */
export const speedup = (ours, theirs) => (isRate(ours) ? ours.median / theirs.median : theirs.median / ours.median);

/** A figure with its unit, to four digits. */
export function figure({ median, unit }) {
  const [value, word] = unit === "us" ? (median < 1000 ? [median, "µs"] : [median / 1000, "ms"]) : [median, unit];
  return `${plain(value)} ${word}`;
}

/** To four digits, without an exponent, with thousands apart. */
export const plain = (value) =>
  value.toLocaleString("en", value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 });

/**
 * One target against `works`, `{ contender: { work: measurement } }`: a row of texts, and `met`, which is null where
 * something was not measured.
 */
export function judge(target, works, titles) {
  const ours = works.ours?.[target.work];
  const row = { title: target.title, work: target.work, ours: "–", beside: "–", ratio: null, met: null };
  const wanted = target.peak ?? target.faster ?? target.within;
  row.target = target.peak ? `>= ${100 * wanted} % of peak` : target.faster ? `>= ${wanted} x as fast` : `<= ${wanted} x the time`;
  if (!ours || ours.error) return { ...row, ours: ours?.error ?? row.ours };
  row.ours = figure(ours);
  if (target.peak) {
    const share = ours.share_of_peak;
    return share == null ? row : { ...row, beside: "measured peak", ratio: share, met: share >= wanted };
  }
  const best = fastest(target.among.map((name) => [name, works[name]?.[target.theirs]]));
  if (!best) return row;
  const [name, theirs] = best;
  const times = speedup(ours, theirs);
  row.beside = name === "ours" ? `own ${figure(theirs)}` : `${titles[name]}: ${figure(theirs)}`;
  return target.faster
    ? { ...row, ratio: times, met: times >= wanted }
    : { ...row, ratio: 1 / times, met: 1 / times <= wanted };
}

/** Rows for what is not one work's time: files, workers, bytes of the start, and cost against size. */
export function otherRows({ works, workers, startup, slope }) {
  const bytes = (work) => works.ours?.[work]?.bytes;
  const [smallest, ...others] = [bytes(both), bytes("infer-lenet-300-100-sparse-90-1"), bytes("infer-lenet-300-100-int8-1")];
  const share = smallest / Math.min(...others);
  const size = (count) => (count == null ? "–" : `${plain(count)} bytes`);
  const start = (title, key, limit) => {
    const kilobytes = startup && startup[key] / 1000;
    const row = { title, beside: "–", target: `<= ${limit} KB` };
    return startup
      ? { ...row, ours: `${plain(kilobytes)} KB`, ratio: kilobytes / limit, met: kilobytes <= limit }
      : { ...row, ...UNKNOWN };
  };
  return [
    {
      title: "90 % pruned and int8: the file beside either alone",
      ours: size(smallest),
      beside: `pruned ${size(others[0])}, int8 ${size(others[1])}`,
      target: "< 1 x the bytes",
      ...(Number.isFinite(share) ? { ratio: share, met: share < 1 } : { ratio: null, met: null }),
    },
    {
      title: "4 trials on 2 workers beside 1, digests equal",
      target: ">= 1.8 x as fast",
      ...(workers
        ? {
            ours: `${plain(workers.seconds[2])} s`,
            beside: `own ${plain(workers.seconds[1])} s`,
            ratio: workers.ratio,
            met: workers.ratio >= 1.8 && workers.same,
          }
        : { beside: "–", ...UNKNOWN }),
    },
    start("Bytes before the page can be used, brotli", "usable", 150),
    start("Bytes before the first run (without data), brotli", "run", 450),
    {
      title: "Cost against size, over the last decade of sizes",
      beside: "–",
      target: "slope 0.85 to 1.15",
      ...(slope == null ? UNKNOWN : { ours: `slope ${plain(slope)}`, ratio: slope, met: Math.abs(slope - 1) <= 0.15 }),
    },
  ];
}

const UNKNOWN = { ours: "–", ratio: null, met: null };
