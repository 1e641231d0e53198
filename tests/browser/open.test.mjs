// First sight, layout and reach.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, WEBGPU, by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

test("Chromium has WebGPU where it was asked for, and only there", async () => {
  const opened = await open(browser, site.url);
  assert.equal(await opened.page.evaluate(async () => !!(await navigator.gpu?.requestAdapter())), WEBGPU);
  await opened.close();
});

test("the page opens ready, with an experiment laid out", async () => {
  const opened = await open(browser, site.url);
  assert.equal(await by(opened.page, "run").isEnabled(), true);
  assert.equal(await by(opened.page, "variant").count(), 4);
  assert.equal(await opened.page.locator("#loading").count(), 0);
  quiet(opened);
  await opened.close();
});

test("a script in the page's text is refused", async () => {
  const opened = await open(browser, site.url, { expected: [/Content Security Policy/] });
  await opened.page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.body.append(script);
  });
  assert.equal(await opened.page.evaluate(() => window.injected), undefined);
  await opened.close();
});

for (const [name, options, direction] of [
  ["wide", {}, "ltr"],
  ["a phone", { viewport: { width: 360, height: 780 } }, "ltr"],
  ["dark", { colorScheme: "dark" }, "ltr"],
  ["right to left", {}, "rtl"],
  ["a phone, right to left", { viewport: { width: 360, height: 780 } }, "rtl"],
]) {
  test(`nothing sticks out and everything is accessible: ${name}`, async () => {
    const link = commandLine(TOY).link();
    const opened = await open(browser, site.url + link, options);
    const { page } = opened;
    await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    for (const finished of [false, true]) {
      if (finished) await run(page);
      for (const details of await page.locator("details").all()) {
        await details.evaluate((element) => (element.open = true));
      }
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= room, `the page is ${wide} wide in a window of ${room}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
      assert.deepEqual(told, []);
    }
    quiet(opened);
    await opened.close();
  });
}

test("the experiment runs by keyboard alone", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press("Tab");
    if (await by(page, "run").evaluate((button) => button === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  await by(page, "results-table").locator("tbody tr").nth(3).waitFor();
  quiet(opened);
  await opened.close();
});
