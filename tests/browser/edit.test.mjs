// The editor: what is changed, moved, removed and taken back, and that none of it is lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** The recipe as the page writes it. */
const recipe = async (page) => JSON.parse(await by(page, "recipe-json").inputValue());
const names = async (page) => (await recipe(page)).variants.map((variant) => variant.name);

/** Opens the toy, each variant's form unfolded. */
async function toy(options) {
  const opened = await open(browser, site.url + commandLine(TOY).link(), options);
  await opened.page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
  return opened;
}

test("variants and steps are added, moved and removed, and a removal is taken back", async () => {
  const opened = await toy();
  const { page } = opened;
  await page.getByLabel("Move up: int8").click();
  assert.deepEqual(await names(page), ["dense", "int8", "pruned", "student"]);
  // A variant cannot come before the one that it goes on from.
  assert.equal(await page.getByLabel("Move up: int8").isDisabled(), true);
  const int8 = by(page, "variant").nth(1);
  await int8.getByRole("button", { name: "Prune", exact: true }).click();
  await int8.locator("[data-testid=step]").nth(1).getByLabel("Move up").click();
  assert.deepEqual((await recipe(page)).variants[1].steps.map((step) => Object.keys(step)[0]), ["prune", "quantize"]);
  await int8.locator("[data-testid=step]").first().getByRole("button", { name: "Remove" }).click();
  assert.equal((await recipe(page)).variants[1].steps.length, 1);
  await by(page, "undo").click();
  assert.equal((await recipe(page)).variants[1].steps.length, 2);
  await by(page, "add-variant").click();
  assert.deepEqual(await names(page), ["dense", "int8", "pruned", "student", "new variant"]);
  quiet(opened);
  await opened.close();
});

test("what was edited after a removal is not lost when the removal is taken back", async () => {
  const opened = await toy();
  const { page } = opened;
  const become = (...wanted) =>
    page.waitForFunction((wanted) => {
      const { variants } = JSON.parse(document.querySelector("[data-testid=recipe-json]").value);
      return variants.map((variant) => variant.name).join() === wanted;
    }, wanted.join());
  await by(page, "add-variant").click();
  await by(page, "variant").nth(4).getByRole("button", { name: "Remove", exact: true }).click();
  await become("dense", "pruned", "int8", "student");
  await page.getByLabel("Move up: int8").click();
  await become("dense", "int8", "pruned", "student");
  await by(page, "undo").click();
  await become("dense", "pruned", "int8", "student", "new variant");
  await by(page, "undo").click();
  await become("dense", "int8", "pruned", "student");
  // Nothing was edited since: there is nothing more to come back to.
  await by(page, "undo").waitFor({ state: "detached" });
  quiet(opened);
  await opened.close();
});

test("a value that is not allowed is named in its place, and nothing runs until it is mended", async () => {
  const opened = await toy();
  const { page } = opened;
  const sparsity = by(page, "variant").nth(1).getByLabel("Sparsity").first();
  await sparsity.fill("1.2");
  await sparsity.press("Tab");
  assert.match(await by(page, "variant").nth(1).locator("[data-testid=recipe-error]").innerText(), /sparsity 1\.2.*0.*0\.999/);
  assert.equal(await by(page, "run").isDisabled(), true);
  await sparsity.fill("0.7");
  await sparsity.press("Tab");
  assert.equal(await by(page, "recipe-error").count(), 0);
  assert.equal(await by(page, "run").isEnabled(), true);
  quiet(opened);
  await opened.close();
});

test("a list is read as Persian keyboards write it, and what is none is said and stays to be mended", async () => {
  const opened = await toy();
  const { page } = opened;
  const pruned = by(page, "variant").nth(1);
  await pruned.locator("[data-testid=step] summary", { hasText: "More settings" }).click();
  const list = pruned.getByLabel("Sparsity of each layer");
  const budgets = async () => (await recipe(page)).variants[1].steps[0].prune.budgets ?? [];
  await list.fill("۰٫۵، ۰٫۲۵");
  await list.press("Tab");
  assert.deepEqual(await budgets(), [0.5, 0.25]);
  assert.equal(await list.inputValue(), "0.5, 0.25");
  await pruned.locator(".chain", { hasText: "prune layer by layer" }).waitFor();
  await list.fill("0.5, half");
  await list.press("Tab");
  await pruned.locator("[data-testid=list-unread]", { hasText: "0.5, half" }).waitFor();
  assert.equal(await list.inputValue(), "0.5, half");
  assert.deepEqual(await budgets(), [0.5, 0.25]);
  await list.fill("");
  await list.press("Tab");
  await pruned.locator("[data-testid=list-unread]").waitFor({ state: "detached" });
  assert.deepEqual(await budgets(), []);
  await pruned.locator(".chain", { hasText: "prune 50 %" }).waitFor();
  quiet(opened);
  await opened.close();
});

test("an edited experiment outlives a reload, and comes back when another was laid out over it", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await by(page, "add-variant").click();
  await page.reload();
  await by(page, "variant").nth(4).waitFor();
  await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
  assert.equal(await by(page, "variant").count(), 3);
  await by(page, "undo").click();
  assert.equal(await by(page, "variant").count(), 5);
  quiet(opened);
  await opened.close();
});

test("during a run every variant has its row, which says what it waits for", async () => {
  const slow = { ...TOY, training: { epochs: 200, batch: 1 }, data: { dataset: "spirals", samples: 10000 } };
  const opened = await open(browser, site.url + commandLine(slow).link());
  const { page } = opened;
  await by(page, "run").click();
  const rows = by(page, "results-table").locator("tbody tr");
  await rows.first().getByText("right so far").waitFor();
  assert.equal(await rows.count(), TOY.variants.length);
  const displays = await rows.evaluateAll((rows) => rows.map((row) => getComputedStyle(row).display));
  assert.deepEqual(new Set(displays), new Set(["table-row"]), "the chosen row is one, too");
  assert.match(await rows.nth(1).innerText(), /after “dense”/);
  await by(page, "stop").click();
  quiet(opened);
  await opened.close();
});

test("a verdict fits on a phone", async () => {
  const native = commandLine(TOY);
  const first = await open(browser, site.url + native.link());
  await run(first.page);
  const link = await by(first.page, "share-text").inputValue();
  await first.close();
  const opened = await open(browser, link, { viewport: { width: 360, height: 780 } });
  const { page } = opened;
  for (const verdict of ["waiting", "same"]) {
    if (verdict === "same") await run(page);
    assert.equal(await by(page, "verdict").getAttribute("data-verdict"), verdict);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  }
  // The button stays in sight beside the results.
  await by(page, "share").scrollIntoViewIfNeeded();
  const { y } = await by(page, "run").boundingBox();
  assert.ok(y >= 0 && y < 100);
  quiet(opened);
  await opened.close();
});
