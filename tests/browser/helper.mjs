// What the browser tests share: the site on a local port under a sub-path, a Chromium with or without WebGPU, and a page
// on which any error, refused resource or request to another origin fails the test.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const DIST = process.env.DIST ?? join(ROOT, "dist");
const SUB_PATH = "/some/where/";
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export const WEBGPU = process.env.WEBGPU === "on";

/**
 * The page's places: what stands behind `#`, where its skip link leads, and what is drawn last of it. A new place joins the tests
 * by a line.
 */
export const PLACES = [
  { name: "playground", fragment: "#playground", matter: "#results", last: "#results" },
  { name: "gallery", fragment: "#gallery", matter: "#exhibits", last: "#order" },
  { name: "compare", fragment: "#compare", matter: "#compared", last: "#compared" },
  { name: "learn", fragment: "#learn", matter: "#course", last: "[data-testid=chapters]" },
  { name: "device", fragment: "#device", matter: "#measured", last: "#measured" },
  { name: "class", fragment: "#class", matter: "#class-title", last: "[data-testid=collect]" },
];

/**
 * Serves the built site under a sub-path, as a static host would. `refuse` may name paths that are answered with 404; `edit`
 * may give another text for a path's file than it has; where `packed` is true, files are sent in their brotli form.
 */
export async function serve(refuse = () => false, edit = () => undefined, packed = false) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url.split(/[?#]/)[0]));
    const file = join(DIST, path.slice(SUB_PATH.length) || "index.html");
    if (!path.startsWith(SUB_PATH) || refuse(path) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const beside = packed && existsSync(`${file}.br`) ? `${file}.br` : file;
    const encoding = beside === file ? {} : { "Content-Encoding": "br" };
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...encoding });
    const edited = edit(path, file);
    if (edited !== undefined) response.end(edited);
    else createReadStream(beside).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}${SUB_PATH}`, close };
}

export async function launch(...more) {
  const webgpu = WEBGPU ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", ...webgpu, ...more] });
}

/**
 * Opens the page in a context of its own. `complaints` collects what no test may leave behind: console errors, exceptions,
 * refusals by the content security policy, and requests to another origin. `request` is told the path of each request, `init`
 * runs in the page before anything of it does. Where `parts` is false, only the first view and the engine are waited for.
 * Service workers are kept away unless asked for: they would answer in place of the server that a test speaks to.
 */
export async function open(browser, url, { workers, init, expected = [], request: asked = () => {}, parts = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block", ...options });
  if (workers) {
    await context.addInitScript((count) => {
      Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => count });
    }, workers);
  }
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  const complaints = [];
  const complain = (text) => {
    if (text === "Service Worker registration blocked by Playwright") return;
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(message.text());
  });
  page.on("pageerror", (error) => complain(String(error)));
  page.on("request", (request) => {
    const { origin, protocol, pathname } = new URL(request.url());
    if (pathname.startsWith(SUB_PATH)) asked(pathname.slice(SUB_PATH.length));
    if (protocol.startsWith("http") && origin !== new URL(url).origin) complain(`a request to ${request.url()}`);
  });
  await page.goto(url);
  await (parts ? loaded(page) : state(page, "ready"));
  return { page, context, complaints, close: () => context.close() };
}

/** Waits until the engine and all parts of the page are there. */
export async function loaded(page) {
  await state(page, "ready");
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
}

/** Loads an address in place of what is open, and waits until the page is there. */
export async function visit(page, url) {
  await page.goto("about:blank"); // nothing is loaded where addresses differ behind `#` alone
  await page.goto(url);
  await loaded(page);
}

/** Goes elsewhere in the page without loading it anew. */
export const go = (page, fragment) => page.evaluate((fragment) => (location.hash = fragment), fragment);

/** Opens the page and waits until the browser keeps it, so that it can do without a network. */
export async function installed(browser, url, options = {}) {
  const opened = await open(browser, url, { serviceWorkers: "allow", ...options });
  await opened.page.waitForFunction(async () => !!(await navigator.serviceWorker.ready).active && !!navigator.serviceWorker.controller);
  return opened;
}

/** Opens a page of another site that has this HTML in it, the way of a browser that denies storage to other sites' frames. */
export async function framed(browser, html, options = {}) {
  const lesson = `<!doctype html><html lang="en"><title>A lesson</title><meta name="viewport" content="width=device-width"><h1>A lesson</h1>${html}</html>`;
  const host = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(lesson));
  host.unref(); // a failed test is not to wait for it
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    if (window === window.top) return;
    const deny = () => {
      throw new DOMException("denied", "SecurityError");
    };
    Object.defineProperty(window, "localStorage", { get: deny });
    Object.defineProperty(window, "indexedDB", { get: deny });
  });
  // Another host name is another site.
  await page.goto(`http://localhost:${host.address().port}/`);
  const close = async () => {
    await context.close();
    await new Promise((resolve) => {
      host.close(resolve);
      host.closeAllConnections(); // a browser keeps some open
    });
  };
  return { page, frame: page.frameLocator("iframe"), complaints, close };
}

/** Waits until the page says that it is in this state. */
export async function state(page, wanted) {
  await page.waitForFunction((wanted) => document.documentElement.dataset.state === wanted, wanted, { timeout: 120_000 });
}

export const by = (page, id) => page.locator(`[data-testid=${id}]`);

/** Waits until the table of results has so many rows; it is drawn a moment after what it is of. */
export async function rows(page, wanted) {
  const there = (wanted) => document.querySelectorAll("[data-testid=results-table] tbody tr").length === wanted;
  await page.waitForFunction(there, wanted, { timeout: 10_000 });
}

/** Waits until what ended or was changed last is in the database, or was refused there. */
export async function kept(page, wanted = "yes") {
  await page.waitForFunction((wanted) => document.documentElement.dataset.kept === wanted, wanted);
}

/** Fails if the page is wider than the window. */
export async function fits(page) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= room, `the page is ${wide} wide in a window of ${room}`);
}

/** Lays out a recipe as one types it. */
export async function layOut(page, recipe) {
  const folded = page.locator("details.json");
  if (!(await folded.evaluate((details) => details.open))) await folded.locator("summary").click();
  await by(page, "recipe-json").fill(JSON.stringify(recipe));
  await by(page, "recipe-apply").click();
}

/** The link in the dialog, which is closed with it. */
export async function handed(page) {
  await by(page, "dialog").waitFor();
  const link = await by(page, "dialog-link").inputValue();
  await by(page, "dialog-close").click();
  await by(page, "dialog").waitFor({ state: "detached" });
  return link;
}

/** Runs what is laid out to its end. */
export async function run(page) {
  await by(page, "run").click();
  await state(page, "done");
}

/** The native command line on a recipe: what it prints, and its report. */
export function commandLine(recipe) {
  const folder = mkdtempSync(join(tmpdir(), "featherweight-"));
  const file = join(folder, "recipe.json");
  writeFileSync(file, JSON.stringify(recipe));
  const program = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release", "featherweight");
  const call = (...words) => execFileSync(program, words, { encoding: "utf8", cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  return {
    link: () => call("link", file).trim(),
    digest: () => call("run", file, "--quiet").match(/^digest (\w{32})$/m)[1],
    run: (link) => call("run", link, "--quiet"),
    /** What a run prints that is asked for more. */
    said: (...words) => call("run", file, "--quiet", ...words),
    /** A variant's model in the form that the ending names. */
    exported: (variant, ending) => {
      const to = join(folder, `model.${ending}`);
      call("run", file, "--quiet", "--export", to, "--variant", variant);
      return readFileSync(to);
    },
  };
}

/** A small experiment: points in the plane, every kind of step, done within a second. */
export const TOY = {
  version: 1,
  title: "Toy",
  data: { dataset: "moons", samples: 400 },
  network: { architecture: "mlp", widths: [12] },
  training: { epochs: 4, learning_rate: 0.02 },
  variants: [
    { name: "dense" },
    { name: "pruned", from: "dense", steps: [{ prune: { sparsity: 0.5 } }] },
    { name: "int8", from: "dense", steps: [{ quantize: {} }] },
    { name: "student", from: "dense", steps: [{ distill: { student: { architecture: "mlp", widths: [4] } } }] },
  ],
};

/** One that is stopped long before its end. */
export const LONG = { ...TOY, training: { epochs: 200, batch: 1 }, data: { dataset: "spirals", samples: 10000 } };

/** Fails if anything was complained of. */
export function quiet(opened) {
  assert.deepEqual(opened.complaints, []);
}
