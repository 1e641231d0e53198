// Quantization on the page: its form, every way into integers to the command line's bits, a stored network that runs again, and the
// bits that layers need.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, kept, launch, open, quiet, rows, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const recipe = async (page) => JSON.parse(await by(page, "recipe-json").inputValue());

/** The toy and what these quantization steps make of it. */
const quantized = (steps) => ({
  ...TOY,
  variants: [
    { name: "dense" },
    ...Object.entries(steps).map(([name, quantize]) => ({ name, from: "dense", steps: [{ quantize }] })),
  ],
});

test("the form shows what has a meaning, and says what it does", async () => {
  const opened = await open(browser, site.url + commandLine(quantized({ rounded: { calibration: 100 } })).link());
  const { page } = opened;
  const unfold = () => page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
  await unfold();
  await by(page, "step").first().waitFor();
  await unfold();
  const step = by(page, "step").first();
  assert.equal(await step.getByLabel("Training epochs").count(), 0);
  assert.equal(await step.getByLabel("Weights of a group").count(), 0);
  await step.getByLabel("Arithmetic").selectOption("weight-only");
  await step.getByLabel("Granularity").selectOption("per-group");
  assert.ok((await step.getByLabel("Weights of a group").count()) > 0);
  assert.equal(await step.getByLabel("Range of activations").count(), 0);
  await step.getByLabel("Arithmetic").selectOption("full-integer");
  await step.getByLabel("Granularity").selectOption("per-channel");
  await step.getByLabel("Method").selectOption("aware");
  assert.ok((await step.getByLabel("Training epochs").count()) > 0);
  assert.equal(await step.getByLabel("Rounding").count(), 0);
  await step.getByLabel("Bits of each layer").fill("4, 2");
  await step.getByLabel("Bits of each layer").press("Tab");
  const { quantize } = (await recipe(page)).variants[1].steps[0];
  assert.deepEqual([quantize.method, quantize.layer_bits, quantize.calibration], ["aware", [4, 2], 100]);
  const { violations } = await new AxeBuilder({ page }).include("[data-testid=step]").analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  quiet(opened);
  await opened.close();
});

test("every way into integers comes to the command line's bits, and runs again after a reload", async () => {
  const native = commandLine(
    quantized({
      "4 bits, with care": { bits: 4, clip: "mse", rounding: "ada-round", correct_bias: true, equalize: true },
      "second-order": { bits: 3, rounding: "second-order", observer: "entropy" },
      ternary: { method: "aware", bits: 2, epochs: 2, activation_bits: 4 },
      binary: { method: "aware", bits: 1, epochs: 1, delay: 1 },
      "affine": { mapping: "affine", bits: 5, observer: "percentile" },
      "dynamic": { scheme: "dynamic-range" },
      "weights alone": { scheme: "weight-only", bits: 4, granularity: "per-group", group: 4 },
      "within a budget": { budget: 60, clip: "mse" },
    }),
  );
  const opened = await open(browser, site.url + native.link());
  const { page } = opened;
  await run(page);
  assert.equal(await by(page, "digest").innerText(), native.digest());
  assert.match(await by(page, "results-table").innerText(), /ternary/);
  await kept(page);
  // A file of packed weights is read again, by code that a fresh worker has yet to load.
  await page.evaluate(() => history.replaceState(null, "", location.pathname));
  await page.reload();
  await by(page, "results-table").waitFor();
  await by(page, "noise-start").click();
  await by(page, "noise-table").waitFor();
  assert.equal(await by(page, "error").count(), 0);
  quiet(opened);
  await opened.close();
});

test("what the layers' bits cost is measured, and a slider's bits become a variant that runs", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  await run(page);
  await by(page, "precision-start").click();
  await by(page, "precision-found").waitFor();
  assert.equal(await by(page, "precision").locator("svg path.stroke").count(), 2);
  const before = await by(page, "precision-found").innerText();
  assert.match(before, /first layer to the last: \d, \d\. The weights take/);
  await by(page, "precision-budget").focus();
  await page.keyboard.press("End");
  assert.notEqual(await by(page, "precision-found").innerText(), before);
  await by(page, "adopt-bits").click();
  const added = (await recipe(page)).variants.at(-1);
  assert.equal(added.from, "dense");
  assert.equal(added.steps[0].quantize.layer_bits.length, 2);
  await run(page);
  await rows(page, TOY.variants.length + 1);
  quiet(opened);
  await opened.close();
});
