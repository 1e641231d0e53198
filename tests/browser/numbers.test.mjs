// What quantization does, made visible: the grid over the weights, the width of sums, the noise of layers, the loss's landscape.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const number = async (page, id) => Number((await by(page, id).innerText()).match(/[\d.e+-]+/)[0]);
const slide = (page, id, value) => by(page, id).fill(String(value));
const unfold = (page, id) => by(page, id).locator("summary").first().click();
const accessible = async (page, id) => {
  const { violations } = await new AxeBuilder({ page }).include(`[data-testid=${id}]`).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
};

/** The toy, run to its end. */
async function toy() {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  await run(opened.page);
  return opened;
}

test("without a run, an example's grid can be moved, and the least error found again", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await unfold(page, "number-line");
  assert.match(await by(page, "number-line").innerText(), /10,000 bell-shaped weights/);
  const best = await number(page, "line-mse");
  const [scale, sqnr] = [await by(page, "line-scale").inputValue(), await number(page, "line-sqnr")];
  await slide(page, "line-scale", 20);
  assert.ok((await number(page, "line-mse")) > best && (await number(page, "line-clipped")) > 5);
  assert.match(await by(page, "line-split").innerText(), /clipping/);
  // The keyboard moves it, too.
  await by(page, "line-scale").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await by(page, "line-scale").inputValue(), "20.25");
  await slide(page, "line-zero", 5);
  assert.ok((await number(page, "line-mse")) > best);
  await by(page, "line-best").click();
  assert.deepEqual([await by(page, "line-scale").inputValue(), await number(page, "line-mse")], [scale, best]);
  assert.equal(await by(page, "line-zero").inputValue(), "0");
  await slide(page, "line-bits", 8);
  assert.ok((await number(page, "line-sqnr")) > sqnr + 18, "four bits more are worth some 24 dB");
  await slide(page, "line-bits", 1);
  assert.equal(await by(page, "line-zero").isDisabled(), true);
  assert.equal(await by(page, "number-line").locator("svg .level").count(), 2);
  await accessible(page, "number-line");
  quiet(opened);
  await opened.close();
});

test("sums wrap where they overflow, and in 32 bits they do not", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await unfold(page, "number-line");
  await unfold(page, "overflow");
  const verdict = by(page, "overflow-verdict");
  await by(page, "overflow-largest").click();
  assert.match(await verdict.innerText(), /8 bits the sum first overflows at step 1, in 16 bits it first overflows at step 2, in 32 bits it does not/);
  const second = by(page, "overflow").locator("tbody tr").nth(1);
  assert.match(await second.innerText(), /−128 × −128 = 16,384[^]*−32,768\s+overflows\s+32,768/);
  await slide(page, "overflow-terms", 784);
  assert.match(await by(page, "overflow").locator("tbody tr").last().innerText(), /784[^]*12,845,056$/);
  await by(page, "overflow-drawn").click();
  await slide(page, "overflow-inputs", 1);
  await slide(page, "overflow-weights", 1);
  await slide(page, "overflow-terms", 4);
  assert.match(await verdict.innerText(), /8 bits the sum does not overflow/);
  await accessible(page, "number-line");
  quiet(opened);
  await opened.close();
});

test("after a run the weights are those of its networks", async () => {
  const opened = await toy();
  const { page } = opened;
  await unfold(page, "number-line");
  await by(page, "line-mse").waitFor();
  // 2 x 12 weights, half of them removed in all layers together.
  await by(page, "line-variant").selectOption("pruned");
  await page.waitForFunction(() => /weights are exactly zero/.test(document.querySelector("[data-testid=number-line]").innerText));
  await by(page, "line-layer").selectOption({ index: 1 });
  await by(page, "line-mse").waitFor();
  assert.equal(await by(page, "inside-variant").inputValue(), "pruned", "one choice for the whole page");
  await accessible(page, "number-line");
  quiet(opened);
  await opened.close();
});

test("each layer's noise is told", async () => {
  const opened = await toy();
  const { page } = opened;
  assert.equal(await by(page, "noise-variant").locator("option").count(), 1);
  await by(page, "noise-start").click();
  await by(page, "noise-table").waitFor();
  const rows = by(page, "noise-table").locator("tbody tr");
  assert.equal(await rows.count(), 2);
  assert.match(await rows.nth(0).innerText(), /1 dense\s+\d\d\.\d\sdB\s+\d\d\.\d\sdB\s+0\.00 to \d+\.\d+\s+0\.00 to \d/);
  assert.match(await rows.nth(1).innerText(), /2 dense[^]*floats/);
  await accessible(page, "noise");
  quiet(opened);
  await opened.close();
});

test("the landscape is drawn row by row, in floats and in few bits", async () => {
  const opened = await toy();
  const { page } = opened;
  assert.equal(await by(page, "landscape-variant").locator("option").count(), 3);
  await by(page, "landscape-bits").selectOption("1");
  await by(page, "landscape-start").click();
  await by(page, "landscape").locator("svg.chart path.stroke").first().waitFor({ timeout: 60_000 });
  const colours = (id) => by(page, id).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add(data.subarray(i, i + 4).join());
    return [canvas.width, seen.size, data.some((value, i) => i % 4 === 3 && value !== 255)];
  });
  for (const id of ["landscape-float", "landscape-quantized"]) {
    const [side, shades, empty] = await colours(id);
    assert.ok(side >= 17 && shades > 3 && !empty, `${id}: ${side} ${shades}`);
  }
  assert.match(await by(page, "landscape-float").getAttribute("aria-label"), /Loss in floats: from 0?\.\d+ to \d/);
  await accessible(page, "landscape");
  // Another variant has not been drawn.
  await by(page, "landscape-variant").selectOption("student");
  assert.equal(await by(page, "landscape-float").count(), 0);
  quiet(opened);
  await opened.close();
});
