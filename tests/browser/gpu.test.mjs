// Training on the GPU, where Chromium plays one in software; and what the page does where there is none, or no longer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, WEBGPU, by, launch, open, quiet, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** What Chromium itself says of a GPU that it does not have, or that was taken away. */
const EXPECTED = [/No available adapters/, /WebGPU is experimental/, /[Dd]evice.*(lost|destroyed)/];

const onGpu = (recipe) => ({ ...recipe, backend: "gpu" });

async function layOut(page, recipe) {
  if (!(await by(page, "recipe-json").isVisible())) await page.locator(".json summary").click();
  await by(page, "recipe-json").fill(JSON.stringify(recipe));
  await by(page, "recipe-apply").click();
}

/** Accuracies of the results' table, in percent. */
const accuracies = async (page) => {
  const rows = await by(page, "results-table").locator("tbody tr").allInnerTexts();
  return rows.map((row) => Number(row.match(/(\d+(\.\d+)?)\s*%/)[1]));
};

/** Has the page's only worker keep the devices it is given. */
async function watched(page) {
  const [worker] = page.workers();
  await worker.evaluate(() => {
    const ask = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...words) {
      return (globalThis.device = await ask.apply(this, words));
    };
  });
  return worker;
}

test("every operation agrees with the processor's", { skip: !WEBGPU }, async () => {
  const opened = await open(browser, site.url + "#device=gpu-check", { expected: EXPECTED });
  const { page } = opened;
  await by(page, "measure").click();
  await by(page, "gpu-checked").waitFor({ timeout: 120_000 });
  assert.match(await by(page, "gpu-checked").innerText(), /^All 33 operations agree with the processor's/);
  quiet(opened);
  await opened.close();
});

test("an experiment comes to nearly the same on the GPU, without a digest", { skip: !WEBGPU }, async () => {
  const opened = await open(browser, site.url, { workers: 2, expected: EXPECTED });
  const { page } = opened;
  await layOut(page, TOY);
  await run(page);
  const expected = await accuracies(page);
  assert.match(await by(page, "digest").innerText(), /^\w{32}$/);
  await layOut(page, onGpu(TOY));
  await run(page);
  const ours = await accuracies(page);
  ours.forEach((accuracy, i) => assert.ok(Math.abs(accuracy - expected[i]) <= 4, `${accuracy} % for ${expected[i]} %`));
  assert.match(await by(page, "no-digest").innerText(), /the GPU trained/);
  // The link says what trained.
  const link = await by(page, "share-text").inputValue();
  quiet(opened);
  await opened.close();
  const again = await open(browser, link, { expected: EXPECTED });
  await again.page.locator(".json summary").click();
  assert.equal(JSON.parse(await by(again.page, "recipe-json").inputValue()).backend, "gpu");
  quiet(again);
  await again.close();
});

test("a GPU that is lost in mid-run costs nothing that was done", { skip: !WEBGPU }, async () => {
  const opened = await open(browser, site.url, { workers: 1, expected: EXPECTED });
  const { page } = opened;
  const worker = await watched(page);
  await layOut(page, onGpu({ ...TOY, training: { epochs: 30, learning_rate: 0.02 }, variants: [{ name: "dense" }] }));
  await by(page, "run").click();
  await state(page, "running");
  await page.waitForFunction(() => /Epoch [2-9]/.test(document.querySelector("[data-testid=progress] .facts")?.innerText ?? ""));
  await worker.evaluate(() => globalThis.device.destroy());
  await by(page, "note").waitFor();
  assert.match(await by(page, "note").innerText(), /lost.*the processor goes on from epoch \d+, and nothing is lost/s);
  await state(page, "done");
  assert.ok((await accuracies(page))[0] > 85);
  assert.match(await by(page, "no-digest").innerText(), /the GPU trained/);
  quiet(opened);
  await opened.close();
});

/**
 * Does to the page what a browser does to a tab that nobody looks at, as far as the page can tell: it is hidden, no frame is
 * drawn, and timers come once a second. Headless Chromium keeps every tab visible, whatever is in front of it.
 */
const putInBackground = (page) =>
  page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    globalThis.requestAnimationFrame = () => 0;
    const wait = globalThis.setTimeout;
    globalThis.setTimeout = (act, ms = 0, ...words) => wait(act, Math.max(ms, 1000), ...words);
    document.dispatchEvent(new Event("visibilitychange"));
    return document.documentElement.dataset.state;
  });

test("a run on the GPU goes on to its end in a tab in the background", { skip: !WEBGPU }, async () => {
  const opened = await open(browser, site.url, { workers: 1, expected: EXPECTED });
  const { page, context } = opened;
  await layOut(page, onGpu({ ...TOY, training: { epochs: 60, learning_rate: 0.02 }, variants: [{ name: "dense" }] }));
  await by(page, "run").click();
  await state(page, "running");
  assert.equal(await putInBackground(page), "running");
  const other = await context.newPage();
  await other.bringToFront();
  let reached;
  for (let tries = 0; tries < 120 && reached !== "done"; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    reached = await page.evaluate(() => document.documentElement.dataset.state);
  }
  assert.equal(reached, "done");
  assert.ok((await accuracies(page))[0] > 85);
  assert.match(await by(page, "no-digest").innerText(), /the GPU trained/);
  assert.equal(await by(page, "note").count(), 0, "the GPU did all of it");
  quiet(opened);
  await opened.close();
});

test("processor and GPU are compared on the network at hand", { skip: !WEBGPU }, async () => {
  const opened = await open(browser, site.url, { workers: 1, expected: EXPECTED });
  const { page } = opened;
  await layOut(page, TOY);
  await page.locator("summary", { hasText: "Training" }).click();
  assert.equal(await by(page, "backend").inputValue(), "auto");
  await by(page, "compare").click();
  await page.waitForFunction(() => /the GPU trains/.test(document.querySelector("[data-testid=compared]").innerText), null, { timeout: 120_000 });
  const found = await by(page, "compared").innerText();
  // It outlives a reload, and the choice does, too.
  await by(page, "backend").selectOption("cpu");
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
  await page.locator("summary", { hasText: "Training" }).click();
  assert.equal(await by(page, "compared").innerText(), found);
  assert.equal(await by(page, "backend").inputValue(), "cpu");
  quiet(opened);
  await opened.close();
});

test("without a GPU the processor does it, says so, and the digest stands", { skip: WEBGPU }, async () => {
  const opened = await open(browser, site.url, { workers: 1, expected: EXPECTED });
  const { page } = opened;
  await layOut(page, TOY);
  await run(page);
  const digest = await by(page, "digest").innerText();
  await layOut(page, onGpu(TOY));
  await run(page);
  assert.match(await by(page, "note").innerText(), /no GPU can be used here.*the processor does it instead/s);
  assert.equal(await by(page, "digest").innerText(), digest);
  quiet(opened);
  await opened.close();
});

test("asking for the GPU's figures alone where there is none ends in a sentence", { skip: WEBGPU }, async () => {
  const opened = await open(browser, site.url + "#device=gpu-check", { expected: EXPECTED });
  const { page } = opened;
  await by(page, "measure").click();
  await by(page, "error").waitFor();
  assert.match(await by(page, "error").innerText(), /no GPU can be used here/);
  quiet(opened);
  await opened.close();
});
