// What a visitor loads before the page can be used, and before the first run: the files in the order in which a browser asks
// for them, by the bytes of their brotli form, held against a budget.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { join } from "node:path";
import { DIST, launch, open, quiet, serve } from "./helper.mjs";

/**
 * In bytes: before the page can be used, and before the first run (without data). What has been reached, so that it is not
 * lost; the aim is 150,000 and 450,000.
 */
const BUDGET = { page: 405_000, run: 680_000 };

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** The bytes of a file as it travels. */
const travels = (name) => (statSync(join(DIST, `${name}.br`), { throwIfNoEntry: false }) ?? statSync(join(DIST, name))).size;

test("what is loaded stays within its budget", async () => {
  const loaded = [];
  const opened = await open(browser, site.url, { request: (path) => loaded.push(path || "index.html") });
  quiet(opened);
  await opened.close();
  const code = [...new Set(["favicon.svg", ...loaded])].filter((name) => !name.startsWith("data/"));
  const engine = code.findIndex((name) => name.startsWith("worker"));
  const page = [...code.slice(0, engine)];
  assert.ok(["index.html", "style.css", "page.js", "page_bg.wasm"].every((name) => page.includes(name)), `only ${page} came before the engine`);
  const sum = (names) => names.reduce((bytes, name) => bytes + travels(name), 0);
  for (const name of code) console.log(`${name.padEnd(24)}${String(travels(name)).padStart(10)}`);
  const sizes = { page: sum(page), run: sum(code) };
  for (const [what, budget] of Object.entries(BUDGET)) {
    console.log(`${`before the ${what === "run" ? "first run" : "page"}`.padEnd(24)}${String(sizes[what]).padStart(10)} of ${budget}`);
    assert.ok(sizes[what] <= budget, `${sizes[what]} bytes are loaded before the ${what}; ${budget} are allowed`);
  }
});

test("compressed files hold what the files beside them hold", () => {
  for (const name of ["index.html", "page.js", "page_bg.wasm", "worker_bg.wasm", "style.css"]) {
    const plain = readFileSync(join(DIST, name));
    assert.ok(brotliDecompressSync(readFileSync(join(DIST, `${name}.br`))).equals(plain), `${name}.br`);
    assert.ok(gunzipSync(readFileSync(join(DIST, `${name}.gz`))).equals(plain), `${name}.gz`);
  }
});

test("the head of the page is painted before any of its code has come, and does not move", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/page_bg.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.url, { waitUntil: "commit" });
  const boxes = () => page.evaluate(() => [".logo", "h1", ".top p"].map((one) => {
    const { x, y, width, height } = document.querySelector(one).getBoundingClientRect();
    return [x, y, width, height];
  }).flat().map(Math.round));
  await page.locator("#loading h1").waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const early = await boxes();
  release();
  await page.locator("[data-testid=run]").waitFor();
  const late = await boxes();
  // The theme button takes its width from the text's box, not from where it stands.
  for (const i of [0, 1, 2, 3, 4, 5, 7, 8, 9]) assert.ok(Math.abs(early[i] - late[i]) <= 1, `${early} became ${late}`);
  await context.close();
});
