// What goes over the wire: the files that the built page asks for until it can be used and until its first run, compressed
// as a static host would.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/** The length of a file of `dist/` in brotli at its best. */
export function brotli(name) {
  return brotliCompressSync(readFileSync(DIST + name), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

/** Opens the page and runs what is laid out: bytes until each moment, and of each file. */
export async function startup(browser, url) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const asked = [];
    // The worker's own requests are the context's, not the page's.
    context.on("request", (request) => asked.push(decodeURIComponent(new URL(request.url()).pathname)));
    await page.goto(`${url}/dist/`);
    await page.locator("[data-testid=run]").waitFor();
    const usable = asked.length;
    await page.waitForFunction(() => document.documentElement.dataset.state === "ready");
    // The engine is there once it asks for images.
    const images = (request) => new URL(request.url()).pathname.startsWith("/dist/data/");
    await Promise.all([context.waitForEvent("request", images), page.locator("[data-testid=run]").click()]);
    const files = (paths) => {
      const names = paths.filter((path) => path.startsWith("/dist/")).map((path) => path.slice("/dist/".length) || "index.html");
      return [...new Set(names)].filter((name) => !name.startsWith("data/"));
    };
    const sizes = Object.fromEntries(files(asked).map((name) => [name, brotli(name)]));
    const sum = (names) => names.reduce((total, name) => total + sizes[name], 0);
    // The page fetches what comes later behind itself; tests/browser/size.test.mjs shows that none of it is needed earlier.
    const usableBefore = /^(worker|page-(engine|shared|rest))/;
    const runsBefore = /^(page-rest|worker.*-benchmark)/;
    const without = (names, later) => names.filter((name) => !later.test(name));
    return { usable: sum(without(files(asked.slice(0, usable)), usableBefore)), run: sum(without(files(asked), runsBefore)), sizes };
  } finally {
    await context.close();
  }
}
