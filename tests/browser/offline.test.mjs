// Without a network after the first visit, one version at a time.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { DIST, PLACES, TOY, by, commandLine, go, installed, launch, quiet, run, serve, state, visit } from "./helper.mjs";

const MNIST = { ...TOY, title: "Images", data: { samples: 300 }, network: { architecture: "mlp", widths: [8] }, training: { epochs: 1 } };

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** What is kept of the data sets, as the page says it. */
const kept = (page) => by(page, "offline-data").innerText();

test("after the first visit the page opens, computes and shows every place without a network", async () => {
  const site = await serve();
  const opened = await installed(browser, site.url + commandLine(MNIST).link(), { expected: [/ERR_/] });
  const { page } = opened;
  await run(page);
  const digest = await by(page, "digest").innerText();
  await go(page, "#device");
  await page.waitForFunction(() => /^Data sets kept: [1-9]/.test(document.querySelector("[data-testid=offline-data]")?.innerText ?? ""));
  await site.close();
  await visit(page, site.url + commandLine(MNIST).link());
  await run(page);
  assert.equal(await by(page, "digest").innerText(), digest);
  for (const { fragment, last } of PLACES) {
    await go(page, fragment);
    await page.locator(last).waitFor();
  }
  quiet(opened);
  await opened.close();
});

test("all data is kept when asked for, and removed again", async () => {
  const site = await serve();
  const opened = await installed(browser, site.url + "#device", { expected: [/ERR_/] });
  const { page } = opened;
  assert.match(await kept(page), /^Data sets kept: 0\sB of 42\.2\sMB/);
  await by(page, "offline-keep").click();
  await by(page, "offline-keep").waitFor({ state: "detached" });
  assert.match(await kept(page), /42\.2\sMB of 42\.2\sMB/);
  await site.close();
  const clothes = { ...MNIST, data: { dataset: "fashion-mnist", samples: 300 } };
  await visit(page, site.url + commandLine(clothes).link());
  await run(page);
  assert.equal(await by(page, "digest").innerText(), commandLine(clothes).digest());
  await go(page, "#device");
  await by(page, "offline-forget").click();
  await by(page, "offline-forget").waitFor({ state: "detached" });
  assert.match(await kept(page), /^Data sets kept: 0\sB/);
  // Nothing is there to load it from.
  await by(page, "offline-keep").click();
  await by(page, "offline").getByText("A data file did not come").waitFor();
  quiet(opened);
  await opened.close();
});

test("a browser without room says so and keeps what it has", async () => {
  const site = await serve();
  const opened = await installed(browser, site.url + "#device");
  const { page } = opened;
  const [worker] = opened.context.serviceWorkers();
  await worker.evaluate(() => {
    Cache.prototype.put = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
  });
  await by(page, "offline-keep").click();
  await by(page, "offline").getByText("no more room").waitFor();
  assert.equal(await by(page, "offline-keep").isEnabled(), true);
  // What is not kept is still served.
  await go(page, commandLine(MNIST).link());
  await by(page, "opened").waitFor();
  await run(page);
  quiet(opened);
  await opened.close();
  await site.close();
});

const sha256 = (text) => createHash("sha256").update(text).digest("base64");

/** The next version of the site, which differs in its style; `half` has the old style under the new list. */
function nextVersion() {
  const now = { version: 1, half: false };
  const style = readFileSync(join(DIST, "style.css"), "utf8");
  const next = `${style}\n:root { --version: 2; }\n`;
  const edit = (path) => {
    if (now.version === 1) return undefined;
    if (path.endsWith("/style.css") && !now.half) return next;
    if (!path.endsWith("/service-worker.js")) return undefined;
    const script = readFileSync(join(DIST, "service-worker.js"), "utf8");
    const list = script.match(/\[\["index\.html".*?\]\]/s)[0];
    const version = sha256(JSON.stringify(JSON.parse(list))).slice(0, 12);
    assert.ok(script.includes(version) && list.includes(sha256(style)));
    return script.replace(version, "the-next-one").replace(sha256(style), sha256(next));
  };
  return { now, edit };
}

const shownVersion = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--version"));

test("a new version is told of, waits for a run, and is taken whole", async () => {
  const { now, edit } = nextVersion();
  const site = await serve(undefined, edit);
  const opened = await installed(browser, site.url);
  const { page } = opened;
  now.version = 2;
  await page.reload();
  await by(page, "new-version").waitFor();
  assert.equal(await shownVersion(page), "", "the page is of the version that it was");
  await by(page, "run").click();
  await by(page, "new-version").getByText("when what is under way has ended").waitFor();
  assert.equal(await by(page, "take-over").isDisabled(), true);
  await by(page, "stop").click();
  await state(page, "done");
  await page.reload();
  await by(page, "new-version").waitFor();
  assert.equal(await shownVersion(page), "", "a reload changes nothing");
  // Two windows would be left between two versions.
  const other = await opened.context.newPage();
  await visit(other, site.url);
  await by(page, "take-over").click();
  await by(page, "error").getByText("open in other tabs").waitFor();
  assert.equal(await shownVersion(other), "");
  await other.close();
  await by(page, "take-over").click();
  await page.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue("--version").trim() === "2");
  await state(page, "ready");
  const versions = await page.evaluate(async () => (await caches.keys()).length);
  assert.equal(versions, 2, "a cache of the version and one of the data are left");
  quiet(opened);
  await opened.close();
  await site.close();
});

test("half a deployment is not taken", async () => {
  const { now, edit } = nextVersion();
  const site = await serve(undefined, edit);
  const opened = await installed(browser, site.url, { expected: [/integrity/] });
  const { page } = opened;
  Object.assign(now, { version: 2, half: true });
  const came = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const coming = registration.installing;
    return new Promise((resolve) => coming.addEventListener("statechange", () => resolve(coming.state)));
  });
  assert.equal(came, "redundant");
  await page.reload();
  await state(page, "ready");
  assert.equal(await by(page, "new-version").count(), 0);
  // When the rest has come, it is taken.
  now.half = false;
  await page.reload();
  await by(page, "new-version").waitFor();
  quiet(opened);
  await opened.close();
  await site.close();
});

test("the page can be installed", async () => {
  const site = await serve();
  const opened = await installed(browser, site.url);
  const session = await opened.context.newCDPSession(opened.page);
  const { errors, data, url } = await session.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.ok(url.startsWith(site.url));
  for (const { src, sizes } of JSON.parse(data).icons) {
    const size = await opened.page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, new URL(src, url).href);
    if (sizes !== "any") assert.equal(size, sizes);
  }
  quiet(opened);
  await opened.close();
  await site.close();
});
