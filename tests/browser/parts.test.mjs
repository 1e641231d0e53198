// The parts of the code that come later: what is asked for before they are there happens when they are, and one that does not
// come is told of, with a way out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, kept, launch, open, quiet, serve, state } from "./helper.mjs";

let site, browser;
/** The files that are not found. */
let missing = /^$/;
before(async () => ([site, browser] = [await serve((path) => missing.test(path)), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** What Chromium itself says of a file that is not found. */
const NOT_FOUND = [/status of 404/, /HTTP status code is not ok/];
const all = (page) => page.waitForFunction(() => document.documentElement.dataset.parts === "all");

test("without the rest of the page the experiment can be run; a second try brings the results", async () => {
  missing = /page-rest/;
  const opened = await open(browser, site.url, { parts: false, expected: NOT_FOUND });
  const { page } = opened;
  await by(page, "part-missing").waitFor();
  await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
  await by(page, "run").click();
  await state(page, "done");
  assert.equal(await by(page, "results-table").count(), 0);
  await by(page, "part-retry").click(); // in vain
  await by(page, "part-missing").waitFor();
  missing = /^$/;
  await by(page, "part-retry").click();
  await by(page, "results-table").locator("tbody tr").nth(2).waitFor();
  assert.equal(await by(page, "part-missing").count(), 0);
  // What came before the database's code did is kept all the same.
  await kept(page);
  await page.getByRole("link", { name: "This device" }).click();
  await by(page, "measure").waitFor();
  quiet(opened);
  await opened.close();
});

test("a run that was asked for before its code was there begins when it is", async () => {
  missing = /page-engine/;
  const opened = await open(browser, site.url, { parts: false, expected: NOT_FOUND });
  const { page } = opened;
  await by(page, "part-missing").waitFor();
  await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
  await by(page, "run").click();
  assert.equal(await by(page, "run").isDisabled(), true);
  missing = /^$/;
  await by(page, "part-retry").click();
  await state(page, "done");
  await by(page, "results-table").locator("tbody tr").nth(2).waitFor();
  quiet(opened);
  await opened.close();
});

test("a visitor who is faster than the parts sees that they are on their way", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(/page-rest/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${site.url}#device`);
  await page.locator("main").getByText("Loading…").last().waitFor();
  release();
  await by(page, "measure").waitFor();
  await context.close();
});

test("an edited experiment is laid out at once on the next visit", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
  await page.reload();
  // The page does not show another experiment first.
  await by(page, "variant").first().waitFor();
  assert.equal(await by(page, "variant").count(), 3);
  await all(page);
  quiet(opened);
  await opened.close();
});

test("a device is measured on a second try where the code that measures did not come at first", async () => {
  missing = /-extra-/;
  const opened = await open(browser, `${site.url}#device=peak-f32`, { expected: NOT_FOUND });
  const { page } = opened;
  await by(page, "measure").click();
  await by(page, "error").getByText("did not load").waitFor();
  missing = /^$/;
  await by(page, "measure").click();
  await page.getByText("1 figure").or(page.getByText("GFLOP/s")).first().waitFor({ timeout: 60_000 });
  quiet(opened);
  await opened.close();
});
