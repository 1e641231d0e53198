// Pruning on the page: its settings, the gallery, the sensitivity of layers, collapse.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, launch, open, quiet, rows, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const recipe = async (page) => JSON.parse(await by(page, "recipe-json").inputValue());

/** Pruned as these settings say, beside the whole network. */
const pruned = (prune, network = TOY.network) => ({
  ...TOY,
  network,
  variants: [{ name: "dense" }, { name: "pruned", from: "dense", steps: [{ prune }] }],
});

test("settings appear where they have a meaning, and layers take budgets", async () => {
  const opened = await open(browser, site.url + commandLine(pruned({ sparsity: 0.5 })).link());
  const { page } = opened;
  const unfold = () => page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
  await unfold();
  await by(page, "step").first().waitFor();
  await unfold(); // what the first look does not show
  const step = by(page, "step").first();
  assert.equal(await step.getByLabel("Rewind to step").count(), 0);
  await step.getByLabel("Weights that stay").selectOption("step");
  assert.equal(await step.getByLabel("Rewind to step").first().isVisible(), true);
  await step.getByLabel("Schedule").selectOption("one-shot");
  assert.equal(await step.getByLabel("Rounds").count(), 0);
  await step.getByLabel("Sparsity of each layer").fill("0.5, 0.25");
  await step.getByLabel("Sparsity of each layer").press("Tab");
  assert.equal(await step.getByLabel("Scope").count(), 0);
  const { prune } = (await recipe(page)).variants[1].steps[0];
  assert.deepEqual([prune.budgets, prune.rewind, prune.schedule], [[0.5, 0.25], "step", "one-shot"]);
  await step.getByLabel("Rewind to step").first().fill("20");
  await step.getByLabel("Rewind to step").first().press("Tab");
  await run(page);
  // 2 x 12 and 12 x 2 weights, 12 and 6 of them gone, and 14 biases.
  assert.match(await by(page, "results-table").locator("tbody tr").nth(1).innerText(), /pruned/);
  assert.equal((await recipe(page)).variants[1].steps[0].prune.rewind_step, 20);
  quiet(opened);
  await opened.close();
});

test("the page's units are the command line's: one digest for a network that lost half of its neurons", async () => {
  const native = commandLine(pruned({ sparsity: 0.5, granularity: "unit", scope: "layerwise", rounds: 2 }));
  const opened = await open(browser, site.url + native.link());
  await run(opened.page);
  assert.equal(await by(opened.page, "digest").innerText(), native.digest());
  quiet(opened);
  await opened.close();
});

test("a layer without weights is named, and what to do about it", async () => {
  const opened = await open(browser, site.url + commandLine(pruned({ budgets: [0.5, 0.9999], schedule: "one-shot", epochs: 0 })).link());
  await run(opened.page);
  assert.match(await by(opened.page, "collapse").innerText(), /pruned: no weight is left of 2 dense[^]*SynFlow/);
  quiet(opened);
  await opened.close();
});

test("layers' sensitivity is measured, and its budgets become a variant that runs", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  await run(page);
  await by(page, "sensitivity-start").click();
  await by(page, "budgets").waitFor();
  assert.match(await by(page, "budgets").innerText(), /first layer to the last: \d+\s%, \d+\s%/);
  assert.equal(await by(page, "sensitivity").locator("svg path.stroke").count(), 2);
  await by(page, "adopt-budgets").click();
  const added = (await recipe(page)).variants.at(-1);
  assert.equal(added.from, "dense");
  assert.equal(added.steps[0].prune.budgets.length, 2);
  await run(page);
  await rows(page, TOY.variants.length + 1);
  quiet(opened);
  await opened.close();
});

test("an exhibit runs in its place, and what was reached is drawn beside what the paper reports", async () => {
  const opened = await open(browser, site.url + "#gallery");
  const { page } = opened;
  const exhibit = page.locator("#lottery-ticket");
  assert.ok((await by(page, "exhibit").count()) >= 5);
  assert.match(await exhibit.innerText(), /Frankle, Carbin 2019[^]*learn faster[^]*Not run on this device yet/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  // From the contents the keyboard goes on in the exhibit.
  await page.locator(".contents").getByRole("button", { name: await exhibit.locator("h3").innerText() }).click();
  assert.equal(await exhibit.evaluate((section) => section === document.activeElement), true);
  await exhibit.locator("[data-testid=run-quick]").click();
  await exhibit.locator("svg.chart path.stroke").first().waitFor({ timeout: 60_000 });
  await exhibit.getByRole("button", { name: "Stop" }).click();
  await state(page, "done");
  assert.match(await exhibit.innerText(), /quick settings; one trial[^]*stopped early/);
  await exhibit.getByRole("button", { name: "Open in the playground" }).click();
  await page.locator("main.playground").waitFor();
  assert.equal((await recipe(page)).title, "The lottery ticket hypothesis");
  quiet(opened);
  await opened.close();
});
