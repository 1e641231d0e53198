// `cargo xtask bench gpu`: the engine's GPU works natively, and in Chromium beside TensorFlow.js's WebGPU backend; writes
// results-gpu.json and RESULTS-GPU.md. GPU=hardware asks for the machine's own adapter in place of one in software.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { MAIN, OTHERS, adapterOf, contenders, flags, judged, markdown, subjects, titlesOf } from "./gpu-table.mjs";
import { allRounds, mergeAll } from "./rounds.mjs";
import { serve } from "./server.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const hardware = process.env.GPU === "hardware";
const quick = process.argv.includes("--quick");
const SETTINGS = quick ? { quick, rounds: 1, count: 1, milliseconds: 100 } : { quick, rounds: 3, count: 3, milliseconds: 1000 };

/** Measures these works on the command line. What it has to say instead is its last line. */
function device(works) {
  const folder = mkdtempSync(join(tmpdir(), "featherweight-"));
  const json = join(folder, "device.json");
  const words = ["run", "--release", "--quiet", "--bin", "featherweight", "--", "device", "--works", works.join(), "--json", json];
  try {
    const { status, stderr, error } = spawnSync("cargo", words, { cwd: join(HERE, ".."), stdio: ["ignore", "inherit", "pipe"], encoding: "utf8" });
    if (status !== 0) return { sentence: error?.message ?? stderr.trim().split("\n").at(-1), works: {} };
    return { works: Object.fromEntries(JSON.parse(readFileSync(json, "utf8")).map((measurement) => [measurement.work, measurement])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The check by itself first: beside other works a GPU that is not there is left out without a word. */
function natively() {
  const works = Object.keys(titlesOf(subjects(quick)));
  const { sentence, works: checked } = device(["gpu-check"]);
  if (sentence) console.log(`${sentence}\nNatively the processor is measured alone.`);
  const backends = sentence ? ["cpu"] : ["cpu", "gpu"];
  const measured = device(works.flatMap((work) => backends.map((backend) => `${backend}-${work}`)));
  if (measured.sentence) console.log(measured.sentence);
  return { sentence: sentence ?? measured.sentence, works: { ...checked, ...measured.works } };
}

async function inChromium() {
  const server = await serve();
  const args = ["--no-sandbox", ...flags(hardware)];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/bench/pages/contender.html`);
    const adapter = adapterOf(await page.evaluate(askForAdapter));
    await page.close();
    console.log(`WebGPU adapter: ${adapter ? `${adapter.name}${adapter.software ? ", software" : ""}` : "none"}`);
    const measure = async (subjects, rounds) =>
      mergeAll(await allRounds(browser, server.url, { ...SETTINGS, rounds }, (text) => console.log(text), contenders(subjects, hardware)));
    const main = await measure([MAIN], SETTINGS.rounds);
    const others = quick ? {} : await measure(OTHERS, 1);
    const works = Object.fromEntries(Object.entries(main).map(([name, measured]) => [name, { ...others[name], ...measured }]));
    return { browser: browser.version(), adapter, works };
  } finally {
    await browser.close();
    await server.close();
  }
}

/* This one runs in the page. */

/** In the way in which both contenders ask. */
async function askForAdapter() {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return { vendor, architecture, device, description, isFallbackAdapter };
}

const native = natively();
const measured = await inChromium();
const titles = Object.fromEntries(contenders([MAIN]).map(({ name, title }) => [name, title]));
const { devDependencies } = JSON.parse(readFileSync(`${HERE}package.json`, "utf8"));
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0]?.model.trim() ?? "unknown processor", cores: cpus().length },
  packages: Object.fromEntries(Object.entries(devDependencies).filter(([name]) => /tfjs(-backend-webgpu)?$|mnist/.test(name))),
  settings: SETTINGS,
  ...measured,
  native,
};
results.targets = judged(results.works, titles);
writeFileSync(`${HERE}results-gpu.json`, `${JSON.stringify(results, null, 1)}\n`);
writeFileSync(`${HERE}RESULTS-GPU.md`, markdown(results, titles));
console.log(`\n${readFileSync(`${HERE}RESULTS-GPU.md`, "utf8")}`);
