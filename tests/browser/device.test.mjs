// The place "This device": figures come, can be stopped, outlive a reload, and the page answers meanwhile. What the figures
// are is for the device to say; no test looks at a clock.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, launch, open, quiet, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Works that take no training, so that they are done within a second or two. */
const QUICK = "#device=peak-f32,peak-dot16,cost-4,cost-64,cost-256";

/** Waits until measuring has ended. */
const ended = (page) => by(page, "measure").waitFor({ timeout: 120_000 });

test("the header leads there and back, and a link leads to the playground", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await page.getByRole("link", { name: "This device" }).click();
  await by(page, "measure").waitFor();
  assert.equal(await by(page, "run").isVisible(), false);
  assert.match(await by(page, "device-facts").innerText(), /Processor cores\s+\d+/);
  await page.getByRole("link", { name: "Playground" }).click();
  await by(page, "run").waitFor();
  assert.equal(await by(page, "measure").count(), 0);
  await page.evaluate(() => (location.hash = "#device"));
  await by(page, "measure").waitFor();
  await page.evaluate(() => (location.hash = "#x=broken"));
  await by(page, "run").waitFor();
  assert.match(await by(page, "error").innerText(), /link could not be opened/);
  quiet(opened);
  await opened.close();
});

test("figures come for what the address asks for, and outlive a reload", async () => {
  const opened = await open(browser, site.url + QUICK);
  const { page } = opened;
  assert.match(await by(page, "measure-status").innerText(), /5 works alone/);
  await by(page, "measure").click();
  await by(page, "device-peaks").waitFor();
  await ended(page);
  const peaks = await by(page, "device-peaks").locator("li").allInnerTexts();
  assert.equal(peaks.length, 2);
  for (const text of peaks) assert.match(text, /[1-9][\d.]* G(FL)?OP\/s/);
  assert.equal(await by(page, "device-cost").locator(".dot").count(), 3);
  const rows = by(page, "device-figures").locator("tbody tr");
  assert.equal(await rows.count(), 5);
  assert.match(await by(page, "measure-status").innerText(), /^Measured .*: 5 figures/);
  const before = await rows.allTextContents();
  await page.reload();
  await by(page, "device-figures").waitFor();
  assert.deepEqual(await rows.allTextContents(), before);
  assert.match(await by(page, "measure-status").innerText(), /^Measured .*: 5 figures/);
  quiet(opened);
  await opened.close();
});

test("figures are copied as JSON", async () => {
  const opened = await open(browser, site.url + "#device=peak-f32,cost-4", { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = opened;
  await by(page, "measure").click();
  await ended(page);
  await by(page, "device-copy").click();
  await by(page, "note").waitFor();
  const { measurements } = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(measurements.map((m) => [m.work, m.unit]), [["peak-f32", "GFLOP/s"], ["cost-4", "µs"]]);
  for (const { q1, median, q3, windows } of measurements) assert.ok(q1 <= median && median <= q3 && windows >= 7);
  assert.ok(measurements[1].share_of_peak > 0 && measurements[1].macs === 784 * 4 + 4 * 10);
  quiet(opened);
  await opened.close();
});

test("it stops in the middle of training, and the page answers meanwhile", async () => {
  const opened = await open(browser, site.url + "#device=peak-f32,train-lenet-5,time-to-97-lenet-300-100");
  const { page } = opened;
  await by(page, "measure").click();
  await page.getByText("2 of 3: LeNet-5 training").waitFor();
  await by(page, "theme").click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  // An experiment would disturb it and be disturbed.
  await page.getByRole("link", { name: "Playground" }).click();
  assert.equal(await by(page, "run").isDisabled(), true);
  await page.getByRole("link", { name: "This device" }).click();
  await page.evaluate(() => (location.hash = "#device=peak-f32,train-lenet-5,time-to-97-lenet-300-100"));
  await by(page, "measure-stop").click();
  await ended(page);
  assert.match(await by(page, "measure-status").innerText(), /^Stopped/);
  assert.ok((await by(page, "device-figures").locator("tbody tr").count()) < 3);
  // The worker is free again.
  await page.getByRole("link", { name: "Playground" }).click();
  assert.equal(await by(page, "run").isEnabled(), true);
  quiet(opened);
  await opened.close();
});

test("an address with an unknown work ends in a sentence", async () => {
  const opened = await open(browser, site.url + "#device=peak-f64");
  const { page } = opened;
  await by(page, "measure").click();
  await by(page, "error").waitFor();
  assert.match(await by(page, "error").innerText(), /"peak-f64".*peak-f32, peak-dot16/);
  quiet(opened);
  await opened.close();
});

for (const [name, options, direction] of [
  ["wide", {}, "ltr"],
  ["a phone", { viewport: { width: 360, height: 780 } }, "ltr"],
  ["dark", { colorScheme: "dark" }, "ltr"],
  ["a phone, right to left", { viewport: { width: 360, height: 780 } }, "rtl"],
]) {
  test(`nothing sticks out and everything is accessible: ${name}`, async () => {
    const opened = await open(browser, site.url + QUICK + ",infer-lenet-300-100-f32-1,infer-lenet-300-100-int8-1", options);
    const { page } = opened;
    await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    for (const finished of [false, true]) {
      if (finished) {
        await by(page, "measure").click();
        await ended(page);
      }
      await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= room, `the page is ${wide} wide in a window of ${room}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3)}`), []);
    }
    quiet(opened);
    await opened.close();
  });
}
