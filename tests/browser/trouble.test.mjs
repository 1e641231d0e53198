// What goes wrong on a device: a full disk, a worker that is ended. What was finished is kept, and the page says what to do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, go, kept, launch, open, quiet, rows, run, serve, state, visit } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

test("what the disk had no room for is kept when an older run is deleted", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  await run(page);
  await kept(page);
  await page.evaluate(() => {
    window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("no room", "QuotaExceededError");
    };
  });
  await run(page);
  await by(page, "note").getByText("storage is full").waitFor();
  await kept(page, "no");
  assert.equal(await by(page, "run-item").count(), 2);
  // A device where deleting makes room.
  await page.evaluate(() => (IDBObjectStore.prototype.put = window.put));
  await by(page, "run-item").nth(1).click();
  await page.locator(".runs summary").click();
  await by(page, "run-delete").click();
  await kept(page);
  await page.reload();
  await by(page, "run-item").first().click();
  assert.equal(await by(page, "run-item").count(), 1);
  await rows(page, 4);
  quiet(opened);
  await opened.close();
});

test("a run that found no room is kept with its models when it is renamed; a deletion that fails is told of", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  await page.evaluate(() => {
    window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("no room", "QuotaExceededError");
    };
  });
  await run(page);
  await kept(page, "no");
  await page.evaluate(() => (IDBObjectStore.prototype.put = window.put));
  await page.locator(".runs summary").click();
  await page.getByLabel("Name of this run").fill("the second try");
  await page.getByLabel("Name of this run").press("Tab");
  await kept(page, "yes");
  await page.reload();
  await by(page, "run-item").filter({ hasText: "the second try" }).click();
  // Its weights can be looked at, so its models are there.
  await by(page, "mask").waitFor();
  await page.evaluate(() => {
    IDBObjectStore.prototype.delete = () => {
      throw new DOMException("closed", "InvalidStateError");
    };
  });
  await page.locator(".runs summary").click();
  await by(page, "run-delete").click();
  await by(page, "error").filter({ hasText: "there again at the next visit" }).waitFor();
  quiet(opened);
  await opened.close();
});

test("a browser that keeps nothing is told of, and everything runs", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link(), {
    init: () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("closed", "SecurityError");
      };
    },
  });
  const { page } = opened;
  await by(page, "note").waitFor();
  await run(page);
  await rows(page, 4);
  quiet(opened);
  await opened.close();
});

test("the only worker ends in mid-run: what was finished is kept, and a new one takes its place", async () => {
  const long = { ...TOY, training: { epochs: 1, batch: 1 }, variants: [{ name: "dense" }, { name: "long", from: "dense", steps: [{ prune: { epochs: 100 } }] }] };
  const opened = await open(browser, site.url + commandLine(long).link(), { workers: 1, expected: [/unreachable/] });
  const { page } = opened;
  await by(page, "run").click();
  await by(page, "results-table").locator("tbody tr").first().getByText("%").first().waitFor();
  await page.locator(".stage").getByText("prune").waitFor();
  // What the engine does when there is no more memory.
  await page.workers()[0].evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  await by(page, "error").waitFor();
  assert.match(await by(page, "error").innerText(), /what it had finished is kept.*fewer samples/);
  await state(page, "done");
  await kept(page);
  assert.match(await by(page, "results-table").locator("tbody tr").first().innerText(), /dense/);
  // The page goes on, with the same bits as ever.
  await visit(page, site.url + commandLine(TOY).link());
  await by(page, "run-item").first().waitFor();
  assert.equal(await by(page, "run-item").count(), 1);
  await run(page);
  assert.equal(await by(page, "digest").innerText(), commandLine(TOY).digest());
  quiet(opened);
  await opened.close();
});

test("a run is told beforehand how long it takes, and is fitted into a minute where that is long", async () => {
  const recipe = { version: 1, data: { samples: 20_000 }, network: { architecture: "lenet-300-100" }, variants: [{ name: "dense" }] };
  const opened = await open(browser, site.url + commandLine(recipe).link());
  const { page } = opened;
  const budget = by(page, "budget");
  await budget.getByText("Not timed here yet").waitFor();
  await by(page, "budget-measure").click();
  await budget.getByText(/^About \d+\s(s|min)/).waitFor();
  // A device ten times slower than most.
  await page.evaluate(() => localStorage.setItem("featherweight-pace", JSON.stringify({ dense: 3e8, convolved: 3e8 })));
  await page.reload();
  await budget.getByText("more than a minute").waitFor();
  const button = by(page, "budget-fit");
  const samples = Number((await button.innerText()).match(/([\d,]+) training samples/)[1].replace(",", ""));
  assert.ok(samples >= 500 && samples < 20_000, `${samples}`);
  await button.click();
  await budget.getByText(/^About \d+\ss on/).waitFor();
  assert.equal(await button.count(), 0);
  // A run that was really made here says more than any pace.
  await run(page);
  await budget.getByText(/^About \d+\ss on/).waitFor();
  await go(page, "#gallery");
  await by(page, "exhibit-budget").first().getByText("On this device, quick takes about").waitFor();
  quiet(opened);
  await opened.close();
});
