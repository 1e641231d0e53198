// What a visitor loads before the page can be used, and before the first run: everything that is asked for while the files that
// are said to be needed later are held back, by the bytes of its brotli form, held against a budget.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { join } from "node:path";
import { DIST, by, launch, serve, state } from "./helper.mjs";

/** In bytes. What has been reached, so that it is not lost. */
const BUDGET = { page: 138_000, run: 450_000 };

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** The bytes of a file as it travels. */
const travels = (name) => (statSync(join(DIST, `${name}.br`), { throwIfNoEntry: false }) ?? statSync(join(DIST, name))).size;

/** Opens the page with the files that `later` matches held back; what is loaded, once `usable` has been seen. */
async function loaded(later, usable) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked = new Set(["favicon.svg"]);
  await page.route("**/*", async (route) => {
    const name = new URL(route.request().url()).pathname.slice(new URL(site.url).pathname.length) || "index.html";
    if (later.test(name)) return;
    asked.add(name);
    await route.continue();
  });
  await page.goto(site.url);
  await usable(page);
  const names = [...asked].filter((name) => !name.startsWith("data/"));
  await context.close();
  return names;
}

function within(what, names) {
  const bytes = names.reduce((sum, name) => sum + travels(name), 0);
  for (const name of names) console.log(`${name.padEnd(40)}${String(travels(name)).padStart(10)}`);
  console.log(`${`before the ${what}`.padEnd(40)}${String(bytes).padStart(10)} of ${BUDGET[what]}`);
  assert.ok(bytes <= BUDGET[what], `${bytes} bytes are loaded before the ${what}; ${BUDGET[what]} are allowed`);
}

test("the page can be used before anything of the engine and of the page's later parts has come", async () => {
  const names = await loaded(/^(worker|page-(engine|shared|rest)|rest\.css)/, async (page) => {
    await by(page, "variant").nth(3).waitFor();
    assert.equal(await by(page, "run").isEnabled(), true);
    await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
    assert.equal(await by(page, "variant").count(), 3);
  });
  assert.ok(["index.html", "style.css", "start.js", "page.js", "page_bg.wasm"].every((name) => names.includes(name)), `only ${names}`);
  within("page", names);
});

test("a run begins and ends before the rest of the page has come", async () => {
  const names = await loaded(/^(page-rest|rest\.css)/, async (page) => {
    await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
    await by(page, "run").click();
    await state(page, "done");
  });
  assert.ok(names.some((name) => /^worker.*_bg\.wasm$/.test(name)), `only ${names}`);
  assert.ok(!names.some((name) => /^worker.*-extra-/.test(name)), `${names}`);
  within("run", names);
});

test("compressed files hold what the files beside them hold", () => {
  const parts = readdirSync(DIST).filter((name) => /^(page|worker).*-[0-9a-f]{8}\.wasm$/.test(name));
  assert.equal(parts.length, 5, `${parts}`);
  for (const name of ["index.html", "page.js", "page_bg.wasm", "worker_bg.wasm", "style.css", ...parts]) {
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
