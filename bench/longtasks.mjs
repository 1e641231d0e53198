// How long the page's own thread is held up while workers train: every task over 50 milliseconds, which is what a visitor may
// feel, by what was done meanwhile. Usage: node bench/longtasks.mjs (CHROMIUM names the browser, DIST the built page).
import { by, launch, serve, state } from "../tests/browser/helper.mjs";

/** What a visitor does, each by its name. */
const DOINGS = [
  ["the page opens", async () => {}],
  ["the experiment that is laid out runs", async (page) => {
    await by(page, "run").click();
    await state(page, "done");
  }],
  ["its results are unfolded", async (page) => {
    for (const details of await page.locator("main:visible details").all()) {
      await details.evaluate((element) => (element.open = true));
      await page.waitForTimeout(200);
    }
  }],
  ["a run of points in the plane", async (page) => {
    await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
    await by(page, "run").click();
    await page.waitForTimeout(1000);
    await state(page, "done");
  }],
  ["the gallery is opened", async (page) => {
    await page.evaluate(() => (location.hash = "#gallery"));
    await page.locator("#exhibits").waitFor();
    await page.waitForTimeout(1000);
  }],
  ["an exhibit runs for ten seconds", async (page) => {
    await by(page, "run-quick").first().click();
    await page.waitForTimeout(10_000);
    await page.evaluate(() => (location.hash = "#playground"));
    // On a fast machine it has ended by itself.
    if (await by(page, "stop").isVisible()) await by(page, "stop").click();
    await state(page, "done");
  }],
  ["the device is measured for ten seconds", async (page) => {
    await page.evaluate(() => (location.hash = "#device"));
    await by(page, "measure").click();
    await page.waitForTimeout(10_000);
    await by(page, "measure-stop").click();
    await by(page, "measure").waitFor();
  }],
];

const [site, browser] = [await serve(), await launch()];
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript(() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask", buffered: true });
  });
  const page = await context.newPage();
  await page.goto(site.url);
  await state(page, "ready");
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
  console.log("What is done: tasks over 50 ms, the longest, all of them");
  for (const [name, act] of DOINGS) {
    await act(page);
    const tasks = await page.evaluate(() => window.long.splice(0));
    const sum = tasks.reduce((total, task) => total + task, 0);
    console.log(`${`${name}:`.padEnd(44)}${String(tasks.length).padStart(4)}${Math.max(0, ...tasks).toFixed(0).padStart(7)} ms${sum.toFixed(0).padStart(7)} ms`);
  }
} finally {
  await browser.close();
  await site.close();
}
